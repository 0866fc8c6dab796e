"""Published curves of what a lot of a drug cost by its size: facts with their limits, never stretched beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from daybreak.vocabulary import files


@dataclass(frozen=True, slots=True)
class PriceCurve:
    """A lot of q units cost ``coefficient_usd`` × q^``exponent`` US dollars, from ``least`` to ``most`` units, on those days."""

    name: str
    substance: str
    unit: str
    level: str
    coefficient_usd: Decimal
    exponent: Decimal
    least: Decimal
    most: Decimal
    since: date
    until: date
    source: str
    caution: str


@cache
def price_curves() -> tuple[PriceCurve, ...]:
    """Every curve of data/vocabulary/price_curves.csv."""
    return tuple(
        PriceCurve(
            row["curve"],
            row["substance"],
            row["unit"],
            row["level"],
            Decimal(row["coefficient_usd"]),
            Decimal(row["exponent"]),
            Decimal(row["from_quantity"]),
            Decimal(row["to_quantity"]),
            date.fromisoformat(row["from_date"]),
            date.fromisoformat(row["to_date"]),
            row["source"],
            row["caution"],
        )
        for row in files.rows("vocabulary/price_curves.csv")
    )
