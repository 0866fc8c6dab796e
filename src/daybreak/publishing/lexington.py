"""The synthetic ledger of Lexington, 2009 to 2013: invented events whose totals are the published ones, by day of knowing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from daybreak.events.rules.draft import ChargeSeen, Draft, ExhibitSeen, SubstanceSeen
from daybreak.vocabulary.precision import end_of

ZONE = ZoneInfo("America/New_York")
COUNTY, STATE = "21067", "KY"
ZIPS = ("40502", "40503", "40504", "40505", "40507", "40508", "40509", "40511", "40513", "40517")
ZIP_WEIGHTS = (6, 9, 12, 20, 7, 22, 8, 14, 3, 13)
PANDORA = "operation-pandora"
PANDORA_SINCE = date(2013, 3, 1)
LAST_DAY = date(2013, 7, 11)
# The totals that were published: heroin arrests by year, and grams of heroin before and after the last seizure.
HEROIN_ARRESTS = {2011: 8, 2012: 102}
ARRESTS_2013, PANDORA_ARRESTS, LAST_NIGHT_ARRESTS = 160, 77, 10
GRAMS_BEFORE, GRAMS = Decimal("867"), Decimal("1179.501")
# Heroin deaths and all drug deaths by the coroner; of 2009 to 2011 it was said only that heroin had 1 to 5 a year.
HEROIN_DEATHS = {2009: 3, 2010: 4, 2011: 5, 2012: 22}
FIRST_HALF, SECOND_HALF = 28, 16
OTHER_DEATHS = {2009: 52, 2010: 55, 2011: 57, 2012: 50, 2013: 37}
NALOXONE_DOSES_2013 = 843


@dataclass(frozen=True, slots=True)
class DemoFeed:
    """A feed of the demonstration."""

    agency: str
    slug: str
    name: str
    health: bool
    expected_days: int = 31


@dataclass(frozen=True, slots=True)
class DemoDelivery:
    """One file of a feed: its name, the moment it came, and its rows."""

    feed: DemoFeed
    file_name: str
    known: datetime
    drafts: tuple[Draft, ...]


ARRESTS = DemoFeed("police", "arrests", "Arrests", health=False)
SEIZURES = DemoFeed("police", "seizures", "Seizures and exhibits", health=False)
COMPLAINTS = DemoFeed("police", "complaints", "Drug-sale complaints", health=False)
SHERIFF = DemoFeed("sheriff", "arrests", "Arrests", health=False)
RUNS = DemoFeed("fire-ems", "runs", "Ambulance runs", health=True)
DEATHS = DemoFeed("coroner", "closed-cases", "Closed cases", health=False)
VISITS = DemoFeed("health-department", "ed-visits", "Emergency-department visits by week", health=True)
FEEDS = (ARRESTS, SEIZURES, COMPLAINTS, SHERIFF, RUNS, DEATHS, VISITS)


def deliveries(seed: int) -> list[DemoDelivery]:
    """Every file of the demonstration in the order in which it came; the same seed gives the same files."""
    made: list[DemoDelivery] = []
    for feed, drafts, schedule in (
        (ARRESTS, _arrests(_dice(seed, 1)), _police_days),
        (SEIZURES, _seizures(_dice(seed, 2)), _police_days),
        (COMPLAINTS, _complaints(_dice(seed, 3)), _police_days),
        (SHERIFF, _sheriff(_dice(seed, 4)), _police_days),
        (RUNS, _runs(_dice(seed, 5)), _month_ends),
        (VISITS, _visits(_dice(seed, 6)), _month_ends),
    ):
        made += _in_files(feed, drafts, schedule)
    made += _death_files(_deaths(_dice(seed, 7)))
    return sorted(made, key=lambda one: (one.known, one.feed.agency, one.feed.slug))


def _dice(seed: int, number: int) -> Random:
    return Random(f"{seed}/{number}")


def _in_files(
    feed: DemoFeed, drafts: Iterable[Draft], schedule: Callable[[date], date]
) -> Iterator[DemoDelivery]:
    """The rows of a feed in files by the day on which each became known."""
    by_day: dict[date, list[Draft]] = {}
    for draft in sorted(drafts, key=lambda one: (one.occurred_at, one.key)):
        on = draft.occurred_at.astimezone(ZONE).date()
        by_day.setdefault(schedule(on), []).append(draft)
    for day, rows in sorted(by_day.items()):
        yield _file(feed, day, rows)


def _file(feed: DemoFeed, day: date, rows: Sequence[Draft]) -> DemoDelivery:
    lined = tuple(replace(one, line=line) for line, one in enumerate(rows, 2))
    return DemoDelivery(feed, f"{feed.slug}-{day.isoformat()}.csv", _morning(day), lined)


def _police_days(on: date) -> date:
    """Monthly files in 2013 until June; then what was known the day before the news conference, and on its day."""
    if on == LAST_DAY:
        return date(2013, 7, 12)
    if on >= date(2013, 7, 1):
        return date(2013, 7, 8) if on < date(2013, 7, 7) else LAST_DAY
    return _month_ends(on)


def _month_ends(on: date) -> date:
    """The fifth of the next month; before 2013 of the next quarter."""
    if on.year < 2013:
        on = end_of(on, "quarter")
    return (on.replace(day=1) + timedelta(days=32)).replace(day=5)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(6, 30), ZONE).astimezone(UTC)


def _at(day: date, dice: Random) -> datetime:
    """A moment of a day, more often in the evening."""
    hour = dice.choices(
        range(24), weights=[3, 2, 2, 1, 1, 1, 1, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8, 7, 6, 4]
    )[0]
    # 2 a.m. of the night on which clocks go forward does not exist: the hour is local, and UTC has no such gap.
    return datetime.combine(day, time(hour, dice.randrange(60)), ZONE).astimezone(UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), ZONE).astimezone(UTC)


def _days(since: date, until: date, many: int, dice: Random, *, rising: float = 0.0) -> list[date]:
    """``many`` days from ``since`` through ``until``; with ``rising`` later days are more likely."""
    span = (until - since).days + 1
    weights = [1 + rising * number / span for number in range(span)]
    return sorted(since + timedelta(days=number) for number in dice.choices(range(span), weights, k=many))


def _placed(draft: Draft, dice: Random) -> Draft:
    """The draft with a ZIP code."""
    return replace(draft, place="zip", zip=dice.choices(ZIPS, ZIP_WEIGHTS)[0], county=COUNTY, state=STATE)


def _arrest(key: str, day: date, drug: str, dice: Random, operation: str = "") -> Draft:
    sale = dice.random() < 0.55
    charge = (
        ChargeSeen("KRS 218A.1412", "Trafficking in a controlled substance, first degree")
        if sale
        else ChargeSeen("KRS 218A.1415", "Possession of a controlled substance, first degree")
    )
    return _placed(Draft(
        kind="arrest", line=0, occurred_at=_at(day, dice), occurred_precision="minute", key=key, operation=operation,
        substances=(SubstanceSeen(drug),), charges=(charge,)), dice)  # fmt: skip


def _arrests(dice: Random) -> list[Draft]:
    """Heroin arrests as they were published, and others, of which no number was."""
    found = [
        _arrest(f"A{year}-H{number:04}", day, "heroin", dice)
        for year, many in HEROIN_ARRESTS.items()
        for number, day in enumerate(_days(date(year, 1, 1), date(year, 12, 31), many, dice, rising=6.0), 1)
    ]
    alone = ARRESTS_2013 - PANDORA_ARRESTS
    before = PANDORA_ARRESTS - LAST_NIGHT_ARRESTS
    found += [
        _arrest(f"A2013-H{number:04}", day, "heroin", dice)
        for number, day in enumerate(_days(date(2013, 1, 1), date(2013, 7, 5), alone, dice, rising=0.5), 1)
    ]
    pandora = _days(date(2013, 3, 9), date(2013, 7, 6), before, dice) + [LAST_DAY] * LAST_NIGHT_ARRESTS
    found += [
        _arrest(f"A2013-P{number:04}", day, "heroin", dice, PANDORA) for number, day in enumerate(pandora, 1)
    ]
    for drug, letter, many in (
        ("oxycodone", "O", {2011: 290, 2012: 230, 2013: 84}),
        ("cocaine", "C", {2011: 160, 2012: 150, 2013: 70}),
    ):
        for year, number_of in many.items():
            until = date(2013, 7, 10) if year == 2013 else date(year, 12, 31)
            for number, day in enumerate(_days(date(year, 1, 1), until, number_of, dice), 1):
                found.append(_arrest(f"A{year}-{letter}{number:04}", day, drug, dice))
    return found


def _sheriff(dice: Random) -> list[Draft]:
    """The sheriff's own arrests, none of them for heroin, so that the published totals stay whose they are."""
    days = _days(date(2012, 1, 1), date(2013, 7, 10), 92, dice)
    return [
        _arrest(f"S{number:04}", day, dice.choice(("cannabis", "cocaine", "oxycodone")), dice)
        for number, day in enumerate(days, 1)
    ]


