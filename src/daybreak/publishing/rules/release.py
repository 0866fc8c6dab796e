"""The draft of a press release, made from the numbers of the brief and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from daybreak.publishing.rules.brief import Sentence, Span
from daybreak.publishing.rules.counted_sections import comparison, is_fresh
from daybreak.publishing.rules.facts import Conflict, Count, Facts, OperationFact, Series
from daybreak.publishing.rules.operation_section import price_number, rounded_mass, value_number
from daybreak.publishing.rules.other_sections import members, names
from daybreak.publishing.rules.register import Register, capital, name_of, words


def release(register: Register, facts: Facts) -> tuple[Sentence, ...]:
    """A headline, then paragraphs."""
    paragraphs: list[Sentence] = [_headline(register, facts)]
    paragraphs.append(register.say("release", "draft", place=facts.place, day=register.day(facts.as_of)))
    if facts.synthetic:
        paragraphs.append(words(register.pattern("labels", "synthetic")))
    paragraphs += [
        _arrests(register, facts, one) for one in facts.series if one.kind == "arrest" and one.counts
    ]
    paragraphs += [found for one in facts.operations for found in _operation(register, one)]
    paragraphs += [
        _deaths(register, one) for one in facts.series if one.kind == "death" and len(one.counts) > 1
    ]
    paragraphs += [differing(register, one) for one in facts.conflicts if "other-agency" in one.reasons]
    if facts.members:
        paragraphs.append(
            register.say("release", "agencies", number=members(register, facts), names=names(facts.members))
        )
    paragraphs.append(register.say("release", "help"))
    return tuple(paragraphs)


def _headline(register: Register, facts: Facts) -> Sentence:
    for one in facts.series:
        if one.kind == "arrest" and is_fresh(facts, one) and _passes_both(facts, one):
            what = capital(register.what(one.counts[-1].figure))
            return register.say("release", "headline", what=what, place=facts.place)
    day = register.day(facts.as_of)
    if facts.substance:
        return register.say("release", "headline-plain", substance=name_of(facts.substance), day=day)
    return register.say("release", "headline-none", day=day)


def _passes_both(facts: Facts, one: Series) -> bool:
    if len(one.counts) < 3:
        return False
    found = comparison(facts, one.counts[-1], *one.counts[-3:-1])
    return found is not None and found.direction == "more"


def _arrests(register: Register, facts: Facts, one: Series) -> Sentence:
    now = one.counts[-1]
    pieces: dict[str, str | Sentence] = {
        "agency": one.agency, "what": register.what(now.figure), "now": _number(register, now),
        "period": register.period(now.figure.since, now.figure.until),
    }  # fmt: skip
    if _passes_both(facts, one):
        parts = [
            register.say(
                "release", "part", value=_number(register, each), period=register.period(each.figure.since, each.figure.until)
            )
            for each in reversed(one.counts[-3:-1])
        ]  # fmt: skip
        return register.say("release", "arrests", parts=_joined(register, parts, "and"), **pieces)
    if len(one.counts) > 1:
        return register.say("release", "arrests-one", **pieces, **_before(register, one.counts[-2]))
    return register.say("release", "arrests-only", **pieces)


def _operation(register: Register, one: OperationFact) -> Iterator[Sentence]:
    mass = rounded_mass(register, one)
    if mass is None or one.arrests is None:
        return
    value = value_number(register, one, "retail")
    retail = next((found for found in one.values if found.level == "retail"), None)
    since, substance = register.day(one.started_on), name_of(one.substance)
    if value is None or retail is None:
        yield register.say(
            "release", "operation-unvalued", operation=one.name, since=since, arrests=register.count(one.arrests), mass=mass,
            substance=substance,
        )  # fmt: skip
        return
    yield register.say(
        "release", "operation", operation=one.name, since=since, arrests=register.count(one.arrests), mass=mass,
        substance=substance, price=price_number(register, one, retail), value=value,
    )  # fmt: skip


def _deaths(register: Register, one: Series) -> Sentence:
    now, before = one.counts[-1], one.counts[-2]
    alike = now.figure.span == before.figure.span != ""
    return register.say(
        "release", "deaths-whole" if alike else "deaths", agency=one.agency, what=register.what(now.figure),
        now=_number(register, now), period=register.period(now.figure.since, now.figure.until), **_before(register, before),
    )  # fmt: skip


def conflict_known(one: Conflict) -> date:
    """The day on which the newest of the published numbers became known."""
    return max(count.figure.known_on for count in one.counts if count.origin == "published")


def differing(register: Register, one: Conflict) -> Sentence:
    """That agencies differ: the newest published number of each agency."""
    newest: dict[str, Count] = {}
    for count in sorted(one.counts, key=lambda each: (each.figure.known_on, each.origin == "published")):
        if count.origin == "published" or count.figure.agency not in newest:
            newest[count.figure.agency] = count
    parts = [
        register.say("release", "differ-part", value=_number(register, count), agency=agency)
        for agency, count in sorted(newest.items())
    ]
    return register.say(
        "release", "differ", what=register.what(one.counts[0].figure), period=register.period(one.since, one.until),
        parts=_joined(register, parts, "between"),
    )  # fmt: skip


def _before(register: Register, count: Count) -> dict[str, str | Sentence]:
    figure = count.figure
    return {"before": _number(register, count), "before_period": register.period(figure.since, figure.until)}


def _number(register: Register, count: Count) -> Sentence:
    number = register.count(count)
    return (Span(number.shown, number.id),)


def _joined(register: Register, parts: Sequence[Sentence], between: str) -> Sentence:
    found: list[Span] = []
    for number, part in enumerate(parts):
        found += [Span(register.pattern("release", between))] if number else []
        found += part
    return tuple(found)
