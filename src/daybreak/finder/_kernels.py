"""The compiled loops of the finder: the only file here that imports numba.

Every array of the shelf is read-only and every array of a question is writable, always: numba compiles a kernel
again for each mixture, and a compile pause must not fall on somebody's search.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from daybreak.finder.asked import Asked, Found
from daybreak.finder.index import Shelf

_Function = TypeVar("_Function", bound=Callable[..., Any])

EARTH_RADIUS_MILES = 6371.0088 / 1.609344
DAYS_PER_YEAR = 365.25
MILES_PER_YEAR_OF_AGE = 1.5
OLDEST_YEARS = 10.0
# A listing without a point cannot be called near: it ranks as if on the far side of the earth.
UNKNOWN_MILES = 12_500.0
THOUSANDTHS = 1000.0

IN_PLACE, NAMED = 1, 2

# An order key holds tier, score in thousandths of a mile and id rank, so that one int64 sorts the answer.
RANK_BITS = 31
SCORE_BITS = 24

_ONE = np.uint64(1)
_NONE = np.uint64(0)
_LANES = np.uint64(0x0101010101010101)
_BYTE = np.uint64(0xFF)
_FLUSH_AFTER = 255


def compiled(function: _Function) -> _Function:
    """The function as machine code that holds no interpreter lock and is kept on disk."""
    return cast(_Function, numba.njit(cache=True, nogil=True)(function))


@compiled
def mark_names(posts: NDArray[np.int32], start: int, end: int, level: int, marks: NDArray[np.uint8]) -> None:
    """Raises the mark of every listing that has all ``level`` words before and one of this stretch."""
    for at in range(start, end):
        row = posts[at]
        if marks[row] == level:
            marks[row] = level + 1


@compiled
def stand_in_circle(
    points: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    center: tuple[float, float, float],
    inner_chord2: float,
    outer_chord2: float,
    runs: NDArray[np.int64],
    rows: NDArray[np.int32],
    standing: NDArray[np.uint8],
) -> int:
    """Lists the rows of ``runs`` in the inner circle (IN_PLACE) or only in the outer one; returns their number.

    Circles are given by the square of the chord, in earth radii.
    """
    x, y, z = points
    center_x, center_y, center_z = center
    count = 0
    for run in range(runs.shape[0]):
        for row in range(runs[run, 0], runs[run, 1]):
            dx, dy, dz = x[row] - center_x, y[row] - center_y, z[row] - center_z
            chord2 = dx * dx + dy * dy + dz * dz
            # Not a number compares false: a listing without a point lies in no circle.
            if chord2 <= outer_chord2:
                rows[count] = row
                standing[count] = IN_PLACE if chord2 <= inner_chord2 else 0
                count += 1
    return count


@compiled
def hear(
    columns: NDArray[np.uint64], slots: NDArray[np.int64], first: int, after: int, heard: NDArray[np.uint64]
) -> None:
    """Marks the services that any of the ``slots`` columns names, in words ``first``..``after``."""
    heard[first:after] = 0
    for slot in slots:
        for word in range(first, after):
            heard[word] |= columns[slot, word]


@compiled
def judge(
    yes: NDArray[np.uint64],
    no: NDArray[np.uint64],
    asked: Asked,
    first: int,
    after: int,
    verdicts: NDArray[np.uint64],
) -> None:
    """Judges 64 services at a time, those in words ``first``..``after``; see ``verdict_rows``."""
    starts, slots, admitted, lifts = asked.starts, asked.slots, asked.admitted, asked.lifts
    conditions, changes = admitted.size, starts.size - 1
    lone, silent, near, some = verdict_rows(lifts.shape[0], changes, conditions)
    once, twice = verdicts[near], verdicts[some]
    once[first:after] = 0
    twice[first:after] = 0
    for change in range(changes):
        fails = verdicts[lone + change]
        named = slots[starts[change] : starts[change + 1]]
        hear(yes, named, first, after, fails)
        if change < conditions:
            unstated = verdicts[silent + change]
            hear(no, named, first, after, unstated)
            for word in range(first, after):
                lacks = ~fails[word]
                unstated[word] = lacks & ~unstated[word]
                fails[word] = lacks & ~(unstated[word] & admitted[change])
        for word in range(first, after):
            twice[word] |= once[word] & fails[word]
            once[word] |= fails[word]
    for lift in range(lifts.shape[0]):
        passes = verdicts[lift]
        passes[first:after] = ~_NONE
        for change in range(changes):
            if not lifts[lift, change]:
                for word in range(first, after):
                    passes[word] &= ~verdicts[lone + change, word]
    for change in range(changes):
        for word in range(first, after):
            verdicts[lone + change, word] &= ~twice[word]
    for word in range(first, after):
        once[word] &= ~twice[word]
        twice[word] = verdicts[0, word]
    for lift in range(1, lifts.shape[0]):
        for word in range(first, after):
            twice[word] |= verdicts[lift, word]


@compiled
def verdict_rows(lifts: int, changes: int, conditions: int) -> tuple[int, int, int, int]:
    """First rows of the parts of a verdict table: a row per verdict, a bit per service.

    Rows 0..L-1: passes, under each lift. Then C + E rows: only this change keeps it out. Then C rows: does not state
    this condition. Then one row: exactly one change keeps it out; and a last one: passes under some lift.
    """
    silent = lifts + changes
    return lifts, silent, silent + conditions, silent + conditions + 1


@compiled
def bit_of(bits: NDArray[np.uint64], service: int) -> np.uint64:
    """The bit of a service, 0 or 1."""
    bit: np.uint64 = (bits[service >> 6] >> np.uint64(service & 63)) & _ONE
    return bit


@compiled
def record_matches(
    services: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]],
    asked: Asked,
    rows: NDArray[np.int32],
    standing: NDArray[np.uint8],
    verdicts: NDArray[np.uint64],
    found: Found,
) -> int:
    """Records the best service of every listing that matches: tier, fewest unstated, freshest, lowest row."""
    service_start, checked_days, open_until = services
    found_rows, found_tiers, found_services = found.rows, found.tiers, found.services
    passes = verdicts[0]
    conditions, now_minutes = asked.admitted.size, asked.now_minutes
    _, first_silent, _, _ = verdict_rows(asked.lifts.shape[0], asked.starts.size - 1, conditions)
    matched = 0
    for position in range(rows.size):
        if standing[position] != IN_PLACE | NAMED:
            continue
        row = rows[position]
        best = -1
        best_tier, best_count = 3, np.int64(0)
        for service in range(service_start[row], service_start[row + 1]):
            if bit_of(passes, service) == _NONE:
                continue
            count = np.int64(0)
            for condition in range(conditions):
                count += np.int64(bit_of(verdicts[first_silent + condition], service))
            is_open = open_until[service] > 0 and open_until[service] >= now_minutes
            tier = 2 if count > 0 else (0 if is_open else 1)
            fresher = best >= 0 and checked_days[service] > checked_days[best]
            if tier < best_tier or (
                tier == best_tier and (count < best_count or (count == best_count and fresher))
            ):
                best, best_tier, best_count = service, tier, count
        if best >= 0:
            found_rows[matched] = row
            found_tiers[matched] = best_tier
            found_services[matched] = best
            matched += 1
    return matched


@compiled
def miles_between(x: float, y: float, z: float, origin_x: float, origin_y: float, origin_z: float) -> float:
    """Great-circle miles between two unit vectors, by the chord; NaN if one is NaN."""
    dx, dy, dz = x - origin_x, y - origin_y, z - origin_z
    chord2 = dx * dx + dy * dy + dz * dz
    if chord2 <= 2.0:
        return 2.0 * EARTH_RADIUS_MILES * math.asin(0.5 * math.sqrt(chord2))
    # Arcsine loses digits towards the antipode; from there on the way left to the antipode is exact.
    dx, dy, dz = x + origin_x, y + origin_y, z + origin_z
    left = 0.5 * math.sqrt(dx * dx + dy * dy + dz * dz)
    return EARTH_RADIUS_MILES * (math.pi - 2.0 * math.asin(left))


@compiled
def rank_matches(
    points: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    checked_days: NDArray[np.int32],
    id_rank: NDArray[np.int32],
    asked: Asked,
    matched: int,
    found: Found,
) -> None:
    """Order keys and miles of the matches: tier, then miles + 1.5 per year of age (to a thousandth), then id."""
    x, y, z = points
    rows, tiers, services, keys, far = found.rows, found.tiers, found.services, found.keys, found.miles
    here_x, here_y, here_z = asked.origin
    has_origin, today_days = asked.has_origin, asked.today_days
    for at in range(matched):
        row = rows[at]
        miles = math.nan
        ranked_miles = 0.0
        if has_origin:
            miles = miles_between(x[row], y[row], z[row], here_x, here_y, here_z)
            ranked_miles = UNKNOWN_MILES if math.isnan(miles) else miles
        checked = checked_days[services[at]]
        years = OLDEST_YEARS
        if checked >= 0:
            years = min(max(today_days - checked, 0) / DAYS_PER_YEAR, OLDEST_YEARS)
        score = np.int64(math.floor((ranked_miles + MILES_PER_YEAR_OF_AGE * years) * THOUSANDTHS + 0.5))
        far[at] = miles
        keys[at] = (np.int64(tiers[at]) << (RANK_BITS + SCORE_BITS)) | (score << RANK_BITS) | id_rank[row]


@compiled
def count_misses(
    service_start: NDArray[np.int64],
    asked: Asked,
    rows: NDArray[np.int32],
    standing: NDArray[np.uint8],
    verdicts: NDArray[np.uint64],
    found: Found,
) -> None:
    """Counts every listing that exactly one condition, exclusion, the place or the name words keep out."""
    dropped, admitted, outside = found.dropped, found.admitted, found.outside
    conditions = asked.admitted.size
    lone, silent, near, _ = verdict_rows(asked.lifts.shape[0], dropped.size, conditions)
    passes, nearly = verdicts[0], verdicts[near]
    for position in range(rows.size):
        row = rows[position]
        first, after = service_start[row], service_start[row + 1]
        stands = standing[position]
        # Bits are gathered without branches: no processor can predict which services miss by one.
        matches = _NONE
        misses = _NONE
        for service in range(first, after):
            matches |= bit_of(passes, service)
            misses |= bit_of(nearly, service)
        if matches != _NONE:
            if stands != IN_PLACE | NAMED:
                outside[0 if stands == NAMED else 1] += 1
        elif misses != _NONE and stands == IN_PLACE | NAMED:
            for change in range(dropped.size):
                drops = _NONE
                asks = _NONE
                for service in range(first, after):
                    alone = bit_of(verdicts[lone + change], service)
                    drops |= alone
                    if change < conditions:
                        asks |= alone & bit_of(verdicts[silent + change], service)
                dropped[change] += np.int64(drops)
                admitted[change] += np.int64(asks)


@compiled
def count_facets(
    services: tuple[NDArray[np.int64], NDArray[np.uint64]],
    asked: Asked,
    rows: NDArray[np.int32],
    standing: NDArray[np.uint8],
    verdicts: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> None:
    """Counts listings per facet column, each group with its own conditions lifted.

    By vertical counters: bits 0, 8, 16, ... of a word are the byte lanes of counter 0, bits 1, 9, 17, ... those of
    counter 1, and so on: 64 columns cost eight shifts and adds. Lanes are emptied before a byte can overflow.
    """
    service_start, offers = services
    masks, kinds = asked.facet_masks, asked.lifts.shape[0]
    facet_words = masks.shape[1]
    some = verdicts[verdicts.shape[0] - 1]
    lanes = np.zeros((facet_words, 8), np.uint64)
    needs = np.zeros(facet_words, np.uint64)
    waiting = 0
    for position in range(rows.size):
        if standing[position] != IN_PLACE | NAMED:
            continue
        row = rows[position]
        counted = False
        for service in range(service_start[row], service_start[row + 1]):
            if bit_of(some, service) == _NONE:
                continue
            counted = True
            for lift in range(kinds):
                if bit_of(verdicts[lift], service) != _NONE:
                    for word in range(facet_words):
                        needs[word] |= offers[service, word] & masks[lift, word]
        if not counted:
            continue
        for word in range(facet_words):
            bits = needs[word]
            needs[word] = _NONE
            for shift in range(8):
                lanes[word, shift] += (bits >> np.uint64(shift)) & _LANES
        waiting += 1
        if waiting == _FLUSH_AFTER:
            empty_lanes(lanes, counts)
            waiting = 0
    empty_lanes(lanes, counts)


@compiled
def empty_lanes(lanes: NDArray[np.uint64], counts: NDArray[np.int64]) -> None:
    """Adds the byte lanes to the counts and clears them."""
    for word in range(lanes.shape[0]):
        for shift in range(8):
            lane = lanes[word, shift]
            for byte in range(8):
                counts[word * 64 + byte * 8 + shift] += np.int64((lane >> np.uint64(8 * byte)) & _BYTE)
            lanes[word, shift] = _NONE


@compiled
def answer(
    shelf: Shelf,
    asked: Asked,
    rows: NDArray[np.int32],
    standing: NDArray[np.uint8],
    first: int,
    after: int,
    verdicts: NDArray[np.uint64],
    found: Found,
) -> int:
    """Judges the candidate ``rows`` and fills ``found``; returns the number of matches.

    ``standing`` has a byte per candidate: IN_PLACE and NAMED. Their services lie in words ``first``..``after`` of
    the columns. ``verdicts`` is scratch space and keeps what each service does not state.
    """
    judge(shelf.yes, shelf.no, asked, first, after, verdicts)
    services = (shelf.service_start, shelf.checked_days, shelf.open_until)
    matched = record_matches(services, asked, rows, standing, verdicts, found)
    rank_matches((shelf.x, shelf.y, shelf.z), shelf.checked_days, shelf.id_rank, asked, matched, found)
    count_misses(shelf.service_start, asked, rows, standing, verdicts, found)
    offers = (shelf.service_start, shelf.offers)
    count_facets(offers, asked, rows, standing, verdicts, found.counts)
    return matched
