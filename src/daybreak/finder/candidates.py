"""Marks the listings that a question has to look at: those in its place or in the next wider one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.finder._kernels import EARTH_RADIUS_MILES, mark, stand_in_circle
from daybreak.finder.asked import Standing
from daybreak.finder.index import Index
from daybreak.finder.query import InState, Near, Place
from daybreak.finder.shelf import (
    CELL_COLUMNS,
    CELLS_PER_BAND,
    CELLS_PER_DEGREE,
    FIRST_ROW,
    FIRST_WORD,
    WORD_BITS,
    unit_vector,
)

WIDER_MILES = (10.0, 25.0, 50.0, 100.0, 250.0, 500.0)
# Cells are found with a little room to spare; the chord decides.
_BOX_SLACK_DEGREES = 1e-7
_ALL_ONES = ~np.uint64(0)


def wider_miles(radius_miles: float) -> float | None:
    """The next radius that is offered when a circle holds too little; None if there is no wider one."""
    return next((miles for miles in WIDER_MILES if miles > radius_miles), None)


def standing_of(index: Index, place: Place | None, names: tuple[str, ...]) -> Standing:
    """Where every listing stands to a checked place and folded name words."""
    inside, wide = _placed(index, place)
    named = np.full(len(inside), _ALL_ONES)
    for word in names:
        start, end = index.prefix_range(word)
        fits = _no_bits(index)
        mark(index.shelf.posts[start:end], fits)
        named &= fits
    return Standing(inside, wide, named)


def _no_bits(index: Index) -> NDArray[np.uint64]:
    return np.zeros(len(index.shelf.listed), np.uint64)


def _placed(index: Index, place: Place | None) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    shelf = index.shelf
    if place is None:
        everywhere = shelf.listed.copy()
        return everywhere, everywhere
    if isinstance(place, Near):
        return _in_circle(index, place)
    in_state = _no_bits(index)
    state = index.state_code.get(place.state if isinstance(place, InState) else place.county[:2])
    if state is not None:
        mark(shelf.state_bits[shelf.state_start[state] : shelf.state_start[state + 1]], in_state)
    if isinstance(place, InState):
        return in_state, shelf.listed.copy()
    in_county = _no_bits(index)
    county = index.county_code.get(place.county)
    if county is not None:
        mark(shelf.county_bits[shelf.county_start[county] : shelf.county_start[county + 1]], in_county)
    return in_county, in_state


def _in_circle(index: Index, near: Near) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    outer = wider_miles(near.radius_miles) or near.radius_miles
    runs = _circle_runs(index, near, outer)
    inside, wide = _no_bits(index), _no_bits(index)
    shelf = index.shelf
    center = unit_vector(near.latitude, near.longitude)
    points = (shelf.x, shelf.y, shelf.z)
    stand_in_circle(points, center, _chord2(near.radius_miles), _chord2(outer), runs, inside, wide)
    return inside, wide


def _chord2(miles: float) -> float:
    return (2.0 * math.sin(miles / (2.0 * EARTH_RADIUS_MILES))) ** 2


def _circle_runs(index: Index, near: Near, miles: float) -> NDArray[np.int64]:
    """Cells of one latitude row are neighbours in a band, so a box is one run per row, or two across 180 degrees.

    Each run is a first row, the row behind the last, and what makes listing bits of rows.
    """
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
    bands = np.arange(len(shelf.bands)) * CELLS_PER_BAND
    first = np.add.outer(bands, np.concatenate([rows + low for low, _ in spans]))
    after = np.add.outer(bands, np.concatenate([rows + high + 1 for _, high in spans]))
    edges = shelf.cell_start[np.searchsorted(shelf.cell_keys, np.stack([first, after], axis=-1))]
    shift = shelf.bands[:, FIRST_WORD] * WORD_BITS - shelf.bands[:, FIRST_ROW]
    shifts = np.broadcast_to(shift[:, None, None], (*first.shape, 1))
    runs = np.concatenate([edges, shifts], axis=-1).reshape(-1, 3)
    return np.ascontiguousarray(runs[runs[:, 0] < runs[:, 1]], np.int64)


def _cell(degrees: float) -> int:
    return math.floor(degrees * CELLS_PER_DEGREE)
