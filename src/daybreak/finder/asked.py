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
    """(L, F) facet columns that are counted under each lift; no column under two."""
    has_origin: bool
    origin: tuple[float, float, float]
    """Unit vector of the point from which miles are told."""
    now_minutes: int
    today_days: int


class Found(NamedTuple):
    """Room for the answer. The first five have an entry per candidate, filled to the number of matches."""

    rows: NDArray[np.int64]
    tiers: NDArray[np.int64]
    services: NDArray[np.int64]
    keys: NDArray[np.int64]
    miles: NDArray[np.float64]
    counts: NDArray[np.int64]
    """(F * 64,) listings per facet column."""
    dropped: NDArray[np.int64]
    """(C + E,) listings that one condition or exclusion alone keeps out."""
    admitted: NDArray[np.int64]
    """(C + E,) of those, listings with a service that does not state that condition."""
    outside: NDArray[np.int64]
    """(2,) listings that only the place, and only the name words, keep out."""
