"""The arrays of an index and how a directory is laid out in them: what builder, file format and kernels share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CELLS_PER_DEGREE = 5
CELL_COLUMNS = 360 * CELLS_PER_DEGREE
NO_CELL = 1000 * CELL_COLUMNS
# The cells of one band come before those of the next.
CELLS_PER_BAND = 1 << 21
WORD_BITS = 64

FIRST_ROW, ROWS, FIRST_WORD, WORDS, PLANES, FIRST_PLACE = range(6)
"""Columns of ``Shelf.bands``."""


class Shelf(NamedTuple):
    """Every array of an index; n listings, m services. All read-only.

    Listings with (almost) equally many services stand together in a *band*, in the order of the map. A band has
    ``WORDS`` words of 64 listing bits, and the bits of its services lie in ``PLANES`` planes of as many words: bit i
    of plane p is service p of listing i. So an OR over planes turns what services say into what listings say, 64 at
    a time; and where every listing has one service, as nearly everywhere, the two are the same bits. In all there
    are W listing words and S service words. A NamedTuple because the kernels take it whole. ``*_start`` arrays are
    CSR: entry i owns start[i]..start[i+1].
    """

    bands: NDArray[np.int64]
    """(b, 6) of each band: first row, rows, first listing word, words, planes, first service word."""
    listed: NDArray[np.uint64]
    """(W,) a bit per listing: some listing has this place."""
    there: NDArray[np.uint64]
    """(S,) a bit per service: some service has this place."""
    opens: NDArray[np.uint64]
    """(S,) a bit per service: it has told of an opening, perhaps long ago."""
    word_x: NDArray[np.float64]
    """(W,) with y and z: the middle of the points of 64 listings; NaN = none has a known point."""
    word_y: NDArray[np.float64]
    word_z: NDArray[np.float64]
    word_reach: NDArray[np.float64]
    """(W,) how far from the middle the farthest of them lies, in earth radii, straight through the earth."""
    word_newest: NDArray[np.int32]
    """(W,) the latest ``checked_days`` of their services."""
    word_rank: NDArray[np.int32]
    """(W,) the lowest ``id_rank`` among them."""
    x: NDArray[np.float64]
    """(n,) with y and z: the unit vector of the point; NaN = no known point."""
    y: NDArray[np.float64]
    z: NDArray[np.float64]
    cell_keys: NDArray[np.int64]
    """(c,) occupied 0.2 degree cells, ascending: band * 2**21 + latitude row * 1800 + longitude column."""
    cell_start: NDArray[np.int64]
    """(c + 1,) first listing of each cell; listings without a point stand in a cell of their own, behind the others."""
    state_bits: NDArray[np.int32]
    """Listing bits of each state, ascending."""
    state_start: NDArray[np.int64]
    county_bits: NDArray[np.int32]
    """Listing bits of each county, ascending."""
    county_start: NDArray[np.int64]
    id_bytes: NDArray[np.uint8]
    """(n, 16) the UUID of each listing."""
    id_rank: NDArray[np.int32]
    """(n,) the place of each listing when sorted by id: breaks ties."""
    id_rows: NDArray[np.int32]
    """(n,) the inverse: listing at each place."""
    alias_bytes: NDArray[np.uint8]
    """(a, 16) other UUIDs under which a listing is found, ascending."""
    alias_rows: NDArray[np.int32]
    """(a,) the listing of each."""
    service_start: NDArray[np.int64]
    """(n + 1,) first service of each listing."""
    yes: NDArray[np.uint64]
    """(slots, S) a bit per service and column: stated yes. One row is one column, so 64 services are judged at once."""
    no: NDArray[np.uint64]
    """(slots, S) stated no."""
    offers: NDArray[np.uint64]
    """(m, F) the other way round, for facets of few listings: a bit per facet column of each service, stated yes."""
    checked_days: NDArray[np.int32]
    """(m,) days since 1970-01-01; -1 = never."""
    open_until: NDArray[np.int64]
    """(m,) minutes since 1970; 0 = none."""
    posts: NDArray[np.int32]
    """Listing bits of each name word, ascending; words sorted, so a prefix owns one contiguous stretch."""
    post_start: NDArray[np.int64]
    word_bytes: NDArray[np.uint8]
    """The sorted name words as UTF-8."""
    word_start: NDArray[np.int64]
    payload_bytes: NDArray[np.uint8]
    payload_start: NDArray[np.int64]


def frozen(shelf: Shelf) -> Shelf:
    """The same arrays, plain and read-only: the kernels then have one signature, whether built or mapped."""
    kept = []
    for array in shelf:
        plain = np.ascontiguousarray(array).view(np.ndarray)
        plain.setflags(write=False)
        kept.append(plain)
    return Shelf._make(kept)


def unit_vectors(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Points in degrees as unit vectors (x, y, z): distances then need no trigonometry until a row is a hit."""
    phi, theta = np.radians(latitude), np.radians(longitude)
    return np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)


def unit_vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    """One point in degrees as a unit vector."""
    phi, theta = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)


def slots_of(columns: Sequence[str], groups: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The column of each row of ``Shelf.yes``: every need of every group, then the rest.

    A need in two groups has a row for each, so that every facet is counted under its own group's filter.
    """
    grouped = [need for needs in groups.values() for need in needs]
    seen = set(grouped)
    return (*grouped, *(column for column in columns if column not in seen))
