"""What a brief was told by the ledger and the directory, before any of it is put into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from daybreak.events.rules.comparisons import Figure

# Below this a count of people from a health source is not printed in a public table.
LEAST_IN_PUBLIC = 10


@dataclass(frozen=True, slots=True)
class RowsOf:
    """Rows of one file: which lines, as first and last of each run; ``lines`` () = their places are not shared with us."""

    feed: str
    many: int
    file: str = ""
    lines: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """A number with its scope. ``origin`` is "ledger" or "published"; ``query`` are the desk's filters that show its rows."""

    figure: Figure
    origin: str
    rows: tuple[RowsOf, ...] = ()
    query: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A count that is not printed. ``reason``: "small" (1 to 9 people), "living" (reports about the living), "month" (not
    yet released: the first file came after the newest day of release)."""

    kind: str
    agency: str
    substance: str
    since: date
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class Series:
    """One agency's counts of one kind, year by year; the last is the year in hand, through the day that the feed has told of.

    ``heard_on`` is the day of its newest delivery. ``silent``: that is longer ago than three times what was agreed.
    ``released_on``: the day as of whose beginning people of a health source were counted, None = counted as of the brief's day.
    """

    kind: str
    agency: str
    substance: str
    counts: tuple[Count, ...]
    withheld: tuple[Withheld, ...]
    heard_on: date
    silent: bool
    released_on: date | None = None

    @property
    def now(self) -> Count | None:
        """The count of the year in hand."""
        return self.counts[-1] if self.counts else None


@dataclass(frozen=True, slots=True)
class ExhibitFact:
    """One exhibit of an operation: where it stands, how much, what the laboratory said, what it is worth.

    ``retail_usd`` and ``transaction_usd`` None = not valued, and ``reason`` (of the retail value) says why.
    """

    file: str
    line: int | None
    number: int
    on: date
    substance: str
    quantity: Decimal | None
    unit: str
    laboratory: str
    retail_usd: Decimal | None
    transaction_usd: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class PriceUsed:
    """A price on which a value rests."""

    mid_usd: Decimal
    unit: str
    source: str
    caution: str


@dataclass(frozen=True, slots=True)
class ValueFact:
    """What an operation's exhibits are worth at one level, unrounded; None = nothing could be valued."""

    level: str
    usd: Decimal | None
    valued: int
    not_valued: tuple[tuple[str, int], ...]
    prices: tuple[PriceUsed, ...]


@dataclass(frozen=True, slots=True)
class OperationFact:
    """One operation as it was known. ``mass_g`` is exact."""

    name: str
    agency: str
    substance: str
    started_on: date
    ended_on: date | None
    until: date
    arrests: Count | None
    mass_g: Decimal | None
    seizures: Count | None
    values: tuple[ValueFact, ...]
    exhibits: tuple[ExhibitFact, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Numbers about one measure and period that differ; ``reasons`` are words, each true of these numbers."""

    kind: str
    statistic: str
    substance: str
    operation: str
    since: date
    until: date
    counts: tuple[Count, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FocusFact:
    """What hours went to: a substance, an operation or an area, by name."""

    name: str
    posts: int
    hours: Decimal


@dataclass(frozen=True, slots=True)
class StaffingFact:
    """The agency's own staffing in a span of days: hours by focus, and which unit gave hours up."""

    since: date
    until: date
    focuses: tuple[FocusFact, ...]
    given_up: tuple[tuple[str, Decimal], ...]
    new_hours: Decimal


@dataclass(frozen=True, slots=True)
class ListingFact:
    """One edition of one list of treatment places, and the day for which it speaks."""

    title: str
    as_of: date
    places: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a brief says, as known at the end of ``as_of``; ``earlier`` the same at the end of ``before``."""

    as_of: date
    before: date
    agency: str
    place: str
    synthetic: bool
    substance: str
    members: tuple[str, ...]
    series: tuple[Series, ...]
    operations: tuple[OperationFact, ...]
    figures: tuple[Count, ...]
    conflicts: tuple[Conflict, ...]
    withheld: tuple[Withheld, ...]
    staffing: StaffingFact | None
    listings: tuple[ListingFact, ...]
    earlier: Facts | None = field(default=None)


def runs(lines: list[int]) -> tuple[tuple[int, int], ...]:
    """Numbers as runs of neighbours: 2, 3, 4, 9 → (2, 4), (9, 9)."""
    found: list[tuple[int, int]] = []
    for line in sorted(set(lines)):
        if found and found[-1][1] == line - 1:
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return tuple(found)


def hidden_in_public(people: int, whole: int | None = None) -> bool:
    """Whether a count from a health source is not printed: fewer than ten people, or fewer than ten left of the whole.

    The whole stands beside its part, so that who subtracts learns the rest.
    """
    rest = None if whole is None else whole - people
    return people < LEAST_IN_PUBLIC or (rest is not None and 0 < rest < LEAST_IN_PUBLIC)
