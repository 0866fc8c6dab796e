"""Seeded draws of the scans' replicates: counter-based random numbers, urns without and cells with replacement."""

from __future__ import annotations

from typing import Any

import numpy as np

from daybreak.surge._kernels import compiled

# Salmon, Moraes, Dror and Shaw 2011 ("Parallel random numbers: as easy as 1, 2, 3"), Philox 4 × 32 with 10 rounds.
# Unsigned constants: Numba makes a float of a signed and an unsigned whole number.
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_SPARE_BITS = np.uint64(11)
_ROUNDS = 10
_UNIT = 2.0**-53


@compiled
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """The four 32-bit words (as uint64) that belong to a counter of four and a key of two 32-bit words."""
    for _ in range(_ROUNDS):
        first = _MULTIPLIER_0 * c0
        second = _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (second >> _HALF) ^ c1 ^ k0, second & _LOW, (first >> _HALF) ^ c3 ^ k1, first & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0, c1, c2, c3


@compiled
def fill_uniforms(seed: Any, replicate: Any, out: Any) -> None:
    """Fill `out` with numbers in [0, 1) that depend on nothing but the seed, the replicate and the place in `out`."""
    k0 = np.uint64(seed) & _LOW
    k1 = np.uint64(seed) >> _HALF
    c2 = np.uint64(replicate) & _LOW
    c3 = np.uint64(replicate) >> _HALF
    n = out.shape[0]
    for block in range((n + 1) // 2):
        w0, w1, w2, w3 = philox(np.uint64(block) & _LOW, np.uint64(block) >> _HALF, c2, c3, k0, k1)
        out[2 * block] = np.float64(((w0 << _HALF) | w1) >> _SPARE_BITS) * _UNIT
        if 2 * block + 1 < n:
            out[2 * block + 1] = np.float64(((w2 << _HALF) | w3) >> _SPARE_BITS) * _UNIT


@compiled
def draw_from_urn(
    uniform: Any, low: Any, high: Any, slot_time: Any, who_point: Any, who_time: Any, order: Any, swapped: Any,
    point: Any, time: Any,
) -> Any:  # fmt: skip
    """One person for each slot, without replacement: the first steps of a Fisher–Yates shuffle, undone at the end.

    Slot k takes one of order[low[k]:high[k]]. Its time is slot_time[k], or the person's own where that is -1; people
    outside the windows (-1) are left out. `order` must count 0, 1, 2 … and does so again afterwards. Returns how many
    of `point` and `time` are filled.
    """
    kept = 0
    for k in range(low.shape[0]):
        first = low[k]
        j = first + np.int64(uniform[k] * (high[k] - first))
        swapped[k] = j
        person = order[j]
        order[j] = order[first]
        order[first] = person
        when = slot_time[k]
        if when < 0:
            when = who_time[person]
        if when >= 0:
            point[kept] = who_point[person]
            time[kept] = when
            kept += 1
    for k in range(low.shape[0] - 1, -1, -1):
        j = swapped[k]
        first = low[k]
        person = order[j]
        order[j] = order[first]
        order[first] = person
    return kept


@compiled
def draw_cells(
    uniform: Any, keep: Any, alias: Any, cell_point: Any, cell_time: Any, point: Any, time: Any
) -> Any:
    """One cell for each uniform number, with replacement, by Walker's alias table; returns how many are in a window."""
    kept = 0
    cells = keep.shape[0]
    for k in range(uniform.shape[0]):
        scaled = uniform[k] * cells
        cell = np.int64(scaled)
        if scaled - cell >= keep[cell]:
            cell = alias[cell]
        if cell_time[cell] >= 0:
            point[kept] = cell_point[cell]
            time[kept] = cell_time[cell]
            kept += 1
    return kept


@compiled
def alias_table(weights: Any) -> Any:
    """Vose's tables (keep, alias) of a distribution given by weights ≥ 0 that are not all 0."""
    n = weights.shape[0]
    scale = n / weights.sum()
    keep = np.ones(n)
    alias = np.arange(n)
    left = weights * scale
    small = np.empty(n, np.int64)
    large = np.empty(n, np.int64)
    smalls = 0
    larges = 0
    for i in range(n):
        if left[i] < 1.0:
            small[smalls] = i
            smalls += 1
        else:
            large[larges] = i
            larges += 1
    while smalls > 0 and larges > 0:
        smalls -= 1
        i = small[smalls]
        j = large[larges - 1]
        keep[i] = left[i]
        alias[i] = j
        left[j] -= 1.0 - left[i]
        if left[j] < 1.0:
            larges -= 1
            small[smalls] = j
            smalls += 1
    return keep, alias