def _parts(total: Decimal, many: int, dice: Random) -> list[Decimal]:
    """``many`` positive amounts of thousandths of a gram that add up to ``total``."""
    thousandths = int(total * 1000)
    cuts = sorted(dice.sample(range(200, thousandths - 200), many - 1))
    edges = [0, *cuts, thousandths]
    return [Decimal(high - low) / 1000 for low, high in pairwise(edges)]


def _seizures(dice: Random) -> list[Draft]:
    """Heroin of the operation to the thousandth of a gram, one residue that was never weighed, and pills without a price."""
    masses = _parts(GRAMS_BEFORE, 31, dice)
    days = _days(date(2013, 3, 9), date(2013, 7, 6), 18, dice)
    found = []
    for number, day in enumerate(days, 1):
        mine = masses[number - 1 :: len(days)]
        exhibits = [
            ExhibitSeen(
                "heroin", mass, "g", "confirmed" if day < date(2013, 6, 1) else "pending", f"{number}-{part}"
            )
            for part, mass in enumerate(mine, 1)
        ]
        if number == 5:
            exhibits.append(ExhibitSeen("heroin", None, "", "pending", f"{number}-residue"))
        found.append(_seizure(f"P{number:03}", day, exhibits, dice, PANDORA))
    last = [
        ExhibitSeen("heroin", mass, "g", "pending", f"19-{part}")
        for part, mass in enumerate(_parts(GRAMS - GRAMS_BEFORE, 3, dice), 1)
    ]
    found.append(_seizure("P019", LAST_DAY, last, dice, PANDORA))
    for number, day in enumerate(_days(date(2011, 1, 1), date(2013, 7, 5), 64, dice), 1):
        tablets = ExhibitSeen("oxycodone", Decimal(dice.randrange(4, 220)), "tablet", "confirmed", "1")
        found.append(_seizure(f"T{number:03}", day, [tablets], dice))
    return found


