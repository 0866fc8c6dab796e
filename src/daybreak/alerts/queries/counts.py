"""The counts of streams by day, and the days for which their feeds have reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Max, Sum

from daybreak.alerts.models import Stream
from daybreak.events.models import Tally
from daybreak.events.queries.feeds import reported_spans


def reported(feeds: Iterable[int], last: date) -> dict[int, tuple[date, date]]:
    """Feed → first and last day for which it has reported, up to ``last``; a feed with no dated event is not in it.

    A feed has reported up to the day before its newest delivery (of the day itself more may come), or up to its newest
    event if that is later; after that it is late or silent, and its days are not known.
    """
    spans = reported_spans(feeds)
    newest = dict(
        Tally.objects.filter(precision="day", on__lte=last, feed__in=list(spans))
        .values_list("feed")
        .annotate(last=Max("on"))
        .order_by()
    )
    found = {}
    for feed, day in newest.items():
        since = spans[feed].since
        if since is not None and since <= last:
            found[feed] = (since, min(last, max(day, spans[feed].until - timedelta(days=1))))
    return found


def counted(streams: Mapping[int, Stream], last: date) -> dict[int, dict[date, int]]:
    """Stream (by row number) → day → cases, up to ``last``; only days with any."""
    number = {(one.feed_id, one.kind, one.substance, one.zip): pk for pk, one in streams.items()}
    found: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    rows = (
        Tally.objects.filter(
            precision="day", on__lte=last, feed__in={one.feed_id for one in streams.values()}
        )
        .values_list("feed", "kind", "substance", "zip", "on")
        .annotate(cases=Sum("events"))
        .order_by()
    )
    for feed, kind, substance, code, on, cases in rows.iterator(chunk_size=10_000):
        for place in {"", code} if substance == "" else {""}:
            stream = number.get((feed, kind, substance, place))
            if stream is not None:
                found[stream][on] += cases
    return found
