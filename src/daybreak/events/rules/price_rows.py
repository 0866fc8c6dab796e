"""Which price row holds for an exhibit: its agency's own, for its place and day, the newest version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from daybreak.vocabulary import units
from daybreak.vocabulary.price_curves import price_curves
from daybreak.vocabulary.units import Convention, Conversion

LEVELS = ("retail", "transaction", "wholesale")


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What an agency holds one unit of a substance to be worth, in US dollars: low, middle, high (low and high may be None).

    ``reference`` names the row to people and pages. ``agency`` is whose row it is, "" = nobody's (a published series).
    ``effective_until`` None = until another word. ``known_on`` is the day from which the row existed, None = always.
    ``place`` "" = everywhere. A row with ``exponent`` is a curve: a lot of q units costs mid × q^exponent, and only between
    ``least`` and ``most`` units. ``caution`` has to be said wherever a value rests on the row.
    """

    reference: str
    agency: str
    substance: str
    unit: str
    level: str
    mid_usd: Decimal
    effective_from: date
    low_usd: Decimal | None = None
    high_usd: Decimal | None = None
    effective_until: date | None = None
    known_on: date | None = None
    version: int = 1
    place: str = ""
    source: str = ""
    exponent: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    caution: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that no value may rest on; raises ValueError."""
        if self.level not in LEVELS:
            raise ValueError(f"The level of a price must be one of {', '.join(LEVELS)}; got {self.level!r}.")
        for name in ("low_usd", "mid_usd", "high_usd", "exponent", "least", "most"):
            number = getattr(self, name)
            if number is not None and not (isinstance(number, Decimal) and number.is_finite() and number > 0):
                raise ValueError(f"{name} of a price must be a Decimal greater than 0; got {number!r}.")
        low, high = self.low_usd or self.mid_usd, self.high_usd or self.mid_usd
        if not low <= self.mid_usd <= high:
            raise ValueError(f"A price must be low ≤ middle ≤ high; got {low}, {self.mid_usd}, {high}.")
        if self.effective_until is not None and self.effective_until < self.effective_from:
            raise ValueError("The last day of a price must not be before its first.")
        units.unit(self.unit)

    @property
    def identity(self) -> tuple[object, ...]:
        """What the versions of one row share."""
        return (self.agency, self.substance, self.unit, self.level, self.place, self.effective_from)

    def holds_on(self, day: date) -> bool:
        """Whether the row is in force on a day."""
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)


@dataclass(frozen=True, slots=True)
class Choice:
    """The row that was picked and how to turn the exhibit's unit into the row's; or why there is none.

    ``reason`` is "" with a row, else "no-price", "no-conversion" or "price-unclear" (two rows claim the same).
    """

    row: PriceRow | None = None
    conversion: Conversion | None = None
    reason: str = ""


def rows_in_force(rows: Iterable[PriceRow], *, on: date, known_by: date) -> list[PriceRow]:
    """The newest version, known by that day, of every row that holds on a day.

    The newest version goes first and the dates second, so that a version which ended a price ends it.
    """
    newest: dict[tuple[object, ...], list[PriceRow]] = {}
    for row in rows:
        if row.known_on is not None and row.known_on > known_by:
            continue
        kept = newest.setdefault(row.identity, [row])
        if row.version > kept[0].version:
            newest[row.identity] = [row]
        elif row.version == kept[0].version and row not in kept:
            kept.append(row)
    return [row for kept in newest.values() for row in kept if row.holds_on(on)]


def pick(
    in_force: Iterable[PriceRow],
    *,
    agency: str,
    substance: str,
    unit: str,
    level: str,
    place: str = "",
    conventions: Iterable[Convention] = (),
) -> Choice:
    """The row that values a quantity ``unit`` of a substance at a level, among rows in force.

    The agency's own row goes before nobody's, and another agency's is never taken; a row for the place before one for
    everywhere; a row in the exhibit's own unit before one that needs a conversion; then the latest start. Two rows that are
    alike in all of this and differ in price are no choice: a person must end one.
    """
    ours = [
        row
        for row in in_force
        if row.substance == substance
        and row.level == level
        and row.agency in {agency, ""}
        and row.place in {place, ""}
    ]
    if not ours:
        return Choice(reason="no-price")
    ways = [(row, units.conversion(unit, row.unit, conventions)) for row in ours]
    usable = [(row, way) for row, way in ways if way is not None]
    if not usable:
        return Choice(reason="no-conversion")

    def rank(row: PriceRow) -> tuple[bool, bool, bool, date]:
        return (row.agency != "", row.place != "", row.unit == unit, row.effective_from)

    best = max(rank(row) for row, _ in usable)
    first = [(row, way) for row, way in usable if rank(row) == best]
    if len({row.unit for row, _ in first}) > 1 or len(first) > 1:
        return Choice(reason="price-unclear")
    return Choice(*first[0])


def published_rows() -> list[PriceRow]:
    """The published curves as price rows that are nobody's; an agency's own row goes before them."""
    return [
        PriceRow(
            reference=curve.name,
            agency="",
            substance=curve.substance,
            unit=curve.unit,
            level=curve.level,
            mid_usd=curve.coefficient_usd,
            effective_from=curve.since,
            effective_until=curve.until,
            source=curve.source,
            exponent=curve.exponent,
            least=curve.least,
            most=curve.most,
            caution=curve.caution,
        )
        for curve in price_curves()
    ]
