"""Counts and rates by county or ZIP code in one month or year: what the map shows, withheld areas said to be so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Tally
from daybreak.events.queries.counting import countable, nests
from daybreak.events.queries.released import released_cells
from daybreak.events.queries.rows import local_zone
from daybreak.vocabulary.precision import PLACES, end_of, start_of


@dataclass(frozen=True, slots=True)
class Area:
    """One county (five FIPS digits) or ZIP code. ``count`` None = withheld: fewer than ten, perhaps none, or kept hidden.

    An area without a row had no event that the viewer may count.
    """

    code: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Areas:
    """One agency's counts of one kind by area in a period. ``elsewhere`` counts events whose area is not stated.

    ``whole`` is True for exact counts, False for released cells. ``ended`` is False while the period still runs.
    """

    agency: str
    agency_name: str
    kind: str
    by: str
    since: date
    until: date
    areas: tuple[Area, ...]
    elsewhere: int
    whole: bool
    ended: bool


def areas(
    viewer: Viewer, *, kind: str, by: str, period: str, day: date, at: datetime, substance: str = ""
) -> list[Areas]:
    """The areas of each agency that reports this kind, in the period ("month" or "year") around ``day``."""
    if by not in {"county", "zip"} or period not in {"month", "year"}:
        raise ValueError(
            f"A map must be by county or zip, of a month or year; got {by[:10]!r} and {period[:10]!r}."
        )
    since, until = start_of(day, period), end_of(day, period)
    ended = until < at.astimezone(local_zone()).date()
    found = _exact(viewer, kind, by, (since, until, period), substance, ended)
    if not substance:  # released cells know no substance: two tables of the same people could be subtracted
        for one in released_cells(viewer, kind=kind, years=[day.year], at=at):
            cells = [
                cell for cell in one.cells if cell.time == period and cell.place == by and cell.since == since
            ]
            shown = [Area(cell.zip if by == "zip" else cell.county, cell.people) for cell in cells]
            seen = tuple(area for area in shown if area.code not in {"", "?"})
            found.append(
                Areas(one.agency, one.agency_name, kind, by, since, until, seen, 0, whole=False, ended=ended)
            )
    return found


def _exact(
    viewer: Viewer, kind: str, by: str, span: tuple[date, date, str], substance: str, ended: bool
) -> list[Areas]:
    since, until, period = span
    held = [
        one
        for one in countable(viewer, kind)
        if nests(one.time, period)
        and PLACES.index(one.place) <= PLACES.index(by)
        and (not substance or one.shows("exhibits" if kind == "seizure" else "substances"))
    ]
    found = []
    for name in sorted({one.agency for one in held}):
        ours = [one for one in held if one.agency == name]
        rows = (
            Tally.objects.filter(
                kind=kind,
                substance=substance,
                on__range=(since, until),
                feed__in=[one.feed_id for one in ours],
            )
            .order_by()
            .values_list(by, "precision")
            .annotate(n=Sum("events"))
        )
        counts: dict[str, int] = {}
        for code, precision, number in rows:
            if nests(precision, period):
                counts[code] = counts.get(code, 0) + number
        elsewhere = counts.pop("", 0)
        shown = tuple(Area(code, number) for code, number in sorted(counts.items()))
        found.append(
            Areas(
                name, ours[0].agency_name, kind, by, since, until, shown, elsewhere, whole=True, ended=ended
            )
        )
    return found
