"""Hot loop of outbreakP: an increasing fit that grows by one row at a time on a stack of level stretches."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

# Codes a kernel writes where it cannot test; outbreakp.py has a sentence for each.
TESTED, SILENT, GAP, UNDEFINED = 0, 1, 2, 3


@compiled
def _merged(stack: _Floats, top: int, cases: float, weight: float) -> tuple[int, float, float]:
    """A last stretch joined with those before it that are not lower: the stretches left, its cases and weight."""
    while top > 0 and cases * stack[1, top - 1] <= stack[0, top - 1] * weight:
        top -= 1
        cases += stack[0, top]
        weight += stack[1, top]
    return top, cases, weight


@compiled
def _sum_with(stack: _Floats, top: int, cases: float, weight: float) -> float:
    """Σ cases·ln(rate) over the stretches, with a last stretch of these cases and this weight."""
    total = stack[2, top - 1] if top > 0 else 0.0
    return total + cases * math.log(cases / weight) if cases > 0.0 else total


@compiled
def _log_statistic(
    stack: _Floats, top: int, x: float, w: float, all_cases: float, all_weight: float
) -> float:
    """ln of the statistic if the next row had x cases at weight w; the rows before have all_cases, all_weight."""
    level, cases, weight = _merged(stack, top, x, w)
    summed = all_cases + x
    if summed <= 0.0:
        return 0.0
    return _sum_with(stack, level, cases, weight) - summed * math.log(summed / (all_weight + w))


@compiled
def _smallest_alarm(
    stack: _Floats,
    top: int,
    x: float,
    w: float,
    all_cases: float,
    all_weight: float,
    log_k: float,
    most: float,
) -> float:
    """The smallest number of cases in the next row that alarms; infinite if it is above `most`.

    The statistic never falls with the last count (its slope there is ln of last fitted rate / mean rate ≥ 0).
    """
    low = -1.0
    high = x
    step = 1.0
    while _log_statistic(stack, top, high, w, all_cases, all_weight) <= log_k:
        low = high
        if high >= most:
            return math.inf
        high = min(most, high + step)
        step *= 2.0
    if low < 0.0:
        step = 1.0
        probe = high - step
        while probe >= 0.0:
            if _log_statistic(stack, top, probe, w, all_cases, all_weight) <= log_k:
                low = probe
                break
            high = probe
            if probe == 0.0:
                break
            step *= 2.0
            probe = max(0.0, probe - step)
    while high - low > 1.0:
        probe = math.floor(0.5 * (low + high))
        if _log_statistic(stack, top, probe, w, all_cases, all_weight) > log_k:
            high = probe
        else:
            low = probe
    return high


@compiled
def _product(
    stack: _Floats, top: int, column: _Floats, weights: _Floats, mean: float, log_value: float
) -> float:
    """The statistic as a product in double precision, rows in order, as the reference forms it (quirk Q10)."""
    if top == 0 or mean <= 0.0:
        return 1.0
    log_mean = math.log(mean)
    lowest = 0.0
    for b in range(top):
        if stack[0, b] < mean * stack[1, b]:
            lowest = stack[2, b] - stack[3, b] * log_mean
    biggest = stack[0, top - 1] * (math.log(stack[0, top - 1] / stack[1, top - 1]) - log_mean)
    if lowest > -700.0 and log_value < 700.0 and biggest < 700.0:
        return math.exp(log_value)
    product = 1.0
    for b in range(top):
        factor = stack[0, b] / stack[1, b] / mean
        last = int(stack[4, b + 1]) if b + 1 < top else column.shape[0]
        for i in range(int(stack[4, b]), last):
            if weights[i] > 0.0:
                product *= factor ** column[i]
    return product


@compiled
def isotonic(  # noqa: PLR0915 - a call within a hot loop is compiled anew wherever it stands
    values: _Floats, exposure: _Floats, tested: _Ints, k: float, bounds: bool, most: float, strict: bool
) -> tuple[_Floats, NDArray[np.uint8]]:
    """The statistic of every tested row, from all rows up to it.

    bounds: also the smallest alarming count (infinite: none). strict: as the reference, unlogged, nothing after a gap.
    Returns (4, tested, series): mean of the rows before, ln statistic, statistic, smallest alarming count; and codes.
    """
    series = values.shape[1]
    results = np.full((4, tested.shape[0], series), np.nan)
    codes = np.zeros((tested.shape[0], series), np.uint8)
    if tested.shape[0] == 0:
        return results, codes
    rows = tested[-1] + 1
    # of each stretch: cases, weight, Σ cases·ln(rate) and Σ cases up to its end, first row
    stack = np.empty((5, rows + 1))
    column = np.empty(rows)
    weights = np.empty(rows)
    log_k = math.log(k)
    for s in range(series):
        top = 0
        all_cases = 0.0
        all_weight = 0.0
        gap = False
        place = 0
        for t in range(rows):
            row = place if t == tested[place] else -1
            if row >= 0:
                place += 1
            x = values[t, s]
            column[t] = x
            weights[t] = 0.0
            if np.isnan(x) or gap:
                gap = strict
                if row >= 0:
                    codes[row, s] = SILENT if np.isnan(x) else GAP
                continue
            w = exposure[t, s] if exposure.shape[0] > 0 else 1.0
            weights[t] = w
            if row >= 0:
                if all_weight > 0.0:
                    results[0, row, s] = all_cases / all_weight * w
                    if bounds:
                        results[3, row, s] = _smallest_alarm(
                            stack, top, x, w, all_cases, all_weight, log_k, max(x, most)
                        )
                elif bounds:
                    results[3, row, s] = math.inf
            before = top
            top, cases, weight = _merged(stack, top, x, w)
            first = stack[4, top] if top < before else float(t)
            stack[2, top] = _sum_with(stack, top, cases, weight)
            stack[3, top] = (stack[3, top - 1] if top > 0 else 0.0) + cases
            stack[0, top] = cases
            stack[1, top] = weight
            stack[4, top] = first
            top += 1
            all_cases += x
            all_weight += w
            if row < 0:
                continue
            mean = all_cases / all_weight
            value = stack[2, top - 1] - all_cases * math.log(mean) if all_cases > 0.0 else 0.0
            results[1, row, s] = value
            if strict:
                results[2, row, s] = _product(stack, top, column[: t + 1], weights[: t + 1], mean, value)
                if np.isnan(results[2, row, s]):
                    codes[row, s] = UNDEFINED
            else:
                results[2, row, s] = math.exp(value) if value < 709.0 else math.inf
    return results, codes
