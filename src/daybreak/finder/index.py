"""The index: a directory that can be searched and read, and never changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daybreak.finder.shelf import FIRST_PLACE, FIRST_ROW, WORD_BITS, WORDS, Shelf, slots_of


@dataclass(frozen=True, slots=True)
class Index:
    """A searchable directory that never changes. Make one with ``building.build`` or open one with ``generations.Finder``.

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
        """The row of a listing by its id or an alias; None if it is not in this index (or is no UUID at all)."""
        try:
            wanted = bytes.fromhex(listing_id.replace("-", ""))
        except ValueError:
            return None
        for sorted_ids, rows in (
            (_SortedIds(self.shelf), self.shelf.id_rows), (_SortedAliases(self.shelf), self.shelf.alias_rows),
        ):  # fmt: skip
            at = bisect_left(sorted_ids, wanted)
            if at < len(sorted_ids) and sorted_ids[at] == wanted:
                return int(rows[at])
        return None

    def stated(self, service: int) -> tuple[frozenset[str], frozenset[str]]:
        """Columns to which the service at index row ``service`` states yes, and no; the others are not stated."""
        if not 0 <= service < self.n_services:
            raise IndexError(f"service row must lie in 0..{self.n_services - 1}; got {service}.")
        word, bit = divmod(self._place_of(service), WORD_BITS)
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

    def _place_of(self, service: int) -> int:
        """The bit of a service in the columns."""
        row = int(np.searchsorted(self.shelf.service_start, service, side="right")) - 1
        bands = self.shelf.bands
        band = bands[np.searchsorted(bands[:, FIRST_ROW], row, side="right") - 1].tolist()
        plane = service - int(self.shelf.service_start[row])
        return int((band[FIRST_PLACE] + plane * band[WORDS]) * WORD_BITS + row - band[FIRST_ROW])

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


class _SortedAliases(Sequence[bytes]):
    """Aliases in ascending order, likewise."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def __len__(self) -> int:
        return len(self._shelf.alias_rows)

    def __getitem__(self, at: Any) -> Any:
        return self._shelf.alias_bytes[at].tobytes()


class _SortedWords(Sequence[bytes]):
    """Name words in ascending order, for bisection without decoding them."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def __len__(self) -> int:
        return len(self._shelf.word_start) - 1

    def __getitem__(self, at: Any) -> Any:
        return self._shelf.word_bytes[self._shelf.word_start[at] : self._shelf.word_start[at + 1]].tobytes()
