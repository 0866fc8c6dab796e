"""Street value: each exhibit unrounded, then the sum, rounded once where it is shown; what has no price has no value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from daybreak.events.rules.price_rows import PriceRow, pick, rows_in_force
from daybreak.vocabulary import units
from daybreak.vocabulary.units import Convention

# Sums of exhibits are exact: a seized mass and a price together never need more digits.
_DIGITS = 60
_CENT = Decimal("0.01")
# NIBRS U and X name no drug, so no price can be theirs.
NAMELESS = frozenset({"", "unknown-drug", "more-than-three"})
REASONS = (
    "no-quantity",
    "unknown-unit",
    "unknown-substance",
    "ruled-out",
    "no-price",
    "no-conversion",
    "price-unclear",
    "outside-range",
)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A seized thing as its value needs it.

    ``quantity`` None = not reported (NIBRS XX), ``unit`` a slug of vocabulary.units or "". ``laboratory`` is "" (not
    stated), "pending", "confirmed" or "ruled-out". ``on`` is the local day of the seizure, whose price counts.
    """

    reference: str
    substance: str
    quantity: Decimal | None
    unit: str
    on: date
    agency: str = ""
    place: str = ""
    laboratory: str = ""

    def __post_init__(self) -> None:
        """Refuse what no exhibit can be; raises ValueError."""
        quantity = self.quantity
        if quantity is not None and not (
            isinstance(quantity, Decimal) and quantity.is_finite() and quantity >= 0
        ):
            raise ValueError(
                f"The quantity must be a Decimal from 0 up, or None where none is stated; got {quantity!r}."
            )


@dataclass(frozen=True, slots=True)
class Valued:
    """An exhibit with its value in US dollars, unrounded, and everything that the value rests on."""

    exhibit: Exhibit
    price: PriceRow
    quantity: Decimal
    mid_usd: Decimal
    low_usd: Decimal | None
    high_usd: Decimal | None
    conventions: tuple[Convention, ...]


@dataclass(frozen=True, slots=True)
class NotValued:
    """An exhibit without a value, and why: one of REASONS. It is never worth 0."""

    exhibit: Exhibit
    reason: str


@dataclass(frozen=True, slots=True)
class Valuation:
    """What exhibits are worth at one level. Sums are exact and unrounded; None = nothing could be valued."""

    level: str
    valued: tuple[Valued, ...]
    not_valued: tuple[NotValued, ...]

    @property
    def mid_usd(self) -> Decimal | None:
        """The sum at the middle price."""
        return _sum([one.mid_usd for one in self.valued])

    @property
    def low_usd(self) -> Decimal | None:
        """The sum at the low price; None too where one of the price rows states none."""
        return _sum([one.low_usd for one in self.valued])

    @property
    def high_usd(self) -> Decimal | None:
        """The sum at the high price; None too where one of the price rows states none."""
        return _sum([one.high_usd for one in self.valued])

    @property
    def confirmed_usd(self) -> Decimal | None:
        """The part of the sum that a laboratory has confirmed; None = of no exhibit."""
        return _sum([one.mid_usd for one in self.valued if one.exhibit.laboratory == "confirmed"])

    @property
    def cautions(self) -> tuple[str, ...]:
        """What has to be said beside the sum."""
        return tuple(dict.fromkeys(one.price.caution for one in self.valued if one.price.caution))


def value(
    exhibits: Iterable[Exhibit],
    prices: Sequence[PriceRow],
    *,
    level: str,
    known_by: date,
    conventions: Iterable[Convention] = (),
) -> Valuation:
    """Each exhibit at the price of its own agency, place and day, as far as the rows were known by ``known_by``."""
    agreed = tuple(conventions)
    valued: list[Valued] = []
    not_valued: list[NotValued] = []
    in_force: dict[date, list[PriceRow]] = {}
    with localcontext() as exact:
        exact.prec = _DIGITS
        for exhibit in exhibits:
            rows = in_force.get(exhibit.on)
            if rows is None:
                rows = in_force[exhibit.on] = rows_in_force(prices, on=exhibit.on, known_by=known_by)
            one = _one(exhibit, rows, level, agreed)
            if isinstance(one, Valued):
                valued.append(one)
            else:
                not_valued.append(one)
    return Valuation(level, tuple(valued), tuple(not_valued))


