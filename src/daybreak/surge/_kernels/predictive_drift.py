"""A level that drifts: filters with a discount, and whether the past asks for one. Kernels of `predictive`."""

from __future__ import annotations

import math

from daybreak.surge._kernels import compiled
from daybreak.surge.counts import FloatArray

PRIOR_WEIGHT = 5.0
"""Events (times the dispersion) with which a filter starts at level 1."""
SMALLEST_LEVEL = 0.05


@compiled
def gain_of(
    y: FloatArray, first: int, last: int, mean: FloatArray, dispersion: float, discount: float, ahead: int
) -> float:
    """How much better the discounted level of `ahead` rows before predicts each count than level 1, in log-likelihood.

    The level is events over expected events, both discounted from row to row (gamma filter); the likelihood is
    quasi-Poisson.
    """
    events = PRIOR_WEIGHT * dispersion
    expected = events
    total = 0.0
    for row in range(first + ahead, last):
        learned = row - ahead
        if not math.isnan(y[learned]):
            events = discount * events + y[learned]
            expected = discount * expected + mean[learned]
        if not math.isnan(y[row]):
            level = max(events / expected, SMALLEST_LEVEL)
            total += y[row] * math.log(level) - mean[row] * (level - 1.0)
    return total / dispersion


@compiled
def follow_level(
    y: FloatArray,
    first: int,
    last: int,
    mean: FloatArray,
    dispersion: float,
    discount: float,
    found: FloatArray,
) -> None:
    """Multiplies each mean by the discounted level before it; found = the last level, and the expected events it rests on."""
    events = PRIOR_WEIGHT * dispersion
    expected = events
    for row in range(first, last):
        level = max(events / expected, SMALLEST_LEVEL)
        if not math.isnan(y[row]):
            events = discount * events + y[row]
            expected = discount * expected + mean[row]
        mean[row] *= level
    found[0] = max(events / expected, SMALLEST_LEVEL)
    found[1] = expected


@compiled
def drift(
    y: FloatArray,
    first: int,
    last: int,
    mean: FloatArray,
    dispersion: float,
    discounts: FloatArray,
    ahead: int,
    least_gain: float,
    nodes_scale: FloatArray,
) -> None:
    """Lets the level drift with the discount that predicts best, if it gains at least `least_gain` over a fixed level.

    y, mean: rows first … last − 1; the means then follow the level. nodes_scale = the level at the end, and the expected
    events that it rests on (0 = the level is fixed).
    """
    nodes_scale[0] = 1.0
    nodes_scale[1] = 0.0
    best = least_gain
    chosen = -1
    for each in range(discounts.shape[0]):
        gain = gain_of(y, first, last, mean, dispersion, discounts[each], ahead)
        if gain > best:
            best = gain
            chosen = each
    if chosen >= 0:
        follow_level(y, first, last, mean, dispersion, discounts[chosen], nodes_scale)
        nodes_scale[1] *= discounts[chosen] ** ahead
