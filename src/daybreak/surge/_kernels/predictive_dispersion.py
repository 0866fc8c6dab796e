"""Likelihood of the dispersion and the level of a background, with past surges censored: kernels of `predictive`."""

from __future__ import annotations

import math

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge.counts import FloatArray

DIRECT = 8


@compiled
def tail_of(size: float, excess: float, bound: int) -> float:
    """P(count ≥ bound) of a negative binomial of this size and mean size · excess."""
    term = math.exp(-size * math.log(1.0 + excess))
    share = excess / (1.0 + excess)
    mass = term
    for count in range(1, bound):
        term *= share * (size + count - 1.0) / count
        mass += term
    return max(1.0 - mass, 1e-12)


@compiled
def add_count(size: float, count: int, sums: FloatArray) -> None:
    """Adds log Γ(size + count) − log Γ(size) and its derivatives in the log of the size, as sums over j < count.

    sums[0] += Σ log(size + j); sums[1] += Σ size / (size + j); sums[2] += Σ (size / (size + j))². After the first few
    terms, or all where the size is large, the sum is Euler–Maclaurin's.
    """
    direct = min(count, DIRECT) if size < DIRECT or count <= DIRECT else 0
    product = 1.0
    for j in range(direct):
        part = size / (size + j)
        product *= size + j
        sums[1] += part
        sums[2] += part * part
    sums[0] += math.log(product)
    if direct == count:
        return
    a = size + direct
    b = size + count
    log_a = math.log(a)
    log_b = math.log(b)
    ia = 1.0 / a
    ib = 1.0 / b
    sums[0] += (
        b * log_b - b - a * log_a + a + 0.5 * (log_a - log_b) + (ib - ia) / 12.0 - (ib**3 - ia**3) / 360.0
    )
    sums[1] += size * (log_b - log_a + 0.5 * (ia - ib) + (ia * ia - ib * ib) / 12.0)
    sums[2] += size * size * (ia - ib + 0.5 * (ia * ia - ib * ib) + (ia**3 - ib**3) / 6.0)


@compiled
def add_censored(size: float, excess: float, bound: int, sums: FloatArray) -> None:
    """Adds log P(count ≥ bound) and its first derivative and minus the second in the level, by differences."""
    step = 0.05
    here = math.log(tail_of(size, excess, bound))
    above = math.log(tail_of(size * (1.0 + step), excess, bound))
    below = math.log(tail_of(size * (1.0 - step), excess, bound))
    sums[0] += here
    sums[1] += (above - below) / (2.0 * step)
    sums[2] -= (above - 2.0 * here + below) / (step * step)


@compiled
def likelihood_of(
    y: FloatArray,
    first: int,
    last: int,
    mean: FloatArray,
    bound: FloatArray,
    excesses: FloatArray,
    out: FloatArray,
) -> None:
    """Log-likelihood and its first two derivatives in the level at level 1, for each dispersion − 1.

    Counts are negative binomial of size level · mean / excess (variance = dispersion · mean); a count at or above its
    bound tells only that it is. out: (excesses, 3): value, first derivative, minus the second.
    """
    sums = np.zeros(3)
    for place in range(excesses.shape[0]):
        excess = excesses[place]
        logs = math.log(1.0 + excess)
        share = math.log(excess / (1.0 + excess))
        for j in range(3):
            sums[j] = 0.0
        for row in range(first, last):
            if math.isnan(y[row]):
                continue
            size = mean[row] / excess
            if y[row] >= bound[row]:
                add_censored(size, excess, int(bound[row]), sums)
                continue
            sums[0] += y[row] * share - size * logs
            sums[1] -= size * logs
            if y[row] > 0:
                add_count(size, int(y[row]), sums)
        out[place, 0] = sums[0]
        out[place, 1] = sums[1]
        out[place, 2] = max(sums[2], 1e-9)


FINER = 4
WIDE = 0.8
"""A posterior whose standard deviation is more of the grid's steps than this needs no finer grid."""


@compiled
def spread_of(log_weights: FloatArray) -> float:
    """Standard deviation, in places, of the distribution with these log weights."""
    mode = log_weights[0]
    for g in range(log_weights.shape[0]):
        mode = max(mode, log_weights[g])
    total = 0.0
    mean = 0.0
    square = 0.0
    for g in range(log_weights.shape[0]):
        weight = math.exp(log_weights[g] - mode)
        total += weight
        mean += weight * g
        square += weight * g * g
    mean /= total
    return math.sqrt(max(0.0, square / total - mean * mean))


@compiled
def posterior_of(
    excesses: FloatArray,
    shift: float,
    log_prior: FloatArray,
    likelihood: FloatArray,
    prior_events: float,
    nodes: FloatArray,
) -> int:
    """Nodes of the posterior of dispersion and level: (node, 4) = weight, excess, gamma shape, mean level.

    shift: excesses are evenly spaced on the axis log(excess + shift). Given the
    dispersion the level is gamma: shape and rate match the likelihood's slope and bend, with `prior_events` more events.
    Where the posterior is narrower than the grid, the grid is made finer by cubic interpolation. Returns how many.
    """
    coarse = excesses.shape[0]
    logs = np.empty(coarse)
    level = np.empty(coarse)
    marginal = np.empty(coarse)
    for g in range(coarse):
        shape = likelihood[g, 2] + prior_events
        rate = max(likelihood[g, 2] - likelihood[g, 1], 1e-6)
        logs[g] = math.log(shape)
        level[g] = logs[g] - math.log(rate)
        marginal[g] = log_prior[g] + likelihood[g, 0] + rate + math.lgamma(shape) - shape * math.log(rate)
    fine = 1 if spread_of(marginal) > WIDE else FINER
    number = (coarse - 1) * fine + 1
    weights = np.empty(number)
    top = -1e300
    for n in range(number):
        weights[n] = between(marginal, n, fine)
        top = max(top, weights[n])
    kept = 0
    total = 0.0
    first = math.log(excesses[0] + shift)
    last = math.log(excesses[coarse - 1] + shift)
    for n in range(number):
        weight = math.exp(weights[n] - top)
        if weight < 1e-5 or kept >= nodes.shape[0]:
            continue
        nodes[kept, 0] = weight
        nodes[kept, 1] = max(math.exp(first + (last - first) * n / (number - 1)) - shift, excesses[0])
        nodes[kept, 2] = math.exp(between(logs, n, fine))
        nodes[kept, 3] = math.exp(between(level, n, fine))
        total += weight
        kept += 1
    for n in range(kept):
        nodes[n, 0] /= total
    return kept


@compiled
def between(values: FloatArray, place: int, fine: int) -> float:
    """Values at place / fine by a cubic through the four nearest."""
    left = min(max(place // fine - 1, 0), values.shape[0] - 4)
    x = place / fine - left
    a, b, c, d = values[left], values[left + 1], values[left + 2], values[left + 3]
    return float(
        -a * (x - 1.0) * (x - 2.0) * (x - 3.0) / 6.0
        + b * x * (x - 2.0) * (x - 3.0) / 2.0
        - c * x * (x - 1.0) * (x - 3.0) / 2.0
        + d * x * (x - 1.0) * (x - 2.0) / 6.0
    )
