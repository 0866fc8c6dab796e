"""Log-linear Poisson fits with one level per season zone and one shared trend, for the Farrington methods.

The information matrix of such a model is an arrow (levels on the diagonal, one border for the trend), so that a step costs
one pass over the rows and one over the levels. Every fit leaves the same traces: `level` (log means), `mean` (fitted
means), `weight` (working weights without prior ones), `mass` and `middle` (sum of the weights and weighted mean time of
each level, of the step that gave `weight`), and returns (trend, 1/information of the trend, converged).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_STEPS = 25
TOLERANCE = 1e-8
NEAR = 1e-5  # a Newton step this short leaves an error of about its square
HALF_A_CASE = 0.5
SMALLEST_MEAN = float(np.finfo(np.float64).eps)  # as R; a trend that runs away must not end in zeros


@compiled
def growth_of(trend: float, time: Floats, place: Integers, table: Floats, growth: Floats) -> bool:
    """Prepares exp(trend·time): a table of two factors a row if `place` (rows from the earliest time) is given.

    Returns whether the table is to be used. Running products lose a few units in the last place, no more.
    """
    if len(place) == 0:
        for i in range(len(time)):
            growth[i] = math.exp(trend * time[i])
        return False
    table[0], factor = 1.0, math.exp(trend)
    for i in range(1, 16):
        table[i] = table[i - 1] * factor
    factor *= table[15]
    table[16] = math.exp(trend * (time[0] - place[0]))
    for i in range(17, len(table)):
        table[i] = table[i - 1] * factor
    return True


@compiled
def means_of(
    trend: float, place: Integers, table: Floats, growth: Floats,
    first: Integers, level: Floats, people: Floats, known: Floats,
    time: Floats, mean: Floats, weight: Floats, mass: Floats, lean: Floats, spread: Floats,
) -> None:  # fmt: skip
    """The means of the present coefficients (the old ones become the weights) and their sums a level."""
    tabled = growth_of(trend, time, place, table, growth)
    for zone in range(len(first) - 1):
        factor = math.exp(level[zone])
        total, times, squares = 0.0, 0.0, 0.0
        if tabled:
            for i in range(first[zone], first[zone + 1]):
                weight[i] = mean[i]
                grown = factor * table[16 + (place[i] >> 4)] * table[place[i] & 15] * people[i]
                if grown < SMALLEST_MEAN:
                    grown = SMALLEST_MEAN
                mean[i] = grown
                share = known[i] * grown
                leaning = share * time[i]
                total += share
                times += leaning
                squares += leaning * time[i]
        else:
            for i in range(first[zone], first[zone + 1]):
                weight[i] = mean[i]
                grown = factor * growth[i] * people[i]
                if grown < SMALLEST_MEAN:
                    grown = SMALLEST_MEAN
                mean[i] = grown
                share = known[i] * grown
                leaning = share * time[i]
                total += share
                times += leaning
                squares += leaning * time[i]
        mass[zone], lean[zone], spread[zone] = total, times, squares


@compiled
def solved(
    mass: Floats, lean: Floats, spread: Floats, gap: Floats, gap_in_time: float, middle: Floats
) -> tuple[float, float]:
    """The trend's step and 1/information; fills `middle`. A level without rows has no mass and takes no part."""
    information, pull = 0.0, gap_in_time
    for zone in range(len(mass)):
        if mass[zone] > 0.0:
            middle[zone] = lean[zone] / mass[zone]
            information += spread[zone] - middle[zone] * lean[zone]
            pull -= middle[zone] * gap[zone]
    if not information > 0.0:
        return 0.0, 0.0
    return pull / information, 1.0 / information


