"""Hot loops of nowcasts: learning delays forward in time, and sums of negative binomials."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled

FloatArray = NDArray[np.float64]


@compiled
def log_beta_binomial(count: float, of: float, a: float, b: float) -> float:
    """Log probability of `count` of `of` when the share is beta(a, b), without the binomial coefficient."""
    return (
        math.lgamma(count + a)
        + math.lgamma(of - count + b)
        - math.lgamma(of + a + b)
        + math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
    )


@compiled
def shifted(mean: float, drift: float) -> float:
    """A probability whose log odds are moved by `drift`."""
    if drift == 0.0:
        return mean
    odds = mean / (1.0 - mean) * math.exp(drift)
    return odds / (1.0 + odds)


@compiled
def ahead_moments(
    yes: FloatArray,
    no: FloatArray,
    keep: float,
    concentration: float,
    drift: float,
    kappa: float,
    moments: FloatArray,
) -> None:
    """Moments (age, 2) of Π_{x > age}(1 - h_x): the report at lag x comes x - age periods from now, less is sure of it."""
    lags = yes.shape[0]
    for age in range(lags - 1):
        share = 1.0
        for lag in range(lags - 1, age, -1):
            ahead = lag - age
            known = yes[lag] + no[lag]
            mean = shifted(yes[lag] / known, drift * ahead)
            prior = kappa * (lag + 1.0)
            strength = max(keep**ahead * (known - prior), 0.0) + prior
            spread = 1.0 / (strength + 1.0)
            spread = spread + (1.0 - spread) / (concentration * share + 1.0)
            moments[age, 0] *= 1.0 - mean
            moments[age, 1] *= (1.0 - mean) ** 2 + mean * (1.0 - mean) * spread
            share *= 1.0 - mean


@compiled
def learned_hazards(
    cells: FloatArray, clean: NDArray[np.int64], grid: FloatArray, kappa: float, recall: float
) -> tuple[FloatArray, FloatArray]:
    """Log score, and first two moments of the share that is known at each age, per setting of the grid.

    cells: (time, lag) reports as known; clean: (time,) lags from 0 on that may be learned from; grid: (setting, 3)
    forgetting, concentration, drift of the log odds a period; recall: what a score keeps a period later. Every cell
    is predicted from the reports of earlier periods only, then learned. h = share of the events reported by lag x
    that was reported at lag x. Returns scores (setting,) and moments (setting, age, 2) of Π_{x > age}(1 - h_x).
    """
    times, lags = cells.shape
    scores = np.zeros(grid.shape[0])
    moments = np.ones((grid.shape[0], lags, 2))
    yes = np.empty(lags)
    no = np.empty(lags)
    total = np.empty((times, lags))
    for row in range(times):
        so_far = 0.0
        for lag in range(lags):
            so_far += cells[row, lag]
            total[row, lag] = so_far
    for setting in range(grid.shape[0]):
        keep, concentration, drift = grid[setting, 0], grid[setting, 1], grid[setting, 2]
        for lag in range(lags):
            yes[lag] = kappa
            no[lag] = kappa * lag
        for now in range(times):
            share = 1.0
            scores[setting] *= recall
            for lag in range(lags - 1, 0, -1):
                all_ = yes[lag] + no[lag]
                mean = shifted(yes[lag] / all_, drift)
                prior = kappa * (lag + 1.0)
                strength = keep * (all_ - prior) + prior
                yes[lag] = mean * strength
                no[lag] = (1.0 - mean) * strength
                row = now - lag
                if row >= 0 and lag < clean[row] and total[row, lag] > 0.0:
                    of = total[row, lag]
                    own = concentration * share
                    spread = 1.0 / (strength + 1.0)
                    spread = spread + (1.0 - spread) / (own + 1.0)
                    scale = 1.0 / spread - 1.0
                    if now >= lags:
                        scores[setting] += log_beta_binomial(
                            cells[row, lag], of, mean * scale, (1.0 - mean) * scale
                        )
                    weight = (own + 1.0) / (own + of)
                    yes[lag] += weight * cells[row, lag]
                    no[lag] += weight * (of - cells[row, lag])
                share *= 1.0 - mean
        ahead_moments(yes, no, keep, concentration, drift, kappa, moments[setting])
    return scores, moments


@compiled
def negative_binomial_mixture(
    size: FloatArray, stay: FloatArray, weight: FloatArray, length: int
) -> FloatArray:
    """Cumulative probabilities of 0 … length - 1 under a mixture; stay = probability of one more event each."""
    mass = np.zeros(length)
    for part in range(size.shape[0]):
        if weight[part] <= 0.0:
            continue
        if stay[part] <= 0.0:
            mass[0] += weight[part]
            continue
        mode = int(max(0.0, (size[part] - 1.0) * stay[part] / (1.0 - stay[part])))
        mode = min(mode, length - 1)
        top = weight[part] * math.exp(
            math.lgamma(mode + size[part])
            - math.lgamma(size[part])
            - math.lgamma(mode + 1.0)
            + size[part] * math.log1p(-stay[part])
            + mode * math.log(stay[part])
        )
        value = top
        for count in range(mode, length):
            mass[count] += value
            value *= (count + size[part]) / (count + 1.0) * stay[part]
        value = top
        for count in range(mode, 0, -1):
            value *= count / ((count - 1.0 + size[part]) * stay[part])
            mass[count - 1] += value
    for count in range(1, length):
        mass[count] += mass[count - 1]
    return mass


@compiled
def filtered_levels(
    known: FloatArray,
    exposure: FloatArray,
    grid: FloatArray,
    shape0: float,
    rate0: float,
    settled: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gamma priors of each row's level from the rows before it, per setting, and each setting's log score.

    known: (time,) events known, NaN = none reported yet; exposure: (time,) expected share known × the row's factor;
    grid: (setting, 3) discount, growth a row, what a score keeps a row later; settled: (time,) 1.0 where the row's
    count scores the settings. Returns (setting,), and shapes and rates of (setting, time).
    """
    times = known.shape[0]
    settings = grid.shape[0]
    scores = np.zeros(settings)
    shapes = np.empty((settings, times))
    rates = np.empty((settings, times))
    for each in range(settings):
        keep, growth, recall = grid[each, 0], math.exp(grid[each, 1]), grid[each, 2]
        shape = shape0
        rate = rate0
        for time in range(times):
            shape = keep * shape + (1.0 - keep) * shape0
            rate = (keep * rate + (1.0 - keep) * rate0) / growth
            shapes[each, time] = shape
            rates[each, time] = rate
            if math.isnan(known[time]):
                continue
            if settled[time] > 0.0:
                scores[each] = recall * scores[each] + (
                    math.lgamma(known[time] + shape)
                    - math.lgamma(shape)
                    + shape * math.log(rate / (rate + exposure[time]))
                    + known[time] * math.log(exposure[time] / (rate + exposure[time]))
                )
            shape += known[time]
            rate += exposure[time]
    return scores, shapes, rates
