"""The other parts of a brief: what changed, where numbers differ, staffing, health, treatment listings, agencies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from daybreak.events.rules.comparisons import Figure
from daybreak.publishing.rules.brief import Number, Section, Sentence, Table
from daybreak.publishing.rules.counted_sections import not_printed, released
from daybreak.publishing.rules.facts import Conflict, Facts, OperationFact
from daybreak.publishing.rules.operation_section import rounded_mass, value_number
from daybreak.publishing.rules.register import Register, capital, name_of, printed, words
from daybreak.vocabulary.kinds import kind

Change = tuple[Sentence, Sentence, Sentence]
HEALTH_KINDS = frozenset({"overdose", "ed-visit", "naloxone", "death", "toxicology"})


def change_section(register: Register, facts: Facts) -> Section:
    """Numbers that differ from those known a while ago, and numbers that were published since.

    Counts of people from health sources are not set against each other: the difference of two days may be one person.
    """
    title = register.pattern("changes", "title").format(day=register.day(facts.before))
    rows = tuple(_changes(register, facts))
    tables = []
    if rows:
        tables.append(
            Table(register.pattern("changes", "table"), tuple(register.words["changes"]["head"]), rows, (1, 2))
        )  # fmt: skip
    fresh = [one for one in facts.figures if one.figure.known_on > facts.before]
    if fresh:
        cells = tuple(
            (
                words(one.figure.agency),
                words(one.figure.definition),
                words(capital(register.period(one.figure.since, one.figure.until))),
                printed(register.count(one)),
            )
            for one in sorted(fresh, key=lambda one: (one.figure.known_on, one.figure.kind, one.figure.since))
        )
        tables.append(
            Table(register.pattern("changes", "new"), tuple(register.words["changes"]["new-head"]), cells, (3,))
        )  # fmt: skip
    sentences = () if tables else (register.say("changes", "none"),)
    return Section("changes", title, sentences, (), tuple(tables))


def _changes(register: Register, facts: Facts) -> Iterator[Change]:
    earlier = facts.earlier
    if earlier is None:
        return
    then = {(one.kind, one.agency, one.substance): one.now for one in earlier.series}
    for one in facts.series:
        before, now = then.get((one.kind, one.agency, one.substance)), one.now
        if now is None or one.kind in HEALTH_KINDS:
            continue
        if before is None or (before.figure.value, before.figure.since) != (
            now.figure.value,
            now.figure.since,
        ):
            measure = register.say(
                "changes", "count", what=capital(register.what(now.figure)), agency=one.agency, year=str(now.figure.since.year)
            )  # fmt: skip
            yield (
                measure,
                _then(register, register.count(before) if before else None),
                printed(register.count(now)),
            )
    operations = {one.name: one for one in earlier.operations}
    for operation in facts.operations:
        yield from _operation_changes(register, operations.get(operation.name), operation)


def _operation_changes(
    register: Register, before: OperationFact | None, now: OperationFact
) -> Iterator[Change]:
    words_of = {"operation": now.name, "substance": name_of(now.substance)}
    pairs: list[tuple[str, Number | None, Number | None]] = [
        (
            "arrests",
            register.count(before.arrests) if before and before.arrests else None,
            register.count(now.arrests) if now.arrests else None,
        ),
        ("mass", rounded_mass(register, before) if before else None, rounded_mass(register, now)),
        ("value", value_number(register, before, "retail") if before else None, value_number(register, now, "retail")),
    ]  # fmt: skip
    for key, old, new in pairs:
        if new is not None and (old is None or old.value != new.value):
            missing = "not-valued" if key == "value" and before is not None else "none-then"
            yield register.say("changes", key, **words_of), _then(register, old, missing), printed(new)


def _then(register: Register, old: Number | None, missing: str = "none-then") -> Sentence:
    return printed(old) if old else register.say("changes", missing)


def conflict_section(register: Register, facts: Facts) -> Section:
    """Numbers of one measure and period that differ, side by side."""
    title = register.pattern("conflicts", "title")
    if not facts.conflicts:
        return Section("conflicts", title, (register.say("conflicts", "none"),))
    tables = tuple(_conflict(register, one) for one in facts.conflicts)
    told = dict.fromkeys(reason for one in facts.conflicts for reason in one.reasons)
    sentences = [register.say("conflicts", "lead")]
    sentences += [register.say("conflicts", "reason", reason) for reason in told]
    return Section("conflicts", title, tuple(sentences), (), tables)


def _conflict(register: Register, one: Conflict) -> Table:
    figure = one.counts[0].figure
    caption = register.pattern("conflicts", "operation-caption" if one.operation else "caption").format(
        what=_measured(register, figure),
        operation=one.operation,
        period=register.period(one.since, one.until),
    )
    ledger = register.pattern("conflicts", "ledger")
    rows = tuple(
        (
            words(count.figure.agency),
            words(count.figure.definition if count.origin == "published" else ledger),
            printed(register.count(count)),
            words(register.day(count.figure.known_on)),
        )
        for count in one.counts
    )
    return Table(caption, tuple(register.words["conflicts"]["head"]), rows, (2,))


def _measured(register: Register, figure: Figure) -> str:
    return capital(register.what(figure))


def staffing_section(register: Register, facts: Facts) -> Section:
    """Hours by focus, and who gave them up."""
    title, held = register.pattern("staffing", "title"), facts.staffing
    if held is None:
        return Section("staffing", title, (register.say("staffing", "none"),))

    def hours(value: Decimal, about: str) -> Number:
        shown = f"{value.to_integral_value():,}"
        return register.stated(
            "hours", shown, value, origin="ledger", about=about, agency=facts.agency, since=held.since, until=held.until
        )  # fmt: skip

    sentences = [
        register.say(
            "staffing", "focus", focus=one.name, hours=hours(one.hours, one.name),
            posts=register.stated(
                "posts", str(one.posts), Decimal(one.posts), origin="ledger", about=one.name, agency=facts.agency,
                since=held.since, until=held.until,
            ),
            since=register.day(held.since), until=register.day(held.until),
        )
        for one in held.focuses
    ]  # fmt: skip
    sentences += [
        register.say("staffing", "given", unit=unit, hours=hours(value, f"given/{unit}"))
        for unit, value in held.given_up
    ]
    if held.new_hours:
        sentences.append(register.say("staffing", "new", hours=hours(held.new_hours, "new")))
    sentences.append(register.say("staffing", "beside"))
    return Section("staffing", title, tuple(sentences))


def health_section(register: Register, facts: Facts) -> Section:
    """What was published about overdoses, visits and naloxone, what may be counted, and what is withheld."""
    sentences = []
    kinds = HEALTH_KINDS - {"death"}
    for count in facts.figures:
        figure = count.figure
        if figure.kind in kinds:
            sentences.append(
                register.say(
                    "health", "published", agency=figure.agency, value=register.count(count), what=register.what(figure),
                    period=register.period(figure.since, figure.until), definition=figure.definition,
                )
            )  # fmt: skip
            if figure.statistic == "doses":
                sentences.append(register.say("health", "doses"))
    for one in facts.series:
        if one.kind in kinds and one.counts:
            figure = one.counts[-1].figure
            sentences.append(
                register.say(
                    "health", "counted", agency=one.agency, value=register.count(one.counts[-1]), what=register.what(figure),
                    period=register.period(figure.since, figure.until),
                )
            )  # fmt: skip
    ours = [one for one in facts.series if one.kind in kinds]
    for one in ours:
        sentences += not_printed(register, one)
    if not sentences:
        sentences.append(register.say("health", "none"))
    sentences += released(register, ours)
    sentences += [
        register.say("health", "living", kind=capital(kind(held.kind).many), agency=held.agency)
        for held in facts.withheld
    ]
    return Section("health", register.pattern("health", "title"), tuple(sentences))


def listing_section(register: Register, facts: Facts) -> Section:
    """How many treatment places each list had, and how old it was."""
    title = register.pattern("listings", "title")
    if not facts.listings:
        return Section("listings", title, (register.say("listings", "none", day=register.day(facts.as_of)),))
    sentences = []
    for one in facts.listings:
        age = (facts.as_of - one.as_of).days
        places = register.stated(
            "places", f"{one.places:,}", Decimal(one.places), origin="directory", about=one.title, source=one.title,
            since=one.as_of, until=one.as_of,
        )  # fmt: skip
        days = register.computed("days", f"{age:,}", Decimal(age), places, about=one.title)
        sentences.append(
            register.say("listings", "one", title=one.title, places=places, day=register.day(one.as_of), age=days)
        )  # fmt: skip
    return Section(
        "listings", title, (*sentences, register.say("listings", "phones")),
    )  # fmt: skip


def member_section(register: Register, facts: Facts) -> Section:
    """The agencies that share data on that day."""
    title = register.pattern("members", "title")
    if not facts.members:
        return Section("members", title, (register.say("members", "none", day=register.day(facts.as_of)),))
    return Section(
        "members", title,
        (register.say("members", "lead", number=members(register, facts), day=register.day(facts.as_of),
                      names=names(facts.members)),),
    )  # fmt: skip


def members(register: Register, facts: Facts) -> Number:
    """How many agencies share data."""
    many = len(facts.members)
    return register.stated("agencies", str(many), Decimal(many), origin="agreement", about="members")


def names(held: Iterable[str]) -> str:
    """Names in a row."""
    return ", ".join(held)
