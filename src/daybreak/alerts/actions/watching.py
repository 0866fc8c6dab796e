"""Watches all streams: after deliveries, and each morning; writes one list, and says what is new on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import isnan
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import router, transaction
from django.db.models import Max, Sum

from daybreak.alerts.models import Signal, SignalDay, Stream, Watch
from daybreak.alerts.queries.counts import counted, reported
from daybreak.alerts.rules.morning import Day, matrix, morning, same_episode
from daybreak.audit.actions import record
from daybreak.events.models import Delivery, Feed, Tally
from daybreak.vocabulary.substances import narrower


def watch(*, by: str, at: datetime, day: date | None = None) -> Watch | None:
    """Test the last full day (or ``day``) of every active stream; None where the ledger has no stream yet.

    Testing the same day again, after a late delivery, adds to its signals and never takes a listed one away.
    """
    tested_day = day or at.astimezone(ZoneInfo(settings.DAYBREAK_TIME_ZONE)).date() - timedelta(days=1)
    with transaction.atomic(using=router.db_for_write(Stream)):
        open_streams(at=at)
    # Before anything is counted: what ends from here on is watched again.
    seen = Delivery.objects.aggregate(last=Max("pk"))["last"] or 0
    heard = reported(Feed.objects.filter(active=True).values_list("pk", flat=True), tested_day)
    streams = {
        stream.pk: stream
        for stream in Stream.objects.filter(active=True, feed__active=True).select_related("feed")
        if stream.feed_id in heard
    }
    if not streams:
        return None
    # Outside of a transaction: testing takes seconds, the first time half a minute, and SQLite has one writer.
    days, values, order = matrix(
        counted(streams, tested_day),
        {number: heard[stream.feed_id] for number, stream in streams.items()},
        tested_day,
    )
    said = morning(days, values, order, share=settings.DAYBREAK_FALSE_SHARE)
    with transaction.atomic(using=router.db_for_write(Watch)):
        made = Watch.objects.create(
            at=at,
            tested_day=tested_day,
            streams=len(said),
            tested=sum(not isnan(one.p) for one in said),
            listed=sum(one.place > 0 for one in said),
            share=settings.DAYBREAK_FALSE_SHARE,
            seen_delivery=seen,
        )
        for one in said:
            if one.place:
                _list(made, streams[one.stream], one)
        record(
            by=by, at=at, action="streams-watched", subject=f"watch:{made.public_id}",
            detail={"day": f"{tested_day}", "streams": made.streams, "tested": made.tested, "listed": made.listed},
        )  # fmt: skip
    return made


def open_streams(*, at: datetime) -> int:
    """A stream for whatever the tallies hold and no stream counts yet; returns how many are new.

    Every kind of a feed as a whole, each substance of it, and each ZIP code of it (all substances together).
    """
    wanted: set[tuple[int, str, str, str]] = set()
    daily = Tally.objects.filter(precision="day")
    totals: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    rows = daily.order_by().values_list("feed", "kind", "substance").annotate(events=Sum("events"))
    for feed, kind, substance, events in rows:
        totals[feed, kind][substance] = events
    for (feed, kind), held in totals.items():
        wanted |= {(feed, kind, slug, "") for slug in held if not _repeats(slug, held)}
    for feed, kind, code in (
        daily.filter(substance="").exclude(zip="").values_list("feed", "kind", "zip").distinct()
    ):
        wanted.add((feed, kind, "", code))
    fresh = wanted - set(Stream.objects.values_list("feed", "kind", "substance", "zip"))
    Stream.objects.bulk_create(
        [
            Stream(feed_id=feed, kind=kind, substance=substance, zip=code, made_at=at)
            for feed, kind, substance, code in sorted(fresh)
        ]
    )
    return len(fresh)


def _repeats(substance: str, events: Mapping[str, int]) -> bool:
    """Whether a wider substance counts nothing but what one narrower one counts: two streams would say one thing twice."""
    return any(events.get(other) == events[substance] for other in narrower(substance))


def _list(made: Watch, stream: Stream, one: Day) -> None:
    signal = Signal.objects.filter(stream=stream, first_on__lte=one.on).order_by("-last_on").first()
    if signal is None or not same_episode(signal.last_on, one.on):
        signal = Signal.objects.create(stream=stream, first_on=one.on, last_on=one.on)
    elif signal.last_on < one.on:
        signal.last_on = one.on
        signal.save(update_fields=["last_on"])
    SignalDay.objects.create(
        signal=signal,
        watch=made,
        on=one.on,
        window_days=one.window_days,
        observed=one.observed,
        expected=one.expected,
        upper=None if isnan(one.upper) else one.upper,
        p=one.p,
        recurrence_days=one.recurrence_days,
        place=one.place,
    )
