"""Predictive tails of nested rolling sums, and the probability that any of them is as improbable: kernels."""

from __future__ import annotations

import math

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge._kernels.predictive_joint import all_below_exact, all_below_smooth, probabilities_into
from daybreak.surge.counts import FloatArray

LONGEST_EXACT = 96
LEAST_P = 1e-12
SURE_SHAPE = 100.0
LONGEST = 1 << 20


@compiled
def gamma_level(shape: float, mean: float, z: float) -> float:
    """The gamma quantile at the normal deviate z (Wilson and Hilferty)."""
    root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))
    return mean * max(root, 0.02) ** 3


@compiled
def mix_components(
    means: FloatArray,
    leverage: FloatArray,
    nodes: FloatArray,
    count: int,
    levels: FloatArray,
    mixture: FloatArray,
) -> int:
    """Lists the components of the predictive mixture: mass, dispersion − 1, and the mean of each window's sum.

    levels: (node, 2) normal deviates and masses, seven for an uncertain level; three of their own stand in for them
    where the level is well known. Returns how many components there are; their masses sum to 1.
    """
    windows = means.shape[0]
    number = 0
    total = 0.0
    for n in range(count):
        sure = True
        for w in range(windows):
            sure = sure and nodes[n, 2] > SURE_SHAPE * leverage[w]
        for k in range(3 if sure else levels.shape[0]):
            z = levels[k, 0]
            mass = levels[k, 1]
            if sure:  # three-point Gauss–Hermite
                z = 1.7320508075688772 * (k - 1)
                mass = 2.0 / 3.0 if k == 1 else 1.0 / 6.0
            mass *= nodes[n, 0]
            if mass < 1e-9:
                continue
            mixture[number, 0] = mass
            mixture[number, 1] = nodes[n, 1]
            for w in range(windows):
                mixture[number, 2 + w] = means[w] * gamma_level(nodes[n, 2] / leverage[w], nodes[n, 3], z)
            total += mass
            number += 1
    for n in range(number):
        mixture[n, 0] /= total
    return number


@compiled
def tails_into(tails: FloatArray, length: int, mixture: FloatArray, number: int, windows: int) -> None:
    """tails[w · length + c] = P(sum of window w ≥ c) of the mixture, c = 0 … length − 1."""
    one = np.empty(length)
    for w in range(windows):
        start = w * length
        for c in range(length):
            tails[start + c] = 0.0
        for n in range(number):
            probabilities_into(one, length, mixture[n, 2 + w], mixture[n, 1])
            for c in range(length):
                tails[start + c] += mixture[n, 0] * one[c]
        below = 0.0
        for c in range(length):
            here = tails[start + c]
            tails[start + c] = max(1.0 - below, LEAST_P)
            below += here


@compiled
def first_at_most(tails: FloatArray, start: int, length: int, least: int, p: float) -> int:
    """The smallest count ≥ least whose tail is at most p; `length` where none is."""
    low = least
    high = length
    while low < high:
        middle = (low + high) // 2
        if tails[start + middle] <= p:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def corrected(
    smallest: float,
    tails: FloatArray,
    length: int,
    mixture: FloatArray,
    number: int,
    windows: int,
    least_count: int,
    exact_below: float,
    chain_nodes: FloatArray,
) -> float:
    """P(some window's tail is at most `smallest`) under the mixture; above `exact_below` the product bound for it."""
    if windows == 1:
        return smallest
    if smallest > exact_below:
        return 1.0 - (1.0 - smallest) ** windows
    bounds = np.empty(windows, np.int64)
    most = 0.0
    for w in range(windows):
        bounds[w] = first_at_most(tails, w * length, length, least_count, smallest)
        if bounds[w] < length:
            most += tails[w * length + bounds[w]]
    state = np.empty(length)
    after = np.empty(length)
    step = np.empty(length)
    below = np.empty(windows)
    chain = np.empty(windows)
    exact = bounds[windows - 1] <= LONGEST_EXACT
    total = 0.0
    for n in range(number):
        for w in range(windows):
            chain[w] = mixture[n, 2 + w]
        if exact:
            total += mixture[n, 0] * all_below_exact(chain, mixture[n, 1], bounds, state, step, after)
            continue
        for w in range(windows):
            probabilities_into(step, bounds[w], chain[w], mixture[n, 1])
            below[w] = 0.0
            for c in range(bounds[w]):
                below[w] += step[c]
        total += mixture[n, 0] * all_below_smooth(chain, below, chain_nodes)
    return min(max(1.0 - total, smallest), most, 1.0)


