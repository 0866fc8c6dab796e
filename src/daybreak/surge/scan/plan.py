"""A scan made ready for its kernels: zones, expected numbers and how a replicate is drawn, for each model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from daybreak.surge._kernels.scan import BERNOULLI, POISSON, level_table
from daybreak.surge._kernels.scan_draws import alias_table
from daybreak.surge.counts import FloatArray, IntArray
from daybreak.surge.errors import BadInput
from daybreak.surge.scan.zones import Zones

LEAST_CASES = 2
_TABLE_MOST = 2048
_NOTHING = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Windows:
    """Which windows are looked at. first: step where they begin at the earliest; alive: they must last to the end;
    longest: their length in steps at most; steps: how many steps the study has."""

    steps: int
    first: int
    alive: bool
    longest: int

    @classmethod
    def named(cls, analysis: str, steps: int, longest: int | None = None) -> Windows:
        """Of an analysis: prospective, retrospective or spatial; at most `longest` steps, or half of the study."""
        if analysis == "spatial":
            return cls(steps, 0, True, steps)
        most = max(1, steps // 2) if longest is None else min(longest, steps)
        if most < 1:
            raise BadInput("--max-window", "be 1 step or longer", str(longest), "Leave it out for half of the study.")
        if analysis == "prospective":
            return cls(steps, steps - most, True, most)
        if analysis == "retrospective":
            return cls(steps, 0, False, most)
        raise BadInput("analysis", "be prospective, retrospective or spatial", repr(analysis), "Choose one.")


@dataclass(frozen=True)
class Draw:
    """How a replicate's cases are drawn.

    urn: people (who_…) for slots, without replacement; else cells (who_…) with replacement. slots: (2, slots) the
    people a slot may take, from and to; slot_time: a slot's step, -1 = the person's own. who_point, who_time: place
    and step of a person or cell, step -1 = in no window. keep, alias: Walker's tables of cells. draws: how many.
    """

    urn: bool
    draws: int
    who_point: IntArray
    who_time: IntArray
    slots: IntArray = field(default_factory=lambda: np.zeros((2, 0), np.int64))
    slot_time: IntArray = field(default_factory=lambda: _NOTHING)
    keep: FloatArray = field(default_factory=lambda: np.zeros(0))
    alias: IntArray = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class Plan:
    """All that a search, observed or replicated, needs; steps count from the first that a window may hold.

    clock: (steps + 1,) base before each step of zones whose base is weight × clock; base: (places, steps + 1) the same
    of each place, if it is no such product, else (0, 0). facts: kind of ratio, cases, all people (Bernoulli).
    point, time: place and step of each observed case inside the windows.
    """

    zones: Zones
    windows: Windows
    clock: FloatArray
    base: FloatArray
    facts: tuple[int, float, float]
    table: FloatArray
    places: int
    point: IntArray
    time: IntArray
    draw: Draw


def permutation_plan(
    zones: Zones, windows: Windows, point: IntArray, time: IntArray, strata: Sequence[object] | None, places: int
) -> Plan:
    """Space-time permutation: dates are exchanged among the cases of a stratum (Kulldorff and others 2005).

    Parameters
    ----------
    point, time : (cases,) place and step of each single case.
    strata : one a case; None = all alike. Expected cases are the sum over strata of C_place × C_step / C.
    """
    count = len(point)
    group = _groups(strata, count)
    order = np.argsort(group, kind="stable")
    point, time, group = point[order], time[order], group[order]
    size = np.bincount(group)
    begin = np.concatenate([[0], np.cumsum(size)])
    kept = windows.steps - windows.first
    shifted = time - windows.first
    slots, slot_time = [], []
    base = np.zeros((places, kept + 1))
    for g in range(len(size)):
        mine = shifted[begin[g] : begin[g + 1]]
        inside = mine[mine >= 0]
        low = begin[g] + np.arange(len(inside))
        slots.append(np.stack([low, np.full(len(inside), begin[g + 1])]))
        slot_time.append(inside)
        elapsed = _elapsed(np.bincount(inside, minlength=kept).astype(np.float64))
        if len(size) > 1:
            of_place = np.bincount(point[begin[g] : begin[g + 1]], minlength=places)
            base += np.outer(of_place, elapsed / size[g])
    clock = _elapsed(np.bincount(shifted[shifted >= 0], minlength=kept) / count)
    draw = Draw(True, len(shifted[shifted >= 0]), point, np.full(count, -1, np.int64),
                np.concatenate(slots, axis=1).astype(np.int64), np.concatenate(slot_time).astype(np.int64))  # fmt: skip
    return Plan(
        zones, windows, clock, base if len(size) > 1 else np.zeros((0, 0)), (POISSON, float(count), 0.0),
        _table(POISSON, count, 0.0), places, point[shifted >= 0], shifted[shifted >= 0], draw,
    )  # fmt: skip


def poisson_plan(
    zones: Zones, windows: Windows, point: IntArray, time: IntArray, expected: FloatArray, spatial: bool
) -> Plan:
    """Poisson with known expected cases (Kulldorff 1997): replicates share all cases out over places and steps.

    Parameters
    ----------
    expected : (places, steps), its sum the number of cases.
    """
    count, places = len(point), len(expected)
    if spatial:
        return _spatial(zones, windows, POISSON, count, 0.0, point, _cells(expected.sum(axis=1)[:, None], 0, count))
    inside = np.ascontiguousarray(expected[:, windows.first :])
    shifted = time - windows.first
    return Plan(
        zones, windows, np.zeros(inside.shape[1] + 1), _elapsed(inside), (POISSON, float(count), 0.0),
        _table(POISSON, count, 0.0), places, point[shifted >= 0], shifted[shifted >= 0],
        _cells(inside, expected[:, : windows.first].sum(), count),
    )  # fmt: skip


def bernoulli_plan(
    zones: Zones, windows: Windows, point: IntArray, time: IntArray, who_point: IntArray, who_time: IntArray,
    places: int, spatial: bool,
) -> Plan:  # fmt: skip
    """Cases among cases and controls (Kulldorff 1997): replicates choose anew who of all people are the cases.

    Parameters
    ----------
    point, time : (cases,). who_point, who_time : (cases and controls,).
    """
    count, people = len(point), len(who_point)
    slots = np.stack([np.arange(count), np.full(count, people)]).astype(np.int64)
    slot_time = np.full(count, -1, np.int64)
    if spatial:
        draw = Draw(True, count, who_point, np.zeros(people, np.int64), slots, slot_time)
        return _spatial(zones, windows, BERNOULLI, count, float(people), point, draw)
    kept = windows.steps - windows.first
    shifted, whose = time - windows.first, np.maximum(who_time - windows.first, -1)
    base = np.zeros((places, kept))
    np.add.at(base, (who_point[whose >= 0], whose[whose >= 0]), 1.0)
    return Plan(
        zones, windows, np.zeros(kept + 1), _elapsed(base), (BERNOULLI, float(count), float(people)),
        _table(BERNOULLI, count, float(people)), places, point[shifted >= 0], shifted[shifted >= 0],
        Draw(True, count, who_point, whose, slots, slot_time),
    )  # fmt: skip


def _spatial(
    zones: Zones, windows: Windows, kind: int, count: int, people: float, point: IntArray, draw: Draw
) -> Plan:
    places = len(zones.start) - 1
    return Plan(
        zones, windows, np.array([0.0, 1.0]), np.zeros((0, 0)), (kind, float(count), people),
        _table(kind, count, people), places, point, np.zeros(count, np.int64), draw,
    )  # fmt: skip


def _cells(inside: FloatArray, elsewhere: float, count: int) -> Draw:
    """Draw cells of (places, steps) by their expected cases, and one more that stands for all in no window."""
    places, steps = inside.shape
    keep, alias = alias_table(np.append(inside.ravel(), elsewhere))
    point = np.append(np.repeat(np.arange(places), steps), 0)
    return Draw(False, count, point, np.append(np.tile(np.arange(steps), places), -1), keep=keep, alias=alias)


def _elapsed(each: FloatArray) -> FloatArray:
    """Sums of all steps before, with one more at the end: windows [a, b) hold the difference."""
    first = np.zeros((*each.shape[:-1], 1))
    return np.ascontiguousarray(np.concatenate([first, np.cumsum(each, axis=-1)], axis=-1))


def _table(kind: int, count: int, people: float) -> FloatArray:
    made: FloatArray = level_table(kind, float(count), float(people), LEAST_CASES, min(count + 1, _TABLE_MOST))
    return made


def _groups(strata: Sequence[object] | None, count: int) -> IntArray:
    if strata is None:
        return np.zeros(count, np.int64)
    number = {each: n for n, each in enumerate(dict.fromkeys(strata))}
    return np.array([number[each] for each in strata], np.int64)
