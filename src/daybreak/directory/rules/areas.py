"""Which circle to ask a locator for so that a state or county is whole in it, and which rows of the answer lie inside."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from daybreak.vocabulary import gazetteer
from daybreak.vocabulary.states import STATES

METRES_A_MILE = 1609.344
# Places lie around the centres of their ZIP areas, the largest of which reach this far in the country.
MARGIN_MILES = 25.0
MOST_MILES = 500
_TURNS = 60


class NoSuchArea(ValueError):
    """What was asked for names no place; the text says what it must be."""


@dataclass(frozen=True, slots=True)
class Area:
    """A circle in degrees and miles, and the state and county ("KY/Fayette") to which rows must belong, "" = any."""

    latitude: float
    longitude: float
    miles: float
    state: str = ""
    county: str = ""

    @property
    def metres(self) -> int:
        """The radius in whole metres."""
        return math.ceil(self.miles * METRES_A_MILE)

    def has(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of the locator lies in the state and county; one that names no state counts by its ZIP."""
        if not self.state:
            return True
        zip_code = re.sub(r"\D", "", str(row.get("zip") or ""))[:5]
        known = gazetteer.zip_area(zip_code)
        state = str(row.get("state") or "").strip().upper() or (known.state if known else "")
        if state not in {self.state, STATES[self.state].upper()}:
            return False
        if not self.county:
            return True
        return self.county in {known.county if known else "", _county_around(row)}


def area_around(zip_code: str, miles: int) -> Area:
    """The circle around a ZIP; raises NoSuchArea."""
    centre = gazetteer.zip_centre(zip_code)
    if centre is None:
        raise NoSuchArea(f"--near must be a ZIP code in use, such as 40508; got {zip_code[:20]!r}.")
    if not 1 <= miles <= MOST_MILES:
        raise NoSuchArea(f"--miles must be from 1 to {MOST_MILES}; got {miles}.")
    return Area(*centre, float(miles))


@cache
def area_of(state: str, county: str = "") -> Area:
    """A circle around every ZIP of a state or county, and some miles more; raises NoSuchArea."""
    code = state.strip().upper()
    if code not in STATES:
        raise NoSuchArea(f"--state must be two letters, such as KY; got {state[:20]!r}.")
    key = gazetteer.county_key(code, county.strip()) if county.strip() else ""
    folded = {name.casefold(): name for name in gazetteer.counties() if name.startswith(f"{code}/")}
    if key and key.casefold() not in folded:
        raise NoSuchArea(
            f"--county must be a county of {STATES[code]}, such as Fayette in Kentucky; got {county[:40]!r}."
        )
    key = folded.get(key.casefold(), "")
    points = [
        (row[4], row[5])
        for row in gazetteer.atlas().areas.values()
        if row[2] == code
        and (not key or row[3] == key)
        and (row[4] or row[5])  # some ZIPs of offices have no point
    ]
    if not points:
        raise NoSuchArea(
            f"No ZIP of {STATES[code]} has a known point. Ask around one instead: --near ZIP --miles N."
        )
    latitude, longitude, miles = smallest_circle(points)
    return Area(latitude, longitude, miles + MARGIN_MILES, code, key)


def smallest_circle(points: Iterable[tuple[float, float]]) -> tuple[float, float, float]:
    """(latitude, longitude, miles) of a circle around all points, at most a few per cent wider than the smallest one.

    Bădoiu and Clarkson (2003): go from the middle towards the farthest point, by a smaller part each time.
    """
    # West of the date line reads as a longitude beyond -180, so that Alaska is one piece.
    wide = list(points)
    split = any(lon > 100 for _, lon in wide) and any(lon < -100 for _, lon in wide)
    around = [(lat, lon - 360 if split and lon > 0 else lon) for lat, lon in wide]
    latitude = sum(lat for lat, _ in around) / len(around)
    longitude = sum(lon for _, lon in around) / len(around)
    best = (latitude, longitude, math.inf)
    for turn in range(1, _TURNS + 1):
        far = max(around, key=lambda point: gazetteer.miles_between(latitude, longitude, *point))
        miles = gazetteer.miles_between(latitude, longitude, *far)
        if miles < best[2]:
            best = (latitude, longitude, miles)
        latitude += (far[0] - latitude) / (turn + 1)
        longitude += (far[1] - longitude) / (turn + 1)
    return best[0], best[1] + 360 if best[1] < -180 else best[1], best[2]


def _county_around(row: Mapping[str, Any]) -> str:
    """The Kentucky county around the row's own point; "" = none, or no point that can be read."""
    try:
        return gazetteer.county_of_point(float(row["latitude"]), float(row["longitude"])) or ""
    except (KeyError, TypeError, ValueError):
        return ""
