"""Which days each feed has spoken for: days that it has not spoken for are not reported, never zero."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


def newest_days(feeds: Iterable[int], last: date) -> dict[int, date]:
    """Feed → the newest day, up to ``last``, on which it told of an event that is known to the day."""
    newest = """SELECT t."on" FROM events_tally t WHERE t.kind = k.kind AND t.substance = '' AND t.feed_id = f.id
      AND t.precision = 'day' AND t."on" <= %s ORDER BY t."on" DESC LIMIT 1"""
    return _each(list(feeds), newest, [last], max)


def _first_days(feeds: list[int]) -> dict[int, date]:
    """Feed → the day of its first event."""
    first = "SELECT MIN(e.occurred_on) FROM events_event e WHERE e.feed_id = f.id AND e.kind = k.kind"
    return _each(feeds, first, [], min)


def _each(
    feeds: list[int], day_of: str, given: list[date], choose: Callable[[date, date], date]
) -> dict[int, date]:
    """Feed → the chosen one of its kinds' days; ``day_of`` is one look at an index for a feed f and a kind k."""
    if not feeds:
        return {}
    every = " UNION ALL ".join(["SELECT %s AS kind"] * len(KINDS))
    marks = ", ".join(["%s"] * len(feeds))
    found: dict[int, date] = {}
    with connections[router.db_for_read(Event)].cursor() as cursor:
        cursor.execute(
            f"SELECT f.id, ({day_of}) FROM events_feed f CROSS JOIN ({every}) k WHERE f.id IN ({marks})",  # noqa: S608 - our own words
            [*given, *KINDS, *feeds],
        )
        for feed, day in cursor.fetchall():
            if day is not None:
                told = day if isinstance(day, date) else date.fromisoformat(day)
                found[feed] = choose(told, found.get(feed, told))
    return found
