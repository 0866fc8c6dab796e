"""The parts of a brief about counts by year: arrests, deaths, complaints, with comparisons in words, a chart and a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from daybreak.events.rules.comparisons import Comparison, compare
from daybreak.events.rules.wording import said
from daybreak.publishing.rules.brief import Bar, Chart, Section, Sentence, Table, linked
from daybreak.publishing.rules.facts import Count, Facts, OperationFact, Series
from daybreak.publishing.rules.monthly import next_release
from daybreak.publishing.rules.register import Register, capital, printed, words
from daybreak.vocabulary.kinds import kind as kind_named

# A comparison is news while its newest day is not older than this.
FRESH_DAYS = 60


def counted_section(register: Register, facts: Facts, kind: str, name: str) -> Section | None:
    """The part about one kind, one agency after the other; None where no agency counts it."""
    held = [one for one in facts.series if one.kind == kind and (one.counts or one.withheld)]
    if not held:
        return None
    sentences: list[Sentence] = []
    charts, tables = [], []
    for one in held:
        sentences += compared(register, one) if one.counts else []
        sentences += list(_published(register, facts, one))
        if kind == "arrest":
            sentences += list(_of_operations(register, facts.operations, one))
        sentences += not_printed(register, one)
        if one.silent:
            sentences.append(
                register.say("arrests", "silent", agency=one.agency, day=register.day(one.heard_on))
            )
        charts += [_chart(register, facts, one)] if len(one.counts) > 1 else []
        tables += [_table(register, facts, one)] if one.counts else []
    sentences += released(register, held)
    return Section(name, register.pattern(name, "title"), tuple(sentences), tuple(charts), tuple(tables))


def not_printed(register: Register, one: Series) -> list[Sentence]:
    """Which counts of an agency are not printed, and why."""
    small = [str(each.since.year) for each in one.withheld if each.reason == "small"]
    years = ", ".join(small)
    found = []
    what = capital(kind_named(one.kind).many)
    if small and one.kind == "death" and one.counts:  # beside its numbers, which name the agency
        found.append(register.say("deaths", "small", years=years))
    elif small:
        found.append(register.say("monthly", "small", what=what, agency=one.agency, years=years))
    if any(each.reason == "month" for each in one.withheld):
        following = register.day(next_release(register.facts.as_of))
        found.append(register.say("monthly", "first", what=what, agency=one.agency, day=following))
    return found


def released(register: Register, held: Iterable[Series]) -> list[Sentence]:
    """When the counts of people from health sources were drawn, and when they will be next; nothing where there are none."""
    days = [one.released_on for one in held if one.released_on]
    if not days:
        return []
    following = next_release(register.facts.as_of)
    return [register.say("monthly", "released", day=register.day(max(days)), next=register.day(following))]


def compared(register: Register, one: Series) -> list[Sentence]:
    """The newest count against the year before, and against the two years before together."""
    if len(one.counts) < 2:
        return [_counted(register, one)]
    found = _pair(register, one.counts[-1:], one.counts[-2:-1], unequal=len(one.counts) == 2)
    if len(one.counts) > 2:
        found = _pair(register, one.counts[-1:], one.counts[-3:-1], unequal=True) + found
    return found


def comparison(facts: Facts, now: Count, *before: Count) -> Comparison | None:
    """The comparison, where the numbers are alike."""
    found = compare(now.figure, *(one.figure for one in before), as_of=facts.as_of)
    return found if isinstance(found, Comparison) else None


def _counted(register: Register, one: Series) -> Sentence:
    count = one.counts[-1]
    figure = count.figure
    return register.say(
        "health", "counted", agency=one.agency, value=register.count(count), what=register.what(figure),
        period=register.period(figure.since, figure.until),
    )  # fmt: skip


def _pair(
    register: Register, newest: tuple[Count, ...], before: tuple[Count, ...], *, unequal: bool
) -> list[Sentence]:
    """The sentences of helper rules.wording with each number marked; the one about unequal periods where it is asked for."""
    now = newest[0]
    found = compare(now.figure, *(one.figure for one in before), as_of=register.facts.as_of)
    sentences = said(found, register.comparing)
    if not isinstance(found, Comparison):
        return [words(sentence) for sentence in sentences]
    first = register.count(now)
    parts = [register.count(one) for one in before]
    numbers = [first]
    if len(parts) > 1:
        numbers += [register.computed("sum", f"{found.before_value:,f}", found.before_value, *parts), *parts]
    elif found.percent_shown == 0 and found.direction != "same":
        numbers += parts
    elif found.percent_shown is not None and found.direction != "same":
        percent = Decimal(found.percent_shown)
        numbers += [register.computed("percent", f"{percent}%", percent, first, *parts), *parts]
    marked = [linked(sentences[0], numbers)]
    if len(sentences) > 1 and unequal:
        days = register.computed("days", f"{found.now.days:,}", Decimal(found.now.days), first)
        total = register.computed("days", f"{found.before_days:,}", Decimal(found.before_days), *parts)
        marked.append(linked(sentences[1], [days, total]))
    return marked


def same_scope(figures: Iterable[Count], count: Count) -> list[Count]:
    """The published numbers of the agency, measure and days of a count, the newest known last."""
    figure = count.figure
    alike = [
        one
        for one in figures
        if (one.figure.kind, one.figure.statistic, one.figure.substance, one.figure.agency, one.figure.operation)
        == (figure.kind, figure.statistic, figure.substance, figure.agency, figure.operation)
        and (one.figure.since, one.figure.until) == (figure.since, figure.until)
    ]  # fmt: skip
    return sorted(alike, key=lambda one: one.figure.known_on)


def _published(register: Register, facts: Facts, one: Series) -> Iterable[Sentence]:
    now = one.now
    found = same_scope(facts.figures, now) if now else []
    if now and found:
        newest = found[-1]
        key = "same" if newest.figure.value == now.figure.value else "differs"
        yield register.say(
            "arrests", key, agency=one.agency, day=register.day(newest.figure.known_on),
            published=register.count(newest), count=register.count(now),
        )  # fmt: skip


def _of_operations(
    register: Register, operations: Iterable[OperationFact], one: Series
) -> Iterable[Sentence]:
    """How many of the arrests belong to an operation that began within the same days."""
    now = one.now
    for operation in operations:
        if operation.arrests is None or operation.agency != one.agency or now is None:
            continue
        inside = now.figure.since <= operation.started_on and operation.until <= now.figure.until
        yield register.say(
            "arrests",
            "operation" if inside and operation.substance == one.substance else "operation-alone",
            count=register.count(operation.arrests),
            operation=operation.name,
            since=register.day(operation.started_on),
            until=register.day(operation.until),
        )


def _chart(register: Register, facts: Facts, one: Series) -> Chart:
    bars = tuple(_bar(register, count) for count in one.counts)
    last = one.counts[-1].figure
    what = register.what(last)
    return Chart(
        id=f"chart-{one.kind}-{facts.series.index(one)}",
        title=_finding(register, one, what),
        subtitle=register.pattern("chart", "subtitle").format(
            what=capital(what), agency=one.agency, place=facts.place
        ),
        source=register.pattern("chart", "source").format(day=register.day(facts.as_of)),
        bars=bars,
    )


def _finding(register: Register, one: Series, what: str) -> str:
    now, before = one.counts[-1].figure, one.counts[-2].figure
    key = "whole" if now.span == "year" else "rises"
    return register.pattern("chart", key).format(
        what=capital(what), now=f"{now.value:,f}", before=f"{before.value:,f}", month=register.month(now.until),
        day=now.until.day, year=before.since.year, year_now=now.since.year,
    )  # fmt: skip


def _bar(register: Register, count: Count) -> Bar:
    figure, number = count.figure, register.count(count)
    partial = figure.span != "year"
    label = str(figure.since.year)
    if partial:
        label = register.pattern("chart", "through").format(
            year=label, month=register.month(figure.until), day=figure.until.day
        )
    return Bar(label, figure.value, number.shown, number.id, partial)


def _table(register: Register, facts: Facts, one: Series) -> Table:
    head = register.words["table"]["head"]
    rows = []
    for count in one.counts:
        found = same_scope(facts.figures, count)
        published: Sentence = words(register.pattern("table", "not-published"))
        day: Sentence = ()
        if found:
            published = printed(register.count(found[-1]))
            day = words(register.day(found[-1].figure.known_on))
        rows.append(
            (_days(register, count.figure.since, count.figure.until), printed(register.count(count)), published, day)
        )  # fmt: skip
    what = capital(register.what(one.counts[-1].figure))
    return Table(
        register.pattern("table", "caption").format(what=what, agency=one.agency),
        tuple(head),
        tuple(rows),
        (1, 2),
    )


def _days(register: Register, since: date, until: date) -> Sentence:
    return words(capital(register.period(since, until)))


def is_fresh(facts: Facts, one: Series) -> bool:
    """Whether the newest day of a series is near enough to the brief to lead with it."""
    now = one.now
    return now is not None and (facts.as_of - now.figure.until).days <= FRESH_DAYS
