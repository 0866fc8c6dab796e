"""Monte Carlo: the largest ratios of seeded replicates, over cores or a cluster, and what they say of a cluster's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from daybreak.surge._kernels.scan import replicate
from daybreak.surge.cluster import mapped_over_cluster
from daybreak.surge.counts import FloatArray
from daybreak.surge.scan.study import Study

REPLICATES_A_PART = 32
EXCEEDANCES = 50
"""Besag & Clifford 1991: stop after so many replicates that reach the observed ratio; p is then known well enough."""
EULER = 0.5772156649015329
_EQUAL = 1e-9


@dataclass(frozen=True)
class Significance:
    """largest: each replicate's largest ratio, in order. stopped: whether the sequential rule ended the run."""

    largest: FloatArray
    stopped: bool = False

    def p_value(self, ratio: float) -> float:
        """(1 + replicates that reach the ratio) / (replicates + 1); after a sequential stop reached / replicates.

        The stop is ruled by the first cluster: for others that reach fewer, the first formula holds as well.
        """
        if self.largest.size == 0:
            return float("nan")
        reached = int((self.largest >= ratio - _EQUAL).sum())
        if self.stopped and reached >= EXCEEDANCES:
            return reached / self.largest.size
        return (1 + reached) / (self.largest.size + 1)

    def gumbel(self, ratio: float) -> float:
        """P(largest ≥ ratio) by a Gumbel distribution with the replicates' mean and deviation (Abrams et al. 2010)."""
        if self.largest.size < 2 or self.largest.std(ddof=1) == 0:
            return float("nan")
        scale = float(self.largest.std(ddof=1)) * np.sqrt(6) / np.pi
        place = float(self.largest.mean()) - EULER * scale
        return float(-np.expm1(-np.exp(-(ratio - place) / scale)))


def simulate(
    study: Study,
    replicates: int,
    seed: int,
    *,
    observed: float,
    sequential: bool = True,
    cores: int = 1,
    on: str | None = None,
) -> Significance:
    """The largest ratio of each replicate; replicate k depends on the seed and k alone, wherever it is computed."""
    firsts = range(0, replicates, REPLICATES_A_PART)
    found: list[FloatArray] = []
    reached = 0
    for part in _parts(study, replicates, seed, firsts, cores, on):
        found.append(part)
        reached += int((part >= observed - _EQUAL).sum())
        if sequential and reached >= EXCEEDANCES:
            largest = np.concatenate(found)
            last = int(np.flatnonzero(np.cumsum(largest >= observed - _EQUAL) >= EXCEEDANCES)[0])
            return Significance(largest[: last + 1], stopped=True)
    return Significance(np.concatenate(found) if found else np.empty(0))


def _parts(
    study: Study, replicates: int, seed: int, firsts: range, cores: int, on: str | None
) -> Iterator[FloatArray]:
    work = partial(drawn, study, seed, replicates)
    if on is not None:
        yield from mapped_over_cluster(work, firsts, on)
        return
    if cores == 1:
        yield from map(work, firsts)
        return
    with ThreadPoolExecutor(cores) as pool:  # kernels hold no interpreter lock
        for at in range(0, len(firsts), cores):
            yield from pool.map(work, firsts[at : at + cores])


def drawn(study: Study, seed: int, replicates: int, first: int) -> FloatArray:
    """The largest ratios of the replicates from `first` on, one part of them."""
    out = np.zeros(min(REPLICATES_A_PART, replicates - first))
    how, zones = study.draw, study.zones
    replicate(
        np.uint64(seed), first, out, how.urn, how.slots, how.slot_time, how.who_point, how.who_time, how.keep,
        how.alias, zones.start, zones.neighbour, zones.weight, study.clock, study.base, study.alive, study.longest,
        study.facts, study.table, len(study.places.names), how.draws,
    )  # fmt: skip
    return out
