"""How fresh each feed is: a feed that is late or silent is said to be so, and its days are not reported, never zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connections, router
from django.db.models import Max

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Delivery, Event, Feed
from daybreak.events.queries.rows import local_zone
from daybreak.vocabulary.kinds import KINDS

SILENT_AFTER = 3


@dataclass(frozen=True, slots=True)
class Freshness:
    """One feed. ``state``: "fresh", "late" (more than ``expected_days`` without a delivery), "silent" (three times that),
    "waiting" (nothing was ever delivered). ``since`` and ``until`` are the days it has spoken for, None = none."""

    feed_id: int
    slug: str
    name: str
    agency: str
    agency_name: str
    health: bool
    expected_days: int
    state: str
    delivered_at: datetime | None
    since: date | None
    until: date | None


def freshness(viewer: Viewer, *, at: datetime) -> list[Freshness]:
    """The feeds of the viewer's agency and of those that share something with it, by agency and name."""
    if viewer.agency_id is None or not (viewer.may("see-ledger") or viewer.may("run-imports")):
        return []
    reachable = {viewer.agency_id} | {grant.agency_id for grant in viewer.grants}
    feeds = Feed.objects.filter(active=True, agency__in=reachable).select_related("agency")
    spans = reported_spans(feeds.values_list("pk", flat=True))
    found = []
    for feed in feeds.order_by("agency__name", "name"):
        span = spans.get(feed.pk)
        found.append(
            Freshness(
                feed_id=feed.pk,
                slug=feed.slug,
                name=feed.name,
                agency=feed.agency.slug,
                agency_name=feed.agency.name,
                health=feed.health,
                expected_days=feed.expected_days,
                state=state_of(span.delivered_at if span else None, feed.expected_days, at),
                delivered_at=span.delivered_at if span else None,
                since=span.since if span else None,
                until=span.until if span else None,
            )
        )
    return found


def state_of(delivered_at: datetime | None, expected_days: int, at: datetime) -> str:
    """The word for a feed whose last delivery came at that moment."""
    if delivered_at is None:
        return "waiting"
    days = (at.astimezone(local_zone()).date() - delivered_at.astimezone(local_zone()).date()).days
    if days > SILENT_AFTER * expected_days:
        return "silent"
    return "late" if days > expected_days else "fresh"


@dataclass(frozen=True, slots=True)
class Span:
    """What a feed has spoken for: from its first event to the day of its newest delivery."""

    since: date | None
    until: date
    delivered_at: datetime


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
    return {
        feed: Span(first.get(feed), at.astimezone(local_zone()).date(), at) for feed, at in newest.items()
    }


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
