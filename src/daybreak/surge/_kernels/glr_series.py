"""Hot loops of the GLR detectors over the series of a block: the baselines, and the watches that begin anew after alarms."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled
from daybreak.surge._kernels.glr_spread import watch_spread
from daybreak.surge._kernels.glr_watch import (
    R_FOUND_NO_COUNT,
    watch_binomial,
    watch_known,
    watch_poisson,
)
from daybreak.surge._kernels.log_linear import SMALLEST_DISPERSION, fitted_with_dispersion, products_of

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]
_Codes = NDArray[np.uint8]

# Codes a kernel writes where it cannot test; glr.py has a sentence for each.
TESTED, SILENT, UNFIT = 0, 1, 2
SHORT = 3
"""SHORT + n: the baseline has n reported rows, too few."""


@compiled
def baselines(  # noqa: PLR0915 - a call within a hot loop is compiled anew wherever it stands
    values: _Floats,
    exposure: _Floats,
    design: _Floats,
    tested: _Ints,
    first: _Ints,
    dispersion: float,
    strict: bool,
    means: _Floats,
    spread: _Floats,
    codes: _Codes,
) -> None:
    """Fits each series to the rows before its tested row number `first` and fills means and dispersion from there on.

    first: (series,), beyond the last = leave the series alone. spread: (series,), a number there is kept as dispersion.
    Corrected: where there is no finite fit of season and trend, a constant rate, which half a case keeps above 0.
    """
    size = design.shape[0]
    pairs = products_of(design)
    rows = tested[-1] + 1
    column = np.empty(rows)
    offset = np.zeros(rows)
    beta = np.zeros(size)
    for s in range(values.shape[1]):
        if first[s] >= tested.shape[0]:
            continue
        end = tested[first[s]]
        has = 0
        total = 0.0
        people = 0.0
        for t in range(rows):
            column[t] = values[t, s]
            if exposure.shape[0] > 0:
                offset[t] = 0.0 if np.isnan(column[t]) else math.log(exposure[t, s])
            if t < end and not np.isnan(column[t]):
                has += 1
                total += column[t]
                people += math.exp(offset[t])
        if has < size + 1:
            codes[first[s] :, s] = SHORT + has
            continue
        beta[:] = 0.0
        beta[0] = math.log((total if total > 0.0 else 0.5) / people)
        found = dispersion if np.isnan(spread[s]) else spread[s]
        if strict or total > 0.0:
            found = fitted_with_dispersion(column, offset, design, pairs, end, found, strict, beta)
            good = not np.isnan(found)
            for a in range(1, size):
                good = good and (strict or abs(beta[a]) <= 20.0)
            if not good and strict:
                codes[first[s] :, s] = UNFIT
                continue
            if not good:
                beta[:] = 0.0
                beta[0] = math.log(total / people)
        spread[s] = SMALLEST_DISPERSION if np.isnan(found) else found
        for place in range(first[s], tested.shape[0]):
            row = tested[place]
            eta = offset[row]
            for a in range(size):
                eta += design[a, row] * beta[a]
            means[place, s] = (
                math.exp(eta) if not np.isnan(column[row]) or exposure.shape[0] == 0 else math.nan
            )


@compiled
def _gathered(
    values: _Floats, tested: _Ints, means: _Floats, codes: _Codes, first: int, s: int, x: _Floats, mean: _Floats,
    before: _Floats, when: _Ints, place: _Ints,
) -> int:  # fmt: skip
    """Collects the rows of a series that reported, from the tested row number `first` on; returns how many."""
    n = 0
    for p in range(first, tested.shape[0]):
        row = tested[p]
        if codes[p, s] > SILENT:
            break
        if np.isnan(values[row, s]):
            codes[p, s] = SILENT
            continue
        x[n] = values[row, s]
        mean[n] = means[p, s]
        before[n] = values[row - 1, s] if row > 0 and not np.isnan(values[row - 1, s]) else 0.0
        when[n] = row
        place[n] = p
        n += 1
    return n


@compiled
def _noted(
    out: _Floats, alarmed: bool, used: int, place: _Ints, begin: int, s: int, results: _Floats
) -> None:
    for i in range(used):
        p = place[begin + i]
        results[0, p, s] = out[0, i]
        results[1, p, s] = out[1, i]
        results[2, p, s] = 1.0 if alarmed and i == used - 1 else 0.0


@compiled
def watched_known(
    values: _Floats, tested: _Ints, means: _Floats, spread: _Floats, codes: _Codes, first: _Ints, once: bool,
    theta: float, limit: float, strict: bool, results: _Floats,
) -> None:  # fmt: skip
    """A known change. results: (3, tested, series) statistic, bound, alarm; first: moved behind the last row watched.

    once: stop after an alarm, for the baseline to be fitted again.
    """
    number = tested.shape[0]
    x, mean, before = np.empty(number), np.empty(number), np.empty(number)
    when, place = np.empty(number, np.int64), np.empty(number, np.int64)
    out = np.empty((2, number))
    for s in range(values.shape[1]):
        n = _gathered(values, tested, means, codes, first[s], s, x, mean, before, when, place)
        begin = 0
        first[s] = number
        while begin < n:
            used = watch_known(x[begin:n], mean[begin:n], spread[s], theta, limit, strict, out)
            alarmed = out[0, used - 1] > limit
            _noted(out, alarmed, used, place, begin, s, results)
            begin += used
            if once and alarmed:
                first[s] = place[begin - 1] + 1
                break


@compiled
def watched_poisson(
    values: _Floats, tested: _Ints, means: _Floats, codes: _Codes, first: _Ints, once: bool, limit: float,
    window: int, shortest: int, sign: float, bounds: bool, strict: bool, results: _Floats,
) -> None:  # fmt: skip
    """An unknown change of Poisson counts, otherwise as watched_known; the bound is the smallest count that alarms."""
    number = tested.shape[0]
    x, mean, before = np.empty(number), np.empty(number), np.empty(number)
    when, place = np.empty(number, np.int64), np.empty(number, np.int64)
    out = np.empty((2, number))
    for s in range(values.shape[1]):
        n = _gathered(values, tested, means, codes, first[s], s, x, mean, before, when, place)
        begin = 0
        first[s] = number
        while begin < n:
            used = watch_poisson(
                x[begin:n], mean[begin:n], when[begin:n], limit, window, shortest, sign, bounds, strict, out
            )
            alarmed = out[0, used - 1] >= limit
            _noted(out, alarmed, used, place, begin, s, results)
            begin += used
            if once and alarmed:
                first[s] = place[begin - 1] + 1
                break


@compiled
def watched_binomial(
    values: _Floats, tested: _Ints, means: _Floats, spread: _Floats, codes: _Codes, first: _Ints, once: bool,
    limit: float, window: int, shortest: int, sign: float, most: float, bounds: bool, strict: bool, results: _Floats,
) -> None:  # fmt: skip
    """An unknown change of negative binomial counts, otherwise as watched_poisson."""
    number = tested.shape[0]
    x, mean, before = np.empty(number), np.empty(number), np.empty(number)
    when, place = np.empty(number, np.int64), np.empty(number, np.int64)
    out = np.empty((2, number))
    for s in range(values.shape[1]):
        n = _gathered(values, tested, means, codes, first[s], s, x, mean, before, when, place)
        begin = 0
        first[s] = number
        dispersion = max(spread[s], SMALLEST_DISPERSION)
        while begin < n:
            used = watch_binomial(
                x[begin:n],
                mean[begin:n],
                when[begin:n],
                dispersion,
                limit,
                window,
                shortest,
                sign,
                bounds,
                out,
            )
            alarmed = out[0, used - 1] >= limit
            if strict and bounds:
                for i in range(used - 1 if alarmed else used):
                    # R counts up from the observed count: not from 0 (a defect), and not beyond a most
                    if x[begin + i] == 0.0 or out[1, i] > most + 1.0:
                        out[1, i] = R_FOUND_NO_COUNT
            _noted(out, alarmed, used, place, begin, s, results)
            begin += used
            if once and alarmed:
                first[s] = place[begin - 1] + 1
                break


@compiled
def watched_spread(
    values: _Floats, tested: _Ints, means: _Floats, codes: _Codes, first: _Ints, once: bool, limit: float,
    window: int, shortest: int, bounds: bool, strict: bool, results: _Floats,
) -> None:  # fmt: skip
    """A count that begins to feed on the one before it, otherwise as watched_poisson."""
    number = tested.shape[0]
    x, mean, before = np.empty(number), np.empty(number), np.empty(number)
    when, place = np.empty(number, np.int64), np.empty(number, np.int64)
    out = np.empty((2, number))
    for s in range(values.shape[1]):
        begun = first[s]
        n = _gathered(values, tested, means, codes, begun, s, x, mean, before, when, place)
        if strict and n > 0 and begun == 0:
            before[0] = 0.0  # R's first watch knows no count before it
        begin = 0
        first[s] = number
        while begin < n:
            used = watch_spread(
                x[begin:n],
                before[begin:n],
                mean[begin:n],
                when[begin:n],
                limit,
                window,
                shortest,
                bounds,
                strict,
                out,
            )
            alarmed = out[0, used - 1] >= limit
            _noted(out, alarmed, used, place, begin, s, results)
            begin += used
            if once and alarmed:
                first[s] = place[begin - 1] + 1
                break