@compiled
def smallest_tail(
    sums: FloatArray, more: int, tails: FloatArray, length: int, least_count: int, found: FloatArray
) -> None:
    """found = the smallest tail of the sums with `more` cases added to each, and its window; 1 where all are too few."""
    found[0] = 1.0
    found[1] = 0.0
    for w in range(sums.shape[0]):
        total = int(sums[w]) + more
        if total >= least_count:
            tail = tails[w * length + total] if total < length else LEAST_P
            if tail < found[0]:
                found[0] = tail
                found[1] = w


@compiled
def window_test(
    sums: FloatArray,
    means: FloatArray,
    leverage: FloatArray,
    nodes: FloatArray,
    count: int,
    levels: FloatArray,
    mixture: FloatArray,
    chain_nodes: FloatArray,
    newest: int,
    least_count: int,
    exact_below: float,
    alpha: float,
    alpha_one: float,
    out: FloatArray,
) -> None:
    """The smallest window tail, corrected for the windows, and the largest newest count that raises no alarm.

    sums, means, leverage: (window,) observed and expected sums of nested windows, and the variance of the log mean over
    that of the level alone. nodes: the first `count` are those of `posterior_of`. alpha_one: the smallest tail that,
    corrected, is about alpha where counts are large. out: corrected p, smallest p, its window, bound (−1: none).
    """
    windows = sums.shape[0]
    number = mix_components(means, leverage, nodes, count, levels, mixture)
    widest = 0.0
    spread = 0.0
    reach = 0.0  # no component leaves e^-40 beyond this count: the smallest probability of all stands for it
    for n in range(number):
        widest += mixture[n, 0] * mixture[n, 1 + windows]
        spread += mixture[n, 0] * (1.0 + mixture[n, 1])
        mean, ratio = mixture[n, 1 + windows], 1.0 + mixture[n, 1]
        reach = max(reach, mean + 40.0 * math.sqrt(mean * ratio) + 60.0 * ratio + 100.0)
    most = 0.0
    for w in range(windows):
        most = max(most, min(sums[w], reach))
    length = int(max(most + 2.0, widest + 4.0 * math.sqrt(spread * widest) + 4.0 * spread + 4.0))
    if length > LONGEST:
        out[0] = math.nan
        return
    tails = np.empty(windows * length)
    tails_into(tails, length, mixture, number, windows)
    smallest_tail(sums, 0, tails, length, least_count, out[1:])
    target = max(min(out[1], alpha / windows), LEAST_P)
    while tails[windows * length - 1] > target and length < LONGEST:
        length *= 2
        tails = np.empty(windows * length)
        tails_into(tails, length, mixture, number, windows)
    out[0] = corrected(out[1], tails, length, mixture, number, windows, least_count, exact_below, chain_nodes)
    found = np.empty(2)
    # p corrected lies between the smallest tail and `windows` times it, which brackets the bound
    low = newest_reaching(sums, newest, tails, length, least_count, alpha, found)
    high = newest_reaching(sums, newest, tails, length, least_count, alpha / windows, found)
    if first_at_most(tails, (windows - 1) * length, length, 0, alpha / windows) > LONGEST_EXACT:
        low = newest_reaching(sums, newest, tails, length, least_count, alpha_one, found)
        high = low
    while low < high:
        middle = (low + high) // 2
        smallest_tail(sums, middle - newest, tails, length, least_count, found)
        p = corrected(
            found[0], tails, length, mixture, number, windows, least_count, exact_below, chain_nodes
        )
        if p <= alpha:
            high = middle
        else:
            low = middle + 1
    out[3] = min(low, newest) - 1 if out[0] <= alpha else max(low - 1, newest)


@compiled
def newest_reaching(
    sums: FloatArray,
    newest: int,
    tails: FloatArray,
    length: int,
    least_count: int,
    p: float,
    found: FloatArray,
) -> int:
    """The smallest newest count with which some window's tail is at most p."""
    low = 0
    high = length
    while low < high:
        middle = (low + high) // 2
        smallest_tail(sums, middle - newest, tails, length, least_count, found)
        if found[0] <= p:
            high = middle
        else:
            low = middle + 1
    return low
