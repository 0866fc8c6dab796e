"""Counts by period, agency, place and substance, out of the tallies; agencies stand side by side and are never added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db.models import CharField, QuerySet, Sum
from django.db.models.functions import Cast, Substr

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Tally
from daybreak.events.queries.feeds import Span, reported_spans
from daybreak.events.queries.rows import local_zone
from daybreak.events.queries.visibility import COUNTS, ROWS, Source, sources
from daybreak.vocabulary.precision import PLACES, TIMES, end_of, start_of

PERIODS = ("day", "week", "month", "quarter", "year")
MEASURES = ("events", "fatal", "doses")


@dataclass(frozen=True, slots=True)
class Series:
    """One agency's counts of one kind. ``counts`` has a number, or None = not reported, for each period in ``starts``.

    ``loose`` counts events of the window whose time is known too coarsely for these periods. ``incomplete`` is
    how many of the last periods still run, or lie after the newest delivery in part.
    """

    agency: str
    agency_name: str
    kind: str
    substance: str
    starts: tuple[date, ...]
    counts: tuple[int | None, ...]
    loose: int
    incomplete: int

    @property
    def total(self) -> int:
        """The sum of what was reported."""
        return sum(count or 0 for count in self.counts)


@dataclass(frozen=True, slots=True)
class Window:
    """Which days to count, by which period: ``since`` and ``until`` are local days, both within."""

    since: date
    until: date
    period: str

    def __post_init__(self) -> None:
        """Refuse a period that is none and days that go backwards; raises ValueError."""
        if self.period not in PERIODS:
            raise ValueError(f"The period must be one of {', '.join(PERIODS)}; got {self.period[:20]!r}.")
        if self.until < self.since:
            raise ValueError("The last day must not be before the first.")

    @property
    def starts(self) -> tuple[date, ...]:
        """The first day of each period that the window touches."""
        return _starts(self.since, self.until, self.period)


@lru_cache(maxsize=256)
def _starts(since: date, until: date, period: str) -> tuple[date, ...]:
    found = [start_of(since, period)]
    while (following := end_of(found[-1], period) + timedelta(days=1)) <= until:
        found.append(following)
    return tuple(found)


def countable(viewer: Viewer, kind: str) -> list[Source]:
    """The sources of a kind that the viewer may count exactly."""
    return sources(viewer, kinds=(kind,), access=(ROWS, COUNTS))


def series(
    viewer: Viewer,
    *,
    kind: str,
    window: Window,
    at: datetime,
    substances: Sequence[str] = ("",),
    agency: str = "",
    zip_code: str = "",
    county: str = "",
    measure: str = "events",
) -> list[Series]:
    """Counts of each agency and substance; a substance "" counts every event. Sorted by agency, then as asked.

    ``measure`` "events", "fatal" or "doses". Substances overlap: an event that names two stands under both.
    """
    if measure not in MEASURES:
        raise ValueError(f"The measure must be one of {', '.join(MEASURES)}; got {measure[:20]!r}.")
    held = [one for one in countable(viewer, kind) if agency in {"", one.agency}]
    # A source that is shared by the month is in no count of days: how many lie in a week would tell the days.
    held = [
        one
        for one in held
        if nests(one.time, window.period) and _tells(one, substances, zip_code, county, measure)
    ]
    spans = reported_spans({one.feed_id for one in held})
    found = []
    for name in sorted({one.agency for one in held}):
        ours = [one for one in held if one.agency == name]
        days = _by_day(ours, kind, substances, window, zip_code, county, measure)
        found += [_series(ours, substance, days, window, spans, at) for substance in substances]
    return found


def _tells(source: Source, substances: Iterable[str], zip_code: str, county: str, measure: str) -> bool:
    finest = PLACES.index(source.place)
    named = "exhibits" if source.kind == "seizure" else "substances"
    return not (
        (zip_code and finest > PLACES.index("zip"))
        or (county and finest > PLACES.index("county"))
        or (any(substances) and not source.shows(named))
        or (measure == "fatal" and not source.shows("fatal"))
        or (measure == "doses" and not source.shows("naloxone"))
    )


Days = dict[tuple[int, str, str, date], int]


def _by_day(
    ours: list[Source],
    kind: str,
    substances: Sequence[str],
    window: Window,
    zip_code: str,
    county: str,
    measure: str,
) -> Days:
    """(feed, substance, precision, day) → count, over whole periods that the window touches."""
    first, last = window.starts[0], end_of(window.starts[-1], window.period)
    rows: QuerySet[Tally] = Tally.objects.filter(
        kind=kind,
        substance__in=list(substances),
        on__range=(first, last),
        feed__in=[one.feed_id for one in ours],
    )
    if zip_code:
        rows = rows.filter(zip=zip_code)
    if county:
        rows = rows.filter(county=county)
    if window.period in {"day", "week"}:
        counted = rows.order_by().values_list("feed", "substance", "precision", "on").annotate(n=Sum(measure))
        return {(feed, substance, precision, on): n for feed, substance, precision, on, n in counted}
    # The database adds the days of a month up: a thirtieth of the rows come back.
    months = rows.annotate(month=Substr(Cast("on", CharField()), 1, 7)).order_by()
    grouped = months.values_list("feed", "substance", "precision", "month").annotate(n=Sum(measure))
    return {
        (feed, substance, precision, date.fromisoformat(f"{month}-01")): n
        for feed, substance, precision, month, n in grouped
    }


def _series(
    ours: list[Source], substance: str, days: Days, window: Window, spans: dict[int, Span], at: datetime
) -> Series:
    starts = window.starts
    counts: dict[date, int] = defaultdict(int)
    loose = 0
    fed = {source.feed_id for source in ours}
    for (feed, named, precision, on), number in days.items():
        if feed not in fed or named != substance:
            continue
        if nests(precision, window.period):
            counts[start_of(on, window.period)] += number
        else:
            loose += number
    heard = [spans[source.feed_id] for source in ours if source.feed_id in spans]
    since = min((span.since for span in heard if span.since), default=None)
    until = max((span.until for span in heard), default=None)
    today = at.astimezone(local_zone()).date()
    reported = [_reported(start, end_of(start, window.period), since, until) for start in starts]
    values = tuple(
        counts[start] if there or start in counts else None
        for start, there in zip(starts, reported, strict=True)
    )
    end = min(today, until) if until else today
    incomplete = sum(
        start <= end <= end_of(start, window.period) and end != end_of(start, window.period)
        for start in starts
    )
    return Series(
        ours[0].agency, ours[0].agency_name, ours[0].kind, substance, starts, values, loose, incomplete
    )


def nests(known: str, period: str) -> bool:
    """Whether each period of a precision lies whole within one of the periods counted; weeks lie in no month."""
    if known in {"minute", "hour", "day"} or known == period:
        return True
    return TIMES.index(known) < TIMES.index(period) and known != "week"


def _reported(start: date, end: date, since: date | None, until: date | None) -> bool:
    """Whether the feed spoke for any day of the period."""
    return since is not None and until is not None and start <= until and end >= since
