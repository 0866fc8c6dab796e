"""The table of detectors, and `detect`: one call for one method over many series."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import numpy as np

from daybreak.surge.blocks import spread
from daybreak.surge.counts import Counts, IntArray
from daybreak.surge.detector import Detector, Mode, settings_from
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import Outcome

# Method → the module in daybreak.surge and the name in it; imported when first asked for.
METHODS: dict[str, tuple[str, str]] = {
    "ears-c1": ("ears", "EARS_C1"),
    "ears-c2": ("ears", "EARS_C2"),
    "ears-c3": ("ears", "EARS_C3"),
    "cusum": ("cusum", "CUSUM"),
    "farrington": ("farrington", "FARRINGTON"),
    "farrington-flexible": ("farrington_flexible", "FARRINGTON_FLEXIBLE"),
    "glr-poisson": ("glr", "GLR_POISSON"),
    "glr-nb": ("glr", "GLR_NB"),
    "outbreakp": ("outbreakp", "OUTBREAKP"),
    "bayes": ("bayes", "BAYES"),
    "rki": ("rki", "RKI"),
    "cdc": ("cdc", "CDC"),
    "nssp-ewma": ("nssp", "NSSP_EWMA"),
    "nssp-regression": ("nssp", "NSSP_REGRESSION"),
    "nssp-switch": ("nssp", "NSSP_SWITCH"),
    "threshold": ("threshold", "THRESHOLD"),
    "predictive": ("predictive", "PREDICTIVE"),
}


def detector_named(method: str) -> Detector:
    """The detector of a name; raises BadInput for a name that is not in METHODS."""
    if method not in METHODS:
        raise BadInput("method", f"be one of: {', '.join(METHODS)}", repr(method), "Check its spelling.")
    module, name = METHODS[method]
    return cast(Detector, getattr(import_module(f"daybreak.surge.{module}"), name))


def detect(
    counts: Counts,
    method: str | Detector,
    settings: Mapping[str, Any] | None = None,
    *,
    tested: IntArray | range | slice | None = None,
    mode: Mode | str = Mode.CORRECTED,
    cores: int = 1,
    on: str | None = None,
) -> Outcome:
    """Tests the given times of every series.

    Parameters
    ----------
    counts : (time, series), NaN = did not report.
    method : a name of METHODS, or a Detector of your own.
    settings : values in place of the method's defaults, by our names or R's.
    tested : 0-based rows to test, increasing; all by default. A time without enough history gets a reason, not an error.
    mode : "corrected" (default) or "compat" (as R, defects included).
    cores : how many blocks of series are computed at the same time on this machine.
    on : "dask://HOST:PORT" spreads the blocks over a cluster; the results are the same.

    Returns
    -------
    Outcome with arrays of the shape (tested times, series).

    Raises
    ------
    BadInput : a method, setting, row or count that cannot be used; the message says what must be, what was, the cure.
    """
    detector = detector_named(method) if isinstance(method, str) else method
    chosen = settings_from(detector, settings or {})
    rows = _rows(tested, counts.times)
    return spread(detector, counts, rows, chosen, Mode(mode), cores=cores, on=on)


def _rows(tested: IntArray | range | slice | None, times: int) -> IntArray:
    if tested is None:
        return np.arange(times, dtype=np.int64)
    if isinstance(tested, slice):
        return np.arange(times, dtype=np.int64)[tested]
    rows = np.asarray(tested, dtype=np.int64)
    if (
        rows.ndim != 1
        or (rows.size and (rows.min() < 0 or rows.max() >= times))
        or (np.diff(rows) <= 0).any()
    ):
        raise BadInput(
            "tested",
            f"be increasing rows from 0 to {times - 1}",
            "others",
            "Give a range, a slice or an array.",
        )
    return rows
