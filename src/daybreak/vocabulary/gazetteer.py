"""ZIP areas, counties and towns of the United States: read once, kept in memory."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

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


@cache
def zip_areas() -> dict[str, ZipArea]:
    """Every ZIP in use, about 42,800 of them."""
    kept = _kept()
    if kept is None or not kept.is_file():
        found = _assemble()
        if kept is not None:
            _keep(kept, found)
        return found
    return {row[0]: ZipArea(*row) for row in json.loads(kept.read_bytes())}


_KEEP_IN: list[Path] = []


def keep_in(folder: Path) -> None:
    """Keep the assembled list in ``folder``, so that the next start reads it in a tenth of the time."""
    _KEEP_IN[:] = [folder]


def _kept() -> Path | None:
    if not _KEEP_IN:
        return None
    import zipcodes

    return _KEEP_IN[0] / f"zip-areas-{zipcodes.__version__}.json"


def _keep(path: Path, found: dict[str, ZipArea]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [[a.zip, a.city, a.state, a.county, a.latitude, a.longitude] for a in found.values()]
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(rows, separators=(",", ":")))
    fresh.replace(path)


def _assemble() -> dict[str, ZipArea]:
    import zipcodes  # 0.7 s and 60 MB: only where nothing is kept yet

    census = {
        row["zip"]: (float(row["latitude"]), float(row["longitude"]))
        for row in files.rows("geo/zcta_centroids_2021_census.csv")
    }
    found: dict[str, ZipArea] = {}
    for row in zipcodes.list_all():
        if row["state"] not in STATES or not row["active"]:
            continue
        code = row["zip_code"]
        latitude, longitude = census.get(code, (float(row["lat"]), float(row["long"])))
        county = county_key(row["state"], row["county"] or "")
        found[code] = ZipArea(code, row["city"], row["state"], county, latitude, longitude)
    return found


def zip_area(zip_code: str) -> ZipArea | None:
    """One ZIP by its five digits; None = no such ZIP in use."""
    return zip_areas().get(zip_code)


def zip_centre(zip_code: str) -> tuple[float, float] | None:
    """A ZIP's centre in degrees; None = no such ZIP in use."""
    area = zip_area(zip_code)
    return (area.latitude, area.longitude) if area else None


@cache
def counties() -> frozenset[str]:
    """Every county key that a ZIP lies in, and every Kentucky county."""
    return frozenset(area.county for area in zip_areas().values() if area.county) | {
        key for key, _ in _kentucky()
    }


@cache
def counties_by_label() -> dict[str, str]:
    """Folded "fayette county, kentucky" and "fayette county, ky" → the county's key."""
    found: dict[str, str] = {}
    for key in counties():
        label = county_label(key).casefold()
        found[label] = key
        found[f"{label.rpartition(', ')[0]}, {key[:2].lower()}"] = key
    return found


@cache
def towns() -> dict[tuple[str, str], tuple[float, float]]:
    """(folded town, state) → the middle of its ZIP areas, in degrees."""
    points: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for area in zip_areas().values():
        points.setdefault((area.city.casefold(), area.state), []).append((area.latitude, area.longitude))
    return {
        town: (sum(p[0] for p in found) / len(found), sum(p[1] for p in found) / len(found))
        for town, found in points.items()
    }


@cache
def town_names() -> dict[tuple[str, str], str]:
    """(folded town, state) → the town as it is written."""
    return {(area.city.casefold(), area.state): area.city for area in zip_areas().values()}


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
