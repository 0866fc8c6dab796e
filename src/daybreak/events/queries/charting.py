"""What charts of the ledger show: the kind, agencies and days to begin with, and the lines of agencies and substances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Tally
from daybreak.events.queries.counting import Series, Window, countable, nests, series
from daybreak.events.queries.feeds import reported_spans
from daybreak.events.queries.rows import local_zone
from daybreak.events.queries.substances import most_named
from daybreak.events.queries.visibility import CELLS, COUNTS, ROWS, Source, sources
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.precision import end_of

PREFERRED = ("overdose", "arrest", "death", "seizure", "ed-visit")


@dataclass(frozen=True, slots=True)
class Chooser:
    """What may be charted: kinds counted exactly, kinds seen in released cells only, and the newest day of the kind."""

    kind: str
    kinds: tuple[str, ...]
    in_cells: tuple[str, ...]
    newest: date


def chooser(viewer: Viewer, *, kind: str, at: datetime) -> Chooser:
    """The kind asked for, else the first that the viewer can count; and the newest day that it has an event of."""
    every = sources(viewer, access=(ROWS, COUNTS, CELLS))
    exact = {one.kind for one in every if one.access != CELLS}
    cells = {one.kind for one in every if one.access == CELLS}
    order = [*PREFERRED, *KINDS]
    chosen = (
        kind
        or next((one for one in order if one in exact), "")
        or next((one for one in order if one in cells), PREFERRED[0])
    )
    return Chooser(
        chosen,
        tuple(one for one in KINDS if one in exact),
        tuple(one for one in KINDS if one in cells),
        newest_day([one for one in every if one.kind == chosen and one.access != CELLS])
        or newest_day([one for one in every if one.kind == chosen])
        or at.astimezone(local_zone()).date(),
    )


def newest_day(held: list[Source]) -> date | None:
    """The day up to which these sources are shown: of the newest event, or the end of its period where days are not shown.

    Of sources that are seen in released cells only, the day of the newest delivery: an event's day would be too much.
    """
    found = []
    spans = reported_spans({one.feed_id for one in held if one.access == CELLS})
    for one in held:
        if one.access == CELLS:
            if one.feed_id in spans:
                found.append(spans[one.feed_id].until)
            continue
        newest = (
            Tally.objects.filter(kind=one.kind, substance="", feed=one.feed_id)
            .order_by("-on")
            .values_list("on", flat=True)
            .first()
        )
        if newest is not None:
            found.append(end_of(newest, one.time))
    return max(found, default=None)


def agency_lines(
    viewer: Viewer,
    *,
    kind: str,
    window: Window,
    at: datetime,
    substance: str = "",
    agency: str = "",
    county: str = "",
) -> list[Series]:
    """One line an agency."""
    return series(
        viewer, kind=kind, window=window, at=at, substances=(substance,), agency=agency, county=county
    )


def substance_lines(
    viewer: Viewer,
    *,
    kind: str,
    window: Window,
    at: datetime,
    agency: str,
    most: int = 8,
    also: tuple[str, ...] = (),
) -> list[Series]:
    """One line a substance of one agency, the most named first; ``also`` are shown whatever their number."""
    named = [one.substance for one in most_named(viewer, kind=kind, window=window, agency=agency, most=most)]
    wanted = tuple(dict.fromkeys([*also, *named]))[: max(most, len(also))]
    if not wanted:
        return []
    found = series(viewer, kind=kind, window=window, at=at, substances=wanted, agency=agency)
    return sorted(found, key=lambda one: (-one.total, one.substance))


def busiest_agency(viewer: Viewer, kind: str, window: Window) -> str:
    """The agency with the most events of a kind that the viewer counts in the window; "" = none."""
    held = [one for one in countable(viewer, kind) if nests(one.time, window.period)]
    agencies = {one.feed_id: one.agency for one in held}
    if len(set(agencies.values())) < 2:
        return next(iter(agencies.values()), "")
    rows = (
        Tally.objects.filter(
            kind=kind, substance="", feed__in=list(agencies), on__range=(window.starts[0], window.until)
        )
        .order_by()
        .values_list("feed")
        .annotate(n=Sum("events"))
    )
    totals = dict.fromkeys(agencies.values(), 0)
    for feed, number in rows:
        totals[agencies[feed]] += number
    return max(totals, key=lambda agency: (totals[agency], agency))


def countable_agencies(viewer: Viewer, kind: str) -> list[tuple[str, str]]:
    """The agencies whose events of a kind the viewer counts exactly: slug and name."""
    return sorted(
        {(one.agency, one.agency_name) for one in countable(viewer, kind)}, key=lambda pair: pair[1]
    )