def side_by_side(
    exhibits: Iterable[Exhibit],
    prices: Sequence[PriceRow],
    *,
    known_by: date,
    conventions: Iterable[Convention] = (),
    levels: Sequence[str] = ("retail", "transaction"),
) -> dict[str, Valuation]:
    """The same exhibits at several levels: retail price times bulk weight says about three times what was paid."""
    things, agreed = tuple(exhibits), tuple(conventions)
    return {
        level: value(things, prices, level=level, known_by=known_by, conventions=agreed) for level in levels
    }


def _one(
    exhibit: Exhibit, rows: list[PriceRow], level: str, conventions: tuple[Convention, ...]
) -> Valued | NotValued:
    if exhibit.quantity is None:
        return NotValued(exhibit, "no-quantity")
    if exhibit.laboratory == "ruled-out":
        return NotValued(exhibit, "ruled-out")
    if exhibit.substance in NAMELESS:
        return NotValued(exhibit, "unknown-substance")
    if exhibit.unit not in units.units():
        return NotValued(exhibit, "unknown-unit")
    choice = pick(
        rows,
        agency=exhibit.agency,
        substance=exhibit.substance,
        unit=exhibit.unit,
        level=level,
        place=exhibit.place,
        conventions=conventions,
    )
    row, way = choice.row, choice.conversion
    if row is None or way is None:
        return NotValued(exhibit, choice.reason)
    quantity = way.apply(exhibit.quantity)
    if (row.least is not None and quantity < row.least) or (row.most is not None and quantity > row.most):
        return NotValued(exhibit, "outside-range")
    lot = quantity if row.exponent is None else quantity**row.exponent
    return Valued(
        exhibit,
        row,
        quantity,
        mid_usd=row.mid_usd * lot,
        low_usd=None if row.low_usd is None else row.low_usd * lot,
        high_usd=None if row.high_usd is None else row.high_usd * lot,
        conventions=way.conventions,
    )


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    stated = [amount for amount in amounts if amount is not None]
    if not stated or len(stated) < len(amounts):
        return None
    with localcontext() as exact:
        exact.prec = _DIGITS
        return sum(stated, Decimal(0))


def shown_usd(amount: Decimal) -> Decimal:
    """Whole cents, half a cent up: the only rounding on the way of an amount."""
    with localcontext() as exact:
        exact.prec = _DIGITS
        return amount.quantize(_CENT, ROUND_HALF_UP)


def total_mass_g(exhibits: Iterable[Exhibit], conventions: Iterable[Convention] = ()) -> Decimal | None:
    """The exact mass in grams of the exhibits that have one; None = none has. Counts and volumes have no mass."""
    agreed = tuple(conventions)
    masses = []
    with localcontext() as exact:
        exact.prec = _DIGITS
        for exhibit in exhibits:
            if (
                exhibit.quantity is not None
                and exhibit.laboratory != "ruled-out"
                and exhibit.unit in units.units()
            ):
                way = units.conversion(exhibit.unit, "g", agreed)
                if way is not None:
                    masses.append(way.apply(exhibit.quantity))
        return sum(masses, Decimal(0)) if masses else None


def shown_mass_g(mass_g: Decimal) -> Decimal:
    """Whole grams from 100 g, tenths from 10 g, thousandths below: shown beside a value, never used for one."""
    step = Decimal(1) if mass_g >= 100 else Decimal("0.1") if mass_g >= 10 else Decimal("0.001")
    with localcontext() as exact:
        exact.prec = _DIGITS
        return mass_g.quantize(step, ROUND_HALF_UP)
