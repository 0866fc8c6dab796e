"""Builds an index: puts listings in order, packs what their services say into bits, and sums up every 64 of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daybreak.finder._kernels import state_pairs
from daybreak.finder.index import Index
from daybreak.finder.listings import Listings
from daybreak.finder.names import folded_words
from daybreak.finder.shelf import (
    CELL_COLUMNS,
    CELLS_PER_BAND,
    CELLS_PER_DEGREE,
    FIRST_PLACE,
    FIRST_ROW,
    FIRST_WORD,
    NO_CELL,
    PLANES,
    ROWS,
    WORD_BITS,
    WORDS,
    Shelf,
    frozen,
    slots_of,
    unit_vectors,
)

# Inside a cell, neighbours on a curve of 64 x 64 squares: 64 listings in a row then lie close together.
_CURVE_BITS = 6


def build(listings: Listings, *, built_at_minutes: int = 0) -> Index:
    """The index of ``listings``: in an order that depends on the map and the ids, not on the order they came in."""
    n = len(listings.ids)
    id_bytes = np.frombuffer(bytes.fromhex("".join(listings.ids).replace("-", "")), np.uint8).reshape(n, 16)
    halves = id_bytes.reshape(-1).view(">u8").reshape(n, 2)
    given_rank = _inverse(np.lexsort((halves[:, 1], halves[:, 0])))
    planes = planes_for(np.bincount(listings.service_listing, minlength=n))
    cells, squares = _cells(listings.latitude, listings.longitude)
    order = np.lexsort((given_rank, squares, cells, planes))
    bands = _bands(planes[order])
    bits = _listing_bits(bands)
    band_number = np.repeat(np.arange(len(bands)), bands[:, ROWS])
    cell_keys, cell_first = np.unique(cells[order] + band_number * CELLS_PER_BAND, return_index=True)
    id_rank = given_rank[order].astype(np.int32)

    counties, county_bits, county_start = _areas([listings.counties[at] for at in order], bits)
    states, state_bits, state_start = _areas([listings.states[at] for at in order], bits)
    services = np.argsort(_inverse(order)[listings.service_listing], kind="stable")
    service_start = _starts(np.bincount(listings.service_listing, minlength=n)[order])
    places = _places(bands, band_number, bits, service_start)
    words = int(bands[:, WORDS].sum())
    service_words = int((bands[:, WORDS] * bands[:, PLANES]).sum())
    columns = tuple(listings.columns)
    groups = {group: tuple(needs) for group, needs in listings.groups.items()}
    slots = slots_of(columns, groups)
    place_of_given = places[_inverse(services)]
    yes = _packed(listings.yes, place_of_given, service_words, columns, slots)
    facet_slots = sum(map(len, groups.values()))
    checked_days = np.asarray(listings.service_checked_days)[services]
    open_until = np.asarray(listings.service_open_until)[services]
    posts, post_start, names = _postings([listings.names[at] for at in order], bits)
    payloads = [listings.payloads[at] for at in order]
    aliases = sorted((bytes.fromhex(alias.replace("-", "")), at) for alias, at in listings.aliases)
    x, y, z = unit_vectors(listings.latitude[order], listings.longitude[order])
    middle_x, middle_y, middle_z, reach = _balls((x, y, z), bits >> 6, words)
    newest = np.full(words, -1, np.int32)
    lowest = np.full(words, n, np.int32)
    np.maximum.at(newest, np.repeat(bits >> 6, np.diff(service_start)), checked_days)
    np.minimum.at(lowest, bits >> 6, id_rank)
    shelf = Shelf(
        bands=bands,
        listed=_bit_row(bits, words),
        there=_bit_row(places, service_words),
        opens=_bit_row(places[open_until > 0], service_words),
        word_x=middle_x,
        word_y=middle_y,
        word_z=middle_z,
        word_reach=reach,
        word_newest=newest,
        word_rank=lowest,
        x=x,
        y=y,
        z=z,
        cell_keys=cell_keys.astype(np.int64),
        cell_start=np.append(cell_first, n).astype(np.int64),
        state_bits=state_bits,
        state_start=state_start,
        county_bits=county_bits,
        county_start=county_start,
        id_bytes=id_bytes[order],
        id_rank=id_rank,
        id_rows=_inverse(id_rank).astype(np.int32),
        alias_bytes=np.frombuffer(b"".join(alias for alias, _ in aliases), np.uint8).reshape(-1, 16),
        alias_rows=_inverse(order)[[at for _, at in aliases]].astype(np.int32)
        if aliases
        else np.zeros(0, np.int32),
        service_start=service_start,
        yes=yes,
        no=_packed(listings.no, place_of_given, service_words, columns, slots),
        offers=_transposed(yes[:facet_slots], places),
        checked_days=checked_days,
        open_until=open_until,
        posts=posts,
        post_start=post_start,
        word_bytes=np.frombuffer(b"".join(names), np.uint8),
        word_start=_starts([len(name) for name in names]),
        payload_bytes=np.frombuffer(b"".join(payloads), np.uint8),
        payload_start=_starts([len(payload) for payload in payloads]),
    )
    return Index(frozen(shelf), columns, groups, counties, states, built_at_minutes)


def planes_for(services: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) planes of the band for listings with so many ``services``: 1, 2, 3, 4, 6, 8, 12, 16, 24, ..."""
    sizes = [1]
    most = int(services.max(initial=1))
    while sizes[-1] < most:
        sizes.append(sizes[-1] + (1 << (sizes[-1].bit_length() - 2) if sizes[-1] > 2 else 1))
    table = np.array(sizes, np.int64)
    fits: NDArray[np.int64] = table[np.searchsorted(table, services)]
    return fits


