"""Which programs truly fit a person, by the raw files alone: nothing here, or in `raw.py`, imports Daybreak.

The rules, restated from docs/decisions/0005 and docs/explanation:

* Only the newest edition of a family is bundled (the directory of 2015 replaced that of 2012), so every bundled row may
  stand; lists of different families stand side by side. Per need the newest word counts; words of one day that contradict
  each other count as not stated.
* A program is a row, or the rows of several lists with the same name, program, street and ZIP. Rows of one list are never
  put together: no program states a mix that nobody offers.
* It fits if it states *yes* to everything the person needs (of alternatives: to one), lies in the area, and nothing that
  it states shuts the person out. An empty box or an absent code is not a yes, and never a no.
* What shuts out: a *no* to something the person needs (medicines that may not be kept, money up front …); one sex where
  the program names only the other; ages where it names ages and not this one; *DWI/DUI Clients Only* for a person without
  a DUI; *Methadone Clients Only* for a person who uses something other than opioids; a hospital of the Department of
  Veterans Affairs for a person who is no veteran. Sex and age that a row does not state shut nobody out.
* A point is where the row says it is; the middle of the ZIP area where it does not, or says one over 50 miles away.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tests.vignettes.raw import Point, Row, in_county, join, miles, rows, words, zip_points

TABLE = Path(__file__).parent / "vignettes.csv"
STATES = {
    "Kentucky": "KY", "Ohio": "OH", "Indiana": "IN", "Tennessee": "TN", "West Virginia": "WV", "Texas": "TX",
    "Florida": "FL", "Arizona": "AZ", "Wyoming": "WY", "Vermont": "VT",
}  # fmt: skip
# The middle of a town is good to some miles: programs this near to the edge of a circle decide nothing.
ZIP_SLACK, TOWN_SLACK = 0.3, 6.0
PAYS = {
    "medicaid": "medicaid", "medicare": "medicare", "private": "private-insurance", "military": "military-insurance",
    "cash": "self-pay", "sliding": "sliding-scale", "none": "free|sliding-scale|payment-help", "free": "free",
    "humana": "plan-humana", "wellcare": "plan-wellcare", "anthem": "plan-anthem", "passport": "plan-passport",
    "": "",
}  # fmt: skip
TAKES = {"methadone": "methadone", "buprenorphine": "buprenorphine", "prescribed": "keep-medicines", "": ""}


@dataclass(frozen=True)
class Vignette:
    """One synthetic person, as a counsellor would note it and as a caller would say it."""

    id: str
    language: str
    sex: str
    age: int | None
    drug: str
    need: str
    payment: str
    place: str
    radius: float
    pregnant: bool
    children: bool
    takes: str
    also: str
    sentence: str

    @cached_property
    def groups(self) -> list[frozenset[str]]:
        """What must be stated as yes: of each set, one."""
        asked = [*self.need.split(), *self.also.split()]
        asked += ["pregnant"] if self.pregnant else []
        asked += ["children-stay"] if self.children else []
        asked += [text for text in (PAYS[self.payment], TAKES[self.takes]) if text]
        return [frozenset(text.split("|")) for text in asked]

    @cached_property
    def needs(self) -> frozenset[str]:
        """Everything that is asked for, alternatives too."""
        return frozenset(need for group in self.groups for need in group)


@cache
def vignettes() -> tuple[Vignette, ...]:
    """The table."""
    with open(TABLE, newline="", encoding="utf-8") as sheet:
        return tuple(
            Vignette(
                line["id"], line["language"], line["sex"], int(line["age"]) if line["age"] else None, line["drug"],
                line["need"], line["payment"], line["place"], float(line["radius"] or 25), line["pregnant"] == "yes",
                line["children"] == "yes", line["takes"], line["also"], line["sentence"],
            )
            for line in csv.DictReader(sheet)
        )  # fmt: skip


def ages_of(age: int) -> frozenset[str]:
    """The age groups by which a list would name this person."""
    if age < 18:
        return frozenset({"teens"})
    return words("adults young-adults") if age <= 25 else words("adults seniors" if age >= 60 else "adults")


def shut_out(person: Vignette, row: Row) -> str:
    """Why the row's program cannot take the person, by what it states; "" = nothing stated says so."""
    sexes = row.only & {"women", "men"}
    ages = row.only & {"teens", "young-adults", "adults", "seniors"}
    refused = row.no & person.needs
    wants_medication = person.needs & {"methadone", "buprenorphine", "medication", "naltrexone"}
    reasons = {
        f"no to {' '.join(sorted(refused))}": bool(refused)
        and any(group <= row.no for group in person.groups),
        f"only {' '.join(sexes)}": bool(sexes and person.sex) and person.sex not in sexes,
        f"only {' '.join(sorted(ages))}": bool(ages and person.age) and not ages & ages_of(person.age or 0),
        "only after a DUI": "dui" in row.only and "dui" not in person.needs,
        "only people on opioid medication": "opioid medication" in row.only
        and person.drug not in {"opioids", ""}
        and not wants_medication,
        "only veterans": "veterans" in row.only and not person.needs & {"veterans", "military-insurance"},
    }
    return "; ".join(reason for reason, holds in reasons.items() if holds)


