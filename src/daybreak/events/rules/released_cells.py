"""Which counts of health reports about living people law-enforcement roles may see: day × ZIP or coarser, by one fixed ladder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import pairwise
from operator import add, attrgetter
from typing import NamedTuple

from daybreak.events.rules.withholding import LEAST, Path, shown_cells
from daybreak.vocabulary.kinds import is_health
from daybreak.vocabulary.precision import PLACES, TIMES, at_least_as_coarse, end_of, start_of

# Each of these lies whole within each that follows it in the same row; weeks lie in no month.
_NESTS = (("day", "week"), ("day", "month", "quarter", "year"))


@dataclass(frozen=True, slots=True)
class Step:
    """A level of the ladder: a precision of time (day or coarser) and of place (zip, county or state)."""

    time: str
    place: str


# One ladder holds for an installation: two ladders shown to the same people would let them subtract one from the other.
LADDER = (Step("day", "zip"), Step("month", "zip"), Step("month", "county"), Step("year", "county"))


class Count(NamedTuple):
    """People in reports of one feed: the local day, its precision, ZIP and county ("" = not stated)."""

    on: date
    people: int
    zip: str = ""
    county: str = ""
    precision: str = "day"


@dataclass(frozen=True, slots=True, order=True)
class ReleasedCell:
    """A count that may be seen: its first and last day, its place, and how many people.

    ``zip`` "" = the whole county, "?" = the people of the county whose ZIP code is not stated.
    """

    since: date
    until: date
    county: str
    zip: str
    people: int
    time: str
    place: str


def bound(kind: str, source: str, *, audience: str) -> bool:
    """Whether counts of this kind from an agency of this kind must be seen in released cells only.

    ``audience``: "law-enforcement" is bound by health sources about the living (all but deaths and samples that somebody
    brought to be checked); "public" by every health source. Arrests, complaints and seizures are public figures.
    """
    if audience == "public":
        return is_health(kind, source)
    if audience == "law-enforcement":
        return is_health(kind, source) and kind not in {"death", "drug-check"}
    raise ValueError(f"The audience must be law-enforcement or public; got {audience[:30]!r}.")


def checked_ladder(ladder: Sequence[Step]) -> tuple[Step, ...]:
    """The ladder where each step lies whole within the next; raises ValueError that says which does not."""
    if not ladder:
        raise ValueError("The ladder must have a step; got none.")
    for step in ladder:
        if not at_least_as_coarse(step.time, "day", TIMES) or not at_least_as_coarse(
            step.place, "zip", PLACES
        ):
            raise ValueError(f"A step must be day × ZIP or coarser; got {step.time} × {step.place}.")
    for finer, wider in pairwise(ladder):
        nests = any(
            {finer.time, wider.time} <= set(row) and row.index(finer.time) <= row.index(wider.time)
            for row in _NESTS
        )
        if not nests or not at_least_as_coarse(wider.place, finer.place, PLACES) or finer == wider:
            raise ValueError(
                f"Each step must lie whole within the next; {finer.time} × {finer.place} "
                f"does not lie within {wider.time} × {wider.place}."
            )
    return tuple(ladder)


def released(
    counts: Iterable[Count], *, before: date, ladder: Sequence[Step] = LADDER, least: int = LEAST
) -> list[ReleasedCell]:
    """The cells of one feed and kind that may be seen on the day ``before``: only periods that have ended by then.

    Filters may only choose among these cells. Never call it again for a part of the same people (one substance, one age)
    and show both: the difference of the two could be a person.
    """
    steps = tuple(reversed(checked_ladder(ladder)))
    people: dict[Path, int] = defaultdict(int)
    paths = _Paths(steps)
    for count in counts:
        people[paths.of(count)] += count.people
    found = []
    for path, number in shown_cells(people, least=least).items():
        step = steps[len(path) - 1]
        since_text, county, zip_code = str(path[-1]).split("|")
        if not since_text:
            continue  # the day of these people is not stated: they are seen in a wider cell only
        since = date.fromisoformat(since_text)
        until = end_of(since, step.time)
        if until < before:
            found.append(ReleasedCell(since, until, county, zip_code, number, step.time, step.place))
    # By all fields; a key is made once a cell, where comparing cells would make two tuples each time.
    return sorted(found, key=_ALL_FIELDS)


_ALL_FIELDS = attrgetter(*(one.name for one in fields(ReleasedCell)))


class _Paths:
    """The cells of all steps in which counts stand: a year has thousands of counts, a few hundred days and a few places."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._steps = steps
        self._days: dict[tuple[date, str], tuple[str, ...]] = {}
        self._places: dict[tuple[str, str], tuple[str, ...]] = {}

    def of(self, count: Count) -> tuple[str, ...]:
        """First day, county and ZIP of each step's cell, as "2013-07-01|21067|40508"; "" for a day coarser than the step."""
        when, where = (count.on, count.precision), (count.county, count.zip)
        if when not in self._days:
            self._days[when] = tuple(
                f"{start_of(count.on, step.time).isoformat() if at_least_as_coarse(step.time, count.precision, TIMES) else ''}|"
                for step in self._steps
            )
        if where not in self._places:
            self._places[where] = tuple(
                f"{count.county if step.place != 'state' else ''}|{(count.zip or '?') if step.place == 'zip' else ''}"
                for step in self._steps
            )
        return tuple(map(add, self._days[when], self._places[where]))


def zeros(
    cells: Iterable[ReleasedCell],
    counts: Iterable[Count],
    *,
    days_heard: dict[str, frozenset[date]],
    before: date,
    ladder: Sequence[Step] = LADDER,
) -> list[ReleasedCell]:
    """The widest cells with nobody in them: of counties whose feed was heard on every day of a period that has ended.

    ``days_heard``: county → the days on which its feed reported. A silent feed is never a zero, and finer zeros are never
    shown.
    """
    widest = checked_ladder(ladder)[-1]
    there = {(start_of(count.on, widest.time), count.county) for count in counts if count.people}
    there |= {(cell.since, cell.county) for cell in cells}
    found = []
    for county, heard in days_heard.items():
        for since in sorted({start_of(day, widest.time) for day in heard}):
            until = end_of(since, widest.time)
            days = {since + timedelta(days=number) for number in range((until - since).days + 1)}
            if until < before and days <= heard and (since, county) not in there:
                found.append(ReleasedCell(since, until, county, "", 0, widest.time, widest.place))
    return found


def no_finer_than(cells: Iterable[ReleasedCell], *, time: str, place: str) -> list[ReleasedCell]:
    """The released cells that an agreement leaves: it can only tighten, so it chooses among them and makes none."""
    return [
        cell
        for cell in cells
        if at_least_as_coarse(cell.time, time, TIMES) and at_least_as_coarse(cell.place, place, PLACES)
    ]
