"""The counts of streams by day, and the days for which their feeds have reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, Sum, Value

from daybreak.alerts.models import Stream
from daybreak.events.models import Tally
from daybreak.events.queries.feeds import newest_days, reported_spans


def reported(feeds: Iterable[int], last: date) -> dict[int, tuple[date, date]]:
    """Feed → first and last day for which it has reported, up to ``last``; a feed with no dated event is not in it.

    A feed has reported up to the day before its newest delivery (of the day itself more may come), or up to its newest
    event if that is later; after that it is late or silent, and its days are not known.
    """
    spans = reported_spans(feeds)
    newest = newest_days(spans, last)
    found = {}
    for feed, day in newest.items():
        since = spans[feed].since
        if since is not None and since <= last:
            found[feed] = (since, min(last, max(day, spans[feed].until - timedelta(days=1))))
    return found


def counted(streams: Mapping[int, Stream], last: date) -> dict[int, dict[date, int]]:
    """Stream (by row number) → day → cases, up to ``last``; only days with any."""
    found: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for pk, on, cases in _cases(streams, Q(on__lte=last), "on"):
        found[pk][on] += cases
    return found


def counted_together(streams: Mapping[int, Stream], since: date, until: date) -> dict[int, int]:
    """Stream (by row number) → cases of all these days; only streams with any."""
    found: dict[int, int] = defaultdict(int)
    for pk, _, cases in _cases(streams, Q(on__range=(since, until)), "precision"):
        found[pk] += cases
    return found


def _cases(streams: Mapping[int, Stream], days: Q, by: str) -> Iterator[tuple[int, Any, int]]:
    """Stream, the column ``by``, and cases. Kinds and substances are named so that the index of sums finds the days alone."""
    number = {(one.feed_id, one.kind, one.substance, one.zip): pk for pk, one in streams.items()}
    places = {one.zip for one in streams.values()}
    rows = Tally.objects.filter(
        days,
        precision="day",
        feed__in={one.feed_id for one in streams.values()},
        kind__in={one.kind for one in streams.values()},
        substance__in={one.substance for one in streams.values()},
    )
    if "" not in places:
        rows = rows.filter(zip__in=places)
    # ZIP codes stand in no index of sums: they are read only where a stream counts one.
    place = F("zip") if places - {""} else Value("")
    grouped = rows.annotate(place=place).values_list("feed", "kind", "substance", "place", by)
    for feed, kind, substance, code, told, cases in (
        grouped.annotate(cases=Sum("events")).order_by().iterator(chunk_size=10_000)
    ):
        for where in {"", code} if substance == "" else {""}:
            stream = number.get((feed, kind, substance, where))
            if stream is not None:
                yield stream, told, cases
