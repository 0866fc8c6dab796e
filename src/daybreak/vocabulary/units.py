"""Units of seized things: their names, NIBRS codes, and what converts into what, by definition or by an agency's convention."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from daybreak.vocabulary import files

# NIBRS: the quantity stands at the laboratory. It names no unit, and the 1.000 beside it is no quantity (edit 384).
NOT_REPORTED = "XX"


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of data/vocabulary/units.csv. One of it is ``factor`` of the unit ``base``.

    ``standing`` is "definition" (exact, nobody may change it) or "convention" (street use; counts only where an agency has
    set it). ``dimension`` is mass, volume or count; ``nibrs`` is "" where the standard has no code.
    """

    slug: str
    nibrs: str
    one: str
    many: str
    symbol: str
    dimension: str
    base: str
    factor: Decimal
    standing: str
    note: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Convention:
    """What an agency takes a street unit for: one ``unit`` is ``factor`` of ``base``, and who says so."""

    unit: str
    factor: Decimal
    base: str
    source: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """How many of the one unit are one of the other (exact), and the conventions that this rests on."""

    numerator: int
    denominator: int
    conventions: tuple[Convention, ...] = ()

    def apply(self, quantity: Decimal) -> Decimal:
        """The quantity in the other unit; exact where the division ends, else to the 28 digits of the context."""
        return quantity * self.numerator / self.denominator


@cache
def units() -> dict[str, Unit]:
    """Slug → unit, in the order of the list."""
    return {
        row["unit"]: Unit(
            row["unit"],
            row["nibrs"],
            row["name_one"],
            row["name_many"],
            row["symbol"] or row["name_many"],
            row["dimension"],
            row["base"],
            Decimal(row["factor"]),
            row["standing"],
            row["note"],
            tuple(filter(None, row["also"].split(";"))),
        )
        for row in files.rows("vocabulary/units.csv")
    }


def unit(slug: str) -> Unit:
    """One unit by its slug; raises ValueError that lists what there is."""
    found = units().get(slug)
    if found is None:
        raise ValueError(f"The unit must be one of {', '.join(units())}; got {slug[:20]!r}.")
    return found


@cache
def _terms() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in units().values():
        for term in (row.slug, row.nibrs, row.one, row.many, row.symbol, *row.also):
            if term and found.setdefault(term.casefold(), row.slug) != row.slug:
                raise ValueError(f"data/vocabulary/units.csv must give {term!r} to one unit only.")
    return found


def recognise(text: str) -> str | None:
    """The unit that a text or NIBRS code names: its slug, "" for XX (not reported, so no quantity either), None = unknown."""
    written = " ".join(text.split()).strip(". ")
    if written.upper() == NOT_REPORTED:
        return ""
    return _terms().get(written.casefold())


@cache
def usual_conventions() -> tuple[Convention, ...]:
    """What street units are often taken for: a start for an agency's own settings, applied to nothing by itself."""
    return tuple(
        Convention(row.slug, row.factor, row.base, row.note)
        for row in units().values()
        if row.standing == "convention"
    )


def conversion(of: str, into: str, conventions: Iterable[Convention] = ()) -> Conversion | None:
    """How to turn a quantity ``of`` one unit ``into`` another; None where no definition and no given convention leads there.

    Raises ValueError for an unknown unit, and for a convention about a unit that has a definition: nobody may say that an
    ounce is 28 grams.
    """
    own = _checked(conventions)
    there, here = _chain(unit(of).slug, own), _chain(unit(into).slug, own)
    for end, factor, used in there:
        for other_end, other_factor, other_used in here:
            if end == other_end:
                found = factor / other_factor
                return Conversion(found.numerator, found.denominator, (*used, *other_used))
    return None


def _checked(conventions: Iterable[Convention]) -> dict[str, Convention]:
    own: dict[str, Convention] = {}
    for one in conventions:
        row = unit(one.unit)
        counts_itself = row.dimension == "count" and row.base == row.slug  # a dosage unit may be a bag here
        if row.standing == "definition" and not counts_itself:
            raise ValueError(
                f"A convention must be about a street unit; {row.one} has a definition, and nobody may change it."
            )
        if not one.factor.is_finite() or one.factor <= 0:
            raise ValueError(f"A convention's factor must be greater than 0; got {one.factor}.")
        if one.unit in own:
            raise ValueError(f"A street unit must have one convention; {row.one} has two.")
        unit(one.base)
        own[one.unit] = one
    return own


def _chain(slug: str, own: dict[str, Convention]) -> list[tuple[str, Fraction, tuple[Convention, ...]]]:
    """The unit itself, then each unit that it is counted in, with the exact factor and the conventions used so far."""
    found: list[tuple[str, Fraction, tuple[Convention, ...]]] = [(slug, Fraction(1), ())]
    seen = {slug}
    while True:
        here, factor, used = found[-1]
        row, said = units()[here], own.get(here)
        if said is not None:
            step, base, used = said.factor, said.base, (*used, said)
        elif row.standing == "definition":
            step, base = row.factor, row.base
        else:
            return found
        if base in seen:
            return found
        seen.add(base)
        found.append((base, factor * Fraction(step), used))
