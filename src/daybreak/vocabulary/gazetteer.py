"""ZIP areas, counties and towns of the United States: read once, kept in memory."""

from __future__ import annotations

import json
import math
import os
import re
from dataclasses import astuple, dataclass
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from daybreak.vocabulary import files
from daybreak.vocabulary.states import STATES

EARTH_RADIUS_MILES = 3958.7613
_SAINT = re.compile(r"^(St|Ste) ")
_SCOT = re.compile(r"^Mc([a-z])")
_TWO_CAPITALS = {
    "Desoto": "DeSoto",
    "Dekalb": "DeKalb",
    "Dupage": "DuPage",
    "Lagrange": "LaGrange",
    "Lasalle": "LaSalle",
}


@dataclass(frozen=True, slots=True)
class ZipArea:
    """One ZIP: its post-office town, its main county ("KY/Fayette", "" = unknown) and its centre in degrees.

    The centre is the Census's for ZIPs with an area, the post office's for PO-box ZIPs.
    """

    zip: str
    city: str
    state: str
    county: str
    latitude: float
    longitude: float


def miles_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance in statute miles between two points in degrees (haversine)."""
    lat, other = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((other - lat) / 2) ** 2 + math.cos(lat) * math.cos(other) * (
        math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_MILES * math.asin(min(1.0, math.sqrt(half)))


def county_key(state: str, name: str) -> str:
    """ "KY/Fayette" from "KY" and "Fayette County"; parishes, boroughs and independent cities keep their word.

    One county has one key however the post office spells it: "St Louis City" is "MO/St. Louis city".
    """
    short = re.sub(r" City$", " city", name.strip()) if state in {"VA", "MD", "MO"} else name.strip()
    short = _SAINT.sub(r"\1. ", short.removesuffix(" County").strip())
    short = _SCOT.sub(lambda found: "Mc" + found[1].upper(), short)
    return f"{state}/{_TWO_CAPITALS.get(short, short)}" if short else ""


def county_label(key: str) -> str:
    """ "Fayette County, Kentucky" from "KY/Fayette"."""
    state, _, name = key.partition("/")
    kinds = (
        " Parish",
        " Borough",
        " city",
        " Census Area",
        " Municipality",
        " Municipio",
        " District",
        "and Borough",
    )
    whole = (
        name if name.endswith(kinds) or state in {"PR", "DC", "GU", "VI", "MP", "AS"} else f"{name} County"
    )
    return f"{whole}, {STATES.get(state, state)}"


@dataclass(frozen=True, slots=True)
class Atlas:
    """The assembled lists: ZIP → its row; (folded town, state) → the town as written and the middle of its ZIP areas."""

    areas: dict[str, list[Any]]
    towns: dict[str, list[Any]]


_KEEP_IN: list[Path] = []


def keep_in(folder: Path) -> None:
    """Keep the assembled lists in ``folder``, so that the next start reads them in a tenth of the time."""
    _KEEP_IN[:] = [folder]


@cache
def atlas() -> Atlas:
    """Every ZIP in use, about 41,600 of them, and their towns."""
    kept = _kept()
    if kept is not None and kept.is_file():
        held = orjson.loads(kept.read_bytes())
        return Atlas(held["areas"], held["towns"])
    found = _assemble()
    made = Atlas({area.zip: list(astuple(area)) for area in found}, _towns(found))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(orjson.dumps({"areas": made.areas, "towns": made.towns}))
        fresh.replace(kept)
    return made


def _kept() -> Path | None:
    return _KEEP_IN[0] / f"atlas-{version('zipcodes')}.json" if _KEEP_IN else None


def _assemble() -> list[ZipArea]:
    import zipcodes  # 0.7 s and 60 MB: only where nothing is kept yet

    census = {
        row["zip"]: (float(row["latitude"]), float(row["longitude"]))
        for row in files.rows("geo/zcta_centroids_2021_census.csv")
    }
    found = []
    for row in zipcodes.list_all():
        if row["state"] not in STATES or not row["active"]:
            continue
        code = row["zip_code"]
        latitude, longitude = census.get(code, (float(row["lat"]), float(row["long"])))
        county = county_key(row["state"], row["county"] or "")
        found.append(ZipArea(code, row["city"], row["state"], county, latitude, longitude))
    return found


def _towns(areas: list[ZipArea]) -> dict[str, list[Any]]:
    points: dict[str, list[ZipArea]] = {}
    for area in areas:
        points.setdefault(f"{area.state}/{area.city.casefold()}", []).append(area)
    return {
        key: [
            found[0].city,
            sum(area.latitude for area in found) / len(found),
            sum(area.longitude for area in found) / len(found),
            len(found),
        ]
        for key, found in points.items()
    }


def zip_area(zip_code: str) -> ZipArea | None:
    """One ZIP by its five digits; None = no such ZIP in use."""
    row = atlas().areas.get(zip_code)
    return ZipArea(*row) if row else None


def zip_centre(zip_code: str) -> tuple[float, float] | None:
    """A ZIP's centre in degrees; None = no such ZIP in use."""
    area = zip_area(zip_code)
    return (area.latitude, area.longitude) if area else None


