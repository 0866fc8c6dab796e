"""Runs `predictive` over a block of series: refits on a fixed schedule of rows, tests every asked row."""

from __future__ import annotations

import math

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge._kernels.predictive_dispersion import likelihood_of, posterior_of
from daybreak.surge._kernels.predictive_drift import drift
from daybreak.surge._kernels.predictive_fit import expected_of, fit_background
from daybreak.surge._kernels.predictive_windows import LONGEST, window_test
from daybreak.surge.counts import FloatArray, IntArray

TESTED = 0
NOT_REPORTED = 1
TOO_SHORT = 2
TOO_LARGE = 3
MOST_NODES = 52


@compiled
def learn(
    y: FloatArray,
    first: int,
    last: int,
    offset: FloatArray,
    design: FloatArray,
    group: IntArray,
    cutoff: FloatArray,
    least_rows: IntArray,
    ridge: FloatArray,
    excesses: FloatArray,
    log_prior: FloatArray,
    discounts: FloatArray,
    whole: IntArray,
    real: FloatArray,
    beta: FloatArray,
    covariance: FloatArray,
    nodes: FloatArray,
    level_variance: FloatArray,
) -> int:
    """Learns rows first … last − 1: fills beta, covariance, the posterior's nodes and the variance of the log level.

    Returns how many nodes there are; 0 = too few rows reported, -1 = too many cases.
    The other arguments are those of `predictive_block`.
    """
    events = 0.0
    known = 0
    for row in range(first, last):
        if not math.isnan(y[row]):
            known += 1
            events += y[row]
    if known < whole[3]:
        return 0
    if events > LONGEST * float(known):
        return -1
    allowed = np.zeros(cutoff.shape[0], np.int64)
    for each in range(allowed.shape[0]):
        enough = known >= least_rows[each] and events >= whole[5]
        allowed[each] = 1 if each == 0 or enough else 0
    muted = np.zeros(last)
    bound = np.zeros(last)
    mean = np.zeros(last)
    dispersion = fit_background(
        y, first, last, offset, design, group, cutoff, allowed, ridge, real[0], muted, bound, beta, covariance
    )
    total = 0.0
    for row in range(first, last):
        mean[row] = expected_of(design, offset, beta, row)
        if not math.isnan(muted[row]):  # neither missing nor part of a surge
            total += mean[row]
            muted[row] = y[row]
    level_variance[0] = 1.0 / max(total, 1e-9)
    level = np.zeros(2)
    drift(muted, first, last, mean, dispersion, discounts, whole[0] + whole[1], real[6], level)
    likelihood = np.zeros((excesses.shape[0], 3))
    likelihood_of(muted, first, last, mean, bound, excesses, likelihood)
    kept = posterior_of(excesses, real[2], log_prior, likelihood, real[1], nodes)
    for n in range(kept):
        nodes[n, 3] *= level[0]
        if level[1] > 0.0:  # a drifting level is known from recent rows alone
            nodes[n, 2] = min(nodes[n, 2], level[1] * level[0] / (1.0 + nodes[n, 1]))
    return int(kept)


@compiled
def centre_offset(
    values: FloatArray, log_exposure: FloatArray, series: int, first: int, last: int, offset: FloatArray
) -> None:
    """Fills the offset of all rows: log exposure less its mean over the training rows that reported.

    The weak prior of the level is one of cases a row; without this it would depend on the unit of exposure.
    """
    total = 0.0
    known = 0
    for row in range(first, last):
        if not math.isnan(values[row, series]):
            total += log_exposure[row, series]
            known += 1
    middle = total / max(known, 1)
    for row in range(offset.shape[0]):
        offset[row] = log_exposure[row, series] - middle


@compiled
def sum_windows(
    y: FloatArray,
    recent: FloatArray,
    place: int,
    series: int,
    row: int,
    offset: FloatArray,
    design: FloatArray,
    beta: FloatArray,
    covariance: FloatArray,
    level_variance: float,
    windows: IntArray,
    completeness: FloatArray,
    sums: FloatArray,
    means: FloatArray,
    leverage: FloatArray,
) -> None:
    """Observed and expected sums of each window, and how uncertain its log mean is in units of the level's variance.

    Rows without a report count neither as observed nor as expected.
    """
    width = design.shape[1]
    centre = np.zeros(width)
    total = 0.0
    expected = 0.0
    w = 0
    for back in range(windows[windows.shape[0] - 1]):
        at = row - back
        if at >= 0:
            count = recent[place, back, series] if recent.shape[0] > 0 else y[at]
            if not math.isnan(count):
                mu = expected_of(design, offset, beta, at)
                if back < completeness.shape[0]:
                    mu *= completeness[back]
                total += count
                expected += mu
                for j in range(width):
                    centre[j] += mu * design[at, j]
        if back + 1 < windows[w]:
            continue
        sums[w] = total
        means[w] = max(expected, 1e-9)
        variance = 0.0
        for j in range(width):
            for k in range(width):
                variance += centre[j] * covariance[j, k] * centre[k]
        leverage[w] = max(1.0, variance / (means[w] * means[w]) / level_variance)
        w += 1


