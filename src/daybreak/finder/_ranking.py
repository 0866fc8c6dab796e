"""Compiled loops that put matches in order; for a page, they look only where its listings can be."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.finder._kernels import EARTH_RADIUS_MILES, NONE, ONE, compiled, lowest, row_of_word
from daybreak.finder.asked import Asked, Found
from daybreak.finder.shelf import FIRST_PLACE, FIRST_ROW, FIRST_WORD, WORDS, Shelf

DAYS_PER_YEAR = 365.25
MILES_PER_YEAR_OF_AGE = 1.5
OLDEST_YEARS = 10.0
# A listing without a point cannot be called near: it ranks as if on the far side of the earth.
UNKNOWN_MILES = 12_500.0
THOUSANDTHS = 1000.0

# An order key holds tier, score in thousandths of a mile and id rank, so that one int64 sorts the answer.
RANK_BITS = 31
SCORE_BITS = 24

# Words are looked at in the order of the best score they can hold: 64 buckets for every doubling of it.
_BUCKET_SHIFT, _FIRST_BUCKET, _BUCKETS = 46, 1023 << 6, 1600
# What rounding could take from the bound of a word.
_SLACK_MILES = 1e-6


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
def miles_to(shelf: Shelf, asked: Asked, row: int) -> float:
    """Miles from the origin of the question to a listing; NaN if either is not known."""
    if not asked.has_origin:
        return math.nan
    x, y, z = asked.origin
    return miles_between(shelf.x[row], shelf.y[row], shelf.z[row], x, y, z)


@compiled
def score_of(miles: float, checked_days: int, today_days: int) -> int:
    """Miles + 1.5 per year of age, in thousandths."""
    years = OLDEST_YEARS
    if checked_days >= 0:
        years = min(max(today_days - checked_days, 0) / DAYS_PER_YEAR, OLDEST_YEARS)
    score: int = math.floor((miles + MILES_PER_YEAR_OF_AGE * years) * THOUSANDTHS + 0.5)
    return score


@compiled
def best_service(shelf: Shelf, asked: Asked, band: int, row: int, found: Found) -> int:
    """The service that a match is shown with: lowest tier, fewest unstated, freshest, first."""
    start: int = shelf.service_start[row]
    after: int = shelf.service_start[row + 1]
    if after == start + 1:
        return start
    bit = np.uint64((row - shelf.bands[band, FIRST_ROW]) & 63)
    place = shelf.bands[band, FIRST_PLACE] + ((row - shelf.bands[band, FIRST_ROW]) >> 6)
    best, best_tier, best_count = -1, 3, np.int64(0)
    for service in range(start, after):
        if (found.passes[place] >> bit) & ONE:
            count = np.int64(0)
            for condition in range(asked.admitted.size):
                if asked.admitted[condition] != NONE:
                    count += np.int64((found.silent[condition, place] >> bit) & ONE)
            is_open = shelf.open_until[service] > 0 and shelf.open_until[service] >= asked.now_minutes
            tier = 2 if count > 0 else (0 if is_open else 1)
            fresher = best >= 0 and shelf.checked_days[service] > shelf.checked_days[best]
            if tier < best_tier or (
                tier == best_tier and (count < best_count or (count == best_count and fresher))
            ):
                best, best_tier, best_count = service, tier, count
        place += shelf.bands[band, WORDS]
    return best


@compiled
def floor_of_word(shelf: Shelf, asked: Asked, word: int) -> int:
    """No listing of the word has a lower score than this."""
    miles = 0.0
    if asked.has_origin:
        x, y, z = asked.origin
        dx, dy, dz = shelf.word_x[word] - x, shelf.word_y[word] - y, shelf.word_z[word] - z
        # The chord is never longer than the way around; a word without any point stays far away.
        chord = math.sqrt(dx * dx + dy * dy + dz * dz) - shelf.word_reach[word]
        miles = UNKNOWN_MILES if math.isnan(chord) else max(0.0, EARTH_RADIUS_MILES * chord - _SLACK_MILES)
    return score_of(miles, shelf.word_newest[word], asked.today_days)


@compiled
def sink(heap: NDArray[np.int64], size: int) -> None:
    """Lets the first of a heap sink to its place; the highest key is first."""
    at, key = 0, heap[0]
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key


@compiled
def rise(heap: NDArray[np.int64], at: int) -> None:
    """Lets the last of a heap rise to its place."""
    key = heap[at]
    while at > 0 and heap[(at - 1) >> 1] < key:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at] = key


@compiled
def words_in_order(
    shelf: Shelf, asked: Asked, marks: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The words with a mark, roughly by the lowest score they can hold, and that score for each."""
    most = marks.size
    floors, words = np.empty(most, np.int64), np.empty(most, np.int64)
    n = 0
    for word in range(most):
        if marks[word] != NONE:
            floors[n] = floor_of_word(shelf, asked, word)
            words[n] = word
            n += 1
    weights = np.maximum(floors[:n], 1).astype(np.float64)
    # The first bits of a positive floating-point number are its logarithm.
    buckets = (weights.view(np.int64) >> _BUCKET_SHIFT) - _FIRST_BUCKET
    starts = np.zeros(_BUCKETS + 1, np.int64)
    for at in range(n):
        starts[buckets[at] + 1] += 1
    for bucket in range(_BUCKETS):
        starts[bucket + 1] += starts[bucket]
    sorted_words, sorted_floors = np.empty(n, np.int64), np.empty(n, np.int64)
    for at in range(n):
        to = starts[buckets[at]]
        starts[buckets[at]] += 1
        sorted_words[to], sorted_floors[to] = words[at], floors[at]
    return sorted_words, sorted_floors


