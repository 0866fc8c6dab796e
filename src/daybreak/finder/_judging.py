"""Compiled loops that judge listings, 64 at a time: who matches, facets and near misses, all exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from daybreak.finder._kernels import NONE, ONE, compiled, hear, lowest, ones, row_of_word
from daybreak.finder.asked import Asked, Block, Found, Standing
from daybreak.finder.shelf import FIRST_PLACE, FIRST_WORD, PLANES, WORDS, Shelf

# So many words are judged in one go: what is said about them then stays in the processor's second cache.
BLOCK = 512
# Below so many listings a word it is quicker to look at each of them than at every facet column.
_DENSE = 4
_LANES = np.uint64(0x0101010101010101)
_BYTE = np.uint64(0xFF)
_FLUSH_AFTER = 255


@compiled
def verdict_rows(lifts: int, changes: int, conditions: int) -> tuple[int, int, int, int]:
    """First rows of the parts of a verdict table: a row per verdict, a bit per service.

    Rows 0..L-1: passes, under each lift. Then C + E rows: only this change keeps it out. Then C rows: does not state
    this condition. Then a row: is kept out at all; one: is kept out by two; and the last: is admitted unasked.
    """
    silent = lifts + changes
    return lifts, silent, silent + conditions, silent + conditions + 3


@compiled
def fail(
    shelf: Shelf,
    asked: Asked,
    change: int,
    places: NDArray[np.uint32],
    n: int,
    fails: NDArray[np.uint64],
    silent: NDArray[np.uint64],
) -> None:
    """Marks the services that this change keeps out, and those that do not state it if it is a condition."""
    named = asked.slots[asked.starts[change] : asked.starts[change + 1]]
    hear(shelf.yes, named, places, n, fails)
    if change < asked.admitted.size:
        admits = asked.admitted[change]
        hear(shelf.no, named, places, n, silent)
        for at in range(n):
            lacks = ~fails[at]
            unstated = lacks & ~silent[at]
            silent[at] = unstated
            fails[at] = lacks & ~(unstated & admits)


@compiled
def judge(
    shelf: Shelf, asked: Asked, places: NDArray[np.uint32], n: int, verdicts: NDArray[np.uint64]
) -> None:
    """Judges 64 services at a time, those of the first ``n`` words ``places``; see ``verdict_rows``."""
    conditions, changes, lifts = asked.admitted.size, asked.starts.size - 1, asked.lifts.shape[0]
    lone, silent, once_row, _ = verdict_rows(lifts, changes, conditions)
    once, twice, unsure = verdicts[once_row], verdicts[once_row + 1], verdicts[once_row + 2]
    for at in range(n):
        # A place that no service has is kept out twice, so it neither passes nor nearly does.
        once[at] = ~shelf.there[places[at]]
        twice[at] = once[at]
        unsure[at] = NONE
    for change in range(changes):
        fails = verdicts[lone + change]
        unstated = verdicts[silent + min(change, conditions)]
        fail(shelf, asked, change, places, n, fails, unstated)
        for at in range(n):
            twice[at] |= once[at] & fails[at]
            once[at] |= fails[at]
        if change < conditions and asked.admitted[change] != NONE:
            for at in range(n):
                unsure[at] |= unstated[at]
    for lift in range(1, lifts):
        passes = verdicts[lift]
        for at in range(n):
            passes[at] = shelf.there[places[at]]
        for change in range(changes):
            if not asked.lifts[lift, change]:
                fails = verdicts[lone + change]
                for at in range(n):
                    passes[at] &= ~fails[at]
    passes = verdicts[0]
    for at in range(n):
        passes[at] = ~once[at]
    for change in range(changes):
        alone = verdicts[lone + change]
        for at in range(n):
            alone[at] &= ~twice[at]


@compiled
def count_outside(
    shelf: Shelf,
    asked: Asked,
    block: Block,
    standing: Standing,
    verdicts: NDArray[np.uint64],
    found: Found,
) -> None:
    """Counts the listings that match but for their place, in words that have none in it."""
    words, n, places, planes, _ = block
    size = n * planes
    passes, fails, silent = verdicts[0], verdicts[1], verdicts[2]
    for at in range(size):
        passes[at] = shelf.there[places[at]]
    for change in range(asked.starts.size - 1):
        if change < asked.admitted.size and asked.admitted[change] != NONE:
            fail(shelf, asked, change, places, size, fails, silent)
            for at in range(size):
                passes[at] &= ~fails[at]
        else:
            hear(shelf.yes, asked.slots[asked.starts[change] : asked.starts[change + 1]], places, size, fails)
            turned = ~NONE if change < asked.admitted.size else NONE
            for at in range(size):
                passes[at] &= ~(fails[at] ^ turned)
    for at in range(n):
        hit = NONE
        for plane in range(planes):
            hit |= passes[plane * n + at]
        found.outside[0] += ones(hit & standing.wide[words[at]] & standing.named[words[at]])


@compiled
def settle(
    shelf: Shelf,
    asked: Asked,
    block: Block,
    standing: Standing,
    verdicts: NDArray[np.uint64],
    here: NDArray[np.uint64],
    found: Found,
) -> None:
    """From services to listings: who matches in which tier, and what a single change would add."""
    words, n, places, planes, _ = block
    conditions, changes = asked.admitted.size, asked.starts.size - 1
    lone, silent, once_row, _ = verdict_rows(asked.lifts.shape[0], changes, conditions)
    passes, unsure = verdicts[0], verdicts[once_row + 2]
    for at in range(n):
        word = words[at]
        inside, named = standing.inside[word], standing.named[word]
        here[at] = inside & named
        hit, sure, ready = NONE, NONE, NONE
        for plane in range(planes):
            place = plane * n + at
            hit |= passes[place]
            full = passes[place] & ~unsure[place]
            sure |= full
            ready |= full & shelf.opens[places[place]] & here[at]
        match = hit & here[at]
        if ready != NONE:
            ready = open_now(shelf, asked, block, at, passes, unsure, ready)
        found.tiers[0, word] = ready
        found.tiers[1, word] = match & sure & ~ready
        found.tiers[2, word] = match & ~sure
        for tier in range(3):
            found.totals[tier] += ones(found.tiers[tier, word])
        found.outside[0] += ones(hit & named & standing.wide[word] & ~inside)
        found.outside[1] += ones(hit & inside & ~named)
        if match != NONE:
            for plane in range(planes):
                found.passes[places[plane * n + at]] = passes[plane * n + at]
                for condition in range(conditions):
                    if asked.admitted[condition] != NONE:
                        unstated = verdicts[silent + condition, plane * n + at]
                        found.silent[condition, places[plane * n + at]] = unstated
        nearly = here[at] & ~hit
        if nearly != NONE:
            for change in range(changes):
                drops, asks = NONE, NONE
                for plane in range(planes):
                    alone = verdicts[lone + change, plane * n + at]
                    drops |= alone
                    if change < conditions:
                        asks |= alone & verdicts[silent + change, plane * n + at]
                found.dropped[change] += ones(drops & nearly)
                found.admitted[change] += ones(asks & nearly)


@compiled
def open_now(
    shelf: Shelf,
    asked: Asked,
    block: Block,
    at: int,
    passes: NDArray[np.uint64],
    unsure: NDArray[np.uint64],
    perhaps: np.uint64,
) -> np.uint64:
    """Of the listings ``perhaps``, those with a service that meets all and whose opening still counts."""
    n = block.n
    first = row_of_word(shelf, block.band, block.words[at])
    opened = NONE
    while perhaps != NONE:
        bit = lowest(perhaps)
        perhaps &= perhaps - ONE
        start = shelf.service_start[first + bit]
        for plane in range(shelf.service_start[first + bit + 1] - start):
            full = passes[plane * n + at] & ~unsure[plane * n + at]
            until = shelf.open_until[start + plane]
            if (full >> np.uint64(bit)) & ONE and until > 0 and until >= asked.now_minutes:
                opened |= ONE << np.uint64(bit)
    return opened


@compiled
def count_facets(
    shelf: Shelf,
    asked: Asked,
    block: Block,
    verdicts: NDArray[np.uint64],
    here: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> None:
    """Counts listings per facet column, each group with its own conditions lifted; ``here`` is used up."""
    _, n, places, planes, _ = block
    lifts = asked.lifts.shape[0]
    some = 0
    for at in range(n):
        heard = NONE
        for place in range(at, planes * n, n):
            for lift in range(lifts):
                verdicts[lift, place] &= here[at]
                heard |= verdicts[lift, place]
        here[at] = heard
        some += ones(heard)
    if some < n * planes * _DENSE:
        if some > 0:
            count_one_by_one(shelf, asked, block, verdicts, here, counts)
        return
    first, last = np.int64(places[0]), np.int64(places[n - 1])
    for slot in range(asked.facet_lifts.size):
        passes = verdicts[asked.facet_lifts[slot]]
        column = shelf.yes[slot]
        count = 0
        if planes > 1:
            for at in range(n):
                heard = NONE
                for plane in range(planes):
                    heard |= passes[plane * n + at] & column[places[plane * n + at]]
                count += ones(heard)
        elif last - first == n - 1:
            stretch = column[first : last + 1]
            for at in range(n):
                count += ones(passes[at] & stretch[at])
        else:
            for at in range(n):
                count += ones(passes[at] & column[places[at]])
        counts[slot] += count


@compiled
def count_one_by_one(
    shelf: Shelf,
    asked: Asked,
    block: Block,
    verdicts: NDArray[np.uint64],
    here: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> None:
    """The same where few listings count, by vertical counters.

    Bits 0, 8, 16, ... of a word are the byte lanes of counter 0, bits 1, 9, 17, ... those of counter 1, and so on:
    64 columns cost eight shifts and adds. Lanes are emptied before a byte can overflow.
    """
    n = block.n
    facet_words, lifts = asked.facet_masks.shape[1], asked.lifts.shape[0]
    lanes = np.zeros((facet_words, 8), np.uint64)
    needs = np.zeros(facet_words, np.uint64)
    waiting = 0
    for at in range(n):
        first = row_of_word(shelf, block.band, block.words[at])
        heard = here[at]
        while heard != NONE:
            bit = lowest(heard)
            heard &= heard - ONE
            start = shelf.service_start[first + bit]
            for plane in range(shelf.service_start[first + bit + 1] - start):
                for lift in range(lifts):
                    if (verdicts[lift, plane * n + at] >> np.uint64(bit)) & ONE:
                        for word in range(facet_words):
                            needs[word] |= shelf.offers[start + plane, word] & asked.facet_masks[lift, word]
            for word in range(facet_words):
                for shift in range(8):
                    lanes[word, shift] += (needs[word] >> np.uint64(shift)) & _LANES
                needs[word] = NONE
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
            lanes[word, shift] = NONE


@compiled
def answer(shelf: Shelf, asked: Asked, standing: Standing, found: Found) -> None:
    """Judges all listings that stand in the place or near it, block by block, and fills ``found``."""
    inside, wide, named = standing
    parts = verdict_rows(asked.lifts.shape[0], asked.starts.size - 1, asked.admitted.size)[3]
    most = BLOCK
    for band in range(shelf.bands.shape[0]):
        most = max(most, shelf.bands[band, PLANES])
    verdicts = np.empty((parts, most), np.uint64)
    words, places = np.empty(BLOCK, np.uint32), np.empty(most, np.uint32)
    here = np.empty(BLOCK, np.uint64)
    for band in range(shelf.bands.shape[0]):
        planes, size = shelf.bands[band, PLANES], shelf.bands[band, WORDS]
        first = shelf.bands[band, FIRST_WORD]
        room = max(1, BLOCK // planes)
        for elsewhere in range(2):
            word = first
            while word < first + size:
                n = 0
                while word < first + size and n < room:
                    near = inside[word] == NONE and wide[word] & named[word] != NONE
                    if (elsewhere and near) or (not elsewhere and inside[word] != NONE):
                        words[n] = word
                        n += 1
                    word += 1
                if n == 0:
                    break
                for plane in range(planes):
                    shift = shelf.bands[band, FIRST_PLACE] + plane * size - first
                    for at in range(n):
                        places[plane * n + at] = words[at] + shift
                block = Block(words, n, places, planes, band)
                if elsewhere:
                    count_outside(shelf, asked, block, standing, verdicts, found)
                else:
                    judge(shelf, asked, places, n * planes, verdicts)
                    settle(shelf, asked, block, standing, verdicts, here, found)
                    count_facets(shelf, asked, block, verdicts, here, found.counts)
