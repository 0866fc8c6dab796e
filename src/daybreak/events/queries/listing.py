"""The ledger's list: the events that a viewer may see, newest first, page after page, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Event, Tally
from daybreak.events.queries.asked import Asked, narrowed
from daybreak.events.queries.rows import PARTS, Row, number_of, shown, shown_day
from daybreak.events.queries.visibility import Source, sources
from daybreak.vocabulary.precision import end_of, start_of

PAGE = 50
# Words are looked for in so many of the newest rows.
WORDS_ROWS = 20_000
_MOST_PERIODS = 500


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list. ``next`` is the handle to go on after, None = this is the end.

    ``mute`` names the agencies and kinds whose rows these filters cannot tell apart, since what they ask for is not shared.
    ``searched_since`` is the day from which words were looked for, None = in all there is.
    """

    rows: tuple[Row, ...]
    next: UUID | None
    mute: tuple[tuple[str, str], ...]
    searched_since: date | None = None


@dataclass(frozen=True, slots=True, order=True)
class _Key:
    """Where a row stands in the list: smaller comes first."""

    days_before: int
    source: int
    tie: tuple[int, str]
    number: int


def events_page(viewer: Viewer, asked: Asked, *, after: UUID | None = None, limit: int = PAGE) -> Page:
    """A page of the events that answer ``asked``, after the row with that handle."""
    seen = sources(viewer, kinds=asked.kinds)
    start = _place_of(after, seen) if after else None
    found: list[_Key] = []
    mute = []
    searched: date | None = None
    for number, source in enumerate(seen):
        rows = narrowed(source, asked)
        if rows is None:
            if asked.agency in {"", source.agency}:
                mute.append((source.agency_name, source.kind))
            continue
        if asked.words:
            rows, since = _newest_only(rows, source, asked, WORDS_ROWS // len(seen))
            searched = max(filter(None, (searched, since)), default=None)
        elif not source.is_coarse and (days := _days_with(source, asked, start, limit + 1)) is not None:
            rows = rows.filter(occurred_on__in=days)
        found += _keys(rows, source, number, start, limit + 1)
    found.sort()
    kept = found[:limit]
    rows_shown = _rows([key.number for key in kept], [seen[key.source] for key in kept])
    going_on = rows_shown[-1].handle if len(found) > limit else None
    # Pages follow days; within its page, a day's rows stand by the clock that the viewer may see.
    by_clock = tuple(sorted(rows_shown, key=lambda row: (row.day, row.clock), reverse=True))
    return Page(by_clock, going_on, tuple(dict.fromkeys(mute)), searched)


def _days_with(source: Source, asked: Asked, start: _Key | None, limit: int) -> list[date] | None:
    """The newest days on which the tallies have such events, at most ``limit``: each has one at least, so that they suffice.

    None where the tallies cannot say: nothing narrows the days, or the past is asked for.
    """
    if asked.as_of is not None or not (asked.substance or asked.zip or asked.county):
        return None
    rows = Tally.objects.filter(kind=source.kind, feed=source.feed_id, substance=asked.substance)
    given: dict[str, object] = {
        name: getattr(asked, name) for name in ("zip", "county") if getattr(asked, name)
    }
    since, until = asked.since, asked.until
    if start is not None:
        last = date.fromordinal(-start.days_before)
        until = min(until, last) if until else last
    if since:
        given["on__gte"] = since
    if until:
        given["on__lte"] = until
    if asked.fatal or asked.certainty or asked.operation:
        return list(rows.filter(**given).order_by("-on").values_list("on", flat=True).distinct())
    return list(rows.filter(**given).order_by("-on").values_list("on", flat=True).distinct()[:limit])


def _newest_only(
    rows: QuerySet[Event], source: Source, asked: Asked, most: int
) -> tuple[QuerySet[Event], date | None]:
    """The newest rows of a source in which words are looked for, and the day from which on; None = all of them.

    A text stands in no index; looking through a million rows for one would keep everybody waiting.
    """
    every = narrowed(source, replace(asked, words=""))
    if every is None:
        return rows, None
    newest = every.order_by("-occurred_on").values_list("occurred_on", flat=True)
    edge = newest[most : most + 1]
    since = next(iter(edge), None)
    if since is None:
        return rows, None
    since = start_of(since, source.time)
    return rows.filter(occurred_on__gte=since), since


def each_event(viewer: Viewer, asked: Asked, *, most: int, step: int = 1000) -> Iterator[Row]:
    """The events of all pages in their order, up to ``most``: what an export writes."""
    after: UUID | None = None
    given = 0
    while given < most:
        page = events_page(viewer, asked, after=after, limit=min(step, most - given))
        yield from page.rows
        given += len(page.rows)
        after = page.next
        if after is None:
            return


def with_parts(rows: QuerySet[Event]) -> QuerySet[Event]:
    """Events with all that ``shown`` reads of them."""
    return rows.select_related("operation", "delivery").prefetch_related(*PARTS)


def _rows(numbers: Sequence[int], of: Sequence[Source]) -> tuple[Row, ...]:
    held = with_parts(Event.objects.all()).in_bulk(numbers)
    return tuple(shown(held[number], source) for number, source in zip(numbers, of, strict=True))


def _keys(rows: QuerySet[Event], source: Source, number: int, start: _Key | None, limit: int) -> list[_Key]:
    if source.is_coarse:
        return _keys_by_period(rows, source, number, start, limit)
    if start is not None:
        rows = rows.filter(_after_day(start, number))
    found = rows.order_by("-occurred_on", "-pk").values_list("occurred_on", "pk")[:limit]
    return [_Key(-day.toordinal(), number, (-pk, ""), pk) for day, pk in found]


def _after_day(start: _Key, number: int) -> Q:
    day = date.fromordinal(-start.days_before)
    if number > start.source:
        return Q(occurred_on__lte=day)
    if number < start.source:
        return Q(occurred_on__lt=day)
    return Q(occurred_on__lte=day) & ~Q(occurred_on=day, pk__gte=start.number)


def _keys_by_period(
    rows: QuerySet[Event], source: Source, number: int, start: _Key | None, limit: int
) -> list[_Key]:
    """Period after period; within one by record, a digest, so that the order tells nothing about the day."""
    found: list[_Key] = []
    last = date.fromordinal(-start.days_before) if start else date.max
    before = rows.filter(occurred_on__lte=_end(last, source))
    if start is not None and number <= start.source and start_of(last, source.time) == last:
        if number == start.source:
            found += _in_period(rows, last, source, number, limit, after=start.tie[1])
        before = rows.filter(occurred_on__lt=last)
    elif start is not None and start_of(last, source.time) != last:
        before = rows.filter(occurred_on__lte=end_of(last, source.time))
    for _ in range(_MOST_PERIODS):
        if len(found) >= limit:
            break
        newest = before.order_by("-occurred_on").values_list("occurred_on", flat=True).first()
        if newest is None:
            break
        period = start_of(newest, source.time)
        found += _in_period(rows, period, source, number, limit - len(found))
        before = rows.filter(occurred_on__lt=period)
    return found


def _end(day: date, source: Source) -> date:
    return day if day == date.max else end_of(day, source.time)


def _in_period(
    rows: QuerySet[Event], period: date, source: Source, number: int, limit: int, after: str = ""
) -> list[_Key]:
    within = rows.filter(occurred_on__range=(period, end_of(period, source.time)))
    if after:
        within = within.filter(record__gt=UUID(after))
    found = within.order_by("record").values_list("record", "pk")[:limit]
    return [_Key(-period.toordinal(), number, (0, record.hex), pk) for record, pk in found]


def _place_of(handle: UUID, seen: Sequence[Source]) -> _Key | None:
    """Where the row with that handle stands; None where the viewer may not see it, so that the list starts anew."""
    pk = number_of(handle)
    event = Event.objects.filter(pk=pk).first() if pk else None
    if event is None:
        return None
    for number, source in enumerate(seen):
        if (source.feed_id, source.kind) == (event.feed_id, event.kind):
            day = shown_day(event, source)
            tie = (0, event.record.hex) if source.is_coarse else (-event.pk, "")
            return _Key(-day.toordinal(), number, tie, event.pk)
    return None