@compiled
def trend_as_r(
    first: Integers, count: Floats, known: Floats, people: Floats, time: Floats, place: Integers,
    start: Floats, constant: float, deviance: float,
    level: Floats, mean: Floats, weight: Floats, mass: Floats, middle: Floats, room: Floats, table: Floats,
    growth: Floats,
) -> tuple[float, float, bool]:  # fmt: skip
    """Levels and trend by reweighted least squares from count + 0.1, stopped as R stops (quirk Q4).

    start: (count + 0.1)·(working response at count + 0.1); constant: Σ known·(y ln y − y − y ln people), the part of
    half the deviance that no coefficient changes; deviance: the one at the start.
    """
    zones = len(first) - 1
    lean, spread, gap, total = room[0], room[1], room[2], room[3]
    observed_in_time, gap_in_time = 0.0, 0.0
    mass[:] = 0.0
    lean[:] = 0.0
    spread[:] = 0.0
    gap[:] = 0.0
    total[:] = 0.0
    for zone in range(zones):
        for i in range(first[zone], first[zone + 1]):
            mean[i] = count[i] + 0.1
            share = known[i] * mean[i]
            mass[zone] += share
            lean[zone] += share * time[i]
            spread[zone] += share * time[i] * time[i]
            gap[zone] += known[i] * start[i]
            gap_in_time += known[i] * start[i] * time[i]
            total[zone] += known[i] * count[i]
            observed_in_time += known[i] * count[i] * time[i]
    trend, variance = solved(mass, lean, spread, gap, gap_in_time, middle)
    for zone in range(zones):
        level[zone] = gap[zone] / mass[zone] - middle[zone] * trend if mass[zone] > 0.0 else 0.0
    fresh = room[4]
    for step in range(1, MOST_STEPS + 1):
        means_of(
            trend, place, table, growth, first, level, people, known, time, mean, weight, fresh, lean, spread
        )
        half = constant - trend * observed_in_time
        for zone in range(zones):
            half += fresh[zone] - level[zone] * total[zone]
        before, deviance = deviance, 2.0 * half
        if not math.isfinite(deviance):
            return trend, variance, False
        if abs(deviance - before) / (abs(deviance) + 0.1) < TOLERANCE:
            return trend, variance, True
        if step == MOST_STEPS:
            break
        gap_in_time = observed_in_time
        for zone in range(zones):
            mass[zone] = fresh[zone]
            gap[zone] = total[zone] - fresh[zone]
            gap_in_time -= lean[zone]
        change, variance = solved(mass, lean, spread, gap, gap_in_time, middle)
        trend += change
        for zone in range(zones):
            if mass[zone] > 0.0:
                level[zone] += gap[zone] / mass[zone] - middle[zone] * change
    return trend, variance, False


@compiled
def levels_as_r(
    first: Integers, count: Floats, known: Floats, people: Floats, start: Floats, constant: float, deviance: float,
    level: Floats, mean: Floats, weight: Floats, mass: Floats, middle: Floats, room: Floats,
) -> tuple[float, float, bool]:  # fmt: skip
    """Levels alone: the same steps as `trend_as_r`, which then need only sums a level."""
    zones = len(first) - 1
    total, exposed, old = room[0], room[1], room[2]
    middle[:] = 0.0
    for zone in range(zones):
        mass[zone], total[zone], exposed[zone], gap = 0.0, 0.0, 0.0, 0.0
        for i in range(first[zone], first[zone + 1]):
            mass[zone] += known[i] * (count[i] + 0.1)
            total[zone] += known[i] * count[i]
            exposed[zone] += known[i] * people[i]
            gap += known[i] * start[i]
        level[zone] = gap / mass[zone] if mass[zone] > 0.0 else 0.0
        old[zone] = math.nan
    converged = False
    for step in range(1, MOST_STEPS + 1):
        half = constant
        for zone in range(zones):
            half += math.exp(level[zone]) * exposed[zone] - level[zone] * total[zone]
        before, deviance = deviance, 2.0 * half
        converged = abs(deviance - before) / (abs(deviance) + 0.1) < TOLERANCE
        if converged or step == MOST_STEPS or not math.isfinite(deviance):
            break
        for zone in range(zones):
            if exposed[zone] > 0.0:
                old[zone] = level[zone]
                mass[zone] = math.exp(level[zone]) * exposed[zone]
                level[zone] += total[zone] / mass[zone] - 1.0
    for zone in range(zones):
        now, last = math.exp(level[zone]), math.exp(old[zone])
        for i in range(first[zone], first[zone + 1]):
            mean[i] = people[i] * now
            weight[i] = people[i] * last if last == last else count[i] + 0.1
    return 0.0, 0.0, converged