@cache
def counties() -> frozenset[str]:
    """Every county key that a ZIP lies in, and every Kentucky county."""
    return frozenset(row[3] for row in atlas().areas.values() if row[3]) | {key for key, _ in _kentucky()}


@cache
def counties_by_label() -> dict[str, str]:
    """Folded "fayette county, kentucky" and "fayette county, ky" → the county's key."""
    found: dict[str, str] = {}
    for key in counties():
        label = county_label(key).casefold()
        found[label] = key
        found[f"{label.rpartition(', ')[0]}, {key[:2].lower()}"] = key
    return found


@dataclass(frozen=True, slots=True)
class Town:
    """One town of a state: as it is written, the middle of its ZIP areas in degrees, and how many of them it has."""

    name: str
    latitude: float
    longitude: float
    zips: int


def town(name: str, state: str) -> Town | None:
    """The town of that name, whatever its capitals; None = the state has none."""
    row = atlas().towns.get(f"{state}/{name.casefold()}")
    return Town(*row) if row else None


def town_names(state: str) -> dict[str, str]:
    """Folded name → name as written, of all towns of a state."""
    start = f"{state}/"
    return {key.removeprefix(start): row[0] for key, row in atlas().towns.items() if key.startswith(start)}


Ring = list[tuple[float, float]]


@cache
def _kentucky() -> list[tuple[str, list[Ring]]]:
    shapes = json.loads((files.folder() / "geo/kentucky_counties.geojson").read_bytes())["features"]
    return [
        (
            f"KY/{shape['properties']['name']}",
            [[(x, y) for x, y in ring] for polygon in shape["geometry"]["coordinates"] for ring in polygon],
        )
        for shape in shapes
    ]


@cache
def county_numbers() -> dict[str, str]:
    """Five FIPS digits → key of every Kentucky county: "21067" → "KY/Fayette"."""
    shapes = json.loads((files.folder() / "geo/kentucky_counties.geojson").read_bytes())["features"]
    return {shape["properties"]["geoid"]: f"KY/{shape['properties']['name']}" for shape in shapes}


def county_outline(key: str) -> list[Ring]:
    """A Kentucky county's rings of (longitude, latitude); empty where no outline is bundled."""
    return next((rings for name, rings in _kentucky() if name == key), [])


def county_of_point(latitude: float, longitude: float) -> str | None:
    """The Kentucky county around a point in degrees, by its outline; None outside Kentucky."""
    for key, rings in _kentucky():
        if sum(_inside(ring, longitude, latitude) for ring in rings) % 2:
            return key
    return None


def _inside(ring: Ring, x: float, y: float) -> bool:
    """Even-odd rule (Jordan curve): does a ray to the east cross the ring an odd number of times?"""
    crossed = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed = not crossed
    return crossed
