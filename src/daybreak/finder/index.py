"""The index: a directory as read-only arrays in the order of the map, ready for the kernels."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from daybreak.finder.listings import Listings
from daybreak.finder.names import folded_words

CELLS_PER_DEGREE = 5
CELL_COLUMNS = 360 * CELLS_PER_DEGREE
_NO_CELL = 1000 * CELL_COLUMNS
WORD_BITS = 64


class Shelf(NamedTuple):
    """Every array of an index; n listings in cell order, m services in S words of 64. All read-only.

    A NamedTuple because the kernels take it whole. ``*_start`` arrays are CSR: entry i owns start[i]..start[i+1].
    """

    x: NDArray[np.float64]
    """(n,) with y and z: the unit vector of the point; NaN = no known point."""
    y: NDArray[np.float64]
    z: NDArray[np.float64]
    cell_keys: NDArray[np.int64]
    """(c,) occupied 0.2 degree cells, ascending: latitude row * 1800 + longitude column."""
    cell_start: NDArray[np.int64]
    """(c + 1,) first listing of each cell."""
    county: NDArray[np.int32]
    """(n,) position in Index.counties; -1 = not known."""
    state: NDArray[np.int32]
    """(n,) position in Index.states; -1 = not known."""
    state_rows: NDArray[np.int32]
    """Listings of each state, ascending."""
    state_start: NDArray[np.int64]
    id_bytes: NDArray[np.uint8]
    """(n, 16) the UUID of each listing."""
    id_rank: NDArray[np.int32]
    """(n,) the place of each listing when sorted by id: breaks ties."""
    id_rows: NDArray[np.int32]
    """(n,) the inverse: listing at each place."""
    service_start: NDArray[np.int64]
    """(n + 1,) first service of each listing."""
    yes: NDArray[np.uint64]
    """(slots, S) a bit per service and column: stated yes. One row is one column, so 64 services are judged at once."""
    no: NDArray[np.uint64]
    """(slots, S) stated no."""
    offers: NDArray[np.uint64]
    """(m, F) the other way round, for facets: a bit per facet column of each service, stated yes."""
    checked_days: NDArray[np.int32]
    """(m,) days since 1970-01-01; -1 = never."""
    open_until: NDArray[np.int64]
    """(m,) minutes since 1970; 0 = none."""
    posts: NDArray[np.int32]
    """Listings of each name word, ascending; words sorted, so a prefix owns one contiguous stretch."""
    post_start: NDArray[np.int64]
    word_bytes: NDArray[np.uint8]
    """The sorted name words as UTF-8."""
    word_start: NDArray[np.int64]
    payload_bytes: NDArray[np.uint8]
    payload_start: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Index:
    """A searchable directory that never changes. Make one with ``build`` or open one with ``generations.Finder``.

    A listing's services keep the order in which ``Listings`` gave them: service row minus
    ``services_of(row).start`` is the position among that listing's services.
    """

    shelf: Shelf
    columns: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    counties: tuple[str, ...]
    states: tuple[str, ...]
    built_at_minutes: int = 0
    generation: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    slots: tuple[str, ...] = field(init=False, repr=False)
    """Column of each bit: first every need of every group, in display order (facets count these), then the rest."""
    slot_of: Mapping[str, int] = field(init=False, repr=False)
    members: tuple[tuple[frozenset[str], int], ...] = field(init=False, repr=False)
    """Needs of each group, and how many bits it has."""
    facet_slots: int = field(init=False, repr=False)
    """Bits that stand in some group; they come first."""
    county_code: Mapping[str, int] = field(init=False, repr=False)
    state_code: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        slots = slots_of(self.columns, self.groups)
        object.__setattr__(self, "slots", slots)
        object.__setattr__(self, "slot_of", {name: at for at, name in reversed(list(enumerate(slots)))})
        members = tuple((frozenset(needs), len(needs)) for needs in self.groups.values())
        object.__setattr__(self, "members", members)
        object.__setattr__(self, "facet_slots", sum(size for _, size in members))
        object.__setattr__(self, "county_code", {name: at for at, name in enumerate(self.counties)})
        object.__setattr__(self, "state_code", {name: at for at, name in enumerate(self.states)})

    @property
    def n_listings(self) -> int:
        return len(self.shelf.id_rank)

    @property
    def n_services(self) -> int:
        return len(self.shelf.checked_days)

    def payload(self, row: int) -> bytes:
        """The bytes that were given for the listing at ``row``."""
        start, end = self.shelf.payload_start[self._row(row)], self.shelf.payload_start[row + 1]
        return self.shelf.payload_bytes[start:end].tobytes()

    def listing_id(self, row: int) -> str:
        """The UUID of the listing at ``row``."""
        text = self.shelf.id_bytes[self._row(row)].tobytes().hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def row_of(self, listing_id: str) -> int | None:
        """The row of a listing, or None if it is not in this index (or is no UUID at all)."""
        try:
            wanted = bytes.fromhex(listing_id.replace("-", ""))
        except ValueError:
            return None
        sorted_ids = _SortedIds(self.shelf)
        at = bisect_left(sorted_ids, wanted)
        if at < len(sorted_ids) and sorted_ids[at] == wanted:
            return int(self.shelf.id_rows[at])
        return None

    def stated(self, service: int) -> tuple[frozenset[str], frozenset[str]]:
        """Columns to which the service at index row ``service`` states yes, and no; the others are not stated."""
        if not 0 <= service < self.n_services:
            raise IndexError(f"service row must lie in 0..{self.n_services - 1}; got {service}.")
        word, bit = divmod(service, WORD_BITS)
        yes, no = (
            (table[:, word] >> np.uint64(bit)) & np.uint64(1) for table in (self.shelf.yes, self.shelf.no)
        )
        return self._names(yes), self._names(no)

    def services_of(self, row: int) -> range:
        """Service rows of the listing at ``row``."""
        return range(int(self.shelf.service_start[self._row(row)]), int(self.shelf.service_start[row + 1]))

    def checked_days(self, service: int) -> int | None:
        """Day since 1970-01-01 on which the service was last confirmed or listed; None = never."""
        day = int(self.shelf.checked_days[service])
        return None if day < 0 else day

    def prefix_range(self, prefix: str) -> tuple[int, int]:
        """The stretch of ``shelf.posts`` that belongs to all name words beginning with a folded ``prefix``."""
        words = _SortedWords(self.shelf)
        key = prefix.encode()
        first = bisect_left(words, key)
        # 0xFF never occurs in UTF-8, so this sorts behind every word with the prefix.
        after = bisect_left(words, key + b"\xff", lo=first)
        return int(self.shelf.post_start[first]), int(self.shelf.post_start[after])

    def _row(self, row: int) -> int:
        if not 0 <= row < self.n_listings:
            raise IndexError(f"listing row must lie in 0..{self.n_listings - 1}; got {row}.")
        return row

    def _names(self, bits: NDArray[np.uint64]) -> frozenset[str]:
        return frozenset(self.slots[at] for at in np.flatnonzero(bits))


class _SortedIds(Sequence[bytes]):
    """UUIDs in ascending order, for bisection without copying them."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def __len__(self) -> int:
        return len(self._shelf.id_rows)

    def __getitem__(self, at: Any) -> Any:
        return self._shelf.id_bytes[self._shelf.id_rows[at]].tobytes()