def _cells(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n,) 0.2 degree cell of each point, and its place on a curve inside; points that are NaN come behind."""
    known = ~np.isnan(latitude)
    cells = np.full(latitude.shape, NO_CELL, np.int64)
    squares = np.zeros(latitude.shape, np.int64)
    north = (latitude[known] + 90.0) * CELLS_PER_DEGREE
    east = (longitude[known] + 180.0) * CELLS_PER_DEGREE
    rows, around = np.floor(north).astype(np.int64), np.floor(east).astype(np.int64)
    cells[known] = rows * CELL_COLUMNS + around % CELL_COLUMNS
    up = ((north - rows) * (1 << _CURVE_BITS)).astype(np.int64)
    along = ((east - around) * (1 << _CURVE_BITS)).astype(np.int64)
    curve = np.zeros(len(rows), np.int64)
    for bit in range(_CURVE_BITS):
        curve |= ((along >> bit) & 1) << (2 * bit) | ((up >> bit) & 1) << (2 * bit + 1)
    squares[known] = curve
    return cells, squares


def _bands(planes: NDArray[np.int64]) -> NDArray[np.int64]:
    """One line of ``Shelf.bands`` for each number in ``planes``, which ascends."""
    sizes, first_rows, rows = np.unique(planes, return_index=True, return_counts=True)
    bands = np.zeros((len(sizes), 6), np.int64)
    bands[:, FIRST_ROW], bands[:, ROWS], bands[:, PLANES] = first_rows, rows, sizes
    bands[:, WORDS] = -(-rows // WORD_BITS)
    bands[1:, FIRST_WORD] = np.cumsum(bands[:-1, WORDS])
    bands[1:, FIRST_PLACE] = np.cumsum(bands[:-1, WORDS] * bands[:-1, PLANES])
    return bands


def _listing_bits(bands: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) the bit of each listing."""
    shift = bands[:, FIRST_WORD] * WORD_BITS - bands[:, FIRST_ROW]
    return np.arange(bands[:, ROWS].sum()) + np.repeat(shift, bands[:, ROWS])


def _places(
    bands: NDArray[np.int64],
    band_number: NDArray[np.int64],
    bits: NDArray[np.int64],
    service_start: NDArray[np.int64],
) -> NDArray[np.int64]:
    """(m,) the bit of each service in the columns."""
    per_listing = np.diff(service_start)
    first = bits + (bands[:, FIRST_PLACE] - bands[:, FIRST_WORD])[band_number] * WORD_BITS
    plane = np.arange(service_start[-1]) - np.repeat(service_start[:-1], per_listing)
    stride = (bands[:, WORDS] * WORD_BITS)[band_number]
    places: NDArray[np.int64] = np.repeat(first, per_listing) + plane * np.repeat(stride, per_listing)
    return places


