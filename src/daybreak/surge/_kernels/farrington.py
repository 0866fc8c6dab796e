"""The Farrington methods on a block of series: fit, reweigh, test the trend, predict the tested row."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled
from daybreak.surge._kernels.farrington_fit import (
    levels_as_r,
    levels_exactly,
    reweigh,
    trend_as_r,
    trend_exactly,
)
from daybreak.surge._kernels.negative_binomial import at_least, last_calm

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_ZONES_ROOM = 5  # working rows a fit needs for each level


LEAST_MEAN_OF_R = 2.0**-52
"""R's inverse link gives no mean below this; it shows where every reference value is 0."""


@compiled
def dispersion_of(count: Floats, mean: Floats, weight: Floats, prior: Floats, df: float, omit: bool) -> float:
    """Σ prior·weight·((y − μ)/μ)²/df; with `omit` without the working weights (quirk Q1)."""
    total = 0.0
    for i in range(len(count)):
        if mean[i] > 0.0:
            residual = count[i] / mean[i] - 1.0
            total += prior[i] * (1.0 if omit else weight[i]) * residual * residual
    return total / df if df > 0.0 else math.nan


@compiled
def fit_model(
    with_trend: bool, as_r: bool, reweighs: bool, original: bool, threshold: float, rows: float, zones_used: float,
    first: Integers, count: Floats, known: Floats, people: Floats, time: Floats, place: Integers,
    start: Floats, halves: Floats, starts: Floats,
    level: Floats, mean: Floats, weight: Floats, mass: Floats, middle: Floats, room: Floats, table: Floats,
    growth: Floats,
) -> tuple[bool, float, float, float, float, bool]:  # fmt: skip
    """One model, reweighted once if asked for.

    Returns (has a trend, trend, 1/information of the trend, φ floored at 1, dispersion for standard errors, could be
    fitted); `known` holds the prior weights afterwards. The dispersion for errors is R's where `as_r` (quirk Q1).
    """
    trend, variance, phi, raw = 0.0, 0.0, 1.0, 1.0
    stages = 2 if reweighs else 1
    for stage in range(stages):
        converged = True
        constant, deviance = 0.0, 0.0
        if as_r:
            for i in range(len(count)):
                constant += known[i] * halves[i]
                deviance += known[i] * starts[i]
        if not as_r and (stage == 0 or not with_trend):
            trend, variance, converged = levels_exactly(
                first, count, known, people, level, mean, weight, mass, middle
            )
        if with_trend:
            if as_r:
                trend, variance, converged = trend_as_r(
                    first, count, known, people, time, place, start, constant, deviance,
                    level, mean, weight, mass, middle, room, table, growth,
                )  # fmt: skip
            else:
                trend, variance, converged = trend_exactly(
                    first, count, known, people, time, place, trend,
                    level, mean, weight, mass, middle, room, table, growth,
                )  # fmt: skip
            if not converged and (stage == 0 or not as_r):
                if not as_r:
                    return False, 0.0, 0.0, phi, raw, False
                with_trend = False
        if as_r and not with_trend:
            trend, variance, converged = levels_as_r(
                first,
                count,
                known,
                people,
                start,
                constant,
                deviance,
                level,
                mean,
                weight,
                mass,
                middle,
                room,
            )
            if not converged and stage == 0 and not original:
                return False, 0.0, 0.0, phi, raw, False
        df = rows - zones_used - (1.0 if with_trend else 0.0)
        raw = dispersion_of(count, mean, weight, known, df, False)
        phi = max(raw, 1.0)
        if stage == 0 and reweighs:
            reweigh(first, count, mean, weight, time, mass, middle, variance, phi, threshold, rows, known)
    if reweighs and as_r and not original:
        raw = dispersion_of(count, mean, weight, known, df, True)
    return with_trend, trend, variance, phi, raw, True