def _seizure(key: str, day: date, exhibits: list[ExhibitSeen], dice: Random, operation: str = "") -> Draft:
    return _placed(Draft(
        kind="seizure", line=0, occurred_at=_at(day, dice), occurred_precision="minute", key=key, operation=operation,
        exhibits=tuple(exhibits)), dice)  # fmt: skip


def _complaints(dice: Random) -> list[Draft]:
    """Drug-sale complaints: heroin's share grows."""
    found = []
    for year, many, share, until in (
        (2011, 310, 0.04, date(2011, 12, 31)),
        (2012, 400, 0.22, date(2012, 12, 31)),
        (2013, 330, 0.48, date(2013, 7, 10)),
    ):
        for number, day in enumerate(_days(date(year, 1, 1), until, many, dice, rising=0.6), 1):
            named = (SubstanceSeen("heroin"),) if dice.random() < share else ()
            found.append(
                _placed(
                    Draft(
                        kind="complaint",
                        line=0,
                        occurred_at=_midnight(day),
                        key=f"C{year}-{number:04}",
                        substances=named,
                    ),
                    dice,
                )
            )
    return found


def _runs(dice: Random) -> list[Draft]:
    """Ambulance runs for overdoses, and naloxone given under the protocol of 2013 whatever the cause."""
    found = []
    for year, many in ((2011, 350), (2012, 430), (2013, 520)):
        for number, day in enumerate(_days(date(year, 1, 1), date(year, 12, 31), many, dice, rising=0.4), 1):
            given = dice.random() < 0.5
            found.append(
                _placed(
                    Draft(
                        kind="overdose",
                        line=0,
                        occurred_at=_at(day, dice),
                        occurred_precision="minute",
                        key=f"R{year}-{number:04}",
                        certainty="suspected",
                        naloxone_given=given,
                        age_band=dice.choice(("15-24", "25-34", "35-44", "45-54")),
                        sex=dice.choice(("F", "M", "M")),
                    ),
                    dice,
                )
            )
    left, number = NALOXONE_DOSES_2013, 0
    while left:
        number += 1
        doses = min(left, dice.choice((1, 1, 2)))
        left -= doses
        day = date(2013, 1, 1) + timedelta(days=dice.randrange(365))
        found.append(
            _placed(
                Draft(
                    kind="naloxone",
                    line=0,
                    occurred_at=_at(day, dice),
                    occurred_precision="minute",
                    key=f"N2013-{number:04}",
                    naloxone_given=True,
                    naloxone_doses=doses,
                    naloxone_by="ems",
                ),
                dice,
            )
        )
    return found


