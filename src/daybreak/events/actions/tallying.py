"""Counts present events into the tallies: a feed's days are counted anew whenever a delivery touched them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from operator import itemgetter

from django.db import connections, router, transaction

from daybreak.events.actions.engines import engine, room_to_work, write_rows
from daybreak.events.models import Delivery, Event, Feed, Tally
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.substances import substances, within

_FIELDS = (
    "agency", "feed", "kind", "precision", "on", "zip", "county", "substance", "events", "fatal", "doses",
)  # fmt: skip
# Every kind is named so that the index on feed, kind and day finds the days.
_COUNTED = f"""
SELECT kind, period, occurred_on, zip, county, named, SUM(count), SUM(died), SUM(doses) FROM (
  SELECT e.id, e.kind, e.occurred_on, e.zip, e.county, e.count,
    CASE WHEN e.occurred_precision IN ('minute', 'hour', 'day') THEN 'day' ELSE e.occurred_precision END AS period,
    CASE WHEN e.fatal THEN e.count ELSE 0 END AS died, COALESCE(e.naloxone_doses, 0) AS doses,
    {{joined}} AS named
  FROM events_event e LEFT JOIN events_mention m ON m.event_id = e.id AND m.standing <> 'ruled-out'
  WHERE e.feed_id = %s AND e.kind IN ({", ".join(f"'{kind}'" for kind in KINDS)})
    AND e.known_until IS NULL AND e.occurred_on BETWEEN %s AND %s
  GROUP BY e.id) told
GROUP BY 1, 2, 3, 4, 5, 6"""  # noqa: S608 - our own words


def tally(*, feed: Feed, first: date, last: date) -> int:
    """Count the feed's days from ``first`` to ``last`` anew; returns how many tallies now stand there."""
    made = 0
    with transaction.atomic(using=router.db_for_write(Tally)):
        Tally.objects.filter(feed=feed, on__range=(first, last)).delete()
        room_to_work()
        for since, until in _years(first, last):
            made += _tally(feed, since, until)
    return made


def _tally(feed: Feed, first: date, last: date) -> int:
    """Events with the same substances are counted by the database, and then once under each substance and what is wider."""
    connection = connections[router.db_for_write(Tally)]
    sums: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(joined=engine().joined.format("m.substance")), (feed.pk, first, last))
        for *where, named, events, fatal, doses in cursor:
            for substance in _under(named or ""):
                held = sums[*where, substance]
                held[0] += events
                held[1] += fatal
                held[2] += doses
    # In the order of their index, whose pages are then written once: kind, substance, day.
    rows = sorted(
        ((feed.agency_id, feed.pk, *where, *held) for where, held in sums.items()),
        key=itemgetter(2, 7, 4, 3, 5, 6),
    )
    write_rows(Tally, _FIELDS, rows)
    return len(rows)


def _years(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days year by year: what is counted of one year fits into memory."""
    for year in range(first.year, last.year + 1):
        yield max(first, date(year, 1, 1)), min(last, date(year, 12, 31))


@lru_cache(maxsize=4096)
def _under(named: str) -> frozenset[str]:
    """Under which tallies an event stands that names these substances: "" (every event), each of them, and what is wider."""
    own = set(named.split(",")) - {""}
    return frozenset({"", *own, *(slug for slug in substances() if own & within(slug))})


def touched_days(delivery: Delivery) -> tuple[date, date] | None:
    """First and last day of which the delivery said or corrected something; None where it changed nothing."""
    connection = connections[router.db_for_read(Event)]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT MIN(e.occurred_on), MAX(e.occurred_on) FROM events_event e WHERE e.delivery_id = %s
               UNION ALL
               SELECT MIN(b.occurred_on), MAX(b.occurred_on) FROM events_event e
               JOIN events_event b ON b.record = e.record AND b.version = e.version - 1
               WHERE e.delivery_id = %s AND e.version > 1""",
            [delivery.pk, delivery.pk],
        )
        spans = [(first, last) for first, last in cursor.fetchall() if first is not None]
    if not spans:
        return None
    days = [day if isinstance(day, date) else date.fromisoformat(day) for span in spans for day in span]
    return min(days), max(days)
