"""A detector that says little and can be followed by hand: a count above a limit, after enough rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from daybreak.surge import Counts, Detector, Mode, Outcome, setting
from daybreak.surge.counts import IntArray
from daybreak.surge.outcome import DID_NOT_REPORT, empty_outcome


@dataclass(frozen=True)
class LimitSettings:
    """One limit."""

    limit: float = setting(3.0, "counts above this raise an alarm", r="lim")
    rows: int = setting(1, "rows that must come before")
    strict: bool = setting(True, "alarm above the limit only, not at it")
    word: str | None = setting(None, "nothing")
    pair: tuple[int, int] = setting((5, 4), "two numbers")


def run_limit(counts: Counts, tested: IntArray, settings: Any, mode: Mode) -> Outcome:
    """An outcome by comparing counts with the limit."""
    outcome = empty_outcome(tested, counts.series, ("", DID_NOT_REPORT, f"needs {settings.rows} rows before"))
    y = counts.values[tested]
    outcome.upper_bound[:] = settings.limit
    outcome.alarm[:] = y > settings.limit
    outcome.alarm[np.isnan(y)] = -1
    outcome.reason[np.isnan(y)] = 1
    outcome.alarm[tested < settings.rows] = -1
    outcome.reason[tested < settings.rows] = 2
    return outcome


LIMIT = Detector("limit", "Is it above the limit?", LimitSettings, run_limit, "none")
