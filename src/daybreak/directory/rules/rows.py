"""A row on its way into the directory: as its reader found it, and as the rules leave it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from datetime import date


@dataclass(frozen=True, slots=True)
class Mend:
    """What was repaired: the field, what stood there, what stands there now, and by which rule."""

    field: str
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A source says yes or no to one need; ``said`` is how it said so (codes, or question and answer)."""

    need: str
    answer: bool
    said: str


@dataclass(frozen=True, slots=True)
class Number:
    """One phone number: ten digits, or the text as it came where ``readable`` is False."""

    number: str
    extension: str = ""
    kind: str = "main"
    description: str = ""
    readable: bool = True


@dataclass(slots=True)
class Row:
    """One row as text, by the meaning of its columns; nothing is judged yet.

    ``line`` is the line of the file on which the row begins, ``row`` counts data rows from 1. ``contacts`` are pairs of
    (kind, text) in which the text may hold several numbers. ``has_point`` tells whether the source has coordinate
    columns at all: only then is an empty coordinate a gap. ``county`` is the county as the source names it, without state.
    ``key`` is the source's own name for the row, where it has one that stays the same from one edition to the next.
    """

    line: int
    row: int
    raw: str
    name: str = ""
    program: str = ""
    detail: str = ""
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    latitude: str = ""
    longitude: str = ""
    has_point: bool = False
    contacts: tuple[tuple[str, str], ...] = ()
    note: str = ""
    website: str = ""
    codes: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    published: bool = True
    mends: list[Mend] = field(default_factory=list)
    county: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot stand in the directory, and why."""

    line: int
    row: int
    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One mended row: who, where, how to reach them, and what they state. Coordinates are degrees, WGS 84."""

    line: int
    row: int
    name: str
    program: str
    detail: str
    address_1: str
    address_2: str
    city: str
    state: str
    zip: str
    latitude: float | None
    longitude: float | None
    point_from: str
    county: str
    phones: tuple[Number, ...]
    note: str
    website: str
    codes: tuple[str, ...]
    statements: tuple[Statement, ...]
    languages: tuple[tuple[str, str], ...]
    published: bool
    mends: tuple[Mend, ...]
    key: str = ""

    @property
    def service_name(self) -> str:
        """What the service is called: its program, or the organization itself where no program is named."""
        return ", ".join(part for part in (self.program, self.detail) if part) or self.name

    @property
    def stated(self) -> tuple[frozenset[str], frozenset[tuple[str, bool]]]:
        """What it states: two rows that differ here are two services."""
        return frozenset(self.codes), frozenset((said.need, said.answer) for said in self.statements)

    def digest(self, as_of: date) -> str:
        """SHA-256 of the content and the day for which it speaks, whatever the row's position in the file."""
        content = [getattr(self, name) for name in _CONTENT]
        text = repr((content, as_of.isoformat()))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_CONTENT = [part.name for part in fields(Listing) if part.name not in {"line", "row", "key"}]
