"""How pages of the ledger name things: kinds, substances, places, masses, amounts; given to every template as ``say``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from daybreak.accounts.guard import DeskRequest
from daybreak.events.rules.valuation import shown_mass_g, shown_usd
from daybreak.vocabulary import units
from daybreak.vocabulary.gazetteer import county_numbers
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.substances import substances


def substance(slug: str) -> str:
    """The substance's name; the slug where the list has it no longer."""
    found = substances().get(slug)
    return found.name if found else slug


def county(number: str) -> str:
    """The county's name; its five digits where its name is not bundled."""
    return county_numbers().get(number, number).partition("/")[2] or number


def usd(amount: Decimal | None) -> str:
    """$235,900.20, rounded here and nowhere before; "" where there is no value."""
    return "" if amount is None else f"${shown_usd(amount):,.2f}"


def price(amount: Decimal | None) -> str:
    """A price with as many places as it needs, two at least."""
    if amount is None:
        return ""
    plain = amount.normalize()
    places = max(2, -int(plain.as_tuple().exponent))
    return f"${plain:,.{places}f}"


def mass(amount: Decimal | None) -> str:
    """1,180 g, rounded for showing only; "" where nothing has a mass."""
    return "" if amount is None else f"{shown_mass_g(amount):,} g"


def exact(amount: Decimal | None) -> str:
    """A quantity as it is, without a tail of zeros."""
    if amount is None:
        return ""
    whole = amount.to_integral_value()
    return f"{whole:,f}" if amount == whole else f"{amount.normalize():,f}"


def unit(slug: str) -> str:
    """The unit's symbol."""
    found = units.units().get(slug)
    return found.symbol if found else slug


def when(day: date, precision: str, clock: str = "") -> dict[str, Any]:
    """The parts of a moment that a template puts together."""
    return {"day": day, "precision": precision, "clock": clock, "quarter": (day.month + 2) // 3}


SAY = SimpleNamespace(
    substance=substance,
    county=county,
    kind=lambda slug: KINDS[slug],
    usd=usd,
    price=price,
    mass=mass,
    exact=exact,
    unit=unit,
    when=when,
)


def page(request: DeskRequest, template: str, status: int = 200, **facts: Any) -> HttpResponse:
    """A page of the room, with everything that its templates may say."""
    return render(request, f"events/{template}", {"say": SAY, **facts}, status=status)


def words(template: str, **facts: Any) -> list[str]:
    """The lines of a text template: title, subtitle, then notes of a chart. Empty lines fall away."""
    said = str(render_to_string(f"events/{template}", {"say": SAY, **facts}))
    return [" ".join(line.split()) for line in said.splitlines() if line.strip()]
