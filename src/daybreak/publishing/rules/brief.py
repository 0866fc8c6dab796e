"""What a brief is: numbers with scope and origin, sentences that name them, tables and charts; one value for every paper."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ORIGINS = ("ledger", "published", "computed", "directory", "agreement")
_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a brief with all that it takes to check it.

    ``shown`` is how it is printed ("160", "$235,900.20"), ``definition`` what it counts. ``since`` and ``until`` are the first
    and last day counted (None = not of a period), ``known_on`` the day on which it became known (of the ledger: the day as of
    which it was read). ``rows`` say which rows of which files it counts, ``of`` the ids of numbers it was computed from,
    ``query`` the filters with which the desk shows the rows. ``source`` is where a published number stands.
    """

    id: str
    shown: str
    value: Decimal
    origin: str
    definition: str
    agency: str = ""
    place: str = ""
    operation: str = ""
    since: date | None = None
    until: date | None = None
    known_on: date | None = None
    rows: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    query: str = ""
    source: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a number that nobody could check; raises ValueError."""
        if self.origin not in ORIGINS:
            raise ValueError(f"The origin must be one of {', '.join(ORIGINS)}; got {self.origin!r}.")
        if not self.definition:
            raise ValueError(f"A number of a brief must say what it counts; {self.id} does not.")
        if self.origin == "computed" and not self.of:
            raise ValueError(f"A computed number must name what it was computed from; {self.id} does not.")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence; ``number`` is the id of the number that it prints, "" = words."""

    text: str
    number: str = ""


Sentence = tuple[Span, ...]
Piece = str | Number | Sequence[Span]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: heads with their units, rows of cells; ``numeric`` are the columns, from 0, that are set to the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Sentence, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its value, how it is printed; ``partial``: the period is not over, or not comparable."""

    label: str
    value: Decimal
    shown: str
    number: str
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from zero. ``title`` is the finding, ``subtitle`` says what, where, when and unit; ``source`` stands below."""

    id: str
    title: str
    subtitle: str
    source: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a brief, in the order in which it is read: sentences, then charts, then tables."""

    id: str
    title: str
    sentences: tuple[Sentence, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief as it was known at the end of ``as_of``, for one agency, against what was known at the end of ``before``.

    ``labels`` are the words of the paper itself. ``release`` is the draft of a press release: a headline, then paragraphs.
    """

    title: str
    as_of: date
    before: date
    agency: str
    synthetic: bool
    lead: tuple[Sentence, ...]
    sections: tuple[Section, ...]
    release: tuple[Sentence, ...]
    numbers: tuple[Number, ...]
    labels: Mapping[str, str]

    def number(self, name: str) -> Number:
        """One number by its id; raises KeyError."""
        return {one.id: one for one in self.numbers}[name]


def fill(pattern: str, **pieces: Piece) -> Sentence:
    """A pattern of content/ with its holes filled by words, numbers and sentences; raises KeyError on a hole left open."""
    found: list[Span] = []
    for place, piece in enumerate(_HOLE.split(pattern)):
        if place % 2 == 0:
            found += [Span(piece)] if piece else []
            continue
        given = pieces[piece]
        if isinstance(given, Number):
            found.append(Span(given.shown, given.id))
        elif isinstance(given, str):
            found.append(Span(given))
        else:
            found += given
    return tuple(found)


def linked(sentence: str, numbers: Sequence[Number]) -> Sentence:
    """A sentence in which each number is marked where it is printed, in the order in which the sentence prints them."""
    spans: list[Span] = []
    rest = sentence
    for number in numbers:
        match = re.search(rf"(?<![\d.,$]){re.escape(number.shown)}(?![\d]|[.,]\d)", rest)
        if match:
            spans += [Span(rest[: match.start()]), Span(match.group(), number.id)]
            rest = rest[match.end() :]
    return tuple(span for span in (*spans, Span(rest)) if span.text)


def plain(sentence: Sentence) -> str:
    """A sentence as text."""
    return "".join(span.text for span in sentence)


_FIGURE = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?")


def figures_in(text: str) -> list[str]:
    """Every number printed in a text, without its thousands' commas: "$235,900.20 in 2013" → 235900.20, 2013."""
    return [found.replace(",", "") for found in _FIGURE.findall(text)]


def unaccounted(brief: Brief) -> list[str]:
    """The numbers of the press release that are neither a number of the brief nor part of a period or day of one."""
    known: set[str] = set()
    for number in brief.numbers:
        known.update(figures_in(number.shown))
    days = [day for number in brief.numbers for day in (number.since, number.until, number.known_on) if day]
    for day in (*days, brief.as_of, brief.before):
        known.update({str(day.year), str(day.day)})
    return [
        found for sentence in brief.release for found in figures_in(plain(sentence)) if found not in known
    ]
