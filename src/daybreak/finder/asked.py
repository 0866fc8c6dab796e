"""A question and the room for its answer, as the kernels read and fill them: numbers and arrays only."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Asked(NamedTuple):
    """One question in numbers: C conditions, then E exclusions, together the things that can keep a service out."""

    starts: NDArray[np.int64]
    """(C + E + 1,) CSR into ``slots``."""
    slots: NDArray[np.int64]
    """Columns that each condition or exclusion names: any of them will do."""
    admitted: NDArray[np.uint64]
    """(C,) all ones for a condition that a service passes when it states nothing about it, else 0."""
    lifts: NDArray[np.bool_]
    """(L, C + E) what is lifted while facets of one kind are counted; the first lifts nothing."""
    facet_masks: NDArray[np.uint64]
    """(L, F) facet columns that are counted under each lift; every column under one."""
    facet_lifts: NDArray[np.int64]
    """(facet columns,) the same the other way round: the lift under which each is counted."""
    has_origin: bool
    origin: tuple[float, float, float]
    """Unit vector of the point from which miles are told."""
    now_minutes: int
    today_days: int


class Standing(NamedTuple):
    """Where the listings stand: a bit per listing, (W,) each."""

    inside: NDArray[np.uint64]
    """In the place that was asked for."""
    wide: NDArray[np.uint64]
    """In that place or in the next wider one."""
    named: NDArray[np.uint64]
    """All name words fit."""


class Found(NamedTuple):
    """Room for the answer; bits and counts start as zeros."""

    tiers: NDArray[np.uint64]
    """(3, W) a bit per listing that matches in this tier."""
    passes: NDArray[np.uint64]
    """(S,) a bit per service that passes; only words that hold a match are filled."""
    silent: NDArray[np.uint64]
    """(C, S) a bit per service that does not state an admitted condition; filled where ``passes`` is."""
    totals: NDArray[np.int64]
    """(3,) matches in each tier."""
    counts: NDArray[np.int64]
    """(F * 64,) listings per facet column."""
    dropped: NDArray[np.int64]
    """(C + E,) listings that one condition or exclusion alone keeps out."""
    admitted: NDArray[np.int64]
    """(C + E,) of those, listings with a service that does not state that condition."""
    outside: NDArray[np.int64]
    """(2,) listings that only the place, and only the name words, keep out."""


class Block(NamedTuple):
    """Some words of one band that are judged in one go."""

    words: NDArray[np.uint32]
    """Listing words; the first ``n`` count."""
    n: int
    places: NDArray[np.uint32]
    """Service words: those of the first plane, then those of the next; the first ``n * planes`` count."""
    planes: int
    band: int
