"""The part of a brief about operations: what was seized, what it is worth and how that was worked out, exhibit by exhibit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from daybreak.publishing.rules.brief import Bar, Chart, Number, Section, Sentence, Span, Table
from daybreak.publishing.rules.facts import ExhibitFact, Facts, OperationFact, RowsOf, ValueFact, runs
from daybreak.publishing.rules.register import (
    Register,
    capital,
    exact,
    mass,
    name_of,
    price,
    printed,
    usd,
    words,
)


def operation_section(register: Register, facts: Facts) -> Section:
    """Every operation, the newest first."""
    title = register.pattern("operations", "title")
    if not facts.operations:
        return Section("operations", title, (register.say("operations", "none"),))
    sentences: list[Sentence] = []
    charts, tables = [], []
    for one in facts.operations:
        sentences += _sentences(register, one)
        if one.mass_g is not None:
            charts += _chart(register, facts, one)
            tables += _months(register, one)
    return Section("operations", title, tuple(sentences), tuple(charts), tuple(tables))


def exhibit_section(register: Register, facts: Facts) -> Section | None:
    """Every exhibit of every operation: the rows on which mass and value rest; None where there is none."""
    tables = tuple(_exhibits(register, one) for one in facts.operations if one.exhibits)
    title = register.pattern("operations", "exhibits")
    return (
        Section("exhibits", title, (register.say("operations", "exhibits-lead"),), (), tables)
        if tables
        else None
    )


def rounded_mass(register: Register, one: OperationFact) -> Number | None:
    """The operation's mass as it is printed; None where it has none."""
    if one.mass_g is None:
        return None
    of = exact_mass(register, one)
    return register.computed("mass", mass(one.mass_g), one.mass_g, of, substance=name_of(one.substance))


def exact_mass(register: Register, one: OperationFact) -> Number:
    """The operation's mass to the last digit, with the exhibits' rows."""
    value = one.mass_g or Decimal(0)
    return register.stated(
        "mass-exact", f"{exact(value)} g", value, origin="ledger", about=one.name, since=one.started_on, until=one.until,
        agency=one.agency, operation=one.name, substance=name_of(one.substance), rows=_rows(register, one),
    )  # fmt: skip


def _rows(register: Register, one: OperationFact) -> tuple[str, ...]:
    lines: dict[str, list[int]] = defaultdict(list)
    for thing in one.exhibits:
        if thing.line is not None:
            lines[thing.file].append(thing.line)
    held = [RowsOf("", len(set(found)), file, runs(found)) for file, found in sorted(lines.items())]
    return tuple(register.rows(rows) for rows in held)


def value_number(register: Register, one: OperationFact, level: str) -> Number | None:
    """The value at a level; None where nothing could be valued."""
    found = _level(one, level)
    if found is None or found.usd is None:
        return None
    of = exact_mass(register, one)
    prices = [price_number(register, one, found)]
    return register.computed(
        "value", usd(found.usd), found.usd, of, *prices, about=one.name, level=register.pattern("levels", level)
    )  # fmt: skip


def price_number(register: Register, one: OperationFact, found: ValueFact) -> Number:
    """The price on which a value rests; the first where there are several, which the exhibits' table then tells apart."""
    used = found.prices[0]
    return register.stated(
        "price", price(used.mid_usd), used.mid_usd, origin="published", about=f"{one.name}/{found.level}", source=used.source,
        agency=one.agency, substance=name_of(one.substance), level=register.pattern("levels", found.level),
    )  # fmt: skip


def _level(one: OperationFact, level: str) -> ValueFact | None:
    return next((found for found in one.values if found.level == level), None)


def _sentences(register: Register, one: OperationFact) -> list[Sentence]:
    found: list[Sentence] = []
    rounded = rounded_mass(register, one)
    if rounded is not None and one.seizures is not None:
        found.append(
            register.say(
                "operations", "seized", operation=one.name, agency=one.agency, mass=printed(rounded),
                substance=name_of(one.substance), seizures=register.count(one.seizures), since=register.day(one.started_on),
                until=register.day(one.until), exact=exact_mass(register, one),
            )
        )  # fmt: skip
    for level, key in (("retail", "value"), ("transaction", "transaction")):
        worth, value = _level(one, level), value_number(register, one, level)
        if worth is not None and value is not None:
            found.append(
                register.say("operations", key, price=price_number(register, one, worth), value=value)
            )
            found += [
                register.say("operations", "price", source=used.source)
                for used in worth.prices
                if used.source
            ]
    found += _method(register, one)
    if one.ended_on is not None:
        found.append(register.say("operations", "ended", operation=one.name, day=register.day(one.ended_on)))
    return found


