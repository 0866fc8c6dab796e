"""The clusters that a scan finds: where, since when, how many, how surprising."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

import numpy as np

from daybreak.surge._kernels.scan import BERNOULLI, search
from daybreak.surge.counts import FloatArray, IntArray
from daybreak.surge.scan.plan import Plan

_DIGITS = 10


@dataclass(frozen=True)
class Found:
    """A zone and window before their names: centroid, places in order of distance, steps [begin, end) of the study,
    cases and expected cases, log likelihood ratio."""

    centroid: int
    members: IntArray
    begin: int
    end: int
    observed: int
    expected: float
    llr: float


@dataclass(frozen=True)
class Cluster:
    """One cluster.

    locations: places in order of distance from the first, the centre. start, end: first and last day, YYYY-MM-DD.
    observed, expected: cases. llr: log likelihood ratio. p: Monte Carlo p-value, adjusted for all zones and windows;
    None = no replicates. p_gumbel: tail of a Gumbel distribution fitted to the replicates; None = not asked for.
    recurrence_days: how often chance alone would bring such a cluster, if the scan is repeated at every step; None =
    not a prospective scan. radius: of the circle, km (or the unit of x and y).
    """

    locations: tuple[str, ...]
    start: str
    end: str
    observed: int
    expected: float
    llr: float
    p: float | None
    recurrence_days: float | None
    p_gumbel: float | None
    radius: float

    def record(self) -> dict[str, Any]:
        """As a JSON object; p_gumbel only where it was asked for."""
        made = asdict(self) | {"locations": list(self.locations)}
        if self.p_gumbel is None:
            del made["p_gumbel"]
        return made


def find(plan: Plan, *, overlapping: bool = False) -> list[Found]:
    """The best zone and window of each centroid, largest ratio first.

    Without `overlapping`, each one that shares a place with a stronger one is left out; with it, only repetitions of
    the same places and time are.
    """
    zones = plan.zones
    value, where = search(
        zones.start, zones.neighbour, zones.weight, plan.clock, plan.base, plan.windows.alive, plan.windows.longest,
        plan.facts, plan.table, plan.places, plan.point, plan.time,
    )  # fmt: skip
    found: list[Found] = []
    taken = np.zeros(plan.places, bool)
    seen: set[tuple[Any, ...]] = set()
    # Circles around different places can hold the same cases: the sums of their bases then differ in the last digits.
    for z in np.argsort(-np.round(value, _DIGITS), kind="stable"):
        place, begin, end = (int(each) for each in where[z])
        if place < 0:
            break
        members = zones.neighbour[zones.start[z] : place + 1].astype(np.int64)
        same = (frozenset(members.tolist()), begin, end)
        if same in seen or (not overlapping and taken[members].any()):
            continue
        seen.add(same)
        taken[members] = True
        found.append(_found(plan, int(z), members, place, begin, end, float(value[z])))
    return found


def _found(plan: Plan, z: int, members: IntArray, place: int, begin: int, end: int, llr: float) -> Found:
    inside = np.isin(plan.point, members) & (plan.time >= begin) & (plan.time < end)
    if plan.base.shape[0]:
        base = float((plan.base[members, end] - plan.base[members, begin]).sum())
    else:
        base = float(plan.zones.weight[place] * (plan.clock[end] - plan.clock[begin]))
    kind, cases, people = plan.facts
    expected = base * cases / people if kind == BERNOULLI else base
    first = plan.windows.first
    return Found(z, members, begin + first, end + first, int(np.count_nonzero(inside)), expected, llr)


def p_or_none(p: float) -> float | None:
    """NaN as None, for JSON."""
    return None if isnan(p) else p


def radius_of(found: Found, away: FloatArray) -> float:
    """Distance of the farthest place from the centre."""
    return float(away[found.members].max())
