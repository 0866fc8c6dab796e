"""Monte Carlo: how large the largest ratio gets where nothing clusters, on cores or a cluster, with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from daybreak.surge._kernels.scan import replicate
from daybreak.surge.cluster import mapped_over_cluster
from daybreak.surge.counts import FloatArray
from daybreak.surge.errors import BadInput
from daybreak.surge.scan.plan import Plan

STOP_AFTER = 50
"""Replicates as large as the observed ratio after which sequential Monte Carlo stops (Besag and Clifford 1991)."""
_ALIKE = 1e-9
_PART = 32
_ROUND = 8
_EULER = 0.5772156649015329


@dataclass(frozen=True)
class MonteCarlo:
    """Largest ratios of the replicates. stopped: sequential stopping ended them, at the last one that counts."""

    largest: FloatArray
    stopped: bool

    def p_value(self, observed: float) -> float:
        """(1 + replicates as large) / (1 + replicates); where stopped, replicates as large / replicates."""
        if not len(self.largest):
            return float("nan")
        as_large = int(np.count_nonzero(self.largest >= observed * (1 - _ALIKE)))
        if self.stopped:
            return as_large / len(self.largest)
        return (1 + as_large) / (1 + len(self.largest))

    def gumbel_p_value(self, observed: float) -> float:
        """Tail of the Gumbel distribution with the replicates' mean and variance (Abrams and others 2010).

        NaN with fewer than two replicates, or where they do not differ.
        """
        if len(self.largest) < 2:
            return float("nan")
        scale = float(np.std(self.largest, ddof=1)) * np.sqrt(6.0) / np.pi
        if scale <= 0:
            return float("nan")
        return float(-np.expm1(-np.exp(-(observed - float(self.largest.mean()) + _EULER * scale) / scale)))


def largest_ratios(plan: Plan, seed: int, part: tuple[int, int]) -> FloatArray:
    """Largest ratios of the replicates part[0] … part[1] - 1: the same wherever they are computed."""
    out = np.empty(part[1] - part[0])
    zones, draw = plan.zones, plan.draw
    replicate(
        np.uint64(seed), part[0], out, draw.urn, draw.slots, draw.slot_time, draw.who_point, draw.who_time,
        draw.keep, draw.alias, zones.start, zones.neighbour, zones.weight, plan.clock, plan.base, plan.windows.alive,
        plan.windows.longest, plan.facts, plan.table, plan.places, draw.draws,
    )  # fmt: skip
    return out


def monte_carlo(
    plan: Plan, observed: float, replicates: int, seed: int, *, sequential: bool = True, cores: int = 1,
    on: str | None = None,
) -> MonteCarlo:  # fmt: skip
    """Replicates of the whole scan.

    Parameters
    ----------
    observed : the largest observed ratio.
    replicates : how many at most, ≥ 0.
    seed : 0 … 2⁶⁴ - 1; replicate r depends on the seed and r alone.
    sequential : stop with the 50th replicate that is as large as `observed`.
    cores, on : threads, or "dask://HOST:PORT"; they change no number.
    """
    if replicates < 0 or cores < 1:
        raise BadInput("--replicates", "be 0 or more, --cores 1 or more", f"{replicates}, {cores}", "Use 999 and 1.")
    if not 0 <= seed < 2**64:
        raise BadInput("--seed", "be 0 … 2^64 - 1", str(seed), "Use a small whole number.")
    done: list[FloatArray] = []
    as_large = 0
    for largest in _parts_done(plan, seed, replicates, sequential, cores, on):
        hits = np.cumsum(largest >= observed * (1 - _ALIKE))
        if sequential and len(hits) and as_large + hits[-1] >= STOP_AFTER:
            last = int(np.searchsorted(hits, STOP_AFTER - as_large)) + 1
            return MonteCarlo(np.concatenate([*done, largest[:last]]), True)
        as_large += int(hits[-1])
        done.append(largest)
    return MonteCarlo(np.concatenate(done) if done else np.zeros(0), False)


def _parts_done(
    plan: Plan, seed: int, replicates: int, sequential: bool, cores: int, on: str | None
) -> Iterator[FloatArray]:
    work = partial(largest_ratios, plan, seed)
    parts = [(first, min(first + _PART, replicates)) for first in range(0, replicates, _PART)]
    if on is not None:
        yield from mapped_over_cluster(work, parts, on)
        return
    if cores == 1:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(cores) as pool:  # kernels hold no interpreter lock
        for round_ in _rounds(parts, _ROUND * cores if sequential else len(parts)):
            yield from pool.map(work, round_)


def _rounds(parts: Sequence[tuple[int, int]], size: int) -> Iterator[Sequence[tuple[int, int]]]:
    """A few parts at a time, so that little is computed in vain when the replicates are stopped."""
    for first in range(0, len(parts), max(1, size)):
        yield parts[first : first + size]
