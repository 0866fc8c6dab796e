"""Gives each number of a brief its id, once, in the order of first saying, with all that it takes to check it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from daybreak.events.rules.comparisons import Figure
from daybreak.events.rules.valuation import shown_mass_g, shown_usd
from daybreak.events.rules.wording import period, what
from daybreak.publishing.rules.brief import Number, Sentence, Span, fill
from daybreak.publishing.rules.facts import Count, Facts, RowsOf
from daybreak.vocabulary.substances import substances


class Register:
    """The numbers of one brief; ``words`` are the patterns of the brief, ``comparing`` those of comparisons."""

    def __init__(self, facts: Facts, words: Mapping[str, Any], comparing: Mapping[str, Any]) -> None:
        self.facts = facts
        self.words = words
        self.comparing = comparing
        self._held: dict[tuple[object, ...], Number] = {}

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every number that was said so far, in the order of their ids."""
        return tuple(self._held.values())

    def count(self, count: Count) -> Number:
        """A number of the ledger or of a publication."""
        figure = count.figure
        key = (
            count.origin, figure.kind, figure.statistic, figure.substance, figure.agency, figure.operation, figure.since,
            figure.until, figure.known_on, figure.definition, figure.value,
        )  # fmt: skip
        return self._add(
            key,
            shown=shown_value(figure),
            value=figure.value,
            origin=count.origin,
            definition=figure.definition or plain_words(self.pattern("definition", "ledger"), what=self.what(figure)),
            agency=figure.agency,
            place=figure.place,
            operation=figure.operation,
            since=figure.since,
            until=figure.until,
            known_on=figure.known_on,
            rows=tuple(self.rows(rows) for rows in count.rows),
            query=count.query,
            source=count.source,
            note=count.note,
        )  # fmt: skip

    def computed(
        self, what_it_is: str, shown: str, value: Decimal, *of: Number, about: str = "", **words: str
    ) -> Number:
        """A number that was made of others; ``what_it_is`` is an entry of the definitions, ``about`` tells two of them apart."""
        ids = tuple(one.id for one in of)
        return self._add(
            (what_it_is, about, shown, ids),
            shown=shown,
            value=value,
            origin="computed",
            definition=plain_words(self.pattern("definition", what_it_is), **words),
            known_on=self.facts.as_of,
            of=ids,
        )

    def stated(
        self, what_it_is: str, shown: str, value: Decimal, *, origin: str, about: str, source: str = "",
        rows: tuple[str, ...] = (), since: date | None = None, until: date | None = None, agency: str = "",
        operation: str = "", **words: str,
    ) -> Number:  # fmt: skip
        """A number that is neither a count of events nor computed from others: a price, an exhibit, hours, places."""
        return self._add(
            (what_it_is, about, shown),
            shown=shown,
            value=value,
            origin=origin,
            definition=plain_words(self.pattern("definition", what_it_is), **words),
            agency=agency,
            operation=operation,
            since=since,
            until=until,
            known_on=self.facts.as_of,
            rows=rows,
            source=source,
        )

    def pattern(self, *path: str) -> str:
        """One pattern of the brief's content."""
        found: Any = self.words
        for name in path:
            found = found[name]
        return str(found)

    def say(self, *path: str, **pieces: str | Number | Sentence) -> Sentence:
        """A sentence of the brief's content."""
        return fill(self.pattern(*path), **pieces)

    def what(self, figure: Figure) -> str:
        """What a number counts, in words."""
        of_any: Mapping[str, str] = self.words["of-any-substance"]
        if figure.statistic == "events" and not figure.substance and figure.kind in of_any:
            return of_any[figure.kind]
        return what(figure, self.comparing)

    def period(self, since: date, until: date) -> str:
        """Days in words, with their preposition."""
        return period(since, until, self.comparing)

    def day(self, day: date) -> str:
        """A day in words."""
        pattern = str(self.comparing["date"])
        return pattern.format(month=self.month(day), day=day.day, year=day.year)

    def month(self, day: date) -> str:
        """The month's name."""
        return str(self.comparing["months"][day.month - 1])

    def rows(self, rows: RowsOf) -> str:
        """Where rows stand, in words."""
        if not rows.file:
            return self.pattern("rows", "feed").format(many=f"{rows.many:,}", feed=rows.feed)
        lines = ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in rows.lines)
        key = "one" if rows.many == 1 else "file"
        return self.pattern("rows", key).format(file=rows.file, many=f"{rows.many:,}", lines=lines)

    def _add(self, key: tuple[object, ...], **fields: Any) -> Number:
        if key not in self._held:
            self._held[key] = Number(id=f"n{len(self._held) + 1}", **fields)
        return self._held[key]


def plain_words(pattern: str, **words: str) -> str:
    """A pattern filled with words only."""
    return pattern.format(**words)


def shown_value(figure: Figure) -> str:
    """How the value of a figure is printed: dollars with cents, grams with their unit, everything else whole."""
    if figure.statistic == "value_usd":
        return usd(figure.value)
    if figure.statistic == "mass_g":
        return f"{exact(figure.value)} g"
    return exact(figure.value)


def exact(value: Decimal) -> str:
    """A number as it is, without a tail of zeros: 1,179.501."""
    whole = value.to_integral_value()
    return f"{whole:,f}" if value == whole else f"{value.normalize():,f}"


def usd(amount: Decimal) -> str:
    """Dollars and cents, rounded here and nowhere before."""
    return f"${shown_usd(amount):,.2f}"


def price(amount: Decimal) -> str:
    """A price: whole dollars without cents, else with as many places as it has, two at least."""
    if amount == amount.to_integral_value():
        return f"${amount.to_integral_value():,f}"
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"${amount:,.{places}f}"


def mass(amount_g: Decimal) -> str:
    """Grams rounded for printing: 1,180 g."""
    return f"{shown_mass_g(amount_g):,f} g"


def name_of(substance: str) -> str:
    """A substance's name inside a sentence."""
    row = substances().get(substance)
    name = row.name.partition(" (")[0] if row else substance
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def words(text: str) -> Sentence:
    """Words alone as a sentence."""
    return (Span(text),) if text else ()


def printed(number: Number) -> Sentence:
    """A number alone, as a cell has it."""
    return (Span(number.shown, number.id),)