class _SortedWords(Sequence[bytes]):
    """Name words in ascending order, for bisection without decoding them."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def __len__(self) -> int:
        return len(self._shelf.word_start) - 1

    def __getitem__(self, at: Any) -> Any:
        return self._shelf.word_bytes[self._shelf.word_start[at] : self._shelf.word_start[at + 1]].tobytes()


def build(listings: Listings, *, built_at_minutes: int = 0) -> Index:
    """The index of ``listings``: rows sorted by 0.2 degree cell, then by id, whatever order they came in."""
    n = len(listings.ids)
    id_bytes = np.frombuffer(bytes.fromhex("".join(listings.ids).replace("-", "")), np.uint8).reshape(n, 16)
    halves = id_bytes.reshape(-1).view(">u8").reshape(n, 2)
    given_rank = _inverse(np.lexsort((halves[:, 1], halves[:, 0])))
    cells = cell_keys_of(listings.latitude, listings.longitude)
    order = np.lexsort((given_rank, cells))
    cells = cells[order]
    occupied = cells[: np.searchsorted(cells, _NO_CELL)]
    cell_keys, cell_first = np.unique(occupied, return_index=True)
    id_rank = given_rank[order].astype(np.int32)

    counties, county = _codes([listings.counties[at] for at in order])
    states, state = _codes([listings.states[at] for at in order])
    located = np.flatnonzero(state >= 0)
    by_state = located[np.argsort(state[located], kind="stable")]

    services = np.argsort(_inverse(order)[listings.service_listing], kind="stable")
    per_listing = np.bincount(listings.service_listing, minlength=n)[order]
    columns = tuple(listings.columns)
    groups = {group: tuple(needs) for group, needs in listings.groups.items()}
    slots = slots_of(columns, groups)
    new_service = _inverse(services)
    yes = _packed(listings.yes, new_service, columns, slots)
    facet_slots = sum(map(len, groups.values()))
    posts, post_start, words = _postings([listings.names[at] for at in order])
    payloads = [listings.payloads[at] for at in order]
    x, y, z = unit_vectors(listings.latitude[order], listings.longitude[order])
    shelf = Shelf(
        x=x,
        y=y,
        z=z,
        cell_keys=cell_keys.astype(np.int64),
        cell_start=np.append(cell_first, len(occupied)).astype(np.int64),
        county=county,
        state=state,
        state_rows=by_state.astype(np.int32),
        state_start=np.searchsorted(state[by_state], np.arange(len(states) + 1)).astype(np.int64),
        id_bytes=id_bytes[order],
        id_rank=id_rank,
        id_rows=_inverse(id_rank).astype(np.int32),
        service_start=_starts(per_listing),
        yes=yes,
        no=_packed(listings.no, new_service, columns, slots),
        offers=_transposed(yes[:facet_slots], len(services)),
        checked_days=listings.service_checked_days[services],
        open_until=listings.service_open_until[services],
        posts=posts,
        post_start=post_start,
        word_bytes=np.frombuffer(b"".join(words), np.uint8),
        word_start=_starts([len(word) for word in words]),
        payload_bytes=np.frombuffer(b"".join(payloads), np.uint8),
        payload_start=_starts([len(payload) for payload in payloads]),
    )
    return Index(frozen(shelf), columns, groups, counties, states, built_at_minutes)


def frozen(shelf: Shelf) -> Shelf:
    """The same arrays, plain and read-only: the kernels then have one signature, whether built or mapped."""
    kept = []
    for array in shelf:
        plain = np.ascontiguousarray(array).view(np.ndarray)
        plain.setflags(write=False)
        kept.append(plain)
    return Shelf._make(kept)


def cell_keys_of(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) key of the 0.2 degree cell of each point; points that are NaN sort behind every cell."""
    known = ~np.isnan(latitude)
    keys = np.full(latitude.shape, _NO_CELL, np.int64)
    rows = np.floor((latitude[known] + 90.0) * CELLS_PER_DEGREE).astype(np.int64)
    around = np.floor((longitude[known] + 180.0) * CELLS_PER_DEGREE).astype(np.int64)
    keys[known] = rows * CELL_COLUMNS + around % CELL_COLUMNS
    return keys


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


