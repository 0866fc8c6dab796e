"""Hot loops of the epidemic GLR: counts that begin to feed on the ones before them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


@compiled
def spread_ratio(
    x: _Floats, before: _Floats, means: _Floats, first: int, end: int, rate: float
) -> tuple[float, float]:
    """Largest Poisson log likelihood ratio of an added mean rate·(count before), and the rate."""
    floor = 0.0
    ceiling = math.inf
    rate = max(1e-9, rate)
    for _ in range(200):
        slope = 0.0
        bend = 0.0
        for i in range(first, end):
            if before[i] > 0.0:
                relative = before[i] / (means[i] + rate * before[i])
                slope += x[i] * relative - before[i]
                bend += x[i] * relative * relative
        if slope > 0.0:
            floor = rate
        else:
            ceiling = rate
        following = rate + slope / bend if bend > 0.0 else 0.5 * rate
        if not floor <= following <= ceiling:
            following = 0.5 * (floor + ceiling) if ceiling < math.inf else 2.0 * rate
        moved = abs(following - rate)
        rate = following
        if moved < 1e-7 * max(1e-6, rate):
            break
    return spread_value(x, before, means, first, end, rate), rate


@compiled
def spread_value(x: _Floats, before: _Floats, means: _Floats, first: int, end: int, rate: float) -> float:
    """Poisson log likelihood ratio of an added mean rate·(count before)."""
    value = 0.0
    for i in range(first, end):
        value += x[i] * math.log(1.0 + rate * before[i] / means[i]) - rate * before[i]
    return value


@compiled
def spread_as_in_r(x: _Floats, before: _Floats, means: _Floats, first: int, last: int, end: int) -> float:
    """The ratio of an epidemic as the reference finds it: a search on ln(rate) that may stop short of the maximum.

    Starts first … last. The search begins at rate 0.5 and at each later start where the one before ended.
    """
    best = -1e99
    rate = 0.5
    for k in range(first, last + 1):
        old = 2.0
        new = math.log(rate) if rate > 0.0 else -math.inf
        turns = 0
        while new > -18.0 and abs(math.exp(new) - math.exp(old)) > 1e-6 and turns < 1000:
            turns += 1
            old = new
            grown = math.exp(old)
            slope = 0.0
            bend = 0.0
            for i in range(k, end):
                mean = grown * before[i] + means[i]
                slope += x[i] * before[i] / mean - before[i]
                bend += x[i] * before[i] * before[i] / (mean * mean)
            slope *= grown
            bend = grown * grown * bend - slope
            new = (
                old + slope / bend
                if bend != 0.0
                else (math.nan if slope == 0.0 else math.copysign(math.inf, slope))
            )
        rate = math.exp(new) if new < 709.0 else (math.nan if np.isnan(new) else math.inf)
        value = spread_value(x, before, means, k, end, rate)
        if value > best:
            best = value
    return best


@compiled
def watch_spread(
    x: _Floats,
    before: _Floats,
    means: _Floats,
    rows: _Ints,
    limit: float,
    window: int,
    shortest: int,
    bounds: bool,
    strict: bool,
    out: _Floats,
) -> int:
    """A count that begins to feed on the one before it (an epidemic); `out` as in glr_watch.watch_poisson."""
    n = x.shape[0]
    score = np.zeros(n + 1)
    stack = np.empty(n + 1, np.int64)
    bottom = 0
    top = 0
    for i in range(n):
        score[i + 1] = score[i] + before[i] * (x[i] / means[i] - 1.0)
        out[0, i] = 0.0
        out[1, i] = np.nan
        new = i + 1 - shortest
        if new < 0:
            continue
        if strict:
            first = 0
            while window > 0 and rows[i] - rows[first] > window:
                first += 1
            out[0, i] = max(0.0, spread_as_in_r(x, before, means, first, new, i + 1))
        else:
            while bottom < top and window > 0 and rows[i] - rows[stack[bottom]] > window:
                bottom += 1
            while top > bottom and score[new] <= score[stack[top - 1]]:
                top -= 1
            stack[top] = new
            top += 1
            if bounds:
                out[1, i] = _spread_count(x, before, means, stack, bottom, top, i, limit)
            out[0, i] = _spread_best(x, before, means, stack, bottom, top, i)
        if out[0, i] >= limit:
            return i + 1
    return int(n)


@compiled
def _spread_best(
    x: _Floats, before: _Floats, means: _Floats, stack: _Ints, bottom: int, top: int, i: int
) -> float:
    best = 0.0
    rate = 0.5
    for v in range(bottom, top):
        score = 0.0
        for j in range(stack[v], i + 1):
            score += before[j] * (x[j] / means[j] - 1.0)
        if score > 0.0:
            value, rate = spread_ratio(x, before, means, stack[v], i + 1, rate)
            best = max(best, value)
    return best


@compiled
def _spread_count(
    x: _Floats, before: _Floats, means: _Floats, stack: _Ints, bottom: int, top: int, i: int, limit: float
) -> float:
    """The smallest count of row i that reaches the limit; infinite where the row before had none."""
    if before[i] == 0.0:
        return math.inf
    kept = x[i]
    low = -1.0
    high = math.inf
    x[i] = math.ceil(kept + 1.0)
    while high - low > 1.0 and x[i] <= 1e9:
        if _spread_best(x, before, means, stack, bottom, top, i) >= limit:
            high = x[i]
        else:
            low = x[i]
        x[i] = math.floor(0.5 * (low + high)) if high < math.inf else 2.0 * x[i] + 4.0
    x[i] = kept
    return high
