"""What the finder answers is what the bundled file itself says: worked out here from the raw CSV, with code of its own."""

from __future__ import annotations

import csv
import json
import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import LazySettings

from daybreak.directory.actions import load_file
from daybreak.directory.publication import publish_index
from daybreak.directory.published import finder
from daybreak.finder.index import Index
from daybreak.finder.query import Answer, Condition, InCounty, InState, Near, Place, Query
from daybreak.finder.search import search
from daybreak.public.queries.cards import text_of

DATA = Path(__file__).parents[3] / "data"
DIRECTORY = DATA / "kentucky" / "samhsa_directory_2012_KY.csv"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTES, DAYS = int(AT.timestamp() // 60), int(AT.timestamp() // 86400)
LEXINGTON, LOUISVILLE = (38.0464, -84.4970), (38.2527, -85.7585)

# The codes of the 2012 directory that state each need, re-keyed here from the printed meanings; a code states itself.
STATED_BY = {
    "detox": "DT OD RD DM", "buprenorphine": "BU", "methadone": "MM", "medication": "BU MM", "outpatient": "OP PH",
    "residential": "RL RS RD", "hospital": "HI", "sober-living": "HH", "day-treatment": "PH", "stay-short": "RS",
    "stay-long": "RL", "medicaid": "MD", "medicare": "MC", "sliding-scale": "SS", "payment-help": "PA",
    "private-insurance": "PI", "self-pay": "SF", "women": "WN PW", "men": "MN", "teens": "AD", "pregnant": "PW",
    "children-stay": "BC", "dui": "DU", "court-referred": "CJ", "mental-health": "CO MH MH-SA", "spanish": "SP",
    "deaf": "AH",
}  # fmt: skip


class Raw(NamedTuple):
    """One row of the file, as it stands there."""

    number: int
    codes: frozenset[str]
    point: tuple[float, float]

    def says(self, need: str) -> bool:
        return bool(self.codes & set(STATED_BY.get(need, need).split()))


class Asked(NamedTuple):
    """A question: groups of alternatives, what must not be, and where."""

    needs: str
    without: str = ""
    place: Place = InState("KY")

    def fits(self, row: Raw) -> bool:
        groups = [group.split(",") for group in self.needs.split()]
        return (
            all(any(row.says(need) for need in group) for group in groups)
            and not any(row.says(need) for need in self.without.split())
            and _lies_in(self.place, row.point)
        )

    def query(self) -> Query:
        conditions = tuple(Condition(tuple(group.split(","))) for group in self.needs.split())
        return Query(
            conditions, tuple(self.without.split()), self.place, now_minutes=MINUTES, today_days=DAYS
        )


def _miles(one: tuple[float, float], other: tuple[float, float]) -> float:
    (lat, lon), (lat2, lon2) = ((math.radians(part) for part in point) for point in (one, other))
    cosine = math.sin(lat) * math.sin(lat2) + math.cos(lat) * math.cos(lat2) * math.cos(lon - lon2)
    return 3958.76 * math.acos(max(-1.0, min(1.0, cosine)))


@lru_cache
def _borders() -> dict[str, list[list[tuple[float, float]]]]:
    found: dict[str, list[list[tuple[float, float]]]] = {}
    for area in json.loads((DATA / "geo" / "kentucky_counties.geojson").read_text())["features"]:
        shape = area["geometry"]
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        name = next(area["properties"][key] for key in ("name", "NAME") if key in area["properties"])
        found[name] = [[(corner[0], corner[1]) for corner in part[0]] for part in parts]
    return found


def _inside(ring: list[tuple[float, float]], x: float, y: float) -> bool:
    crossings = 0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (x2 - x1) * (y - y1) / (y2 - y1):
            crossings += 1
    return crossings % 2 == 1


def _lies_in(place: Place, point: tuple[float, float]) -> bool:
    if isinstance(place, Near):
        return _miles((place.latitude, place.longitude), point) <= place.radius_miles
    if isinstance(place, InCounty):
        county = place.county.partition("/")[2]
        return any(_inside(ring, point[1], point[0]) for ring in _borders()[county])
    return place == InState("KY")  # the file holds rows of Kentucky only


def _codes(cell: str) -> frozenset[str]:
    """The codes of a cell; telephone text that ran over into it ("Hotlines:/(877)/473-7766/") is none."""
    return frozenset(
        token for token in cell.split("/") if re.fullmatch("[A-Z]{2,4}|MH-SA|[FN][0-9]{1,2}", token)
    )


def _raw_rows() -> dict[int, Raw]:
    with DIRECTORY.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 296
    assert {line["State"] for line in lines} == {"KY"}
    return {
        number: Raw(
            number,
            _codes(line["Keys"]),
            (float(line["Latitude"]), float(line["Longitude"])),
        )
        for number, line in enumerate(lines, 1)
    }


QUESTIONS = [
    Asked("detox"),
    Asked("detox medicaid"),
    Asked("detox medicaid,sliding-scale,payment-help"),
    Asked("buprenorphine,methadone", place=Near(*LEXINGTON, 25)),
    Asked("medication", without="methadone"),
    Asked("BU MM"),
    Asked("MM"),
    Asked("DT", without="RD"),
    Asked("outpatient", place=InCounty("KY/Fayette")),
    Asked("outpatient", without="dui court-referred", place=InCounty("KY/Fayette")),
    Asked("residential women"),
    Asked("residential", without="men"),
    Asked("pregnant children-stay"),
    Asked("teens outpatient", place=InCounty("KY/Jefferson")),
    Asked("spanish", place=Near(*LOUISVILLE, 60)),
    Asked("deaf medicare", place=Near(*LEXINGTON, 40)),
    Asked("hospital,day-treatment"),
    Asked("sober-living men"),
    Asked("stay-long,stay-short self-pay", place=Near(*LOUISVILLE, 15)),
    Asked("mental-health", without="detox", place=InCounty("KY/Kenton")),
    Asked("dui court-referred", place=Near(*LEXINGTON, 10)),
    Asked("private-insurance", place=Near(*LEXINGTON, 2.5)),
]


@pytest.fixture
def index(db: None, settings: LazySettings, tmp_path: Path) -> Index:
    settings.GENERATIONS = tmp_path / "generations"
    books = load_file(by="person:test", at=AT, path=DIRECTORY, reader="samhsa")
    assert books.loaded + books.merged == 296
    publish_index(by="command:test", at=AT)
    return finder().index()


def _rows_of(index: Index, row: int) -> list[int]:
    return [number for _, number, *_ in text_of(index, row)["sources"]]


def test_the_finder_gives_the_rows_that_the_file_itself_gives(index: Index) -> None:
    raw = _raw_rows()
    everywhere = search(index, Query(now_minutes=MINUTES, today_days=DAYS), everything=True)
    listed = sorted(number for hit in everywhere.hits for number in _rows_of(index, hit.row))
    assert listed == sorted(raw), "every row of the file stands in exactly one listing"
    sizes = []
    for asked in QUESTIONS:
        answer = search(index, asked.query(), everything=True)
        wanted = {number for number, row in raw.items() if asked.fits(row)}
        places = [set(_rows_of(index, hit.row)) for hit in answer.hits]
        found: set[int] = set().union(*places)
        assert wanted <= found, f"{asked} leaves out rows {sorted(wanted - found)}"
        strangers = [sorted(place) for place in places if not place & wanted]
        assert not strangers, f"{asked} gives rows that do not say so: {strangers}"
        assert answer.total == len(places)
        sizes.append(len(wanted))
        _check_miles(index, asked, answer, raw)
    assert min(sizes) >= 1, "a question that no row answers proves nothing"
    assert max(sizes) < 296


def _check_miles(index: Index, asked: Asked, answer: Answer, raw: dict[int, Raw]) -> None:
    if not isinstance(asked.place, Near):
        return
    centre = (asked.place.latitude, asked.place.longitude)
    for hit in answer.hits:
        assert hit.miles is not None
        away = [_miles(centre, raw[number].point) for number in _rows_of(index, hit.row)]
        assert min(abs(hit.miles - miles) for miles in away) < 0.02, (hit, away)


def test_each_listing_carries_the_codes_of_its_rows_and_no_others(index: Index) -> None:
    raw = _raw_rows()
    answer = search(index, Query(now_minutes=MINUTES, today_days=DAYS), everything=True)
    for hit in answer.hits:
        text: dict[str, Any] = text_of(index, hit.row)
        stated = {code for service in text["services"] for code in service["codes"]}
        written = frozenset[str]().union(*(raw[number].codes for number in _rows_of(index, hit.row)))
        assert stated == written, text["name"]


@pytest.mark.parametrize("asked", [Asked("detox"), Asked("residential women"), Asked("medicaid")])
def test_counts_beside_the_choices_are_the_totals_that_choosing_gives(index: Index, asked: Asked) -> None:
    """In Fayette: each count is that of raw places, the choice's own group lifted (one listing = its rows together)."""
    raw = _raw_rows()
    fayette = asked._replace(place=InCounty("KY/Fayette"))
    answer = search(index, fayette.query(), everything=True)
    everywhere = search(index, Query(now_minutes=MINUTES, today_days=DAYS), everything=True)
    places = [[raw[number] for number in _rows_of(index, hit.row)] for hit in everywhere.hits]
    checked = 0
    for group, counts in answer.facets.items():
        rest = [need for need in asked.needs.split() if need not in index.groups[group]]
        for need in STATED_BY.keys() & counts.keys():
            question = Asked(" ".join([*rest, need]), place=fayette.place)
            by_hand = sum(any(question.fits(row) for row in rows) for rows in places)
            assert counts[need] == by_hand, (group, need)
            checked += by_hand > 0
    assert checked >= 10
