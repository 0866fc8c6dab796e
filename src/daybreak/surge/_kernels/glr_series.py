"""Hot loop of the GLR detectors over the series of a block: baseline, watch, alarm, watch again."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled
from daybreak.surge._kernels.glr_baseline import SMALLEST_DISPERSION, fitted, fitted_with_dispersion
from daybreak.surge._kernels.glr_watch import (
    R_FOUND_NO_COUNT,
    watch_binomial,
    watch_known,
    watch_poisson,
    watch_spread,
)

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

# Codes a kernel writes where it cannot test; glr.py has a sentence for each.
TESTED, SILENT, UNFIT = 0, 1, 2
SHORT = 3
"""SHORT + n: the baseline has n reported rows, too few."""


@compiled
def _baseline(
    column: _Floats,
    offset: _Floats,
    design: _Floats,
    pairs: _Floats,
    end: int,
    tested: _Ints,
    first: int,
    dispersion: float,
    strict: bool,
    means: _Floats,
) -> float:
    """Fits the rows before `end` and fills the means of the tested rows from the place `first` on.

    Returns the dispersion (estimated where NaN is given); NaN if there is no fit. Corrected: where there is no finite fit
    of season and trend, a constant rate, which half a case keeps above 0.
    """
    size = design.shape[0]
    beta = np.zeros(size)
    total = 0.0
    people = 0.0
    for i in range(end):
        if not np.isnan(column[i]):
            total += column[i]
            people += math.exp(offset[i])
    good = False
    if total > 0.0:
        beta[0] = math.log(total / people)
    if strict or total > 0.0:
        if np.isnan(dispersion):
            dispersion = fitted_with_dispersion(column, offset, design, pairs, end, strict, beta)
            good = not np.isnan(dispersion)
        else:
            good = fitted(column, offset, design, pairs, end, dispersion, strict, beta)
    for a in range(1, size):
        if not strict and abs(beta[a]) > 20.0:
            good = False
    if not good:
        if strict:
            return math.nan
        beta[:] = 0.0
        beta[0] = math.log((total if total > 0.0 else 0.5) / people)
        if np.isnan(dispersion):
            dispersion = SMALLEST_DISPERSION
    for place in range(first, tested.shape[0]):
        row = tested[place]
        eta = offset[row]
        for a in range(size):
            eta += design[a, row] * beta[a]
        means[place] = math.exp(eta)
    return dispersion


@compiled
def watched(
    values: _Floats,
    exposure: _Floats,
    design: _Floats,
    given: _Floats,
    tested: _Ints,
    dispersion: float,
    theta: float,
    limit: float,
    window: int,
    shortest: int,
    sign: float,
    most: float,
    binomial: bool,
    epidemic: bool,
    refit: bool,
    bounds: bool,
    strict: bool,
) -> tuple[_Floats, NDArray[np.uint8]]:
    """Every series watched over the tested rows; after an alarm the watch begins anew.

    given: expected means of the tested rows, or empty. Returns (5, tested, series) expected, statistic, bound (smallest
    count that alarms; infinite: none), alarm, dispersion; and codes.
    """
    number = tested.shape[0]
    series = values.shape[1]
    results = np.full((5, number, series), np.nan)
    codes = np.zeros((number, series), np.uint8)
    if number == 0:
        return results, codes
    rows = tested[-1] + 1
    column = np.empty(rows)
    offset = np.zeros(rows)
    means = np.empty(number)
    x = np.empty(number)
    before = np.empty(number)
    mean = np.empty(number)
    place = np.empty(number, np.int64)
    when = np.empty(number, np.int64)
    out = np.empty((2, number))
    needed = design.shape[0] + 1
    pairs = np.empty((design.shape[0] * (design.shape[0] + 1) // 2, design.shape[1]))
    pair = 0
    for a in range(design.shape[0]):
        for b in range(a + 1):
            pairs[pair] = design[a] * design[b]
            pair += 1
    for s in range(series):
        for t in range(rows):
            column[t] = values[t, s]
            if exposure.shape[0] > 0:
                offset[t] = 0.0 if np.isnan(column[t]) else math.log(exposure[t, s])
        spread = dispersion
        if given.shape[0] > 0:
            means[:] = given
        else:
            has = 0
            for t in range(tested[0]):
                has += not np.isnan(column[t])
            if has < needed:
                codes[:, s] = SHORT + has
                continue
            spread = _baseline(column, offset, design, pairs, tested[0], tested, 0, dispersion, strict, means)
            if np.isnan(spread):
                codes[:, s] = UNFIT
                continue
        n = 0
        for p in range(number):
            row = tested[p]
            results[0, p, s] = means[p]
            if exposure.shape[0] > 0 and np.isnan(column[row]) and given.shape[0] == 0:
                results[0, p, s] = np.nan  # for how many is not known
            results[4, p, s] = spread
            if np.isnan(column[row]):
                codes[p, s] = SILENT
                continue
            x[n] = column[row]
            before[n] = column[row - 1] if row > 0 and not np.isnan(column[row - 1]) else 0.0
            mean[n] = means[p]
            place[n] = p
            when[n] = row
            n += 1
        if strict and n > 0:
            before[0] = 0.0  # R's first watch knows no count before it
        first = 0
        while first < n:
            if not np.isnan(theta):
                used = watch_known(x[first:n], mean[first:n], spread, theta, limit, strict, out)
            elif epidemic:
                used = watch_spread(
                    x[first:n], before[first:n], mean[first:n], when[first:n], limit, window, shortest,
                    bounds, strict, out,
                )  # fmt: skip
            elif binomial:
                used = watch_binomial(
                    x[first:n], mean[first:n], when[first:n], max(spread, SMALLEST_DISPERSION), limit, window,
                    shortest, sign, bounds, out,
                )  # fmt: skip
            else:
                used = watch_poisson(
                    x[first:n], mean[first:n], when[first:n], limit, window, shortest, sign, bounds, strict, out
                )  # fmt: skip
            last = out[0, used - 1]
            alarmed = last > limit if not np.isnan(theta) else last >= limit
            for i in range(used):
                p = place[first + i]
                results[1, p, s] = out[0, i]
                results[2, p, s] = out[1, i]
                results[3, p, s] = 1.0 if alarmed and i == used - 1 else 0.0
                if strict and bounds and binomial and np.isnan(theta):
                    results[2, p, s] = _as_in_r(out[1, i], x[first + i], results[3, p, s], most)
            first += used
            if refit and alarmed and first < n:
                p = place[first - 1] + 1
                known = spread if strict else dispersion  # R estimates it once
                again = _baseline(column, offset, design, pairs, tested[p], tested, p, known, strict, means)
                if not np.isnan(again):
                    spread = again
                    for i in range(first, n):
                        mean[i] = means[place[i]]
                    for later in range(p, number):
                        results[0, later, s] = means[later]
                        results[4, later, s] = spread
    return results, codes


@compiled
def _as_in_r(smallest: float, count: float, alarm: float, most: float) -> float:
    """R counts from the observed count on: not at all from 0 (a defect), not beyond a most, and NA (made 0) below 0."""
    if alarm > 0.0:
        return smallest
    return R_FOUND_NO_COUNT if count == 0.0 or smallest > most + 1.0 else smallest