@compiled
def levels_exactly(
    first: Integers, count: Floats, known: Floats, people: Floats,
    level: Floats, mean: Floats, weight: Floats, mass: Floats, middle: Floats,
) -> tuple[float, float, bool]:  # fmt: skip
    """Levels alone, in closed form; a level without any case counts as half a case."""
    middle[:] = 0.0
    for zone in range(len(first) - 1):
        total, exposed = 0.0, 0.0
        for i in range(first[zone], first[zone + 1]):
            total += known[i] * count[i]
            exposed += known[i] * people[i]
        if total <= 0.0:
            total = HALF_A_CASE
        rate = total / exposed if exposed > 0.0 else 1.0
        level[zone] = math.log(rate)
        mass[zone] = total if exposed > 0.0 else 0.0
        for i in range(first[zone], first[zone + 1]):
            mean[i] = people[i] * rate
            weight[i] = mean[i]
    return 0.0, 0.0, True


@compiled
def trend_exactly(
    first: Integers, count: Floats, known: Floats, people: Floats, time: Floats, place: Integers, trend: float,
    level: Floats, mean: Floats, weight: Floats, mass: Floats, middle: Floats, room: Floats, table: Floats,
    growth: Floats,
) -> tuple[float, float, bool]:  # fmt: skip
    """Levels and trend by Newton's method from the present coefficients, until a step changes ln mean by less than 1e-5.

    A level without any case counts as half a case, spread as its exposure is. A step is cut short where it would
    multiply the mean of the farthest row by more than e².
    """
    zones = len(first) - 1
    lean, spread, gap, total = room[0], room[1], room[2], room[3]
    observed_in_time, far = 0.0, 0.0
    for zone in range(zones):
        total[zone], exposed, leaning = 0.0, 0.0, 0.0
        for i in range(first[zone], first[zone + 1]):
            total[zone] += known[i] * count[i]
            exposed += known[i] * people[i]
            leaning += known[i] * people[i] * time[i]
            observed_in_time += known[i] * count[i] * time[i]
            far = max(far, abs(time[i]))
        if total[zone] <= 0.0 and exposed > 0.0:
            total[zone] = HALF_A_CASE
            observed_in_time += HALF_A_CASE * leaning / exposed
    variance, moved = 0.0, 1.0
    for _ in range(2 * MOST_STEPS):
        means_of(
            trend, place, table, growth, first, level, people, known, time, mean, weight, mass, lean, spread
        )
        gap_in_time = observed_in_time
        for zone in range(zones):
            gap[zone] = total[zone] - mass[zone]
            gap_in_time -= lean[zone]
        change, variance = solved(mass, lean, spread, gap, gap_in_time, middle)
        if moved < NEAR:
            weight[:] = mean
            return trend, variance, True
        if not math.isfinite(change):
            break
        cut = min(1.0, 2.0 / max(abs(change) * far, 1e-300))
        moved = cut * abs(change) * far
        for zone in range(zones):
            if mass[zone] > 0.0:
                step = cut * max(-2.0, min(2.0, gap[zone] / mass[zone] - middle[zone] * change))
                level[zone] += step
                moved = max(moved, abs(step))
        trend += cut * change
    return trend, variance, False


@compiled
def reweigh(
    first: Integers, count: Floats, mean: Floats, weight: Floats, time: Floats, mass: Floats, middle: Floats,
    variance: float, dispersion: float, threshold: float, rows: float, known: Floats,
) -> None:  # fmt: skip
    """Prior weights that make little of past surges. `known` is 1 or 0 before; rows that are not known keep 0.

    s = 1.5(y^⅔ μ^−⅙ − μ^½)/√(φ(1 − h)); weight ∝ s⁻² where s > threshold, else 1, with the sum `rows` (Farrington et al.
    1996, section 3.6). Rows whose Pearson residual is small are settled without a root: it is never below Anscombe's.
    """
    limit = threshold * threshold
    total = rows
    for zone in range(len(first) - 1):
        own = 1.0 / mass[zone] if mass[zone] > 0.0 else 0.0
        centre = middle[zone]
        for i in range(first[zone], first[zone + 1]):
            excess = count[i] - mean[i]
            away = time[i] - centre
            free = dispersion * (1.0 - weight[i] * (own + away * away * variance))
            if excess > 0.0 and excess * excess > limit * free * mean[i]:
                free = max(0.0, free)
                root = 1.5 * math.sqrt(mean[i])
                residual = root * ((count[i] / mean[i]) ** (2.0 / 3.0) - 1.0) if mean[i] > 0.0 else math.inf
                if residual * residual > limit * free:
                    known[i] = free / (residual * residual)
                    total += known[i] - 1.0
    scale = rows / total
    for i in range(len(known)):
        known[i] *= scale
