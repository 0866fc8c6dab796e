"""Counts of what health sources report about the living, in the released cells that may be seen without the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import CharField, Count, Max, Q, Sum
from django.db.models.functions import Cast

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Delivery, Tally
from daybreak.events.queries.rows import local_zone
from daybreak.events.queries.visibility import CELLS, sources
from daybreak.events.rules.released_cells import Count as People
from daybreak.events.rules.released_cells import ReleasedCell, no_finer_than, released


@dataclass(frozen=True, slots=True)
class Released:
    """The released cells of one feed and kind. What has no cell is withheld: too few, perhaps none, or not over yet."""

    agency: str
    agency_name: str
    feed_id: int
    kind: str
    cells: tuple[ReleasedCell, ...]


def released_cells(
    viewer: Viewer, *, kind: str, years: Sequence[int], at: datetime, agency: str = ""
) -> list[Released]:
    """What may be seen of the sources of a kind that the viewer sees in cells only, for whole years.

    The cells are made of all events of a feed and kind in a year, whatever is asked: filters choose among them.
    """
    today = at.astimezone(local_zone()).date()
    found = []
    for source in sources(viewer, kinds=(kind,), access=(CELLS,)):
        if agency not in {"", source.agency}:
            continue
        stamp = _stamp(source.feed_id)
        # A year that is over gives the same cells on every later day.
        cells = [
            cell
            for year in years
            for cell in _cells(source.feed_id, kind, year, min(today, date(year + 1, 1, 1)), stamp)
        ]
        kept = no_finer_than(cells, time=source.time, place=source.place)
        found.append(Released(source.agency, source.agency_name, source.feed_id, kind, tuple(kept)))
    return found


def _stamp(feed: int) -> tuple[int, int, int, datetime | None]:
    """Changes whenever a delivery of the feed ends or is undone; one that is still being filed is in no tally."""
    ended = Delivery.objects.filter(feed=feed, ended_at__isnull=False).aggregate(
        newest=Max("pk"), ended=Count("pk"), undone=Count("pk", filter=Q(state="undone")), at=Max("ended_at")
    )
    return ended["newest"] or 0, ended["ended"], ended["undone"], ended["at"]


@lru_cache(maxsize=1024)
def _cells(feed: int, kind: str, year: int, before: date, stamp: object) -> tuple[ReleasedCell, ...]:
    """The cells of one year, which no cell crosses; kept until the feed's deliveries change, or the day in a running year."""
    tallies = (
        Tally.objects.filter(
            feed=feed, kind=kind, substance="", on__range=(date(year, 1, 1), date(year, 12, 31))
        )
        .order_by()
        # As text: a year has thousands of cells and a few hundred days, each of which is read once, here below.
        .values_list(Cast("on", CharField()), "precision", "zip", "county")
        .annotate(people=Sum("events"))
    )
    days: dict[str, date] = {}
    counts = []
    for text, precision, zip_code, county, people in tallies:
        on = days.get(text) or days.setdefault(text, date.fromisoformat(text))
        counts.append(People(on, people, zip_code, county, precision))
    return tuple(released(counts, before=before))
