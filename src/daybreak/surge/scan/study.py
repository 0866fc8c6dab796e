"""One scan put together: circles, what is expected in them, the cases seen, and how replicates are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from daybreak.surge._kernels.scan import BERNOULLI, POISSON, level_table
from daybreak.surge._kernels.scan_draws import alias_table
from daybreak.surge.counts import FloatArray, IntArray
from daybreak.surge.errors import BadInput
from daybreak.surge.scan.dates import Steps
from daybreak.surge.scan.expected import expected_cases
from daybreak.surge.scan.inputs import Events, People, Places
from daybreak.surge.scan.zones import Zones, zones_of

LARGEST_IN_TABLE = 1024
LEAST_CASES = 2
NOTHING = np.zeros((0, 0))


class Model(Enum):
    """What is random: cases given people (Poisson), who is a case (Bernoulli), who falls ill when (permutation)."""

    POISSON = "poisson"
    BERNOULLI = "bernoulli"
    PERMUTATION = "permutation"


class Analysis(Enum):
    """Clusters that go on at the end of the study, of any time in it, or of place alone."""

    PROSPECTIVE = "prospective"
    RETROSPECTIVE = "retrospective"
    SPATIAL = "spatial"


@dataclass(frozen=True)
class Limits:
    """The largest circle (share of all that is expected, radius) and the longest window in steps."""

    most_share: float = 0.5
    most_km: float = np.inf
    longest: int | None = None


@dataclass(frozen=True)
class Draw:
    """How a replicate is drawn: people for slots out of an urn, or cells with replacement (see the kernels)."""

    urn: bool
    slots: IntArray
    slot_time: IntArray
    who_point: IntArray
    who_time: IntArray
    keep: FloatArray
    alias: IntArray
    draws: int


@dataclass(frozen=True)
class Study:
    """All that the search needs.

    clock: (steps + 1,) and base: (places, steps + 1) what is expected before each step, see the kernels. point, time:
    place and step of each case that a window can hold. facts: kind, all cases, all
    people (Bernoulli). left_out: cases whose date lies outside the study.
    """

    places: Places
    steps: Steps
    zones: Zones
    clock: FloatArray
    base: FloatArray
    alive: bool
    longest: int
    facts: tuple[int, float, float]
    table: FloatArray
    point: IntArray
    time: IntArray
    draw: Draw
    prospective: bool
    left_out: int


def study_of(
    model: Model,
    analysis: Analysis,
    places: Places,
    steps: Steps,
    cases: Events,
    *,
    controls: Events | None = None,
    people: People | None = None,
    degrees: bool = True,
    limits: Limits | None = None,
) -> Study:
    """A study ready to be searched.

    Raises BadInput where no case lies in the study, or a model lacks its file.
    """
    limits = limits or Limits()
    spatial = analysis is Analysis.SPATIAL
    times = 1 if spatial else steps.count
    point, time, stratum = _single(cases, steps, spatial)
    _check(model, point, cases, controls)
    longest = min(limits.longest or max(1, times // 2), times)
    alive = analysis is not Analysis.RETROSPECTIVE
    earliest = times - longest if alive else 0
    counts = np.zeros((len(places.names), times))
    total = 0.0
    base = NOTHING
    clock = np.linspace(0.0, 1.0, 2)
    if model is Model.PERMUTATION:
        size = np.bincount(point, minlength=len(places.names)).astype(np.float64)
        clock = np.append(0.0, np.cumsum(np.bincount(time, minlength=times))) / point.size
        if stratum.max() > 0:
            base = _expected_of_dates(point, time, stratum, counts.shape)
        draw = _urn_of_dates(point, time, stratum, earliest)
    elif model is Model.POISSON:
        if people is None:
            raise BadInput(
                "--population", "be given for the Poisson model", "none", "Or use --model permutation."
            )
        counts = expected_cases(
            cases_within(cases, steps, spatial), people, _whole(steps, spatial), len(places.names)
        )
        size, draw = counts.sum(axis=1), _cells(counts, earliest, point.size)
    else:
        if controls is None:
            raise BadInput(
                "--controls", "be given for the Bernoulli model", "none", "Or use --model permutation."
            )
        other, other_time, _ = _single(controls, steps, spatial)
        who, when = np.concatenate([point, other]), np.concatenate([time, other_time])
        np.add.at(counts, (who, when), 1.0)
        size, total = counts.sum(axis=1), float(who.size)
        draw = _urn_of_people(who, np.where(when >= earliest, when, -1), point.size)
    if model is not Model.PERMUTATION and not spatial:
        base = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
        clock = np.linspace(0.0, 1.0, times + 1)
    kind = BERNOULLI if model is Model.BERNOULLI else POISSON
    all_cases = float(point.size)
    seen = time >= earliest
    zones = zones_of(
        places.position, size, degrees=degrees, most_share=limits.most_share, most_km=limits.most_km
    )
    table = level_table(kind, all_cases, total, LEAST_CASES, min(LARGEST_IN_TABLE, point.size + 2))
    return Study(
        places, steps, zones, np.ascontiguousarray(clock), np.ascontiguousarray(base), alive, longest,
        (kind, all_cases, total), table, point[seen], time[seen], draw, analysis is Analysis.PROSPECTIVE,
        int(cases.number.sum()) - point.size,
    )  # fmt: skip


def _check(model: Model, point: IntArray, cases: Events, controls: Events | None) -> None:
    if point.size == 0:
        raise BadInput("--cases", "hold a case within the study", "none", "Check --start and --end.")
    strata = (*cases.strata, *(controls.strata if controls else ()))
    if model is Model.BERNOULLI and any(strata):
        raise BadInput(
            "--model bernoulli",
            "have no covariates",
            "some",
            "Leave them out, or match the controls by them.",
        )


def cases_within(events: Events, steps: Steps, spatial: bool) -> Events:
    """The lines of a file whose date lies in the study; undated lines only where place alone counts."""
    undated = np.isnat(events.date)
    if undated.any() and not spatial:
        raise BadInput("--cases", "have a date in each line", "lines without", "Or use --analysis spatial.")
    inside = undated | (steps.of(np.where(undated, steps.edges[0], events.date)) >= 0)
    strata = tuple(each for each, here in zip(events.strata, inside, strict=True) if here)
    return Events(events.place[inside], events.number[inside], events.date[inside], events.unit, strata)


def _single(events: Events, steps: Steps, spatial: bool) -> tuple[IntArray, IntArray, IntArray]:
    """Place, step and stratum of each single case within the study."""
    inside = cases_within(events, steps, spatial)
    time = np.zeros(len(inside.place), np.int64) if spatial else steps.of(inside.date)
    known = {stratum: number for number, stratum in enumerate(sorted(set(inside.strata)))}
    stratum = np.array([known[each] for each in inside.strata], np.int64)
    return (
        np.repeat(inside.place, inside.number),
        np.repeat(time, inside.number),
        np.repeat(stratum, inside.number),
    )


def _whole(steps: Steps, spatial: bool) -> Steps:
    return Steps(steps.edges[[0, -1]], steps.days * steps.count) if spatial else steps


def _urn_of_dates(point: IntArray, time: IntArray, stratum: IntArray, earliest: int) -> Draw:
    """Every date within reach of a window takes a case of its stratum, each case once."""
    order = np.argsort(stratum, kind="stable")
    point, time, stratum = point[order], time[order], stratum[order]
    low, high, slot_time = [], [], []
    for first, last in zip(*_runs(stratum), strict=True):
        late = time[first:last][time[first:last] >= earliest]
        low.append(first + np.arange(late.size))
        high.append(np.full(late.size, last))
        slot_time.append(late)
    slots = np.stack([np.concatenate(low), np.concatenate(high)]).astype(np.int64)
    times = np.concatenate(slot_time).astype(np.int64)
    return Draw(
        True, slots, times, point, np.full_like(point, -1), np.ones(1), np.zeros(1, np.int64), times.size
    )


def _expected_of_dates(
    point: IntArray, time: IntArray, stratum: IntArray, shape: tuple[int, ...]
) -> FloatArray:
    """(places, steps + 1) expected before each step: the sum over strata of cases of a place × share of dates."""
    base = np.zeros((shape[0], shape[1] + 1))
    for each in range(int(stratum.max()) + 1):
        one = stratum == each
        share = np.append(0.0, np.cumsum(np.bincount(time[one], minlength=shape[1]))) / one.sum()
        base += np.bincount(point[one], minlength=shape[0])[:, None] * share
    return base


def _runs(stratum: IntArray) -> tuple[IntArray, IntArray]:
    first = np.flatnonzero(np.diff(stratum, prepend=-1))
    return first, np.append(first[1:], stratum.size)


def _urn_of_people(who: IntArray, when: IntArray, cases: int) -> Draw:
    """So many people of all, cases and controls, are cases, each at their own time."""
    slots = np.stack([np.arange(cases), np.full(cases, who.size)]).astype(np.int64)
    times = np.full(cases, -1, np.int64)
    return Draw(True, slots, times, who, when.astype(np.int64), np.ones(1), np.zeros(1, np.int64), cases)


def _cells(expected: FloatArray, earliest: int, cases: int) -> Draw:
    """Each case falls into a place and step with the chance that its expected share says."""
    place, step = np.nonzero(expected)
    keep, alias = alias_table(np.ascontiguousarray(expected[place, step]))
    when = np.where(step >= earliest, step, -1).astype(np.int64)
    empty = np.zeros((2, 0), np.int64)
    return Draw(False, empty, np.zeros(0, np.int64), place.astype(np.int64), when, keep, alias, cases)
