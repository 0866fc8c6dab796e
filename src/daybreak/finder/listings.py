"""What goes into an index: the plain arrays of a directory, checked once at this door."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COUNTY = re.compile(r"[A-Z]{2}/\S.*")
_STATE = re.compile(r"[A-Z]{2}")
_BLOCK = 65_536


class ListingsError(ValueError):
    """The arrays cannot make an index; the sentence says what must be, what came, and the cure."""


@dataclass(frozen=True, slots=True)
class Listings:
    """n listings with m services, and what every service states about k columns.

    A pair in neither ``yes`` nor ``no`` is *not stated*. Payloads are opaque: they come back byte for byte.
    """

    ids: Sequence[str]
    """(n,) UUID strings in canonical lower case, unique."""
    latitude: NDArray[np.float64]
    """(n,) degrees, NaN = no known point."""
    longitude: NDArray[np.float64]
    """(n,) degrees, NaN = no known point."""
    counties: Sequence[str]
    """(n,) "KY/Fayette", or "" where not known."""
    states: Sequence[str]
    """(n,) "KY", or "" where not known."""
    names: Sequence[str]
    """(n,) the text that name words search: organization and program names."""
    payloads: Sequence[bytes]
    """(n,) opaque bytes."""
    service_listing: NDArray[np.int32]
    """(m,) the listing of each service; every listing has at least one."""
    service_checked_days: NDArray[np.int32]
    """(m,) days since 1970-01-01 when the service was last confirmed or listed; -1 = never."""
    service_open_until: NDArray[np.int64]
    """(m,) minutes since 1970 until which a reported opening counts; 0 = none."""
    columns: Sequence[str]
    """(k,) names of needs and codes, unique."""
    groups: Mapping[str, Sequence[str]]
    """Group -> its needs (all of them columns), in display order."""
    yes: NDArray[np.int32]
    """(y, 2) pairs of service and column that are stated yes."""
    no: NDArray[np.int32]
    """(z, 2) pairs of service and column that are stated no."""
    aliases: Sequence[tuple[str, int]] = ()
    """(UUID, listing) of other ids under which a listing is found, none of them in ``ids``."""

    def __post_init__(self) -> None:
        n = len(self.ids)
        for name in ("counties", "states", "names", "payloads"):
            _require(
                len(getattr(self, name)) == n,
                name,
                f"have one entry per listing ({n})",
                len(getattr(self, name)),
            )
        self._keep("latitude", np.float64, (n,))
        self._keep("longitude", np.float64, (n,))
        m = len(self.service_listing)
        self._keep("service_listing", np.int32, (m,))
        self._keep("service_checked_days", np.int32, (m,))
        self._keep("service_open_until", np.int64, (m,))
        self._keep("yes", np.int32, (-1, 2))
        self._keep("no", np.int32, (-1, 2))
        _check_ids(self.ids)
        _check_aliases(self.ids, self.aliases)
        _check_points(self.ids, self.latitude, self.longitude)
        _check_areas(self.ids, self.counties, self.states)
        _check_texts(self.names, self.payloads)
        _check_services(self)
        _check_columns(self.columns, self.groups)
        _check_statements(self)

    def _keep(self, name: str, kind: type[np.generic], shape: tuple[int, ...]) -> None:
        """Replaces a field by a contiguous array of the promised type and shape; refuses to change a value."""
        given: NDArray[Any] = np.asarray(getattr(self, name))
        if given.size == 0 and shape[0] <= 0:
            given = np.zeros((0, *shape[1:]), kind)
        fits = given.ndim == len(shape) and all(
            want in (-1, got) for want, got in zip(shape, given.shape, strict=True)
        )
        wanted = "(" + ", ".join("any" if want == -1 else str(want) for want in shape) + ")"
        _require(fits, name, f"have shape {wanted}", f"shape {given.shape}")
        kinds = "iuf" if kind is np.float64 else "iu"
        _require(
            given.size == 0 or given.dtype.kind in kinds, name, f"hold {kind.__name__}", str(given.dtype)
        )
        kept = np.ascontiguousarray(given, dtype=kind)
        if kept.dtype != given.dtype and kept.dtype.kind == "i":
            _require(bool((kept == given).all()), name, f"fit into {kind.__name__}", "a number that does not")
        object.__setattr__(self, name, kept)


def _require(holds: bool, field: str, must: str, got: object, cure: str = "") -> None:
    if not holds:
        raise ListingsError(f"{field} must {must}; got {got}." + (f" {cure}" if cure else ""))


def _check_ids(ids: Sequence[str]) -> None:
    for position, listing_id in enumerate(ids):
        _require(
            isinstance(listing_id, str) and _UUID.fullmatch(listing_id) is not None,
            f"ids[{position}]",
            "be a UUID in lower case, like 0f0e0d0c-0000-4000-8000-000000000001",
            repr(listing_id),
            "Use str(uuid).",
        )
    if len(set(ids)) != len(ids):
        twice = next(listing_id for listing_id, times in Counter(ids).items() if times > 1)
        raise ListingsError(f"ids must be unique; got {twice} more than once. Give each location one row.")


def _check_aliases(ids: Sequence[str], aliases: Sequence[tuple[str, int]]) -> None:
    _check_ids([*ids, *(alias for alias, _ in aliases)])
    for alias, listing in aliases:
        _require(0 <= listing < len(ids), f"listing of alias {alias}", f"lie in 0..{len(ids) - 1}", listing)


def _check_points(ids: Sequence[str], latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> None:
    half = np.isnan(latitude) != np.isnan(longitude)
    outside = (np.abs(latitude) > 90.0) | (np.abs(longitude) > 180.0)
    for wrong, must in (
        (half, "have both a latitude and a longitude, or NaN for both"),
        (outside, "lie in -90..90 degrees latitude and -180..180 degrees longitude"),
    ):
        if wrong.any():
            at = int(np.argmax(wrong))
            raise ListingsError(
                f"listing {ids[at]} must {must}; got {latitude[at]}, {longitude[at]}. Use NaN, NaN for no known point."
            )


def _check_areas(ids: Sequence[str], counties: Sequence[str], states: Sequence[str]) -> None:
    for listing_id, county, state in zip(ids, counties, states, strict=True):
        if state and not _STATE.fullmatch(state):
            raise ListingsError(
                f'state of listing {listing_id} must be two capital letters; got {state!r}. Use "" if not known.'
            )
        if county and not _COUNTY.fullmatch(county):
            raise ListingsError(
                f'county of listing {listing_id} must look like "KY/Fayette"; got {county!r}. Use "" if not known.'
            )
        if county and county[:2] != state:
            raise ListingsError(
                f"county of listing {listing_id} must lie in its state; got {county!r} in {state!r}. "
                'Correct one of them, or use "" for the county.'
            )


def _check_texts(names: Sequence[str], payloads: Sequence[bytes]) -> None:
    for position, (name, payload) in enumerate(zip(names, payloads, strict=True)):
        _require(isinstance(name, str), f"names[{position}]", "be text", type(name).__name__)
        _require(
            isinstance(payload, bytes),
            f"payloads[{position}]",
            "be bytes",
            type(payload).__name__,
            "Encode it.",
        )


def _check_services(given: Listings) -> None:
    n = len(given.ids)
    listing = given.service_listing
    if listing.size:
        low, high = int(listing.min()), int(listing.max())
        _require(low >= 0 and high < n, "service_listing", f"lie in 0..{n - 1}", f"{low}..{high}")
    bare = np.flatnonzero(np.bincount(listing, minlength=n) == 0)
    if bare.size:
        raise ListingsError(
            f"every listing must have at least one service; got none for listing {given.ids[bare[0]]} "
            f"({bare.size} in all). Leave such listings out."
        )
    for name, least in (("service_checked_days", -1), ("service_open_until", 0)):
        values: NDArray[Any] = getattr(given, name)
        _require(
            not values.size or int(values.min()) >= least, name, f"be {least} or more", values.min(initial=0)
        )


def _check_columns(columns: Sequence[str], groups: Mapping[str, Sequence[str]]) -> None:
    known: set[str] = set()
    for column in columns:
        _require(isinstance(column, str) and bool(column), "columns", "be names", repr(column))
        _require(column not in known, "columns", "be unique", f"{column!r} more than once")
        known.add(column)
    for group, needs in groups.items():
        _require(not isinstance(needs, str), f"groups[{group!r}]", "be a list of needs", repr(needs))
        _require(len(set(needs)) == len(needs), f"groups[{group!r}]", "name each need once", list(needs))
        for need in needs:
            _require(
                need in known, f"groups[{group!r}]", "name columns only", repr(need), "Add it to columns."
            )


def _check_statements(given: Listings) -> None:
    m, k = len(given.service_listing), len(given.columns)
    for name in ("yes", "no"):
        pairs: NDArray[np.int32] = getattr(given, name)
        if pairs.size:
            service, column = pairs[:, 0], pairs[:, 1]
            _require(
                service.min() >= 0 and service.max() < m,
                name,
                f"name services 0..{m - 1}",
                f"{service.min()}..{service.max()}",
            )
            _require(
                column.min() >= 0 and column.max() < k,
                name,
                f"name columns 0..{k - 1}",
                f"{column.min()}..{column.max()}",
            )
    both = _stated_twice(given.yes, given.no, m, k)
    if both.size:
        service_at, column_at = divmod(int(both[0]), k)
        listing_id = given.ids[given.service_listing[service_at]]
        raise ListingsError(
            f"a service must not state both yes and no; got both for {given.columns[column_at]!r} at service "
            f"{service_at} of listing {listing_id} ({both.size} in all). Decide between the sources first."
        )


def _stated_twice(yes: NDArray[np.int32], no: NDArray[np.int32], m: int, k: int) -> NDArray[np.int64]:
    """Service * k + column of each pair that is in both, ascending; by blocks of services, so that memory stays flat."""
    sorted_pairs = [
        pairs if (np.diff(pairs[:, 0]) >= 0).all() else pairs[np.argsort(pairs[:, 0], kind="stable")]
        for pairs in (yes, no)
    ]
    found = [np.empty(0, np.int64)]
    for first in range(0, m, _BLOCK):
        edges = (first, min(first + _BLOCK, m))
        tables = []
        for pairs in sorted_pairs:
            begin, end = np.searchsorted(pairs[:, 0], edges)
            table = np.zeros((edges[1] - first, k), np.bool_)
            table[pairs[begin:end, 0] - first, pairs[begin:end, 1]] = True
            tables.append(table)
        found.append(np.flatnonzero(tables[0] & tables[1]) + first * k)
    return np.concatenate(found)
