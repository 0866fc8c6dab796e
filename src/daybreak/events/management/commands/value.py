"""`daybreak value`: what a quantity is worth at a price, by the rule of the ledger; it reads and writes no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.events.rules.price_rows import LEVELS, PriceRow, published_rows
from daybreak.events.rules.valuation import (
    Exhibit,
    NotValued,
    Valuation,
    shown_mass_g,
    shown_usd,
    total_mass_g,
    value,
)
from daybreak.vocabulary import substances, units

WRONG_WORDS = 2
WHY_NOT = {
    "no-quantity": "no quantity is stated",
    "unknown-substance": "no price can belong to a drug that is not known",
    "no-price": "no price is given and no published one holds for this drug, level and day; give --price",
    "no-conversion": "the unit of the quantity does not convert into the unit of the price; give --per or --unit",
    "outside-range": "the published prices do not reach this quantity, and they are not stretched; give --price",
}


class Command(BaseCommand):
    """The quantity is never rounded before it is multiplied."""

    help = "Value a quantity of a drug at a price: exact, rounded once where it is shown."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What it is, how much, and at which price."""
        amount = parser.add_mutually_exclusive_group(required=True)
        parser.add_argument("--drug", required=True, help="its name, NIBRS letter (nibrs:D) or DEA number")
        amount.add_argument("--grams", metavar="N", help="how many grams")
        amount.add_argument("--quantity", metavar="N", help="how many of --unit")
        parser.add_argument("--unit", default="", help="the unit of --quantity, such as lb, kg, LB, tablet")
        parser.add_argument("--price", metavar="USD", help="US dollars for one --per")
        parser.add_argument("--low", metavar="USD", help="the low end of the price")
        parser.add_argument("--high", metavar="USD", help="the high end of the price")
        parser.add_argument("--per", default="", help="the unit of the price (that of the quantity)")
        parser.add_argument(
            "--level", default="retail", choices=LEVELS, help="what kind of price it is (retail)"
        )
        parser.add_argument("--on", metavar="DAY", help="the day of the seizure, such as 2013-07-15 (today)")
        parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Value it and print the value with its way; ends with 1 where it cannot be valued."""
        on = _day(options["on"])
        exhibit = Exhibit("1", _substance(options["drug"]), *_quantity(options), on)
        rows = [_row(options, exhibit)] if options["price"] else published_rows()
        found = value([exhibit], rows, level=options["level"], known_by=on)
        if options["json"]:
            self.stdout.write(json.dumps(_facts(exhibit, found), ensure_ascii=False))
        elif found.valued:
            self.stdout.write(_lines(exhibit, found))
        if found.not_valued:
            raise CommandError(f"not valued, which is not 0: {_why(found.not_valued[0])}.", returncode=1)


def _substance(text: str) -> str:
    code_list, _, code = text.rpartition(":")
    if code_list not in {"", "nibrs", "dea"}:
        raise CommandError("--drug must be a name, nibrs:LETTER or dea:NUMBER", returncode=WRONG_WORDS)
    found = substances.recognise(code, code_list=code_list)
    if isinstance(found, substances.Recognised):
        return found.substance
    could = f" It could be {' or '.join(found.could_be)}: name one." if found.could_be else ""
    raise CommandError(
        f"--drug must name one substance of data/vocabulary/substances.csv; got {text!r}.{could}",
        returncode=WRONG_WORDS,
    )


def _quantity(options: dict[str, Any]) -> tuple[Decimal | None, str]:
    if options["grams"] is not None:
        if options["unit"]:
            raise CommandError("--unit belongs to --quantity; --grams are grams", returncode=WRONG_WORDS)
        return _number("--grams", options["grams"], least=Decimal(0)), "g"
    unit = _unit("--unit", options["unit"])
    quantity = _number("--quantity", options["quantity"], least=Decimal(0))
    return (quantity, unit) if unit else (None, "")


def _unit(option: str, text: str) -> str:
    """Its slug; "" for XX, which NIBRS writes where the quantity is not reported."""
    found = units.recognise(text)
    if found is None:
        raise CommandError(
            f"{option} must be one of {', '.join(units.units())}; got {text!r}", returncode=WRONG_WORDS
        )
    return found


def _number(option: str, text: str, *, least: Decimal) -> Decimal:
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < least or abs(found.adjusted()) > 15:
        raise CommandError(
            f"{option} must be a number such as 1179.501; got {text!r}", returncode=WRONG_WORDS
        )
    return found


def _day(text: str | None) -> date:
    if text is None:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--on must be a day such as 2013-07-15; got {text!r}", returncode=WRONG_WORDS
        ) from None


def _row(options: dict[str, Any], exhibit: Exhibit) -> PriceRow:
    prices = {
        name: _number(f"--{name}", options[name], least=Decimal("0.0001")) if options[name] else None
        for name in ("low", "price", "high")
    }
    try:
        return PriceRow(
            reference="--price",
            agency="",
            substance=exhibit.substance,
            unit=_unit("--per", options["per"]) if options["per"] else exhibit.unit or "g",
            level=options["level"],
            low_usd=prices["low"],
            mid_usd=prices["price"] or Decimal(0),
            high_usd=prices["high"],
            effective_from=exhibit.on,
            source="--price",
        )
    except ValueError as error:
        raise CommandError(str(error), returncode=WRONG_WORDS) from None


def _facts(exhibit: Exhibit, found: Valuation) -> dict[str, Any]:
    mass_g = total_mass_g([exhibit])
    price = found.valued[0].price if found.valued else None

    def said(amount: Decimal | None) -> str | None:
        return None if amount is None else f"{shown_usd(amount):f}"

    return {
        "substance": exhibit.substance,
        "quantity": None if exhibit.quantity is None else f"{exhibit.quantity:f}",
        "unit": exhibit.unit,
        "mass_g": None if mass_g is None else f"{mass_g.normalize():f}",
        "mass_g_shown": None if mass_g is None else f"{shown_mass_g(mass_g):f}",
        "level": found.level,
        "value_usd": said(found.mid_usd),
        "low_usd": said(found.low_usd),
        "high_usd": said(found.high_usd),
        "price": price
        and {
            "mid_usd": f"{price.mid_usd:f}",
            "per": price.unit,
            "exponent": f"{price.exponent:f}" if price.exponent else None,
            "source": price.source,
            "caution": price.caution or None,
        },
        "not_valued": found.not_valued[0].reason if found.not_valued else None,
    }


def _lines(exhibit: Exhibit, found: Valuation) -> str:
    one, quantity = found.valued[0], exhibit.quantity or Decimal(0)
    mass_g, unit = total_mass_g([exhibit]), units.unit(exhibit.unit)
    amount = (
        f"{shown_mass_g(mass_g):,f} g" if mass_g is not None else f"{quantity.normalize():,f} {unit.many}"
    )
    value_usd = found.mid_usd or Decimal(0)
    lines = [
        f"{amount}  {substances.substance(exhibit.substance).name}",
        f"${shown_usd(value_usd):,f}  {found.level} value",
    ]
    if found.low_usd is not None and found.high_usd is not None:
        lines.append(
            f"${shown_usd(found.low_usd):,f} to ${shown_usd(found.high_usd):,f}  at the low and high price"
        )
    power = f" × {one.quantity.normalize():f}^{one.price.exponent:f}" if one.price.exponent else ""
    way = power or f" a {units.unit(one.price.unit).one} × {one.quantity.normalize():,f}"
    lines.append(f"${one.price.mid_usd:,f}{way}, rounded once, at the end")
    return "\n".join([*lines, *(f"These are {caution}: {one.price.source}." for caution in found.cautions)])


def _why(one: NotValued) -> str:
    return WHY_NOT.get(one.reason, one.reason)
