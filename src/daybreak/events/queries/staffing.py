"""Staffing: hours by focus, what they produced, and what the units that gave the hours up did less of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Assignment, Operation, Post
from daybreak.events.queries.asked import Asked
from daybreak.events.queries.counting import Window
from daybreak.events.queries.feeds import reported_spans
from daybreak.events.queries.figures import ledger_count
from daybreak.events.queries.visibility import COUNTS, ROWS, Source, sources

PRODUCTS = ("arrest", "seizure", "complaint")
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Focus:
    """What hours went to in a span of days, and the events of the same focus, agency and days.

    ``events`` maps a kind to a count, None = the viewer may not count it. Hours and events stand side by side: that the
    one made the other is not measured.
    """

    focus: str
    substance: str
    operation: Operation | None
    area: str
    posts: int
    hours: Decimal
    events: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A unit that gave hours up, how many, and to which focuses ("" as a unit never occurs: new posts give nothing up)."""

    unit: str
    hours: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Staffing:
    """An agency's staffing in a span of days. ``before`` has the agency's events in the days before it, as many days."""

    posts: tuple[Post, ...]
    assignments: tuple[Assignment, ...]
    focuses: tuple[Focus, ...]
    given_up: tuple[GivenUp, ...]
    new_hours: Decimal
    rest: dict[str, tuple[int | None, int | None]]


def staffing(viewer: Viewer, *, since: date, until: date, as_of: datetime | None = None) -> Staffing | None:
    """The own agency's staffing; None for whoever may not see it. Another agency's rosters are never shown."""
    if viewer.agency_id is None or not viewer.may("see-staffing"):
        return None
    Window(since, until, "day")
    posts = tuple(Post.objects.filter(agency=viewer.agency_id).order_by("unit", "title"))
    rows = Assignment.objects.filter(post__agency=viewer.agency_id, starts_on__lte=until).exclude(
        ends_on__lt=since
    )
    if as_of is not None:
        rows = rows.filter(known_from__lte=as_of)
    held = tuple(rows.select_related("post", "operation").order_by("focus", "starts_on", "pk"))
    ours = [
        source
        for source in sources(viewer, kinds=PRODUCTS, access=(ROWS, COUNTS))
        if source.agency_id == viewer.agency_id
    ]
    return Staffing(
        posts=posts,
        assignments=held,
        focuses=tuple(_focuses(held, ours, since, until, as_of)),
        given_up=tuple(_given_up(held, since, until)),
        new_hours=sum((hours(one, since, until) for one in held if not one.from_unit), Decimal(0)),
        rest=_rest(held, ours, since, until, as_of),
    )


def hours(one: Assignment, since: date, until: date) -> Decimal:
    """The hours of an assignment within a span of days: days of it there, a seventh of the week's hours each."""
    first, last = max(one.starts_on, since), min(one.ends_on or until, until)
    days = (last - first).days + 1
    return one.hours_per_week * days / _WEEK if days > 0 else Decimal(0)


def _focuses(
    held: Iterable[Assignment], ours: list[Source], since: date, until: date, as_of: datetime | None
) -> list[Focus]:
    groups: dict[tuple[object, ...], list[Assignment]] = defaultdict(list)
    for one in held:
        groups[one.focus, one.substance, one.operation_id, one.area].append(one)
    found = []
    for rows in groups.values():
        one = rows[0]
        events = {}
        for kind in PRODUCTS:
            kept = _heard(ours, kind, since, until)
            asked = Asked(
                kinds=(kind,),
                since=since,
                until=until,
                substance=one.substance,
                operation=one.operation.slug if one.operation else "",
                as_of=as_of,
            )
            events[kind] = ledger_count(kept, asked) if kept and one.focus != "area" else None
        found.append(
            Focus(
                one.focus,
                one.substance,
                one.operation,
                one.area,
                len({row.post_id for row in rows}),
                sum((hours(row, since, until) for row in rows), Decimal(0)),
                events,
            )
        )
    return sorted(found, key=lambda focus: -focus.hours)


def _given_up(held: Iterable[Assignment], since: date, until: date) -> list[GivenUp]:
    by_unit: dict[str, Decimal] = defaultdict(Decimal)
    for one in held:
        if one.from_unit:
            by_unit[one.from_unit] += hours(one, since, until)
    total = sum(by_unit.values(), Decimal(0))
    return sorted(
        (GivenUp(unit, number, number / total if total else None) for unit, number in by_unit.items()),
        key=lambda one: (-one.hours, one.unit),
    )


def _rest(
    held: tuple[Assignment, ...], ours: list[Source], since: date, until: date, as_of: datetime | None
) -> dict[str, tuple[int | None, int | None]]:
    """Kind → events of no focus in the span, and in as many days before it: what the rest of the work did meanwhile."""
    many = (until - since).days + 1
    earlier = since - timedelta(days=many), since - timedelta(days=1)
    substances = {one.substance for one in held if one.focus == "substance"}
    found: dict[str, tuple[int | None, int | None]] = {}
    for kind in PRODUCTS:
        now, before = (
            _outside(kept, kind, *days, substances, as_of) if (kept := _heard(ours, kind, *days)) else None
            for days in ((since, until), earlier)
        )
        found[kind] = (now, before)
    return found


def _heard(ours: list[Source], kind: str, since: date, until: date) -> list[Source]:
    """The sources of a kind whose feeds have spoken for some of these days; a silent feed is never a zero."""
    kept = [source for source in ours if source.kind == kind]
    spans = reported_spans({source.feed_id for source in kept})
    return [
        source
        for source in kept
        if (span := spans.get(source.feed_id)) and span.since and span.since <= until and since <= span.until
    ]


def _outside(
    kept: list[Source], kind: str, since: date, until: date, substances: set[str], as_of: datetime | None
) -> int | None:
    """Events that name none of the substances in focus; None where it cannot be counted, or focuses overlap."""
    whole = ledger_count(kept, Asked(kinds=(kind,), since=since, until=until, as_of=as_of))
    if whole is None or len(substances) > 1:
        return None if len(substances) > 1 else whole
    for substance in substances:
        inside = ledger_count(
            kept, Asked(kinds=(kind,), since=since, until=until, substance=substance, as_of=as_of)
        )
        if inside is None:
            return None
        whole -= inside
    return whole
