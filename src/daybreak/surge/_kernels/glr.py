"""Hot loops of the GLR detectors: the largest likelihood ratio over the starts of a change that can still win."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


@compiled
def poisson_ratio(cases: float, mean: float, sign: float) -> float:
    """Largest Poisson log likelihood ratio of a changed rate; 0 on the wrong side."""
    if sign * (cases - mean) <= 0.0:
        return 0.0
    return cases * math.log(cases / mean) - cases + mean if cases > 0.0 else mean


@compiled
def push_start(
    stack: _Ints, bottom: int, top: int, new: int, cases: _Floats, means: _Floats, sign: float
) -> tuple[int, int]:
    """Adds a start to the starts that some size of change could make the best one.

    Starts are points (Σ expected, Σ cases) before them. For each size of change the best start is a vertex of their
    lower (upper, for a fall) convex hull; a vertex whose way to the next is not steeper than 1 is beaten by it for good.
    (Romano, Eckley, Fearnhead, Rigaill 2023, JMLR 24: functional pruning.)
    """
    while top - bottom >= 2:
        a = stack[top - 2]
        b = stack[top - 1]
        turn = (cases[b] - cases[a]) * (means[new] - means[b]) - (cases[new] - cases[b]) * (
            means[b] - means[a]
        )
        if sign * turn < 0.0:
            break
        top -= 1
    stack[top] = new
    top += 1
    while top - bottom >= 2:
        a = stack[bottom]
        b = stack[bottom + 1]
        if sign * (cases[b] - cases[a] - (means[b] - means[a])) > 0.0:
            break
        bottom += 1
    return bottom, top


@compiled
def poisson_best(
    stack: _Ints,
    bottom: int,
    top: int,
    cases: _Floats,
    means: _Floats,
    all_cases: float,
    all_mean: float,
    sign: float,
    strict: bool,
) -> float:
    """The largest ratio over the starts in the stack; strict: of a fall to no case at all there is none, as in R."""
    best = 0.0
    for v in range(bottom, top):
        j = stack[v]
        if strict and all_cases == cases[j]:
            continue
        best = max(best, poisson_ratio(all_cases - cases[j], all_mean - means[j], sign))
    return best


@compiled
def poisson_count(
    stack: _Ints, bottom: int, top: int, cases: _Floats, means: _Floats, n: int, limit: float
) -> float:
    """The smallest next count (row n, cases before it cases[n]) at which a rise reaches the limit; infinite: none."""
    smallest = math.inf
    for v in range(bottom, top):
        j = stack[v]
        before = cases[n] - cases[j]
        mean = means[n + 1] - means[j]
        if smallest < math.inf and (
            smallest < 1.0 or poisson_ratio(before + smallest - 1.0, mean, 1.0) < limit
        ):
            continue
        total = mean + math.sqrt(2.0 * mean * limit) + limit  # above the root, so Newton comes down to it
        for _ in range(60):
            slope = math.log(total / mean)
            move = (total * slope - total + mean - limit) / slope
            total -= move
            if move < 1e-9 * total:
                break
        count = max(0.0, math.ceil(total - before - 1e-7))
        while poisson_ratio(before + count, mean, 1.0) < limit:
            count += 1.0
        while count > 0.0 and poisson_ratio(before + count - 1.0, mean, 1.0) >= limit:
            count -= 1.0
        smallest = min(smallest, count)
    return smallest


@compiled
def binomial_ratio(
    x: _Floats,
    share: _Floats,
    size: float,
    first: int,
    end: int,
    sign: float,
    theta: float,
    bend: float,
    seen: int,
) -> tuple[float, float, float]:
    """Largest negative binomial log likelihood ratio of rows first … end - 1, with its change and curvature there.

    With share = αμ/(1+αμ) and size = 1/α a row adds θx - (x+size) ln(1 + share (e^θ - 1)), which is concave in θ.
    theta, bend: change and curvature found when the rows ended before `seen` (0: never), from where the search goes on.
    """
    floor = 0.0  # Newton's method is kept between what is known to lie on either side
    ceiling = math.inf
    theta = max(1e-6, sign * theta)
    rest = 0.0
    start = seen if seen > first else first
    known = bend if seen > first else 0.0
    for _ in range(60):
        slope, bend, twist = _binomial_slopes(x, share, size, start, end, sign, theta)
        if start > first:  # the rows seen before add nothing to the slope where they were best
            theta = min(theta + 1.0, max(0.5 * theta, theta + slope / (known + bend)))
            start = first
            continue
        if slope > 0.0:
            floor = theta
        else:
            ceiling = theta
        move = slope / bend if bend > 0.0 else theta
        if abs(move) < 0.3:
            move += 0.5 * twist * move * move / bend
        if (
            abs(move) < 2e-3
        ):  # the rest of the way by a third-order expansion: what it leaves out is its fourth power
            rest = move * (slope + move * (twist * move / 6.0 - 0.5 * bend))
            break
        following = theta + max(-2.0, min(2.0, move))
        if not floor < following < ceiling:
            following = 0.5 * (floor + ceiling) if ceiling < math.inf else 2.0 * theta
        theta = following
        move = 0.0
        if theta > 40.0:  # no case at all where fewer are sought: the change is without end
            break
    return binomial_value(x, share, size, first, end, sign * theta) + rest, sign * (theta + move), bend


@compiled
def _binomial_slopes(
    x: _Floats, share: _Floats, size: float, first: int, end: int, sign: float, theta: float
) -> tuple[float, float, float]:
    """First, negative second and third derivative of the log likelihood ratio in sign·θ."""
    grown = math.exp(sign * theta)
    slope = 0.0
    bend = 0.0
    twist = 0.0
    for i in range(first, end):
        raised = share[i] * grown
        pull = raised / (1.0 - share[i] + raised)
        weight = (x[i] + size) * pull
        slope += x[i] - weight
        weight *= 1.0 - pull
        bend += weight
        twist -= weight * (1.0 - 2.0 * pull)
    return sign * slope, bend, sign * twist


@compiled
def binomial_value(x: _Floats, share: _Floats, size: float, first: int, end: int, theta: float) -> float:
    """Negative binomial log likelihood ratio of rows first … end - 1 at a given change."""
    more = math.exp(theta) - 1.0
    value = 0.0
    for i in range(first, end):
        value += theta * x[i] - (x[i] + size) * math.log(1.0 + share[i] * more)
    return value


@compiled
def binomial_single(x: float, share: float, size: float, sign: float) -> tuple[float, float]:
    """Largest ratio of one row alone, and its change: the mean becomes x."""
    mean = size * share / (1.0 - share)
    if sign * (x - mean) <= 0.0:
        return 0.0, 0.0
    if x == 0.0:
        return -size * math.log(1.0 - share), -40.0
    theta = math.log(x / mean)
    return theta * x - (x + size) * math.log(1.0 + share * (x / mean - 1.0)), theta
