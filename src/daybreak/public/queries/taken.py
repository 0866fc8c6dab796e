"""A whole list to take along: every result of a search as rows of a table and as features of a map."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from daybreak.finder.index import Index
from daybreak.finder.query import Answer, Query
from daybreak.public.queries.cards import shown_number
from daybreak.public.queries.printed import result
from daybreak.public.rules.cells import Cell

# Column → what it holds, in the order of the table; docs/reference/find-api.md shows these words.
COLUMNS = {
    "name": "name of the place",
    "program": "name of the matched service there",
    "answer": "now (can take you now), yes (yes to all that was asked) or ask (something is not stated)",
    "miles": "straight-line miles from the place of the search; empty = the search or the listing has no point",
    "miles_are_about": "yes = the listing's point is the middle of its ZIP area",
    "street": "street address",
    "city": "town",
    "state": "two-letter state",
    "zip": "ZIP code",
    "county": "county, where known",
    "phone": "a number that somebody confirmed within a year; empty = there is none: call the helpline",
    "phone_confirmed_on": "the day on which that was",
    "helpline": "name of the line that answers for this state",
    "helpline_number": "its number",
    "says_yes": "needs to which the matched service says yes, separated by spaces",
    "says_no": "needs to which it says no; a need in neither column is not stated",
    "listed_on": "the day on which the matched service was last listed or checked; empty = not known",
    "latitude": "degrees, WGS 84; empty = not known",
    "longitude": "degrees, WGS 84; empty = not known",
    "sources": "source:row of every source row, separated by spaces",
    "id": "id of the listing",
    "url": "the listing's page",
}
TIERS = ("now", "yes", "ask")
_SOME = 200


def table(index: Index, query: Query, answer: Answer, *, at: datetime, site: str) -> Iterator[list[Cell]]:
    """The header, then a row a hit; numbers that nobody confirmed within a year are left out."""
    yield list(COLUMNS)
    for hit in answer.hits:
        one = result(index, query, hit, at=at)
        phone = next(iter(one["phones"]), None)
        said: dict[str, Cell] = {
            **{name: one[name] for name in COLUMNS if name in one},
            "answer": TIERS[one["tier"]],
            "miles_are_about": "yes" if one["miles"] is not None and one["point_from"] == "zip" else "",
            "phone": shown_number(phone["number"], phone["extension"], True) if phone else "",
            "phone_confirmed_on": phone["confirmed_on"] if phone else "",
            "helpline": one["helpline"]["name"],
            "helpline_number": one["helpline"]["number"],
            "says_yes": " ".join(one["yes"]),
            "says_no": " ".join(one["no"]),
            "sources": " ".join(f"{source['source']}:{source['row']}" for source in one["sources"]),
            "url": site + one["path"],
        }
        yield [said[name] for name in COLUMNS]


def features(index: Index, query: Query, answer: Answer, *, at: datetime, site: str) -> Iterator[bytes]:
    """One GeoJSON FeatureCollection (RFC 7946), about 200 features at a time; without a point a geometry is null."""
    yield b'{"type":"FeatureCollection","total":%d,"features":[\n' % answer.total
    some: list[bytes] = []
    for number, hit in enumerate(answer.hits):
        some.append((b",\n" if number else b"") + _feature(result(index, query, hit, at=at), site))
        if len(some) == _SOME:
            yield b"".join(some)
            some.clear()
    yield b"".join(some) + b"\n]}\n"


def _feature(one: dict[str, Any], site: str) -> bytes:
    latitude, longitude = one["latitude"], one["longitude"]
    kept = {
        name: value
        for name, value in one.items()
        if name not in {"latitude", "longitude", "historic_phones", "path"}
    }
    return orjson.dumps(
        {
            "type": "Feature",
            "id": one["id"],
            "geometry": None
            if latitude is None or longitude is None
            else {"type": "Point", "coordinates": [round(longitude, 7), round(latitude, 7)]},
            "properties": {**kept, "answer": TIERS[one["tier"]], "url": site + one["path"]},
        }
    )
