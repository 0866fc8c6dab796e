"""Joint probability of nested sums of negative binomial counts: exactly, or by a Gaussian chain where they are large."""

from __future__ import annotations

import math

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge.counts import FloatArray, IntArray

ROOT_HALF = 0.7071067811865476
DENSITY_AT_0 = 0.3989422804014327
LOWEST_Z = -7.0


@compiled
def probabilities_into(out: FloatArray, length: int, mean: float, excess: float) -> None:
    """P(count = 0 … length − 1), negative binomial with this mean and variance (1 + excess) · mean."""
    size = mean / excess
    share = excess / (1.0 + excess)
    start = 0
    log_first = -size * math.log(1.0 + excess)
    if log_first < -650.0:  # begin so far below the mean that nothing is lost
        start = max(0, int(mean - 12.0 * math.sqrt((1.0 + excess) * mean)))
        log_first += math.lgamma(start + size) - math.lgamma(size) - math.lgamma(start + 1.0)
        log_first += start * math.log(share)
    for count in range(min(start, length)):
        out[count] = 0.0
    if start >= length:
        return
    term = math.exp(log_first)
    out[start] = term
    for count in range(start + 1, length):
        term *= share * (size + count - 1.0) / count
        out[count] = term


@compiled
def all_below_exact(
    means: FloatArray, excess: float, bounds: IntArray, state: FloatArray, step: FloatArray, after: FloatArray
) -> float:
    """P(every nested sum < its bound): convolution of independent increments, cut at each bound.

    Sums of negative binomial counts with one variance-to-mean ratio are negative binomial with that ratio, so the
    increment from one window to the next longer one is, with the difference of their means.
    """
    windows = bounds.shape[0]
    length = bounds[0]
    probabilities_into(state, length, means[0], excess)
    for w in range(1, windows):
        longer = bounds[w]
        more = means[w] - means[w - 1]
        if more <= 0.0:
            length = min(length, longer)
            continue
        probabilities_into(step, longer, more, excess)
        reach = min(length, longer)
        if w == windows - 1:  # only the mass is wanted
            for s in range(1, longer):
                step[s] += step[s - 1]
            total = 0.0
            for i in range(reach):
                total += state[i] * step[longer - 1 - i]
            return float(total)
        for s in range(longer):
            after[s] = 0.0
        for i in range(reach):
            for j in range(longer - i):
                after[i + j] += state[i] * step[j]
        length = longer
        for s in range(longer):
            state[s] = after[s]
    total = 0.0
    for i in range(length):
        total += state[i]
    return total


@compiled
def normal_below(z: float) -> float:
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-z * ROOT_HALF)


@compiled
def normal_quantile(p: float) -> float:
    """Inverse of `normal_below`: Hastings' start (Abramowitz and Stegun 26.2.23), then Halley steps."""
    p = min(max(p, 1e-15), 1.0 - 1e-15)
    q = min(p, 1.0 - p)
    r = math.sqrt(-2.0 * math.log(q))
    z = r - (2.515517 + 0.802853 * r + 0.010328 * r * r) / (
        1.0 + 1.432788 * r + 0.189269 * r * r + 0.001308 * r**3
    )
    for _step in range(2):
        error = 0.5 * math.erfc(z * ROOT_HALF) - q
        move = error / (math.exp(-0.5 * z * z) * DENSITY_AT_0)
        z += move / (1.0 + 0.5 * z * move)
    return z if p > 0.5 else -z


@compiled
def all_below_smooth(means: FloatArray, below: FloatArray, chain_nodes: FloatArray) -> float:
    """P(every nested sum < its bound) for large counts: a Gaussian chain with the exact margins `below`.

    Nested sums with independent increments form a Markov chain whose correlations are √(shorter mean / longer mean);
    the chain is integrated backwards with Gauss–Legendre nodes, (node, 2) points and weights on −1 … 1.
    """
    windows = below.shape[0]
    if windows == 1:
        return float(below[0])
    nodes = chain_nodes.shape[0]
    at = np.empty(nodes)
    mass = np.empty(nodes)
    value = np.empty(nodes)
    at_later = np.empty(nodes)
    later = np.empty(nodes)  # weight · density-free value at the nodes of the next longer window
    last = normal_quantile(below[windows - 1])
    for w in range(windows - 2, -1, -1):
        half = 0.5 * (max(normal_quantile(below[w]), LOWEST_Z + 0.5) - LOWEST_Z)
        share = min(means[w] / means[w + 1], 1.0 - 1e-9)
        rho = math.sqrt(share)
        rest = math.sqrt(1.0 - share)
        for n in range(nodes):
            at[n] = LOWEST_Z + half * (chain_nodes[n, 0] + 1.0)
            mass[n] = chain_nodes[n, 1] * half * DENSITY_AT_0
            if w == windows - 2:
                value[n] = normal_below((last - rho * at[n]) / rest)
                continue
            value[n] = 0.0
            for m in range(nodes):
                u = (at_later[m] - rho * at[n]) / rest
                value[n] += later[m] * math.exp(-0.5 * u * u) / rest
        for n in range(nodes):
            at_later[n] = at[n]
            later[n] = mass[n] * value[n]
    total = 0.0
    for n in range(nodes):
        total += later[n] * math.exp(-0.5 * at_later[n] * at_later[n])
    return float(min(total, 1.0))
