"""The door to the compiler and the smallest loops: the only file here that imports numba.

Every array of the shelf is read-only and every array of a question is writable, always: numba compiles a kernel
again for each mixture, and a compile pause must not fall on somebody's search.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from daybreak.finder.shelf import FIRST_ROW, FIRST_WORD, Shelf

_Function = TypeVar("_Function", bound=Callable[..., Any])

EARTH_RADIUS_MILES = 6371.0088 / 1.609344

ONE = np.uint64(1)
NONE = np.uint64(0)


def compiled(function: _Function) -> _Function:
    """The function as machine code that holds no interpreter lock and is kept on disk."""
    return cast(_Function, numba.njit(cache=True, nogil=True)(function))


def _ones(context: Any, word: Any) -> Any:
    return numba.types.int64(numba.types.uint64), lambda _, builder, __, given: builder.ctpop(given[0])


def _lowest(context: Any, word: Any) -> Any:
    zero_is_fine = cgutils.false_bit
    return (
        numba.types.int64(numba.types.uint64),
        lambda _, builder, __, given: builder.cttz(given[0], zero_is_fine),
    )


ones = cast(Callable[[Any], int], intrinsic(_ones))
"""How many bits of a word are set, by the processor's own instruction."""
lowest = cast(Callable[[Any], int], intrinsic(_lowest))
"""The place of the lowest bit that is set in a word."""


@compiled
def state_pairs(
    pairs: NDArray[np.int32],
    places: NDArray[np.int64],
    slot_order: NDArray[np.int64],
    slot_start: NDArray[np.int64],
    packed: NDArray[np.uint64],
) -> None:
    """Sets the bit of every (service, column) pair in each slot of that column."""
    for at in range(pairs.shape[0]):
        place, column = places[pairs[at, 0]], pairs[at, 1]
        for own in range(slot_start[column], slot_start[column + 1]):
            packed[slot_order[own], place >> 6] |= ONE << np.uint64(place & 63)


@compiled
def mark(bits: NDArray[np.int32], marks: NDArray[np.uint64]) -> None:
    """Sets these bits."""
    for bit in bits:
        marks[bit >> 6] |= ONE << np.uint64(bit & 63)


@compiled
def stand_in_circle(
    points: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    center: tuple[float, float, float],
    inner_chord2: float,
    outer_chord2: float,
    runs: NDArray[np.int64],
    inside: NDArray[np.uint64],
    wide: NDArray[np.uint64],
) -> None:
    """Marks the listings of ``runs`` (first row, row behind, bit less row) that lie in the inner and outer circle.

    Circles are given by the square of the chord, in earth radii.
    """
    x, y, z = points
    center_x, center_y, center_z = center
    for run in range(runs.shape[0]):
        for row in range(runs[run, 0], runs[run, 1]):
            dx, dy, dz = x[row] - center_x, y[row] - center_y, z[row] - center_z
            chord2 = dx * dx + dy * dy + dz * dz
            bit = row + runs[run, 2]
            # Not a number compares false: a listing without a point lies in no circle.
            wide[bit >> 6] |= np.uint64(chord2 <= outer_chord2) << np.uint64(bit & 63)
            inside[bit >> 6] |= np.uint64(chord2 <= inner_chord2) << np.uint64(bit & 63)


@compiled
def hear(
    columns: NDArray[np.uint64],
    slots: NDArray[np.int64],
    places: NDArray[np.uint32],
    n: int,
    heard: NDArray[np.uint64],
) -> None:
    """Marks the services that any of the ``slots`` columns names, in the first ``n`` of the words ``places``."""
    heard[:n] = 0
    first, last = np.int64(places[0]), np.int64(places[n - 1])
    for slot in slots:
        if last - first == n - 1:
            stretch = columns[slot][first : last + 1]
            for at in range(n):
                heard[at] |= stretch[at]
        else:
            column = columns[slot]
            for at in range(n):
                heard[at] |= column[places[at]]


@compiled
def row_of_word(shelf: Shelf, band: int, word: int) -> int:
    """The row of the first listing of a word."""
    row: int = shelf.bands[band, FIRST_ROW] + (np.int64(word) - shelf.bands[band, FIRST_WORD]) * 64
    return row