@compiled
def lowest_keys(shelf: Shelf, asked: Asked, tier: int, found: Found, keys: NDArray[np.int64]) -> None:
    """Fills ``keys`` with the lowest order keys of a tier, in no order; it must have room for some, at most for all."""
    words, floors = words_in_order(shelf, asked, found.tiers[tier])
    top = np.int64(tier) << (RANK_BITS + SCORE_BITS)
    room, kept = keys.size, 0
    for position in range(words.size):
        word = words[position]
        if kept == room and (top | floors[position] << RANK_BITS | np.int64(shelf.word_rank[word])) > keys[0]:
            continue
        band = 0
        while band + 1 < shelf.bands.shape[0] and shelf.bands[band + 1, FIRST_WORD] <= word:
            band += 1
        first = row_of_word(shelf, band, word)
        marks = found.tiers[tier, word]
        while marks != NONE:
            row = first + lowest(marks)
            marks &= marks - ONE
            miles = miles_to(shelf, asked, row)
            if math.isnan(miles):
                miles = UNKNOWN_MILES if asked.has_origin else 0.0
            checked = shelf.checked_days[best_service(shelf, asked, band, row, found)]
            score = score_of(miles, checked, asked.today_days)
            key = top | score << RANK_BITS | np.int64(shelf.id_rank[row])
            if kept < room:
                keys[kept] = key
                rise(keys, kept)
                kept += 1
            elif key < keys[0]:
                keys[0] = key
                sink(keys, room)


@compiled
def describe(
    shelf: Shelf,
    asked: Asked,
    found: Found,
    keys: NDArray[np.int64],
    services: NDArray[np.int64],
    miles: NDArray[np.float64],
    unstated: NDArray[np.bool_],
) -> None:
    """What is shown of each match: its service, the miles to it, and which conditions the service does not state."""
    for at in range(keys.size):
        row: int = shelf.id_rows[keys[at] & ((1 << RANK_BITS) - 1)]
        band = 0
        while band + 1 < shelf.bands.shape[0] and shelf.bands[band + 1, FIRST_ROW] <= row:
            band += 1
        services[at] = best_service(shelf, asked, band, row, found)
        miles[at] = miles_to(shelf, asked, row)
        within = row - shelf.bands[band, FIRST_ROW]
        plane = services[at] - shelf.service_start[row]
        place = shelf.bands[band, FIRST_PLACE] + plane * shelf.bands[band, WORDS] + (within >> 6)
        for condition in range(asked.admitted.size):
            silent = NONE
            if asked.admitted[condition] != NONE:
                silent = found.silent[condition, place]
            unstated[at, condition] = (silent >> np.uint64(within & 63)) & ONE != NONE
