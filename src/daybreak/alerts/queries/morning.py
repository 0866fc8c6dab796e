"""The morning's list and the streams below it, as a viewer may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from daybreak.accounts.viewers import Viewer
from daybreak.alerts.models import Review, Signal, SignalDay, Stream, Watch
from daybreak.alerts.queries.counts import counted_together, reported
from daybreak.alerts.queries.visibility import NUMBERS, seen
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.substances import substances

RECENT_DAYS = 28


@dataclass(frozen=True, slots=True)
class Name:
    """What a stream counts, in words; "" where it does not narrow."""

    agency: str
    many: str
    substance: str
    zip: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the list. observed, expected and recurrence_days are None for a viewer who may not see numbers."""

    stream: UUID
    signal: UUID
    name: Name
    on: date
    window_days: int
    observed: int | None
    expected: float | None
    recurrence_days: float | None
    first_on: date
    state: str


@dataclass(frozen=True, slots=True)
class Watched:
    """One stream: its latest signal (None = none in the last year), and its count of four weeks (None = not to be seen).

    ``heard``: its feed has reported some of these days. Where it has not, the count is not known, and not zero.
    """

    stream: UUID
    name: Name
    recent: int | None
    heard: bool
    last_signal: date | None
    state: str


@dataclass(frozen=True, slots=True)
class Morning:
    """The newest watch; ``at`` None: nothing was watched yet. ``untested`` counts streams that could not be tested.

    Both count all streams and are None for whoever may not read of the living: a ZIP code or a substance that is new makes a
    stream, so that one more of them is one person.
    """

    at: datetime | None
    tested_day: date | None
    tested: int | None
    untested: int | None
    listed: tuple[Listed, ...]
    streams: tuple[Watched, ...]
    false_a_year: int = 0


def morning_of(viewer: Viewer) -> Morning:
    """What the viewer sees of the newest watch, in its order."""
    newest = Watch.objects.order_by("-at").first()
    active = Stream.objects.filter(active=True).select_related("feed__agency")
    visible = seen(viewer, active.order_by("kind", "feed__agency__name", "substance", "zip", "pk"))
    if newest is None:
        return Morning(None, None, None, None, (), ())
    counts = viewer.may("see-restricted") and not viewer.law_enforcement
    how = {stream.pk: one for stream, one in visible}
    rows = (
        SignalDay.objects.filter(watch=newest, signal__stream__in=list(how))
        .select_related("signal__stream__feed__agency")
        .order_by("place")
    )
    return Morning(
        at=newest.at,
        tested_day=newest.tested_day,
        tested=newest.tested if counts else None,
        untested=newest.streams - newest.tested if counts else None,
        listed=tuple(_listed(row, numbers=how[row.signal.stream_id] == NUMBERS) for row in rows),
        streams=_watched(visible, newest.tested_day),
        false_a_year=round(newest.share * 365.25),
    )


def name_of(stream: Stream) -> Name:
    """What a stream counts, in words."""
    known = substances().get(stream.substance)
    return Name(
        agency=stream.feed.agency.name,
        many=KINDS[stream.kind].many,
        substance=_within_a_sentence(known.name) if known else stream.substance,
        zip=stream.zip,
    )


def _within_a_sentence(name: str) -> str:
    """ "Heroin" as "heroin"; "PCP" stays."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def waiting_signals(viewer: Viewer) -> list[Signal]:
    """Signals that nobody has reviewed, of streams whose numbers the viewer sees; oldest first."""
    if "review-alerts" not in viewer.permissions:
        return []
    found = (
        Signal.objects.filter(state="new").select_related("stream__feed__agency").order_by("first_on", "pk")
    )
    return [signal for signal in found if (signal.stream, NUMBERS) in seen(viewer, [signal.stream])]


def reviews_of(signal: Signal) -> list[Review]:
    """The reviews of a signal, oldest first."""
    return list(signal.reviews.order_by("at", "pk"))


def _listed(row: SignalDay, *, numbers: bool) -> Listed:
    return Listed(
        stream=row.signal.stream.public_id,
        signal=row.signal.public_id,
        name=name_of(row.signal.stream),
        on=row.on,
        window_days=row.window_days if numbers else 0,
        observed=row.observed if numbers else None,
        expected=row.expected if numbers else None,
        recurrence_days=row.recurrence_days if numbers else None,
        first_on=row.signal.first_on,
        state=row.signal.state,
    )


def _watched(visible: Iterable[tuple[Stream, str]], day: date) -> tuple[Watched, ...]:
    pairs = list(visible)
    latest = {
        signal.stream_id: signal
        for signal in Signal.objects.filter(
            stream__in=[stream.pk for stream, _ in pairs], last_on__gt=day - timedelta(days=365)
        ).order_by("last_on")
    }
    since = day - timedelta(days=RECENT_DAYS - 1)
    spans = reported({stream.feed_id for stream, _ in pairs}, day)
    heard = {feed for feed, (_, last) in spans.items() if last >= since}
    recent = counted_together({stream.pk: stream for stream, _ in pairs}, since, day)
    return tuple(
        Watched(
            stream=stream.public_id,
            name=name_of(stream),
            recent=recent.get(stream.pk, 0) if how == NUMBERS and stream.feed_id in heard else None,
            heard=stream.feed_id in heard,
            last_signal=latest[stream.pk].last_on if stream.pk in latest else None,
            state=latest[stream.pk].state if stream.pk in latest else "",
        )
        for stream, how in pairs
    )
