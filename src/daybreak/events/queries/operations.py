"""Operations and their totals as known at a moment: arrests, mass seized, street value, and what was said in public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Figure, Operation
from daybreak.events.queries.asked import Asked, narrowed
from daybreak.events.queries.figures import figures
from daybreak.events.queries.listing import events_page
from daybreak.events.queries.prices import rows_for_valuing
from daybreak.events.queries.rows import Row
from daybreak.events.queries.seizures import (
    SubstanceWorth,
    Worth,
    by_substance,
    exhibits_in,
    known_day,
    worth_of,
)
from daybreak.events.queries.visibility import Source, sources

MOST_EXHIBITS = 10_000
SHOWN = 50


@dataclass(frozen=True, slots=True)
class OperationTotals:
    """One operation and what it produced, as far as the viewer sees events of it.

    ``arrests`` and ``seizures`` None = the viewer sees no such events of that agency; else exact counts. ``rows`` are the
    newest events. ``cut`` is True where an operation has more exhibits than are valued.
    """

    operation: Operation
    arrests: int | None
    seizures: int | None
    others: tuple[tuple[str, int], ...]
    worth: Worth | None
    by_substance: tuple[SubstanceWorth, ...]
    rows: tuple[Row, ...]
    published: tuple[Figure, ...]
    cut: bool


def operations(viewer: Viewer, *, as_of: datetime | None = None) -> list[Operation]:
    """The operations that the viewer may know of: the own agency's, those of agencies that share the names, and public ones."""
    if viewer.agency_id is None or not viewer.may("see-ledger"):
        return []
    sharing = {grant.agency_id for grant in viewer.grants if "operation" in grant.fields}
    public = {figure.operation_id for figure in figures(viewer, as_of=as_of) if figure.operation_id}
    rows = Operation.objects.select_related("agency").order_by("-started_on", "name")
    if as_of is not None:
        rows = rows.filter(known_from__lte=as_of)
    return [
        row
        for row in rows
        if row.agency_id == viewer.agency_id or row.agency_id in sharing or row.pk in public
    ]


def one_operation(viewer: Viewer, public_id: UUID, *, as_of: datetime | None = None) -> Operation | None:
    """An operation by its public id; None where there is none or the viewer may not know of it."""
    return next((row for row in operations(viewer, as_of=as_of) if row.public_id == public_id), None)


def operation_totals(
    viewer: Viewer, operation: Operation, *, at: datetime, as_of: datetime | None = None
) -> OperationTotals:
    """The operation's totals out of the events that name it, as the ledger stood at ``as_of`` (None = now)."""
    slug = operation.agency.slug
    asked = Asked(agency=slug, operation=operation.slug, as_of=as_of)
    counts = _counts([one for one in sources(viewer) if one.agency == slug], asked)
    seizures = [
        one for one in sources(viewer, kinds=("seizure",)) if one.agency == slug and one.shows("exhibits")
    ]
    things = [thing for one in seizures for thing in exhibits_in(one, asked, most=MOST_EXHIBITS)]
    prices = rows_for_valuing({slug}, as_of=as_of)
    known_by = known_day(as_of or at)
    return OperationTotals(
        operation=operation,
        arrests=counts.get("arrest"),
        seizures=counts.get("seizure"),
        others=tuple(
            (kind, number)
            for kind, number in sorted(counts.items())
            if number and kind not in {"arrest", "seizure"}
        ),
        worth=worth_of(things, prices, known_by=known_by) if seizures else None,
        by_substance=tuple(by_substance(things, prices, known_by=known_by)),
        rows=events_page(viewer, asked, limit=SHOWN).rows,
        published=tuple(
            figure for figure in figures(viewer, as_of=as_of) if figure.operation_id == operation.pk
        ),
        cut=len(things) >= MOST_EXHIBITS,
    )


def _counts(of: Iterable[Source], asked: Asked) -> dict[str, int | None]:
    """Kind → events of all its feeds; None where one of them does not share the name, since the sum would be too small."""
    found: dict[str, int | None] = {}
    for one in of:
        number, before = _counted(one, asked), found.get(one.kind, 0)
        found[one.kind] = None if number is None or before is None else before + number
    return found


def _counted(source: Source, asked: Asked) -> int | None:
    """How many events of a source belong to the operation; None where the name is not shared."""
    rows = narrowed(source, asked)
    return None if rows is None else rows.aggregate(n=Sum("count"))["n"] or 0
