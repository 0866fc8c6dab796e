"""Lists the listings that a question has to look at: those in its place or in the next wider one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daybreak.finder._kernels import EARTH_RADIUS_MILES, IN_PLACE, NAMED, mark_names, stand_in_circle
from daybreak.finder.index import CELL_COLUMNS, CELLS_PER_DEGREE, Index, unit_vector
from daybreak.finder.query import InCounty, InState, Near, Place

WIDER_MILES = (10.0, 25.0, 50.0, 100.0, 250.0, 500.0)
# Cells are found with a little room to spare; the chord decides.
_BOX_SLACK_DEGREES = 1e-7
_UNKNOWN_AREA = -2


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows to judge, and a byte for each: IN_PLACE, NAMED, both, or one of them (a near miss)."""

    rows: NDArray[np.int32]
    standing: NDArray[np.uint8]


def wider_miles(radius_miles: float) -> float | None:
    """The next radius that is offered when a circle holds too little; None if there is no wider one."""
    return next((miles for miles in WIDER_MILES if miles > radius_miles), None)


def candidates_of(index: Index, place: Place | None, names: tuple[str, ...]) -> Candidates:
    """Candidates of a checked place and folded name words; every match and every near miss is among them."""
    rows, standing = _placed(index, place)
    if not names:
        standing |= NAMED
        return Candidates(rows, standing)
    marks = np.zeros(index.n_listings, np.uint8)
    for level, word in enumerate(names):
        start, end = index.prefix_range(word)
        mark_names(index.shelf.posts, start, end, level, marks)
    standing |= (marks[rows] == len(names)).view(np.uint8) * np.uint8(NAMED)
    kept = np.flatnonzero(standing)
    return Candidates(rows[kept], standing[kept])


def _placed(index: Index, place: Place | None) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    shelf = index.shelf
    if isinstance(place, Near):
        return _in_circle(index, place)
    if isinstance(place, InCounty):
        state = index.state_code.get(place.county[:2])
        if state is None:
            return np.empty(0, np.int32), np.empty(0, np.uint8)
        rows = shelf.state_rows[shelf.state_start[state] : shelf.state_start[state + 1]].copy()
        county = index.county_code.get(place.county, _UNKNOWN_AREA)
        return rows, (shelf.county[rows] == county).view(np.uint8) * np.uint8(IN_PLACE)
    rows = np.arange(index.n_listings, dtype=np.int32)
    if isinstance(place, InState):
        state_code = index.state_code.get(place.state, _UNKNOWN_AREA)
        return rows, (shelf.state == state_code).view(np.uint8) * np.uint8(IN_PLACE)
    return rows, np.full(len(rows), IN_PLACE, np.uint8)


def _in_circle(index: Index, near: Near) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    outer = wider_miles(near.radius_miles) or near.radius_miles
    runs = _circle_runs(index, near, outer)
    most = int((runs[:, 1] - runs[:, 0]).sum())
    rows, standing = np.empty(most, np.int32), np.empty(most, np.uint8)
    shelf = index.shelf
    center = unit_vector(near.latitude, near.longitude)
    count = stand_in_circle(
        (shelf.x, shelf.y, shelf.z), center, _chord2(near.radius_miles), _chord2(outer), runs, rows, standing
    )
    return rows[:count], standing[:count]


def _chord2(miles: float) -> float:
    return (2.0 * math.sin(miles / (2.0 * EARTH_RADIUS_MILES))) ** 2


def _circle_runs(index: Index, near: Near, miles: float) -> NDArray[np.int64]:
    """Cells of one latitude row are neighbours on the shelf, so a box is one run per row, or two across 180 degrees."""
    angle = miles / EARTH_RADIUS_MILES
    tall = math.degrees(angle) + _BOX_SLACK_DEGREES
    south, north = near.latitude - tall, near.latitude + tall
    wide = 180.0
    if south > -90.0 and north < 90.0:
        reach = math.sin(angle) / math.cos(math.radians(near.latitude))
        wide = math.degrees(math.asin(min(1.0, reach))) + _BOX_SLACK_DEGREES
    rows = np.arange(_cell(max(south, -90.0) + 90.0), _cell(min(north, 90.0) + 90.0) + 1) * CELL_COLUMNS
    west, east = _cell(near.longitude - wide + 180.0), _cell(near.longitude + wide + 180.0)
    if east - west >= CELL_COLUMNS - 1:
        spans = [(0, CELL_COLUMNS - 1)]
    elif west < 0:
        spans = [(west + CELL_COLUMNS, CELL_COLUMNS - 1), (0, east)]
    elif east >= CELL_COLUMNS:
        spans = [(west, CELL_COLUMNS - 1), (0, east - CELL_COLUMNS)]
    else:
        spans = [(west, east)]
    shelf = index.shelf
    first = np.concatenate([rows + low for low, _ in spans])
    after = np.concatenate([rows + high + 1 for _, high in spans])
    edges = np.searchsorted(shelf.cell_keys, np.stack([first, after], axis=1))
    runs = shelf.cell_start[edges]
    return np.ascontiguousarray(runs[runs[:, 0] < runs[:, 1]], np.int64)


def _cell(degrees: float) -> int:
    return math.floor(degrees * CELLS_PER_DEGREE)
