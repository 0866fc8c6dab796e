"""Counts present events into the tallies: a feed's days are counted anew whenever a delivery touched them."""

from __future__ import annotations

from datetime import date

from django.db import connections, router, transaction
from django.db.backends.utils import CursorWrapper

from daybreak.events.models import Delivery, Event, Feed, Tally
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.substances import substances, within

_COLUMNS = 'agency_id, feed_id, kind, precision, "on", zip, county, substance, events, fatal, doses'
_WHAT = """e.agency_id, e.feed_id, e.kind,
  CASE WHEN e.occurred_precision IN ('minute', 'hour', 'day') THEN 'day' ELSE e.occurred_precision END AS day_or_longer,
  e.occurred_on, e.zip, e.county"""
_HOW_MANY = (
    """SUM(e.count), SUM(CASE WHEN e.fatal THEN e.count ELSE 0 END), SUM(COALESCE(e.naloxone_doses, 0))"""
)
# Every kind is named so that the index on feed, kind and day finds the days.
_WHICH = f"""e.feed_id = %s AND e.kind IN ({", ".join(f"'{kind}'" for kind in KINDS)})
  AND e.known_until IS NULL AND e.occurred_on BETWEEN %s AND %s"""
# Tallies of a feed's days; every kind is named here too, so that the index on kind and substance finds them.
_HELD = (
    f"""feed_id = %s AND kind IN ({", ".join(f"'{kind}'" for kind in KINDS)}) AND "on" BETWEEN %s AND %s"""
)
_GROUPS = "GROUP BY 1, 2, 3, 4, 5, 6, 7"


def tally(*, feed: Feed, first: date, last: date) -> int:
    """Count the feed's days from ``first`` to ``last`` anew; returns how many tallies now stand there."""
    connection = connections[router.db_for_write(Tally)]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        Tally.objects.filter(feed=feed, on__range=(first, last)).delete()
        span: tuple[int, date, date] = (feed.pk, first, last)
        cursor.execute(
            f"INSERT INTO events_tally ({_COLUMNS}) SELECT {_WHAT}, '', {_HOW_MANY} "  # noqa: S608 - our own words
            f"FROM events_event e WHERE {_WHICH} {_GROUPS}",
            span,
        )
        cursor.execute(
            f"INSERT INTO events_tally ({_COLUMNS}) SELECT {_WHAT}, m.substance, {_HOW_MANY} "  # noqa: S608 - our own words
            f"FROM events_event e JOIN events_mention m ON m.event_id = e.id AND m.standing <> 'ruled-out' "
            f"WHERE {_WHICH} {_GROUPS}, m.substance",
            span,
        )
        _tally_wider(cursor, span)
        return Tally.objects.filter(feed=feed, on__range=(first, last)).count()


def _tally_wider(cursor: CursorWrapper, span: tuple[int, date, date]) -> None:
    """Let a wider substance ("prescription-opioid") count the events that name it or any narrower one, each event once.

    Where the days hold one such substance only, its tallies are the wider one's too.
    """
    cursor.execute(
        'SELECT DISTINCT substance FROM events_tally WHERE feed_id = %s AND "on" BETWEEN %s AND %s', span
    )
    named = {slug for (slug,) in cursor.fetchall()}
    there = {slug: sorted(within(slug) & named) for slug in substances() if len(within(slug)) > 1}
    for slug, held in there.items():
        if not held or held == [slug]:
            continue
        if len(held) == 1:
            cursor.execute(
                f'INSERT INTO events_tally ({_COLUMNS}) SELECT agency_id, feed_id, kind, precision, "on", zip, county, %s, '  # noqa: S608
                f"events, fatal, doses FROM events_tally WHERE {_HELD} AND substance = %s",
                (slug, *span, held[0]),
            )
            continue
        cursor.execute(
            'DELETE FROM events_tally WHERE feed_id = %s AND "on" BETWEEN %s AND %s AND substance = %s',
            (*span, slug),
        )
        marks = ", ".join(["%s"] * len(held))
        cursor.execute(
            f"INSERT INTO events_tally ({_COLUMNS}) SELECT {_WHAT}, %s, {_HOW_MANY} "  # noqa: S608 - our own words
            f"FROM events_event e WHERE {_WHICH} AND EXISTS (SELECT 1 FROM events_mention m WHERE m.event_id = e.id "
            f"AND m.standing <> 'ruled-out' AND m.substance IN ({marks})) {_GROUPS}",
            (slug, *span, *held),
        )


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
