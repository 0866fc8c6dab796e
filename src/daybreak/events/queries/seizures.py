"""Seizures with what they are worth: every value traced to its exhibit and price row, what has no price said to have none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Exhibit as Stored
from daybreak.events.queries.asked import Asked, narrowed
from daybreak.events.queries.listing import PAGE, events_page
from daybreak.events.queries.prices import rows_for_valuing
from daybreak.events.queries.rows import Row, handle_of, local_zone
from daybreak.events.queries.visibility import Source
from daybreak.events.rules.price_rows import PriceRow
from daybreak.events.rules.valuation import Exhibit, Valuation, side_by_side, total_mass_g
from daybreak.vocabulary.precision import PLACES, TIMES, coarser, start_of

LEVELS = ("retail", "transaction")


@dataclass(frozen=True, slots=True)
class Worth:
    """What exhibits are worth by level, and their mass in grams (None = none has a mass), unrounded.

    ``exhibits`` None = the viewer sees that something was seized, not what.
    """

    by_level: dict[str, Valuation]
    mass_g: Decimal | None
    exhibits: int | None

    @property
    def retail(self) -> Valuation:
        """The value at the retail price."""
        return self.by_level["retail"]

    @property
    def transaction(self) -> Valuation:
        """The value at what a whole lot of this size changes hands for."""
        return self.by_level["transaction"]


@dataclass(frozen=True, slots=True)
class Seizure:
    """One seizure as the viewer sees it, and its worth."""

    row: Row
    worth: Worth


@dataclass(frozen=True, slots=True)
class SeizurePage:
    """One page of seizures; ``next`` as in listing.Page."""

    seizures: tuple[Seizure, ...]
    next: UUID | None
    mute: tuple[tuple[str, str], ...]


def seizures_page(
    viewer: Viewer, asked: Asked, *, at: datetime, after: UUID | None = None, limit: int = PAGE
) -> SeizurePage:
    """A page of seizures, each with its worth as it was known at ``asked.as_of`` (None = now)."""
    page = events_page(viewer, asked, after=after, limit=limit)
    prices = rows_for_valuing({row.agency for row in page.rows}, as_of=asked.as_of)
    known_by = known_day(asked.as_of or at)
    found = tuple(Seizure(row, worth([row], prices, known_by=known_by)) for row in page.rows)
    return SeizurePage(found, page.next, page.mute)


def known_day(moment: datetime) -> date:
    """The local day of a moment: what became known on it counts as known."""
    return moment.astimezone(local_zone()).date()


def worth(rows: Iterable[Row], prices: Sequence[PriceRow], *, known_by: date) -> Worth:
    """What the exhibits of these rows are worth together. Exact sums; nothing is rounded here."""
    held = list(rows)
    found = worth_of([thing for row in held for thing in exhibits_of(row)], prices, known_by=known_by)
    told = all("exhibits" not in row.hidden for row in held)
    return found if told else replace(found, exhibits=None)


def worth_of(things: Sequence[Exhibit], prices: Sequence[PriceRow], *, known_by: date) -> Worth:
    """What exhibits are worth together."""
    valued = side_by_side(things, prices, known_by=known_by, levels=LEVELS)
    return Worth(valued, total_mass_g(things), len(things))


def exhibits_in(source: Source, asked: Asked, *, most: int) -> list[Exhibit]:
    """The exhibits of a source's seizures that answer, the newest first, without anything else of their events."""
    rows = narrowed(source, asked)
    if rows is None or not source.shows("exhibits"):
        return []
    parts = (
        Stored.objects.filter(event__in=rows.order_by().values("pk"))
        .order_by("-event__occurred_on", "event", "number")
        .values_list(
            "event", "number", "substance", "quantity", "unit", "laboratory",
            "event__occurred_on", "event__occurred_precision", "event__county"
        )[:most]
    )  # fmt: skip
    finest = PLACES.index(source.place) <= PLACES.index("county")
    return [
        Exhibit(
            reference=f"{handle_of(event)}/{number}",
            substance=substance,
            quantity=quantity,
            unit=unit,
            on=start_of(on, coarser(precision, source.time, TIMES)),
            agency=source.agency,
            place=county if finest else "",
            laboratory=laboratory,
        )
        for event, number, substance, quantity, unit, laboratory, on, precision, county in parts
    ]


def exhibits_of(row: Row) -> list[Exhibit]:
    """The exhibits as the rule values them; the reference is the row's handle and the exhibit's number."""
    return [
        Exhibit(
            reference=f"{row.handle}/{one.number}",
            substance=one.substance,
            quantity=one.quantity,
            unit=one.unit,
            on=row.day,
            agency=row.agency,
            place=row.county,
            laboratory=one.laboratory,
        )
        for one in row.exhibits
    ]


@dataclass(frozen=True, slots=True)
class SubstanceWorth:
    """What was seized of one substance: exhibits, mass, value at retail and transaction level."""

    substance: str
    worth: Worth


def by_substance(
    every: Iterable[Exhibit], prices: Sequence[PriceRow], *, known_by: date
) -> list[SubstanceWorth]:
    """The worth of each substance, the most valuable first; what has no value last, by name."""
    things: dict[str, list[Exhibit]] = {}
    for thing in every:
        things.setdefault(thing.substance, []).append(thing)
    found = [
        SubstanceWorth(
            substance,
            Worth(
                side_by_side(held, prices, known_by=known_by, levels=LEVELS), total_mass_g(held), len(held)
            ),
        )
        for substance, held in things.items()
    ]
    return sorted(found, key=lambda one: (-(one.worth.retail.mid_usd or Decimal(-1)), one.substance))
