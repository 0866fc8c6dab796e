"""Counts the ledger as it stood at the end of a day, and says which rows of which files were counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Exists, Max, Min, OuterRef, Sum

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Delivery, Event, Feed
from daybreak.events.queries.asked import Asked, narrowed, present
from daybreak.events.queries.figures import ledger_count
from daybreak.events.queries.rows import local_zone
from daybreak.events.queries.visibility import Source, sources
from daybreak.events.rules.freshness import freshness
from daybreak.publishing.rules.facts import RowsOf, runs
from daybreak.vocabulary.precision import end_of


@dataclass(frozen=True, slots=True)
class Known:
    """Who asks, and as of the end of which day: nothing that became known later is read.

    ``made_at``: a day that was not over when the brief was made ends there.
    """

    viewer: Viewer
    day: date
    made_at: datetime

    @property
    def moment(self) -> datetime:
        """The last moment of the local day, or the moment of making where that came first."""
        following = datetime.combine(self.day + timedelta(days=1), time.min, local_zone())
        return min(following - timedelta(microseconds=1), self.made_at)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What feeds had told of: the first day with an event, the last day that is covered whole, the newest delivery."""

    since: date
    until: date
    last_event: date
    heard_on: date
    silent: bool


def sources_known(known: Known, *, kind: str, access: Iterable[str]) -> list[Source]:
    """The viewer's sources of a kind that had an event by then; one that spoke first later did not exist."""
    found = sources(known.viewer, kinds=(kind,), access=access)
    spoke = Event.objects.filter(feed=OuterRef("pk"), kind=kind, known_from__lte=known.moment)
    feeds = set(
        Feed.objects.filter(Exists(spoke), pk__in=[one.feed_id for one in found]).values_list("pk", flat=True)
    )
    return [one for one in found if one.feed_id in feeds]


def coverage(known: Known, ours: Sequence[Source]) -> Coverage | None:
    """What these sources, of one agency and kind, had told of by then; None where no delivery had ended."""
    feeds = {one.feed_id for one in ours}
    done = Delivery.objects.filter(feed__in=feeds, ended_at__lte=known.moment)
    newest = done.aggregate(at=Max("received_at"))["at"]
    told = Event.objects.filter(present(known.moment), feed__in=feeds, kind=ours[0].kind)
    span = told.aggregate(first=Min("occurred_on"), last=Max("occurred_on"))
    if newest is None or span["first"] is None:
        return None
    heard_on = newest.astimezone(local_zone()).date()
    expected = max(Feed.objects.filter(pk__in=feeds).values_list("expected_days", flat=True))
    return Coverage(
        since=span["first"],
        until=_covered(heard_on, ours),
        last_event=span["last"],
        heard_on=heard_on,
        silent=freshness(heard_on, expected_days=expected, today=known.day) == "silent",
    )


def _covered(heard_on: date, ours: Sequence[Source]) -> date:
    """The last day that the newest delivery speaks of: the day before it, or the last period before it that was whole."""
    last = heard_on - timedelta(days=1)
    for one in ours:
        if one.is_coarse and end_of(last, one.time) != last:
            first = last.replace(day=1) if one.time == "month" else last
            while end_of(first, one.time) > last:
                first -= timedelta(days=1)
            last = end_of(first, one.time)
    return last


def counted(ours: Sequence[Source], asked: Asked) -> int | None:
    """How many events answer; None where one of the sources must not be counted so exactly."""
    return ledger_count(list(ours), asked)


def rows_of(ours: Sequence[Source], asked: Asked) -> tuple[RowsOf, ...]:
    """Which rows of which files answer: lines of files that the viewer may see, else how many of which feed."""
    names = dict(Feed.objects.filter(pk__in=[one.feed_id for one in ours]).values_list("pk", "name"))
    found: list[RowsOf] = []
    for source in ours:
        rows = narrowed(source, asked)
        if rows is None:
            continue
        if not source.shows("record"):
            many = rows.aggregate(n=Sum("count"))["n"] or 0
            found += [RowsOf(names[source.feed_id], many)] if many else []
            continue
        lines: dict[str, list[int]] = defaultdict(list)
        people: dict[str, int] = defaultdict(int)
        for file, line, count in rows.order_by().values_list("delivery__file_name", "line", "count"):
            lines[file].append(line)
            people[file] += count
        found += [
            RowsOf(names[source.feed_id], people[file], file, runs(held))
            for file, held in sorted(lines.items())
        ]
    return tuple(found)


def query_of(asked: Asked, *, as_of: date) -> str:
    """The filters of the desk's ledger that show the rows, as the address has them."""
    given = {
        "kind": asked.kinds[0] if asked.kinds else "",
        "agency": asked.agency,
        "since": asked.since.isoformat() if asked.since else "",
        "until": asked.until.isoformat() if asked.until else "",
        "substance": asked.substance,
        "operation": asked.operation,
        "as_of": as_of.isoformat(),
    }
    return urlencode({name: value for name, value in given.items() if value})


def by_agency(seen: Iterable[Source]) -> dict[str, list[Source]]:
    """Sources by their agency's slug, in the order of the slugs."""
    found: dict[str, list[Source]] = defaultdict(list)
    for one in seen:
        found[one.agency].append(one)
    return dict(sorted(found.items()))
