"""What bayes and rki compare a count with: rows just before it and around the same place in earlier years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import windows as kernels
from daybreak.surge.counts import Counts, FloatArray, IntArray, Period
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome

SILENT, SHORT, EMPTY, GAP = 1, 2, 3, 4


@dataclass(frozen=True)
class Baseline:
    """Sums over the baseline, each (tested, series): rows, reported rows, total, exposure, Σ y², Σ y²/exposure.

    now: exposure of the tested row. code: 0 or why the row cannot be tested.
    """

    rows: FloatArray
    reported: FloatArray
    total: FloatArray
    watched: FloatArray
    squares: FloatArray
    weighted_squares: FloatArray
    now: FloatArray
    code: NDArray[np.uint8]
    reasons: tuple[str, ...]


def check_baseline(years: int, half: int, recent: bool) -> None:
    """Raises BadInput for a baseline without rows."""
    if years < 0:
        raise BadInput("years", "be 0 or more", str(years), "Say how many earlier years are compared.")
    if half < 0 or (half == 0 and years == 0):
        raise BadInput("half_window", "be 1 or more", str(half), "Say how many rows a window reaches.")
    if years == 0 and not recent:
        raise BadInput("years", "be 1 or more where recent rows are left out", "0", "Set recent, or years.")


def check_reach(half_window: int, period: Period) -> None:
    """Raises BadInput for a window of the last year that would hold the tested row and later ones."""
    if half_window >= period.value:
        raise BadInput(
            "half_window", f"be at most {period.value - 1} where a row is a {period.name.lower()}", str(half_window),
            "A wider window about last year's row would hold the tested one.",
        )  # fmt: skip


def baseline_of(
    counts: Counts, tested: IntArray, years: int, half: int, recent: bool, *, gaps: bool, ignored: bool
) -> Baseline:
    """The baseline of every tested row; `gaps`: missing rows are left out; `ignored`: exposure is not looked at."""
    if years > 0:
        check_reach(half, counts.period)
    level = counts.exposure is None or ignored
    exposure = np.empty((0, 0)) if counts.exposure is None or ignored else counts.exposure
    found = kernels.of_years(counts.values, exposure, tested, years, half, counts.period.value, recent)
    shape = (len(tested), counts.series)
    code = np.zeros(shape, np.uint8)
    if not gaps:
        code[found[1] < found[0]] = GAP
    code[found[1] == 0] = EMPTY
    need = years * counts.period.value + half
    code[tested < need] = SHORT
    code[np.isnan(counts.values[tested])] = SILENT
    short = f"needs {years} years and {half} rows before it" if years else f"needs {half} rows before it"
    reasons = (
        "",
        DID_NOT_REPORT,
        short,
        "no row of its baseline reported",
        "a row of its baseline did not report",
    )
    now = np.ones(shape) if level or counts.exposure is None else counts.exposure[tested]
    rows, reported, total, watched, squares, weighted = found
    return Baseline(rows, reported, total, watched, squares, weighted, now, code, reasons)


def outcome_of(
    counts: Counts,
    tested: IntArray,
    baseline: Baseline,
    expected: FloatArray,
    bound: FloatArray,
    score: FloatArray,
    p_value: FloatArray,
) -> Outcome:
    """The outcome of a bound: a count above it alarms; nothing is said of rows that cannot be tested."""
    known = baseline.code == 0
    alarm = (counts.values[tested] > bound).astype(np.int8)
    return Outcome(
        tested=tested,
        expected=np.where(known, expected, np.nan),
        upper_bound=np.where(known, bound, np.nan),
        score=np.where(known, score, np.nan),
        p_value=np.where(known, p_value, np.nan),
        alarm=np.where(known, alarm, UNTESTED).astype(np.int8),
        reason=baseline.code.astype(np.uint8),
        reasons=baseline.reasons,
    )