def _packed(
    pairs: NDArray[np.int32], new_service: NDArray[np.int64], columns: Sequence[str], slots: Sequence[str]
) -> NDArray[np.uint64]:
    """(slots, S) words with a bit for each pair of (given service, column); in blocks, so that memory stays flat."""
    m = len(new_service)
    packed = np.zeros((len(slots), -(-m // WORD_BITS)), np.uint64)
    column_at = {name: at for at, name in enumerate(columns)}
    source = np.array([column_at[name] for name in slots], np.int64)
    rows = new_service[pairs[:, 0]]
    by_row = np.argsort(rows, kind="stable")
    rows, stated = rows[by_row], pairs[by_row, 1]
    block = 65_536
    for first in range(0, m, block):
        begin, end = np.searchsorted(rows, (first, first + block))
        size = -(-min(block, m - first) // WORD_BITS) * WORD_BITS
        table = np.zeros((len(columns), size), np.bool_)
        table[stated[begin:end], rows[begin:end] - first] = True
        words = np.packbits(table, axis=1, bitorder="little").view("<u8")
        packed[:, first // WORD_BITS : (first + size) // WORD_BITS] = words[source]
    return packed


def _transposed(columns: NDArray[np.uint64], m: int) -> NDArray[np.uint64]:
    """(m, F) words with a bit per column, from (columns, S) words with a bit per service."""
    words = -(-len(columns) // WORD_BITS)
    by_service = np.zeros((m, words), np.uint64)
    for word in range(words):
        for bit, column in enumerate(columns[word * WORD_BITS : (word + 1) * WORD_BITS]):
            flags = np.unpackbits(column.astype("<u8").view(np.uint8), bitorder="little", count=m)
            by_service[:, word] |= flags.astype(np.uint64) << np.uint64(bit)
    return by_service


def _postings(names: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64], list[bytes]]:
    rows_of: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        for word in set(folded_words(name)):
            rows_of.setdefault(word, []).append(row)
    words = sorted(rows_of)
    starts = _starts([len(rows_of[word]) for word in words])
    posts = np.fromiter((row for word in words for row in rows_of[word]), np.int32, count=int(starts[-1]))
    return posts, starts, [word.encode() for word in words]


def _codes(labels: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    known = tuple(sorted(set(labels) - {""}))
    code = {label: at for at, label in enumerate(known)}
    return known, np.fromiter((code.get(label, -1) for label in labels), np.int32, count=len(labels))


def _starts(sizes: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    return np.fromiter(accumulate(sizes, initial=0), np.int64, count=len(sizes) + 1)


def _inverse(order: NDArray[Any]) -> NDArray[np.int64]:
    inverse = np.empty(len(order), np.int64)
    inverse[order] = np.arange(len(order))
    return inverse