def _bit_row(bits: NDArray[np.int64], words: int) -> NDArray[np.uint64]:
    flags = np.zeros(words * WORD_BITS, np.bool_)
    flags[bits] = True
    return np.packbits(flags, bitorder="little").view("<u8").astype(np.uint64)


def _balls(
    points: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    word: NDArray[np.int64],
    words: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Middle and radius of a ball around the known points of each word of 64 listings."""
    known = ~np.isnan(points[0])
    own = word[known]
    with np.errstate(invalid="ignore"):
        count = np.bincount(own, minlength=words)
        middle = [np.bincount(own, axis[known], minlength=words) / count for axis in points]
    apart = sum((axis[known] - center[own]) ** 2 for axis, center in zip(points, middle, strict=True))
    reach = np.zeros(words)
    np.maximum.at(reach, own, np.sqrt(apart))
    return middle[0], middle[1], middle[2], reach


def _packed(
    pairs: NDArray[np.int32],
    places: NDArray[np.int64],
    words: int,
    columns: Sequence[str],
    slots: Sequence[str],
) -> NDArray[np.uint64]:
    """(slots, S) words with a bit for each pair of (given service, column)."""
    packed = np.zeros((len(slots), words), np.uint64)
    column_at = {name: at for at, name in enumerate(columns)}
    source = np.array([column_at[name] for name in slots], np.int64)
    slot_order = np.argsort(source, kind="stable")
    slot_start = np.searchsorted(source[slot_order], np.arange(len(columns) + 1))
    state_pairs(pairs, places, slot_order, slot_start, packed)
    return packed


def _transposed(columns: NDArray[np.uint64], places: NDArray[np.int64]) -> NDArray[np.uint64]:
    """(m, F) words with a bit per column, from (columns, S) words with a bit per place."""
    by_service = np.zeros((len(places), -(-len(columns) // WORD_BITS)), np.uint64)
    for at, column in enumerate(columns):
        flags = np.unpackbits(column.astype("<u8").view(np.uint8), bitorder="little")[places]
        by_service[:, at // WORD_BITS] |= flags.astype(np.uint64) << np.uint64(at % WORD_BITS)
    return by_service


def _postings(
    names: Sequence[str], bits: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], list[bytes]]:
    bits_of: dict[str, list[int]] = {}
    words_of: dict[str, frozenset[str]] = {}
    for bit, name in zip(bits.tolist(), names, strict=True):
        own = words_of.get(name)
        if own is None:
            own = words_of[name] = frozenset(folded_words(name))
        for word in own:
            bits_of.setdefault(word, []).append(bit)
    words = sorted(bits_of)
    starts = _starts([len(bits_of[word]) for word in words])
    posts = np.fromiter((bit for word in words for bit in bits_of[word]), np.int32, count=int(starts[-1]))
    return posts, starts, [word.encode() for word in words]


def _areas(
    labels: Sequence[str], bits: NDArray[np.int64]
) -> tuple[tuple[str, ...], NDArray[np.int32], NDArray[np.int64]]:
    """The known labels in order, and the listing bits of each."""
    known = tuple(sorted(set(labels) - {""}))
    code = {label: at for at, label in enumerate(known)}
    codes = np.fromiter((code.get(label, -1) for label in labels), np.int64, count=len(labels))
    located = np.flatnonzero(codes >= 0)
    by_area = located[np.argsort(codes[located], kind="stable")]
    starts = np.searchsorted(codes[by_area], np.arange(len(known) + 1)).astype(np.int64)
    return known, bits[by_area].astype(np.int32), starts


def _starts(sizes: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    return np.fromiter(accumulate(sizes, initial=0), np.int64, count=len(sizes) + 1)


def _inverse(order: NDArray[Any]) -> NDArray[np.int64]:
    inverse = np.empty(len(order), np.int64)
    inverse[order] = np.arange(len(order))
    return inverse