def _method(register: Register, one: OperationFact) -> list[Sentence]:
    retail = _level(one, "retail")
    if retail is None:
        return []
    if retail.usd is None:
        return [register.say("operations", "unvalued")]
    found = [
        register.say(
            "operations", "method",
            valued=register.stated(
                "exhibits", str(retail.valued), Decimal(retail.valued), origin="ledger", about=one.name, agency=one.agency,
                operation=one.name, rows=_rows(register, one),
            ),
        )
    ]  # fmt: skip
    for reason, many in retail.not_valued:
        why = register.pattern("reasons-not-valued", reason)
        count = register.stated(
            "not-valued", str(many), Decimal(many), origin="ledger", about=f"{one.name}/{reason}", agency=one.agency,
            operation=one.name, reason=why,
        )  # fmt: skip
        key = "not-valued" if many == 1 else "not-valued-many"
        found.append(register.say("operations", key, count=count, reason=why))
    return found


def _by_month(register: Register, one: OperationFact) -> list[Bar]:
    """Grams of the operation's substance by month of seizure; a month without a seizure has a bar of none."""
    months: dict[date, Decimal] = defaultdict(Decimal)
    for thing in one.exhibits:
        if thing.quantity is not None and thing.unit == "g" and thing.substance == one.substance:
            months[thing.on.replace(day=1)] += thing.quantity
    if len(months) < 2:
        return []
    month, bars = min(months), []
    while month <= max(months):
        grams = months.get(month, Decimal(0))
        number = register.computed(
            "month", f"{exact(grams)} g", grams, exact_mass(register, one), about=f"{one.name}/{month.isoformat()}",
            substance=name_of(one.substance),
        )  # fmt: skip
        bars.append(Bar(f"{register.month(month)} {month.year}", grams, number.shown, number.id))
        month = (month + timedelta(days=32)).replace(day=1)
    return bars


def _chart(register: Register, facts: Facts, one: OperationFact) -> list[Chart]:
    rounded, bars = rounded_mass(register, one), _by_month(register, one)
    if not bars or rounded is None:
        return []
    words_of = {
        "mass": rounded.shown, "substance": name_of(one.substance), "operation": one.name, "agency": one.agency,
    }  # fmt: skip
    return [
        Chart(
            id=f"chart-mass-{facts.operations.index(one)}",
            title=register.pattern("chart", "mass-title").format(**words_of),
            subtitle=register.pattern("chart", "mass-subtitle").format(**words_of),
            source=register.pattern("chart", "mass-source").format(day=register.day(facts.as_of)),
            bars=tuple(bars),
        )
    ]


def _months(register: Register, one: OperationFact) -> list[Table]:
    rows = tuple((words(bar.label), (Span(bar.shown, bar.number),)) for bar in _by_month(register, one))
    caption = register.pattern("operations", "months").format(operation=one.name)
    return [Table(caption, tuple(register.words["operations"]["months-head"]), rows, (1,))] if rows else []


def _exhibits(register: Register, one: OperationFact) -> Table:
    rows = tuple(_row(register, thing) for thing in one.exhibits)
    caption = register.pattern("operations", "caption").format(operation=one.name)
    return Table(caption, tuple(register.words["operations"]["head"]), rows, (3, 5))


def _row(register: Register, thing: ExhibitFact) -> tuple[Sentence, ...]:
    """One exhibit: it is itself the row on which the sums above rest, so that its numbers lead nowhere else."""
    key = "line" if thing.line is not None else "line-hidden"
    where = register.pattern("operations", key).format(file=thing.file, line=thing.line, number=thing.number)
    grams, value = register.pattern("operations", "no-quantity"), register.pattern("changes", "not-valued")
    if thing.quantity is not None:
        grams = exact(thing.quantity) if thing.unit == "g" else f"{exact(thing.quantity)} {thing.unit}"
    if thing.retail_usd is not None:
        value = usd(thing.retail_usd)[1:]
    laboratory = register.words["operations"]["laboratory"][thing.laboratory]
    cells = (
        register.day(thing.on),
        where,
        capital(name_of(thing.substance)),
        grams,
        laboratory,
        value,
    )
    return tuple(words(cell) for cell in cells)
