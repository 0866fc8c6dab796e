"""Operations with arrests, mass and value as known on a day, each exhibit with the file and line that it stands in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from daybreak.events.models import Operation
from daybreak.events.queries.asked import Asked
from daybreak.events.queries.listing import each_event
from daybreak.events.queries.operations import operations
from daybreak.events.queries.prices import rows_for_valuing
from daybreak.events.queries.rows import Row
from daybreak.events.queries.seizures import Worth, exhibits_of, worth_of
from daybreak.events.queries.visibility import COUNTS, ROWS, Source
from daybreak.events.rules.comparisons import Figure
from daybreak.events.rules.valuation import Valuation
from daybreak.publishing.queries.known import Known, coverage, query_of, rows_of, sources_known
from daybreak.publishing.rules.facts import Count, ExhibitFact, OperationFact, PriceUsed, ValueFact
from daybreak.vocabulary.substances import within

# A brief prints every exhibit; an operation with more seizures than these is cut off in no silent way but refused.
MOST_SEIZURES = 5000


class TooManySeizures(ValueError):
    """An operation has more seizures than a brief can print."""


def operations_known(known: Known, *, place: str) -> list[OperationFact]:
    """Every operation that the viewer may know of and that was known by then, the newest first."""
    return [_fact(known, one, place) for one in operations(known.viewer, as_of=known.moment)]


def _fact(known: Known, operation: Operation, place: str) -> OperationFact:
    arrests = _count(known, operation, "arrest", place)
    seizures = _count(known, operation, "seizure", place)
    ended = operation.ended_on if operation.ended_on and operation.ended_on <= known.day else None
    told = [one.figure.until for one in (arrests, seizures) if one is not None]
    rows = _seizures(known, operation)
    worth = _worth(known, operation, rows) if rows else None
    return OperationFact(
        name=operation.name,
        agency=operation.agency.name,
        substance=operation.substance,
        started_on=operation.started_on,
        ended_on=ended,
        until=max(told, default=known.day),
        arrests=arrests,
        mass_g=worth.mass_g if worth else None,
        seizures=seizures,
        values=tuple(_value(level, found) for level, found in worth.by_level.items()) if worth else (),
        exhibits=tuple(_exhibits(rows, worth)) if worth else (),
    )


def _seizures(known: Known, operation: Operation) -> list[Row]:
    """The operation's seizures with their exhibits, the oldest first; none where the exhibits are not shared."""
    asked = Asked(
        kinds=("seizure",), agency=operation.agency.slug, operation=operation.slug, as_of=known.moment
    )
    rows = [
        row for row in each_event(known.viewer, asked, most=MOST_SEIZURES + 1) if "exhibits" not in row.hidden
    ]
    if len(rows) > MOST_SEIZURES:
        raise TooManySeizures(
            f"A brief prints at most {MOST_SEIZURES:,} seizures of one operation; this one has more. Split it."
        )
    return sorted(rows, key=lambda one: (one.day, one.file_name, one.line or 0, one.handle))


def _worth(known: Known, operation: Operation, rows: Sequence[Row]) -> Worth:
    """Mass and value of the operation's own substance; of everything where it names none."""
    prices = rows_for_valuing({operation.agency.slug}, as_of=known.moment)
    slugs = within(operation.substance) if operation.substance else None
    things = [
        thing for row in rows for thing in exhibits_of(row) if slugs is None or thing.substance in slugs
    ]
    return worth_of(things, prices, known_by=known.day)


def _count(known: Known, operation: Operation, kind: str, place: str) -> Count | None:
    """The operation's events of a kind; None where the viewer may not count them, or nothing was told yet."""
    ours = [one for one in _sources(known, kind) if one.agency_id == operation.agency_id]
    told = coverage(known, ours) if ours else None
    if told is None or told.until < operation.started_on or not all(one.shows("operation") for one in ours):
        return None
    asked = Asked(
        kinds=(kind,), agency=operation.agency.slug, since=operation.started_on, until=told.until,
        operation=operation.slug, as_of=known.moment,
    )  # fmt: skip
    rows = rows_of(ours, asked)
    figure = Figure(
        kind=kind, value=Decimal(sum(one.many for one in rows)), since=operation.started_on, until=told.until,
        known_on=known.day, agency=operation.agency.name, place=place, operation=operation.name,
    )  # fmt: skip
    return Count(figure, "ledger", rows, query_of(asked, as_of=known.day))


def _sources(known: Known, kind: str) -> list[Source]:
    return sources_known(known, kind=kind, access=(ROWS, COUNTS))


def _value(level: str, found: Valuation) -> ValueFact:
    prices = {one.price.reference: one.price for one in found.valued}
    return ValueFact(
        level=level,
        usd=found.mid_usd,
        valued=len(found.valued),
        not_valued=tuple(sorted(Counter(one.reason for one in found.not_valued).items())),
        prices=tuple(PriceUsed(one.mid_usd, one.unit, one.source, one.caution) for one in prices.values()),
    )


def _exhibits(rows: Sequence[Row], worth: Worth) -> list[ExhibitFact]:
    """The exhibits that the mass and the value are made of, in the order of their seizures."""
    retail = {one.exhibit.reference: one.mid_usd for one in worth.retail.valued}
    transaction = {one.exhibit.reference: one.mid_usd for one in worth.transaction.valued}
    reasons = {one.exhibit.reference: one.reason for one in worth.retail.not_valued}
    return [
        ExhibitFact(
            file=row.file_name, line=row.line, number=thing.number, on=row.day, substance=thing.substance,
            quantity=thing.quantity, unit=thing.unit, laboratory=thing.laboratory, retail_usd=retail.get(reference),
            transaction_usd=transaction.get(reference), reason=reasons.get(reference, ""),
        )
        for row in rows
        for thing in row.exhibits
        if (reference := f"{row.handle}/{thing.number}") in retail or reference in reasons
    ]  # fmt: skip
