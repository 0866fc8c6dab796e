"""One row of somebody's file as the ledger will keep it, before it is kept: an event, never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class SubstanceSeen:
    """A substance and how sure it is: "suspected" (somebody's guess), "confirmed" (a laboratory) or "ruled-out"."""

    substance: str
    standing: str = "suspected"


@dataclass(frozen=True, slots=True)
class ChargeSeen:
    """A charge of an arrest: the statute as cited ("KRS 218A.1412"), the offense in words, and how many counts."""

    statute: str
    offense: str = ""
    counts: int = 1


@dataclass(frozen=True, slots=True)
class ExhibitSeen:
    """A seized thing: substance, how much in which unit, and what the laboratory said.

    ``quantity`` is None where the file gives none (NIBRS measure XX is at the laboratory, a quantity of *none*, never 1).
    ``unit`` is a slug of vocabulary.units, "" with no quantity. ``laboratory``: "" (not stated), "pending", "confirmed",
    "ruled-out".
    """

    substance: str
    quantity: Decimal | None
    unit: str = ""
    laboratory: str = ""
    label: str = ""


@dataclass(slots=True)
class Draft:
    """One event, or ``count`` like events where the file counts instead of listing.

    ``line`` is the row of the file, from 1. ``key`` joins the mapping's key columns, "" where the row has none and is known
    by its content. ``occurred_at`` is aware UTC; for a day or anything longer it is local midnight at its start and
    ``occurred_precision`` says which (minute, hour, day, week, month, quarter, year). ``place`` is the precision of place
    (block, zip, county, state, not-stated). Texts are "" and numbers None where the file does not state them; ``fatal`` is
    three-valued. ``naloxone_doses`` counts doses, ``naloxone_given`` says yes, no or not stated. ``age_band`` is ten years
    wide ("25-34"); no exact age, name, birth date or address finer than a block has a field here, on purpose.
    """

    kind: str
    line: int
    occurred_at: datetime
    occurred_precision: str = "day"
    key: str = ""
    count: int = 1
    reported_at: datetime | None = None
    place: str = "not-stated"
    block: str = ""
    zip: str = ""
    county: str = ""
    state: str = ""
    latitude: float | None = None
    longitude: float | None = None
    fatal: bool | None = None
    certainty: str = ""
    naloxone_given: bool | None = None
    naloxone_doses: int | None = None
    naloxone_by: str = ""
    age_band: str = ""
    sex: str = ""
    status: str = ""
    manner: str = ""
    underlying: str = ""
    operation: str = ""
    token: str = ""
    substances: tuple[SubstanceSeen, ...] = ()
    causes: tuple[str, ...] = ()
    charges: tuple[ChargeSeen, ...] = ()
    exhibits: tuple[ExhibitSeen, ...] = ()