@compiled
def transformed(
    count: float, mean: float, variance: float, phi: float, power: float, normal: float
) -> tuple[float, float]:
    """Bound and p-value on a power scale on which counts are nearly normal (Farrington et al. 1996, equation 8).

    variance: of the estimated mean; power: 1, ½ or ⅔.
    """
    ratio = phi + variance / mean
    # the delta method: d(y^power) = power·mean^(power − 1)·dy
    error = power * math.sqrt(ratio * mean ** (2.0 * power - 1.0))
    bound = (mean**power + normal * error) ** (1.0 / power)
    return bound, 0.5 * math.erfc((count**power - mean**power) / (error * math.sqrt(2.0)))


@compiled
def judge(
    method: int, as_r: bool, count: float, log_mean: float, relative: float, phi: float, alpha: float,
    normal: float, power: float, answer: Floats,
) -> None:  # fmt: skip
    """Fills answer[0:4] with expected, bound, score and p-value of one count; `relative` is the variance of ln mean.

    method: 0 power scale, 1 negative binomial about the mean, 2 about the mean's own upper bound.
    """
    mean = math.exp(log_mean)
    if as_r:
        mean = max(mean, LEAST_MEAN_OF_R)
    answer[0] = mean
    if method == 0:
        answer[1], answer[3] = transformed(count, mean, relative * mean * mean, phi, power, normal)
        above = as_r or answer[1] > mean  # a bound below the mean would turn the quotient round
        answer[2] = (count - mean) / (answer[1] - mean) if above else 1.0 + count - answer[1]
        return
    centre = mean if method == 1 else math.exp(log_mean + normal * math.sqrt(relative))
    if not (math.isfinite(centre) and centre > 0.0):
        answer[1:4] = math.nan
        return
    bound = last_calm(alpha, normal, centre, phi)[0]
    answer[1], answer[3] = bound, min(1.0, at_least(count, centre, phi))
    if as_r:
        answer[2] = (count - log_mean) / (bound - log_mean)  # quirk Q2
    elif bound > mean:
        answer[2] = (count - mean) / (bound - mean)
    else:
        answer[2] = 1.0 + count - bound


@compiled
def gathered(
    as_r: bool, counts: Floats, people: Floats, series: int, rows: Integers, ends: Integers, start_log: Floats,
    half_log: Floats, count: Floats, known: Floats, share: Floats, start: Floats, halves: Floats, starts: Floats,
) -> tuple[float, float, float, float]:  # fmt: skip
    """Copies one baseline together, with what R's start needs of each row.

    Returns how many rows were reported, in how many levels, how many in the tested row's own, and the largest count.
    """
    most, seen = 0.0, 0.0
    used, filled = 0.0, 0.0
    for zone in range(len(ends) - 1):
        filled = 0.0
        for i in range(ends[zone], ends[zone + 1]):
            t = rows[i]
            y = counts[t] if t >= 0 else math.nan
            known[i], count[i], share[i] = 0.0, 0.0, 1.0
            start[i], halves[i], starts[i] = 0.0, 0.0, 0.0
            if y != y:
                continue
            log_people = 0.0
            if people.shape[0] > 0:
                share[i] = people[series, t]
                log_people = math.log(share[i])
            known[i], count[i] = 1.0, y
            filled += 1.0
            most = max(most, y)
            if as_r:
                start[i] = (y + 0.1) * (start_log[t] - log_people) - 0.1
                halves[i] = half_log[t] - y - y * log_people
                starts[i] = 2.0 * (half_log[t] - y * start_log[t] + 0.1)
        seen += filled
        used += 1.0 if filled > 0.0 else 0.0
    return seen, used, filled, most


