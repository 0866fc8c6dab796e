"""Names operations and notes figures that an agency published; neither is rewritten, each says since when it is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import router, transaction
from django.utils.text import slugify

from daybreak.accounts.models import Agency
from daybreak.audit.actions import record
from daybreak.events.models import Figure, Operation


class NameTaken(ValueError):
    """The agency has an operation of this name already."""


def record_operation(
    *,
    by: str,
    agency: Agency,
    name: str,
    started_on: date,
    at: datetime,
    ended_on: date | None = None,
    substance: str = "",
    area: str = "",
) -> Operation:
    """Name an operation of an agency. Raises NameTaken where it has one of this name."""
    slug = slugify(name)[:80]
    if not slug:
        raise ValueError("The name of an operation must have a letter or a digit.")
    with transaction.atomic(using=router.db_for_write(Operation)):
        made, new = Operation.objects.get_or_create(
            agency=agency,
            slug=slug,
            defaults={
                "name": name,
                "substance": substance,
                "area": area,
                "started_on": started_on,
                "ended_on": ended_on,
                "known_from": at,
            },
        )
        if not new:
            raise NameTaken(
                "The name must be new to the agency; it has an operation of this name. Choose another."
            )
        record(
            by=by,
            at=at,
            action="operation-recorded",
            subject=f"operation:{made.public_id}",
            detail={"agency": agency.slug, "slug": slug, "started_on": started_on.isoformat()},
        )
    return made


def end_operation(*, by: str, operation: Operation, ended_on: date, at: datetime) -> Operation:
    """Say on which day an operation ended; raises ValueError where it has ended already, or began later."""
    with transaction.atomic(using=router.db_for_write(Operation)):
        held = Operation.objects.select_for_update().get(pk=operation.pk)
        if held.ended_on is not None:
            raise ValueError("Only an operation that still runs can be ended; this one has ended.")
        if ended_on < held.started_on:
            raise ValueError("The last day of an operation must not be before its first.")
        held.ended_on = ended_on
        held.save(update_fields=["ended_on"])
        record(
            by=by,
            at=at,
            action="operation-ended",
            subject=f"operation:{held.public_id}",
            detail={"ended_on": ended_on.isoformat()},
        )
    return held


@dataclass(frozen=True, slots=True)
class Published:
    """What an agency said in public: a total with its scope, definition and source; ``until`` is the last day counted."""

    kind: str
    value: Decimal
    since: date
    until: date
    place: str
    known_on: date
    source: str
    statistic: str = "events"
    substance: str = ""
    operation: Operation | None = None
    definition: str = ""
    note: str = ""


def note_figure(*, by: str, agency: Agency, figure: Published, at: datetime) -> Figure:
    """Note a published figure. A later one for the same scope stands beside it, each known from its own day."""
    if not figure.source.strip():
        raise ValueError("A figure must say where it was published; got no source.")
    with transaction.atomic(using=router.db_for_write(Figure)):
        made = Figure.objects.create(
            agency=agency,
            kind=figure.kind,
            statistic=figure.statistic,
            substance=figure.substance,
            operation=figure.operation,
            place=figure.place,
            since=figure.since,
            until=figure.until,
            value=figure.value,
            definition=figure.definition,
            known_on=figure.known_on,
            source=figure.source,
            note=figure.note,
        )
        record(
            by=by,
            at=at,
            action="figure-noted",
            subject=f"figure:{made.public_id}",
            detail={
                "agency": agency.slug,
                "kind": figure.kind,
                "statistic": figure.statistic,
                "substance": figure.substance,
                "since": figure.since.isoformat(),
                "until": figure.until.isoformat(),
                "value": str(figure.value),
                "known_on": figure.known_on.isoformat(),
            },
        )
    return made
