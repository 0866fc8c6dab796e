"""Whether reports of several agencies are of one incident: near in place and time, never by person alone, never past a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations

from daybreak.vocabulary.gazetteer import miles_between

KM_PER_MILE = 1.609344
# Past a day two overdoses of one person look like one: the gate holds whatever the settings say.
GATE = timedelta(hours=24)
FINE = {"minute", "hour"}
# How long a period may be of which only the start is kept. An hour is taken for its start: the windows are that wide.
WIDTHS = {
    "minute": timedelta(0),
    "hour": timedelta(0),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "quarter": timedelta(days=92),
    "year": timedelta(days=366),
}


@dataclass(frozen=True, slots=True)
class Closeness:
    """How near two reports must be: kilometres, and minutes by the pair of sources; ``otherwise_minutes`` for the rest.

    The values are those of the plain rule measured in the reference: 0.5 km, 60 minutes, six hours with a coroner.
    """

    km: float = 0.5
    otherwise_minutes: int = 60
    minutes_with: Mapping[str, int] = field(default_factory=lambda: {"coroner": 360})

    def __post_init__(self) -> None:
        """Refuse a window past the gate; raises ValueError."""
        most = GATE // timedelta(minutes=1)
        for minutes in (self.otherwise_minutes, *self.minutes_with.values()):
            if not 0 <= minutes <= most:
                raise ValueError(f"A window must be from 0 to {most} minutes; got {minutes}.")
        if not 0 < self.km <= 50:
            raise ValueError(f"The distance must be more than 0 and at most 50 km; got {self.km}.")

    def window(self, one: str, other: str) -> timedelta:
        """The longest time between reports of two sources."""
        minutes = [self.minutes_with[source] for source in (one, other) if source in self.minutes_with]
        return timedelta(minutes=max(minutes, default=self.otherwise_minutes))


@dataclass(frozen=True, slots=True)
class Report:
    """One agency's report of an event. ``source`` is fire-ems, police, coroner, …; ``at`` is aware.

    ``time`` and ``place`` are precisions of the vocabulary; ``latitude`` and ``longitude`` are degrees, None = not stated.
    """

    reference: str
    source: str
    at: datetime
    time: str = "minute"
    latitude: float | None = None
    longitude: float | None = None
    place: str = "block"


PLAIN_RULE = Closeness()


def same_incident(one: Report, other: Report, closeness: Closeness = PLAIN_RULE) -> bool | None:
    """Whether two reports are of one incident; None where a time is known only to the day, or a place not to the block.

    Reports that lie more than the window apart, however early or late their days are taken, are of two; so are two
    reports of one source.
    """
    if one.source == other.source:
        return False
    coarse = not {one.time, other.time} <= FINE
    if _least_apart(one, other) > closeness.window(one.source, other.source):
        return False
    km = _km(one, other)
    if km is not None and km > closeness.km:
        return False
    return None if coarse or km is None else True


def _least_apart(one: Report, other: Report) -> timedelta:
    """The least time that can lie between two reports, each somewhere within its period."""
    first, last = sorted((one, other), key=lambda report: report.at)
    return max(last.at - first.at - WIDTHS[first.time], timedelta(0))


def _km(one: Report, other: Report) -> float | None:
    if one.place != "block" or other.place != "block":
        return None
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return KM_PER_MILE * miles_between(one.latitude, one.longitude, other.latitude, other.longitude)


def linked_pairs(
    reports: Iterable[Report], closeness: Closeness = PLAIN_RULE
) -> Iterator[tuple[Report, Report]]:
    """Every pair of reports that the rule says are of one incident, the earlier first."""
    longest = max([closeness.otherwise_minutes, *closeness.minutes_with.values()])
    width = timedelta(minutes=longest)
    waiting: dict[int, list[Report]] = defaultdict(list)
    for report in sorted(reports, key=lambda report: (report.at, report.reference)):
        slot = int(report.at.timestamp() // max(width.total_seconds(), 1))
        for earlier in (*waiting[slot - 1], *waiting[slot]):
            if same_incident(earlier, report, closeness):
                yield earlier, report
        waiting[slot].append(report)
        waiting.pop(slot - 2, None)


def incidents(reports: Iterable[Report], closeness: Closeness = PLAIN_RULE) -> list[tuple[Report, ...]]:
    """Reports grouped into incidents, each with at most one report a source; where several fit, the nearest in time.

    A report that fits nothing is an incident of its own. Every report stands in exactly one.
    """
    things = list(reports)
    group_of = {report.reference: [report] for report in things}
    if len(group_of) != len(things):
        raise ValueError("Every report must have a reference of its own.")
    pairs = sorted(
        linked_pairs(things, closeness),
        key=lambda pair: (pair[1].at - pair[0].at, pair[0].reference, pair[1].reference),
    )
    for one, other in pairs:
        here, there = group_of[one.reference], group_of[other.reference]
        if here is there or not _fit(here, there, closeness):
            continue
        here += there
        for report in there:
            group_of[report.reference] = here
    seen = {id(group): group for group in group_of.values()}
    return [tuple(sorted(group, key=lambda report: report.at)) for group in seen.values()]


def _fit(here: list[Report], there: list[Report], closeness: Closeness) -> bool:
    """Whether two groups are one incident: no source twice, and nobody more than a window apart."""
    return all(
        one.source != other.source and abs(one.at - other.at) <= closeness.window(one.source, other.source)
        for one, other in combinations([*here, *there], 2)
    )
