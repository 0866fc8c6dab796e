"""Which days each feed has spoken for: days that it has not spoken for are not reported, never zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connections, router
from django.db.models import Max

from daybreak.events.models import Delivery, Event
from daybreak.events.queries.rows import local_zone
from daybreak.vocabulary.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Span:
    """What a feed has spoken for: from its first event to the day of its newest delivery."""

    since: date | None
    until: date


def reported_spans(feeds: Iterable[int]) -> dict[int, Span]:
    """Feed → the days it has spoken for; a feed without a delivery that stands has none."""
    wanted = list(feeds)
    standing = (
        Delivery.objects.filter(feed__in=wanted, state="done")
        .values("feed")
        .annotate(last=Max("received_at"))
    )
    newest = {row["feed"]: row["last"] for row in standing}
    first = _first_days(list(newest))
    return {feed: Span(first.get(feed), at.astimezone(local_zone()).date()) for feed, at in newest.items()}


def _first_days(feeds: list[int]) -> dict[int, date]:
    """Feed → the day of its first event; one look at an index a feed and kind."""
    if not feeds:
        return {}
    every = " UNION ALL ".join(["SELECT %s AS kind"] * len(KINDS))
    marks = ", ".join(["%s"] * len(feeds))
    found: dict[int, date] = {}
    with connections[router.db_for_read(Event)].cursor() as cursor:
        first_day = "SELECT MIN(e.occurred_on) FROM events_event e WHERE e.feed_id = f.id AND e.kind = k.kind"
        cursor.execute(
            f"SELECT f.id, ({first_day}) FROM events_feed f CROSS JOIN ({every}) k WHERE f.id IN ({marks})",  # noqa: S608 - our own words
            [*KINDS, *feeds],
        )
        for feed, day in cursor.fetchall():
            if day is not None:
                first = day if isinstance(day, date) else date.fromisoformat(day)
                found[feed] = min(first, found.get(feed, first))
    return found