@compiled
def detect_block(  # noqa: PLR0915 (the scratch arrays and the loops that use them stay in one frame)
    counts: Floats, people: Floats, tested: Integers, rows: Integers, first: Integers, times: Floats,
    now: Floats, places: Integers, critical: Floats,
    as_r: bool, original: bool, with_trend: bool, reweighs: bool, threshold: float, least_rows: float,
    method: int, alpha: float, normal: float, power: float, answers: Floats,
) -> None:  # fmt: skip
    """Tests every given row of every series.

    counts: (series, time), NaN = did not report; people: the same shape or (0, 0).
    rows: (plans, n) baseline rows ordered by level, -1 = none; first: (plans, levels + 1) where each level's begin, the
    tested row's level last; times, now: their times and the tested row's, about the baseline's middle; places:
    (plans, n) whole-numbered times from the earliest, or (plans, 0); plans is the number of tested rows. A tested row
    whose plan has no row at all is left alone.
    critical: for n degrees of freedom the |t| from which a trend is kept.
    answers: (series, tested, 7) expected, bound, score, p, φ, trend (NaN = none), state: 0 done, 1 too few rows known,
    2 no model could be fitted; left alone where there is no plan.
    """
    length, levels = rows.shape[1], first.shape[1] - 1
    count, known, share, start = np.empty(length), np.empty(length), np.empty(length), np.empty(length)
    halves, starts, mean, weight, growth = (
        np.empty(length), np.empty(length), np.empty(length), np.empty(length), np.empty(length)
    )  # fmt: skip
    prior = np.empty(length)
    level, mass, middle = np.zeros(levels), np.zeros(levels), np.zeros(levels)
    room, table = (
        np.zeros((MOST_ZONES_ROOM, levels)),
        np.ones(16 + (places.max() // 16 + 1 if places.size else 0)),
    )
    half_log, start_log = np.empty(counts.shape[1]), np.empty(counts.shape[1])
    for series in range(counts.shape[0]):
        for t in range(counts.shape[1]):
            y = counts[series, t]
            start_log[t] = math.log(y + 0.1) if y == y else 0.0
            half_log[t] = y * math.log(y) if y > 0.0 else 0.0
        for here in range(len(tested)):
            answer = answers[series, here]
            row, ends, time = tested[here], first[here], times[here]
            if ends[levels] == 0 or counts[series, row] != counts[series, row]:
                continue
            seen, used, filled, most = gathered(
                as_r, counts[series], people, series, rows[here], ends, start_log, half_log,
                count, known, share, start, halves, starts,
            )  # fmt: skip
            length_now = ends[levels]
            if seen < least_rows or seen - used - 1.0 < 1.0 or filled == 0.0:
                answer[6] = 1.0
                continue
            now_people = people[series, row] if people.shape[0] > 0 else 1.0
            prior[:length_now] = known[:length_now]
            fitted, keeps = False, False
            log_mean, relative, trend, variance, phi, raw = 0.0, 0.0, 0.0, 0.0, 1.0, 1.0
            for attempt in range(2):
                wants = with_trend and attempt == 0
                if attempt == 0 and not wants:
                    continue
                if attempt == 1:
                    if keeps or (fitted and trend == 0.0 and variance == 0.0):
                        break
                    prior[:length_now] = known[:length_now]
                has, trend, variance, phi, raw, fitted = fit_model(
                    wants, as_r, reweighs, original, threshold, seen, used,
                    ends, count[:length_now], prior[:length_now], share[:length_now], time[:length_now], places[here],
                    start[:length_now], halves[:length_now], starts[:length_now],
                    level, mean[:length_now], weight[:length_now], mass, middle, room, table, growth[:length_now],
                )  # fmt: skip
                if not fitted:
                    continue
                away = now[here] - middle[levels - 1]
                log_mean = level[levels - 1] + trend * now[here] + math.log(now_people)
                relative = 1.0 / mass[levels - 1] + away * away * variance
                if has:
                    error = raw if as_r or original else phi
                    df = int(seen - used - 1.0)
                    keeps = (
                        abs(trend) > critical[df] * math.sqrt(error * variance) and math.exp(log_mean) <= most
                    )
            if not fitted:
                answer[6] = 2.0
                continue
            relative *= phi if original or not as_r else raw
            judge(method, as_r, counts[series, row], log_mean, relative, phi, alpha, normal, power, answer)
            answer[4] = phi
            answer[5] = trend if keeps else math.nan
            answer[6] = 0.0
