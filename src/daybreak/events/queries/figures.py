"""What agencies said in public beside what the ledger counts: side by side, with the reasons why they differ, never averaged."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Figure, Operation, Tally
from daybreak.events.queries.asked import Asked, narrowed, shown_days
from daybreak.events.queries.rows import local_zone
from daybreak.events.queries.visibility import COUNTS, ROWS, Source, sources
from daybreak.events.rules import comparisons
from daybreak.vocabulary.precision import end_of, start_of


def figures(viewer: Viewer, *, as_of: datetime | None = None) -> list[Figure]:
    """Published totals known by ``as_of`` (None = all). They were said in public, so everybody at the desk reads them."""
    if viewer.agency_id is None or not viewer.may("see-ledger"):
        return []
    rows = Figure.objects.select_related("agency", "operation")
    if as_of is not None:
        rows = rows.filter(known_on__lte=as_of.astimezone(local_zone()).date())
    return list(rows.order_by("kind", "substance", "since", "until", "agency__name", "known_on", "pk"))


@dataclass(frozen=True, slots=True)
class Counted:
    """One number of a table of disagreement.

    ``origin`` is "published" (a figure) or "ledger". ``known_on`` is the day it became known; for the ledger the day of
    reading. ``value`` None = the ledger holds it, but the viewer may not count it exactly.
    """

    origin: str
    agency: str
    agency_name: str
    agency_kind: str
    definition: str
    place: str
    value: Decimal | None
    known_on: date
    source: str = ""
    note: str = ""
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Numbers about one measure in one period. ``reasons`` are words of REASONS, each true of these numbers."""

    kind: str
    statistic: str
    substance: str
    operation: Operation | None
    since: date
    until: date
    numbers: tuple[Counted, ...]
    reasons: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether two of the numbers that are known differ."""
        return len({one.value for one in self.numbers if one.value is not None}) > 1


REASONS = (
    "other-agency",
    "other-definition",
    "other-place",
    "revised",
    "ledger-open",
    "not-stated",
    "withheld",
)


def disagreements(
    viewer: Viewer, *, at: datetime, as_of: datetime | None = None, with_ledger: bool = True
) -> list[Disagreement]:
    """Every measure and period that somebody published a number of, newest period first.

    Beside the published numbers stands what the ledger counts for each agency, at ``as_of`` (None = now).
    """
    groups: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for figure in figures(viewer, as_of=as_of):
        key = (
            figure.kind,
            figure.statistic,
            figure.substance,
            figure.operation_id,
            figure.since,
            figure.until,
        )
        groups[key].append(figure)
    seen = sources(viewer, access=(ROWS, COUNTS, "cells"))
    today = (as_of or at).astimezone(local_zone()).date()
    found = []
    for held in groups.values():
        one = held[0]
        numbers = [_published(figure) for figure in held]
        if with_ledger and one.statistic == "events":
            numbers += _from_ledger(seen, one, as_of, today)
        found.append(
            Disagreement(
                one.kind,
                one.statistic,
                one.substance,
                one.operation,
                one.since,
                one.until,
                tuple(numbers),
                _reasons(numbers),
            )
        )
    return sorted(
        found, key=lambda each: (-each.until.toordinal(), -each.since.toordinal(), each.kind, each.substance)
    )


def _published(figure: Figure) -> Counted:
    return Counted(
        "published",
        figure.agency.slug,
        figure.agency.name,
        figure.agency.kind,
        figure.definition,
        figure.place,
        figure.value,
        figure.known_on,
        figure.source,
        figure.note,
        figure,
    )


def _from_ledger(seen: list[Source], one: Figure, as_of: datetime | None, today: date) -> list[Counted]:
    found = []
    names = {source.agency: source for source in seen if source.kind == one.kind}
    for agency, example in sorted(names.items()):
        ours = [source for source in seen if source.agency == agency and source.kind == one.kind]
        asked = Asked(
            kinds=(one.kind,),
            agency=agency,
            since=one.since,
            until=one.until,
            substance=one.substance,
            operation=one.operation.slug if one.operation else "",
            as_of=as_of,
        )
        if one.operation and one.operation.agency.slug != agency:
            continue
        number = ledger_count(ours, asked)
        if number == 0:
            continue
        found.append(
            Counted(
                "ledger",
                agency,
                example.agency_name,
                "",
                "",
                "",
                None if number is None else Decimal(number),
                today,
            )
        )
    return found


def ledger_count(ours: list[Source], asked: Asked) -> int | None:
    """How many events of these sources answer; None where the viewer may not count one of them exactly in these days."""
    total = 0
    for source in ours:
        rows = narrowed(source, asked) if source.access in {ROWS, COUNTS} else None
        if rows is None or (source.is_coarse and not _whole(source, asked)):
            return None
        total += _from_tallies(source, asked) if _tallied(asked) else rows.aggregate(n=Sum("count"))["n"] or 0
    return total


def _tallied(asked: Asked) -> bool:
    """Whether the tallies hold this count: of now, and of nothing that they do not tell apart."""
    return (
        asked.as_of is None
        and not (asked.operation or asked.words or asked.certainty)
        and asked.fatal is None
    )


def _from_tallies(source: Source, asked: Asked) -> int:
    rows = Tally.objects.filter(kind=source.kind, feed=source.feed_id, substance=asked.substance)
    since, until = shown_days(source, asked.since, asked.until)
    given: dict[str, object] = {
        name: getattr(asked, name) for name in ("zip", "county") if getattr(asked, name)
    }
    given |= {name: day for name, day in (("on__gte", since), ("on__lte", until)) if day}
    return rows.filter(**given).aggregate(n=Sum("events"))["n"] or 0


def _whole(source: Source, asked: Asked) -> bool:
    """Whether the days asked for are whole periods of what is shared, so that a count tells nothing about days."""
    return (
        asked.since is not None
        and asked.until is not None
        and start_of(asked.since, source.time) == asked.since
        and end_of(asked.until, source.time) == asked.until
    )


def _reasons(numbers: list[Counted]) -> tuple[str, ...]:
    told = [one for one in numbers if one.value is not None]
    published = [one for one in told if one.origin == "published"]
    by_agency = defaultdict(set)
    for one in published:
        by_agency[one.agency, one.definition, one.place].add(one.value)
    found = {
        "other-agency": len({one.agency for one in told}) > 1,
        "other-definition": len({one.definition for one in published if one.definition}) > 1,
        "other-place": len({one.place for one in published}) > 1,
        "revised": any(len(values) > 1 for values in by_agency.values()),
        "ledger-open": any(one.origin == "ledger" for one in told) and len({one.value for one in told}) > 1,
        "not-stated": any(not one.definition for one in published),
        "withheld": any(one.value is None for one in numbers),
    }
    return tuple(reason for reason in REASONS if found[reason])


def as_compared(figure: Figure) -> comparisons.Figure:
    """A published total as the rule of comparisons reads it."""
    return comparisons.Figure(
        kind=figure.kind,
        value=figure.value,
        since=figure.since,
        until=figure.until,
        known_on=figure.known_on,
        agency=figure.agency.name,
        statistic=figure.statistic,
        place=figure.place,
        operation=figure.operation.name if figure.operation else "",
        substance=figure.substance,
        definition=figure.definition,
    )
