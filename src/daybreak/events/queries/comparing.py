"""Comparisons that the published numbers allow: each newest number against the one before, and the two years before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from daybreak.events.models import Figure
from daybreak.events.queries.figures import as_compared
from daybreak.events.rules.comparisons import SCOPE, Comparison, compare
from daybreak.events.rules.comparisons import Figure as Number


@dataclass(frozen=True, slots=True)
class Quoted:
    """A comparison, and the published figures that it rests on, the newest first."""

    comparison: Comparison
    figures: tuple[Figure, ...]


def quoted(held: Iterable[Figure], *, as_of: date) -> list[Quoted]:
    """What may be said as of a day. Each number counts as it was known last; numbers of unlike scope never meet."""
    scopes: dict[tuple[object, ...], dict[tuple[date, date], tuple[Number, Figure]]] = defaultdict(dict)
    for figure in held:
        number = as_compared(figure)
        if number.known_on > as_of:
            continue
        spans = scopes[tuple(getattr(number, name) for name in SCOPE)]
        before = spans.get((number.since, number.until))
        if before is None or before[0].known_on <= number.known_on:
            spans[number.since, number.until] = (number, figure)
    found = [one for spans in scopes.values() for one in _of_scope(list(spans.values()), as_of)]
    return sorted(found, key=lambda one: (-one.comparison.now.until.toordinal(), -len(one.figures)))


def _of_scope(numbers: list[tuple[Number, Figure]], as_of: date) -> list[Quoted]:
    """The newest number of one scope against those that lead up to it without a gap."""
    now, figure = max(numbers, key=lambda pair: (pair[0].until, pair[0].since))
    chain: list[tuple[Number, Figure]] = []
    first = now.since
    while True:
        earlier = [pair for pair in numbers if pair[0].until == first - timedelta(days=1)]
        if not earlier:
            break
        chain.append(max(earlier, key=lambda pair: pair[0].since))
        first = chain[-1][0].since
    found = []
    for many in range(1, min(len(chain), 2) + 1):
        answer = compare(now, *(pair[0] for pair in chain[:many]), as_of=as_of)
        if isinstance(answer, Comparison):
            found.append(Quoted(answer, (figure, *(pair[1] for pair in chain[:many]))))
    return found
