"""Operations with arrests, mass and value as known on a day, each exhibit with the file and line that it stands in."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from daybreak.events.models import Operation
from daybreak.events.queries.asked import Asked
from daybreak.events.queries.operations import OperationTotals, operation_totals, operations
from daybreak.events.queries.visibility import COUNTS, ROWS, Source
from daybreak.events.rules.comparisons import Figure
from daybreak.events.rules.valuation import Valuation
from daybreak.publishing.queries.known import (
    Known,
    coverage,
    query_of,
    rows_of,
    sources_known,
)
from daybreak.publishing.rules.facts import Count, ExhibitFact, OperationFact, PriceUsed, ValueFact


def operations_known(known: Known, *, place: str) -> list[OperationFact]:
    """Every operation that the viewer may know of and that was known by then, the newest first."""
    return [_fact(known, one, place) for one in operations(known.viewer, as_of=known.moment)]


def _fact(known: Known, operation: Operation, place: str) -> OperationFact:
    totals = operation_totals(known.viewer, operation, at=known.moment, as_of=known.moment)
    arrests = _count(known, operation, "arrest", place)
    seizures = _count(known, operation, "seizure", place)
    ended = operation.ended_on if operation.ended_on and operation.ended_on <= known.day else None
    told = [one.figure.until for one in (arrests, seizures) if one is not None]
    return OperationFact(
        name=operation.name,
        agency=operation.agency.name,
        substance=operation.substance,
        started_on=operation.started_on,
        ended_on=ended,
        until=max(told, default=known.day),
        arrests=arrests,
        mass_g=totals.worth.mass_g if totals.worth else None,
        seizures=seizures,
        values=tuple(_value(level, found) for level, found in totals.worth.by_level.items())
        if totals.worth and totals.worth.exhibits
        else (),
        exhibits=tuple(_exhibits(totals)),
    )


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


def _exhibits(totals: OperationTotals) -> list[ExhibitFact]:
    """The exhibits in the order of their seizures, the oldest first."""
    if totals.worth is None:
        return []
    retail = {one.exhibit.reference: one.mid_usd for one in totals.worth.retail.valued}
    transaction = {one.exhibit.reference: one.mid_usd for one in totals.worth.transaction.valued}
    reasons = {one.exhibit.reference: one.reason for one in totals.worth.retail.not_valued}
    found = []
    for row in sorted(totals.rows, key=lambda one: (one.day, one.file_name, one.line or 0)):
        for one in row.exhibits:
            reference = f"{row.handle}/{one.number}"
            found.append(
                ExhibitFact(
                    file=row.file_name, line=row.line, number=one.number, on=row.day, substance=one.substance,
                    quantity=one.quantity, unit=one.unit, laboratory=one.laboratory,
                    retail_usd=retail.get(reference), transaction_usd=transaction.get(reference),
                    reason=reasons.get(reference, ""),
                )
            )  # fmt: skip
    return found