@compiled
def predictive_block(
    values: FloatArray,
    log_exposure: FloatArray,
    recent: FloatArray,
    design: FloatArray,
    group: IntArray,
    cutoff: FloatArray,
    least_rows: IntArray,
    ridge: FloatArray,
    tested: IntArray,
    windows: IntArray,
    completeness: FloatArray,
    excesses: FloatArray,
    log_prior: FloatArray,
    discounts: FloatArray,
    levels: FloatArray,
    chain_nodes: FloatArray,
    whole: IntArray,
    real: FloatArray,
    out: FloatArray,
    state: IntArray,
) -> None:
    """Fills out (tested, series, 7) and state (tested, series): TESTED, NOT_REPORTED, TOO_SHORT or TOO_LARGE.

    recent: (tested, rows, series) counts known at each tested row, newest first; empty = those of `values`.
    completeness: share of a row's count known 0, 1, 2 … rows later, 1 beyond.
    levels: (node, 2) normal deviates and masses of the level; chain_nodes: see `all_below_smooth`.
    whole: guard, refit_every, history, least_history, least_count, least_events.
    real: censoring deviate, prior events, shift of the dispersion axis, smallest tail above which windows are corrected
        by the product bound, alpha, the tail of one window that corresponds to it, gain that a drifting level needs.
    out: expected, corrected p, smallest p, its window, dispersion, expected sum of that window, upper bound.
    """
    rows, width = design.shape
    beta = np.zeros(width)
    covariance = np.zeros((width, width))
    nodes = np.zeros((MOST_NODES, 4))
    number = windows.shape[0]
    sums = np.zeros(number)
    means = np.zeros(number)
    leverage = np.ones(number)
    answer = np.zeros(4)
    mixture = np.zeros((MOST_NODES * levels.shape[0], 2 + number))
    y = np.zeros(rows)
    offset = np.zeros(rows)
    level_variance = np.ones(1)
    for series in range(values.shape[1]):
        for row in range(rows):
            y[row] = values[row, series]
        fitted = -1
        kept = 0
        for place in range(tested.shape[0]):
            row = tested[place]
            newest = recent[place, 0, series] if recent.shape[0] > 0 else y[row]
            if math.isnan(newest):
                state[place, series] = NOT_REPORTED
                continue
            refit = row - row % whole[1]
            if refit != fitted:
                fitted = refit
                last = max(refit - whole[0], 0)
                centre_offset(values, log_exposure, series, max(0, last - whole[2]), last, offset)
                kept = learn(
                    y, max(0, last - whole[2]), last, offset, design, group, cutoff, least_rows, ridge, excesses,
                    log_prior, discounts, whole, real, beta, covariance, nodes, level_variance,
                )  # fmt: skip
            state[place, series] = TESTED if kept > 0 else TOO_SHORT if kept == 0 else TOO_LARGE
            if kept <= 0:
                continue
            sum_windows(
                y, recent, place, series, row, offset, design, beta, covariance, level_variance[0], windows,
                completeness, sums, means, leverage,
            )  # fmt: skip
            window_test(
                sums, means, leverage, nodes, kept, levels, mixture, chain_nodes, int(newest), whole[4], real[3],
                real[4], real[5], answer,
            )  # fmt: skip
            if math.isnan(answer[0]):
                state[place, series] = TOO_LARGE
                continue
            write_answer(answer, nodes, kept, windows, means, out[place, series])
            known = completeness[0] if completeness.shape[0] > 0 else 1.0
            out[place, series, 0] *= known * expected_of(design, offset, beta, row)


@compiled
def write_answer(
    answer: FloatArray, nodes: FloatArray, kept: int, windows: IntArray, means: FloatArray, out: FloatArray
) -> None:
    """Writes one tested time; out[0] becomes the posterior mean of the level, to be multiplied by the mean."""
    level = 0.0
    dispersion = 0.0
    for n in range(kept):
        level += nodes[n, 0] * nodes[n, 3]
        dispersion += nodes[n, 0] * (1.0 + nodes[n, 1])
    which = int(answer[2])
    out[0] = level
    out[1] = answer[0]
    out[2] = answer[1]
    out[3] = windows[which]
    out[4] = dispersion
    out[5] = means[which] * level
    out[6] = answer[3] if answer[3] >= 0.0 else math.nan