def says_all(person: Vignette, row: Row) -> bool:
    """Whether the row states yes to everything."""
    return all(group & row.yes for group in person.groups)


def fits(person: Vignette, row: Row) -> bool:
    """Whether the row's program truly fits, wherever it is."""
    return says_all(person, row) and not shut_out(person, row)


@cache
def middle_of_town(town: str, state: str) -> Point:
    """The mean of the middles of the ZIP areas that the raw files name with this town."""
    codes = {row.zip for row in rows() if row.city.lower() == town.lower() and row.state == state}
    points = [zip_points()[code] for code in codes if code in zip_points()]
    if not points:
        raise LookupError(f"no raw row is in {town}, {state}")
    return sum(lat for lat, _ in points) / len(points), sum(lon for _, lon in points) / len(points)


@cache
def in_reach(place: str, radius: float) -> tuple[tuple[Row, bool], ...]:
    """The rows that may lie in the area; False = so near to its edge that either answer would be right."""
    if place in STATES:
        return tuple((row, True) for row in rows() if row.state == STATES[place])
    placed = [(row, row.point) for row in rows()]
    town, _, state = place.partition(", ")
    if town.endswith(" County"):
        county = town.removesuffix(" County")
        return tuple((row, True) for row, point in placed if point and in_county(point, county))
    zipped = place in zip_points()
    middle, slack = (zip_points()[place], ZIP_SLACK) if zipped else (middle_of_town(town, state), TOWN_SLACK)
    found: list[tuple[Row, bool]] = []
    for row, point in placed:
        # A degree of latitude is 69 miles everywhere: most rows need no haversine.
        if point and 68 * abs(point[0] - middle[0]) <= radius + slack:
            away = miles(middle, point)
            found += [(row, away <= radius - slack)] if away <= radius + slack else []
    return tuple(found)


@cache
def fitting(person: Vignette) -> tuple[Row, ...]:
    """The programs that fit and lie in the area without doubt."""
    return tuple(row for row, surely in in_reach(person.place, person.radius) if surely and fits(person, row))


@cache
def fitting_or_near(person: Vignette) -> tuple[Row, ...]:
    """Those, and the ones so near to the edge of the area that either answer would be right."""
    return tuple(row for row, _ in in_reach(person.place, person.radius) if fits(person, row))


@cache
def rows_by_id() -> dict[tuple[str, int], Row]:
    """Every raw row by its source and number; joined rows stand under each of theirs."""
    return {key: row for row in rows() for key in row.ids}


def judged(person: Vignette, sources: frozenset[tuple[str, int]]) -> str:
    """What the raw files say of a listing that is made of these rows: "fits", "joined" (several lists
    together say so), "unproven", or why it cannot take the person."""
    known = [rows_by_id()[key] for key in sorted(sources) if key in rows_by_id()]
    if any(fits(person, row) for row in known):
        return "fits"
    reasons = sorted({shut_out(person, row) for row in known} - {""})
    if reasons:
        return "; ".join(reasons)
    # The product takes these rows of several lists for one program; if they are, what they say together holds.
    several = len({row.source for row in known}) == len(known) > 1
    return "joined" if several and fits(person, join(known)) else "unproven"