def _visits(dice: Random) -> list[Draft]:
    """Weekly counts of emergency-department visits, as a syndromic system gives them."""
    first = date(2012, 1, 2)
    return [
        Draft(
            kind="ed-visit", line=0, occurred_at=_midnight(first + timedelta(weeks=week)), occurred_precision="week",
            key=f"V{week:03}", count=11 + week // 9 + dice.randrange(6), place="county", county=COUNTY, state=STATE,
        )
        for week in range(104)
    ]  # fmt: skip


def _deaths(dice: Random) -> list[Draft]:
    found = []
    for year, many in HEROIN_DEATHS.items():
        days = _days(date(year, 1, 1), date(year, 12, 31), many, dice, rising=2.0)
        found += [_death(f"D{year}-H{number:03}", day, "heroin", dice) for number, day in enumerate(days, 1)]
    halves = _days(date(2013, 1, 1), date(2013, 6, 30), FIRST_HALF, dice) + _days(
        date(2013, 7, 1), date(2013, 12, 31), SECOND_HALF, dice
    )
    found += [_death(f"D2013-H{number:03}", day, "heroin", dice) for number, day in enumerate(halves, 1)]
    for year, many in OTHER_DEATHS.items():
        for number, day in enumerate(_days(date(year, 1, 1), date(year, 12, 31), many, dice), 1):
            drug = dice.choices(("oxycodone", "hydrocodone", "methadone", "cocaine"), (5, 3, 2, 2))[0]
            found.append(_death(f"D{year}-X{number:03}", day, drug, dice))
    return found


_CODES = {
    "heroin": ("X42", "T40.1"),
    "oxycodone": ("X42", "T40.2"),
    "hydrocodone": ("X42", "T40.2"),
    "methadone": ("X42", "T40.3"),
    "cocaine": ("X42", "T40.5"),
}


def _death(key: str, day: date, drug: str, dice: Random) -> Draft:
    underlying, code = _CODES[drug]
    return Draft(
        kind="death", line=0, occurred_at=_midnight(day), key=key, place="county", county=COUNTY, state=STATE, fatal=True,
        certainty="suspected", manner="accident", underlying=underlying, causes=(code,),
        substances=(SubstanceSeen(drug),), sex=dice.choice(("F", "M", "M")),
        age_band=dice.choice(("15-24", "25-34", "35-44", "45-54", "55-64")),
    )  # fmt: skip


def _death_files(deaths: Sequence[Draft]) -> Iterator[DemoDelivery]:
    """Each month's deaths on the fifth of the next as suspected, and a month after that as confirmed: a second version."""
    files: dict[date, list[Draft]] = {}
    for draft in sorted(deaths, key=lambda one: (one.occurred_at, one.key)):
        first = _month_ends(draft.occurred_at.astimezone(ZONE).date())
        files.setdefault(first, []).append(draft)
        confirmed = tuple(SubstanceSeen(one.substance, "confirmed") for one in draft.substances)
        files.setdefault(_month_ends(first), []).append(
            replace(draft, certainty="confirmed", substances=confirmed)
        )
    for day, rows in sorted(files.items()):
        yield _file(DEATHS, day, rows)
