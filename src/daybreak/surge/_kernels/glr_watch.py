"""Hot loops of the GLR detectors: one series watched row by row until the ratio reaches the limit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled
from daybreak.surge._kernels.glr import (
    binomial_ratio,
    binomial_single,
    poisson_best,
    poisson_count,
    push_start,
)

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

R_FOUND_NO_COUNT = 1e99


@compiled
def watch_known(
    x: _Floats, means: _Floats, dispersion: float, theta: float, limit: float, strict: bool, out: _Floats
) -> int:
    """A known size of change: the sum of log likelihood ratios, never below 0. Returns how many rows were watched.

    out: (2, rows): the statistic; the count above which (strict: at which, not rounded) it passes the limit.
    """
    total = 0.0
    more = math.exp(theta) - 1.0
    for i in range(x.shape[0]):
        if dispersion > 0.0:
            share = dispersion * means[i] / (1.0 + dispersion * means[i])
            each = math.log(1.0 + share * more)
            gain = theta * x[i] - (x[i] + 1.0 / dispersion) * each
            bound = (limit - total + each / dispersion) / (theta - each)
        else:
            gain = theta * x[i] - more * means[i]
            bound = (limit - total + more * means[i]) / theta
        out[1, i] = bound
        if not strict:
            out[1, i] = math.floor(bound) if theta > 0.0 else math.ceil(bound)
            if out[1, i] < 0.0:
                out[1, i] = np.nan
        total = max(0.0, total + gain)
        out[0, i] = total
        if total > limit:
            return i + 1
    return int(x.shape[0])


@compiled
def watch_poisson(  # noqa: PLR0915 - a call within a hot loop is compiled anew wherever it stands
    x: _Floats,
    means: _Floats,
    rows: _Ints,
    limit: float,
    window: int,
    shortest: int,
    sign: float,
    bounds: bool,
    strict: bool,
    out: _Floats,
) -> int:
    """An unknown change of Poisson counts; `out` as in watch_known, the count being the smallest that reaches the limit.

    strict: with a window R needs one row more than `shortest`; without, it only begins later.
    """
    n = x.shape[0]
    cases = np.zeros(n + 1)
    expected = np.zeros(n + 1)
    stack = np.empty(n + 1, np.int64)
    bottom = 0
    top = 0
    length = shortest
    quiet = 0
    plain = strict and sign < 0.0  # R passes over stretches without a case, so every start may matter
    if strict:
        length = shortest + 1 if window > 0 else 1
        quiet = 0 if window > 0 else shortest - 1
    for i in range(n):
        cases[i + 1] = cases[i] + x[i]
        expected[i + 1] = expected[i] + means[i]
        out[0, i] = 0.0
        new = i + 1 - length
        if new < 0:
            out[1, i] = 0.0 if strict else np.nan
            continue
        start = new
        while window > 0 and bottom < top and rows[i] - rows[stack[bottom]] > window:
            if plain:
                bottom += 1
                continue
            # the hull without its first vertex: starts hidden behind it may come to light
            start = stack[bottom]
            while rows[i] - rows[start] > window:
                start += 1
            bottom = 0
            top = 0
        for j in range(start, new + 1):
            if plain:
                stack[top] = j
                top += 1
            else:
                bottom, top = push_start(stack, bottom, top, j, cases, expected, sign)
        if i < quiet:
            out[1, i] = 0.0
            continue
        if bounds and sign > 0.0:
            out[1, i] = poisson_count(stack, bottom, top, cases, expected, i, limit)
        elif bounds:
            out[1, i] = _count_of_no_fall(stack, bottom, top, cases, expected, i, limit, strict)
        best = poisson_best(stack, bottom, top, cases, expected, cases[i + 1], expected[i + 1], sign, strict)
        out[0, i] = best
        if best >= limit:
            return i + 1
    return int(n)


@compiled
def _count_of_no_fall(
    stack: _Ints, bottom: int, top: int, cases: _Floats, expected: _Floats, i: int, limit: float, strict: bool
) -> float:
    """The smallest count of row i that raises no alarm of a fall (in R one that just reaches the limit will do)."""
    low = -1.0
    high = math.inf
    probe = 0.0
    step = 1.0
    while high - low > 1.0:
        value = poisson_best(
            stack, bottom, top, cases, expected, cases[i] + probe, expected[i + 1], -1.0, strict
        )
        if value < limit or (strict and value == limit):
            high = probe
        else:
            low = probe
        if high < math.inf:
            probe = math.floor(0.5 * (low + high))
        else:
            probe += step
            if not strict:  # R's ratio does not fall steadily, so it is followed count by count
                step *= 2.0
    return high


@compiled
def watch_binomial(  # noqa: PLR0915 - a call within a hot loop is compiled anew wherever it stands
    x: _Floats,
    means: _Floats,
    rows: _Ints,
    dispersion: float,
    limit: float,
    window: int,
    shortest: int,
    sign: float,
    bounds: bool,
    out: _Floats,
) -> int:
    """An unknown change of negative binomial counts; `out` as in watch_poisson.

    A start is dropped for good once the rows since it, up to a later start, have a score of 0 or less: the ratio is
    concave in the change, so for no change do these rows help. What is left is searched only where a bound on its ratio
    beats the best ratio so far.
    """
    n = x.shape[0]
    size = 1.0 / dispersion
    share = np.empty(n)
    score = np.zeros(n + 1)
    stack = np.empty(n + 1, np.int64)
    ceiling = np.empty(n + 1)
    theta = np.empty(n + 1)
    bend = np.empty(n + 1)
    seen = np.zeros(n + 1, np.int64)
    bottom = 0
    top = 0
    for i in range(n):
        share[i] = dispersion * means[i] / (1.0 + dispersion * means[i])
        gain = x[i] - (x[i] + size) * share[i]
        score[i + 1] = score[i] + gain
        out[0, i] = 0.0
        out[1, i] = math.inf
        single, single_theta = binomial_single(x[i], share[i], size, sign)
        new = i + 1 - shortest
        while bottom < top and window > 0 and rows[i] - rows[stack[bottom]] > window:
            bottom += 1
        if new >= 0:
            while top > bottom and sign * (score[new] - score[stack[top - 1]]) <= 0.0:
                top -= 1
            stack[top] = new
            ceiling[top] = 0.0 if shortest == 1 else math.inf
            theta[top] = single_theta if shortest == 1 else 0.1 * sign
            if shortest == 1:
                bend[top] = x[i] * size / (x[i] + size)
                seen[top] = i + 1
            else:
                seen[top] = 0
            top += 1
        if bounds and top > bottom:
            out[1, i] = (
                _count_of_rise(x, share, size, stack, ceiling, theta, bottom, top, i, limit)
                if sign > 0.0 and shortest == 1
                else binomial_count(x, share, size, stack, theta, bottom, top, i, limit, sign)
            )
        for v in range(bottom, top):
            before = sign * (score[i] - score[stack[v]])
            after = sign * (score[i + 1] - score[stack[v]])
            if after <= 0.0:
                ceiling[v] = 0.0
            elif sign * gain < 0.0 and before > 0.0:
                ceiling[v] *= (
                    after / before
                )  # the ratio lies below its slope at 0 times the change, and below its top
            else:
                ceiling[v] += single
        best = 0.0
        while True:
            leader = -1
            for v in range(bottom, top):
                if ceiling[v] > best and (leader < 0 or ceiling[v] > ceiling[leader]):
                    leader = v
            if leader < 0:
                break
            if stack[leader] == i:
                ceiling[leader] = single
            else:
                ceiling[leader], theta[leader], bend[leader] = binomial_ratio(
                    x, share, size, stack[leader], i + 1, sign, theta[leader], bend[leader], seen[leader]
                )
                seen[leader] = i + 1
            best = max(best, ceiling[leader])
        out[0, i] = best
        if best >= limit:
            return i + 1
    return int(n)


@compiled
def _count_of_rise(
    x: _Floats,
    share: _Floats,
    size: float,
    stack: _Ints,
    ceiling: _Floats,
    theta: _Floats,
    bottom: int,
    top: int,
    i: int,
    limit: float,
) -> float:
    """The smallest count of row i at which a rise reaches the limit.

    The ratio of a start is convex in the last count, so Newton's method comes down to the root from above. The row alone
    gives a first answer; the other starts, the most promising first, are asked whether less would do.
    """
    kept = x[i]
    mean = size * share[i] / (1.0 - share[i])
    root = mean + math.sqrt(2.0 * limit * mean * (1.0 + mean / size)) + limit * (1.0 + mean / size)
    for _ in range(60):
        value, change = binomial_single(root, share[i], size, 1.0)
        move = (value - limit) / (change - math.log(1.0 + share[i] * (root / mean - 1.0)))
        root -= move
        if abs(move) < 1e-6 * root:
            break
    smallest = max(1.0, math.ceil(root - 1e-5))
    while binomial_single(smallest, share[i], size, 1.0)[0] < limit:
        smallest += 1.0
    leader = bottom
    for v in range(bottom, top - 1):
        if ceiling[v] > ceiling[leader]:
            leader = v
    change = theta[leader]
    for turn in range(bottom - 1, top - 1):
        v = leader if turn < bottom else turn
        if stack[v] == i or (turn == leader):
            continue
        change = theta[v] if theta[v] > 0.0 else 0.5
        while smallest >= 1.0:
            x[i] = smallest - 1.0
            score = 0.0
            for j in range(stack[v], i + 1):
                score += x[j] - (x[j] + size) * share[j]
            if score <= 0.0:
                break
            value, change, _ = binomial_ratio(x, share, size, stack[v], i + 1, 1.0, change, 0.0, 0)
            if value < limit:
                break
            slope = change - math.log(1.0 + share[i] * (math.exp(change) - 1.0))
            # convexity: the root is not left of this step, so no smaller count is passed over
            smallest = max(0.0, min(smallest - 1.0, math.ceil(x[i] - (value - limit) / slope - 1e-9)))
    x[i] = kept
    return float(smallest)


@compiled
def binomial_count(
    x: _Floats,
    share: _Floats,
    size: float,
    stack: _Ints,
    theta: _Floats,
    bottom: int,
    top: int,
    i: int,
    limit: float,
    sign: float,
) -> float:
    """The smallest count of row i at which a rise reaches the limit (a fall: at which it does not)."""
    kept = x[i]
    low = -1.0
    high = math.inf
    probe = math.ceil(kept + 1.0)
    while high - low > 1.0 and probe <= 1e9:
        if _reaches(x, share, size, stack, theta, bottom, top, i, probe, limit, sign) == (sign > 0.0):
            high = probe
        else:
            low = probe
        probe = math.floor(0.5 * (low + high)) if high < math.inf else 2.0 * probe + 4.0
    x[i] = kept
    return high


@compiled
def _reaches(
    x: _Floats,
    share: _Floats,
    size: float,
    stack: _Ints,
    theta: _Floats,
    bottom: int,
    top: int,
    i: int,
    count: float,
    limit: float,
    sign: float,
) -> bool:
    x[i] = count
    for v in range(top - 1, bottom - 1, -1):
        if stack[v] == i:
            value, _ = binomial_single(count, share[i], size, sign)
        else:
            score = 0.0
            for j in range(stack[v], i + 1):
                score += x[j] - (x[j] + size) * share[j]
            if sign * score <= 0.0:
                continue
            value, _, _ = binomial_ratio(x, share, size, stack[v], i + 1, sign, theta[v], 0.0, 0)
        if value >= limit:
            return True
    return False
