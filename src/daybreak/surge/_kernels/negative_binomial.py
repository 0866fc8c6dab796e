"""Tails and quantiles of a negative binomial distribution given by its mean and its variance ratio, for the kernels."""

from __future__ import annotations

import math

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge.counts import FloatArray

SMALLEST_EXCESS = 1e-9  # a variance ratio nearer to 1 than this is Poisson
NEGLIGIBLE = 1e-17
LARGE_DEVIATION = 3e4
"""Above this standard deviation a sum would take too many terms; the normal distribution, mended for skewness, is as good."""


@compiled
def mass(count: float, mean: float, ratio: float) -> float:
    """P(Y = count) of a negative binomial with this mean and variance ratio·mean (ratio 1 = Poisson)."""
    if ratio - 1.0 < SMALLEST_EXCESS:
        return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1.0))
    size = mean / (ratio - 1.0)
    return math.exp(
        math.lgamma(size + count) - math.lgamma(size) - math.lgamma(count + 1.0)
        - (size + count) * math.log(ratio) + count * math.log(ratio - 1.0)
    )  # fmt: skip


@compiled
def growth(count: float, mean: float, ratio: float) -> float:
    """P(Y = count + 1) / P(Y = count)."""
    return (mean + count * (ratio - 1.0)) / (ratio * (count + 1.0))


@compiled
def _upwards(count: float, mean: float, ratio: float, term: float) -> float:
    """P(Y ≥ count) above the mean, from the term P(Y = count)."""
    total = term
    while term > NEGLIGIBLE * total:
        term *= growth(count, mean, ratio)
        count += 1.0
        total += term
    return total


@compiled
def at_least(count: float, mean: float, ratio: float) -> float:
    """P(Y ≥ count), summed from its largest term outwards so that small tails keep their digits."""
    if count <= 0.0:
        return 1.0
    deviation = math.sqrt(mean * ratio)
    if deviation > LARGE_DEVIATION:
        away = (count - 0.5 - mean) / deviation
        away -= (away * away - 1.0) * (2.0 * ratio - 1.0) / deviation / 6.0
        return 0.5 * math.erfc(away / math.sqrt(2.0))
    if count > mean:
        return _upwards(count, mean, ratio, mass(count, mean, ratio))
    term = mass(count - 1.0, mean, ratio)
    total = term
    count -= 1.0
    while count > 0.0 and term > NEGLIGIBLE * total:
        count -= 1.0
        term /= growth(count, mean, ratio)
        total += term
    return max(0.0, 1.0 - total)


@compiled
def last_calm(alpha: float, normal: float, mean: float, ratio: float) -> tuple[float, float]:
    """The smallest u with P(Y > u) ≤ alpha, and P(Y > u); `normal` is the normal quantile of 1 - alpha."""
    deviation = math.sqrt(mean * ratio)
    skew = (2.0 * ratio - 1.0) / deviation
    guess = max(0.0, math.floor(mean + deviation * (normal + (normal * normal - 1.0) * skew / 6.0)))
    if deviation > LARGE_DEVIATION:
        return guess, at_least(guess + 1.0, mean, ratio)
    term = mass(guess + 1.0, mean, ratio)
    tail = _upwards(guess + 1.0, mean, ratio, term) if guess >= mean else at_least(guess + 1.0, mean, ratio)
    while tail > alpha:
        tail = tail - term
        guess += 1.0
        term *= growth(guess, mean, ratio)
        if tail < 16.0 * NEGLIGIBLE + 1e-9 * alpha:  # too much was taken off for its digits to hold
            tail = at_least(guess + 1.0, mean, ratio)
    while guess > 0.0:
        term /= growth(guess, mean, ratio)
        if tail + term > alpha:
            break
        tail += term
        guess -= 1.0
    return guess, tail


@compiled
def tested_against(
    counts: FloatArray, means: FloatArray, ratios: FloatArray, alpha: float, normal: float
) -> tuple[FloatArray, FloatArray]:
    """Bounds (smallest u with P(Y > u) ≤ alpha) and P(Y ≥ count) of negative binomials; NaN where a mean is NaN."""
    bound, p_value = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    for place in range(counts.shape[0]):
        for column in range(counts.shape[1]):
            mean, ratio = means[place, column], ratios[place, column]
            if mean == mean:
                bound[place, column] = last_calm(alpha, normal, mean, ratio)[0]
                if counts[place, column] == counts[place, column]:
                    p_value[place, column] = at_least(counts[place, column], mean, ratio)
    return bound, p_value
