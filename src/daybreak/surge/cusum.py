"""cusum: have counts been somewhat above their mean for a while, though perhaps never much at once?

Source: Rossi, Lampugnani, Marchi (1999), Statistics in Medicine 18(16), 2111–2122; Höhle (2007), Computational
Statistics 22(4), 571–582, section 3. The scores that are summed stand in `cusum_scores`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import cusum as kernels
from daybreak.surge.counts import Counts, FloatArray, IntArray
from daybreak.surge.cusum_scores import SCORES, bound_in_compat, largest_calm, scored
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome

SEASONAL = "glm"
LEAST_TRAINING = {"mean": 8, SEASONAL: 16}
"""Rows before the sum starts (corrected mode) when the first tested row leaves fewer; a season takes a whole year."""


@dataclass(frozen=True)
class CusumSettings:
    """Settings of `cusum`."""

    reference_value: float = setting(1.04, "taken from every score (standard deviations)", r="k")
    decision_limit: float = setting(2.26, "a sum of this or more alarms (standard deviations)", r="h")
    mean: float | str | None = setting(
        None,
        "what is usual: a number (cases a row), none (mean of the rows before) or glm (with a season)",
        r="m",
    )
    score: str = setting("standard", f"what is summed: {', '.join(SCORES)}", r="trans")
    dispersion: float = setting(0.1, "α of variance m + α m² for the NegBin scores", r="alpha")
    restart: bool = setting(False, "the sum starts again after an alarm (R: never)")

    def __post_init__(self) -> None:
        for name in ("reference_value", "decision_limit"):
            value = getattr(self, name)
            if not (np.isfinite(value) and (value > 0 or name == "reference_value")):
                raise BadInput(name, "be a number above 0", f"{value:g}", "Leave it out for its default.")
        if self.score not in SCORES:
            raise BadInput(
                "score", f"be one of: {', '.join(SCORES)}", repr(self.score), "Check its spelling."
            )
        if isinstance(self.mean, str) and self.mean != SEASONAL:
            raise BadInput("mean", "be a number, none or glm", repr(self.mean), "Check its spelling.")
        if isinstance(self.mean, float) and not (np.isfinite(self.mean) and self.mean > 0):
            raise BadInput("mean", "be above 0", f"{self.mean:g}", "Leave it out to learn it.")
        if not (np.isfinite(self.dispersion) and self.dispersion >= 0):
            raise BadInput("dispersion", "be 0 or more", f"{self.dispersion:g}", "The default is 0.1.")


class _Usual(NamedTuple):
    """Means of the rows start … last (rows, series), and reported rows of the training (series,)."""

    means: FloatArray
    reported: FloatArray
    start: int


def run(counts: Counts, tested: IntArray, settings: CusumSettings, mode: Mode) -> Outcome:
    """C = max(0, C before + score - reference value), from the first tested row on; an alarm where C ≥ the limit.

    The mean is that of the rows before the first tested one, or a Poisson regression of them on one harmonic of the
    year ("glm"). score = C; expected = the mean; no p-value. Compat mode: the sum runs over the tested rows alone, a
    missing row leaves everything after it untested, upper_bound as in R (limit minus C for anscombeNegBin and none),
    exposure is ignored. Corrected mode: upper_bound is the largest count that does not alarm, for every score (R's
    anscombe2nd bound does not belong to its score), NaN where any count alarms; the sum runs over untested rows too; a
    missing row leaves the sum as it is; a baseline without a case counts as half a case; where fewer rows than
    LEAST_TRAINING (a year for the season) come before the first tested row, that many are taken for training and not
    tested. Exposure (corrected): means are rates times exposure.
    """
    if len(tested) == 0:
        return _outcome(
            counts, tested, *(np.empty((0, counts.series)),) * 3, np.empty((0, counts.series), np.bool_)
        )
    compat = mode is Mode.COMPAT
    usual = _usual(counts, tested, settings, compat)
    rows = tested if compat else np.arange(usual.start, tested[-1] + 1)
    if len(rows) == 0:
        return _untested(counts, tested, usual.start)
    x = counts.values[rows]
    means = usual.means[rows - usual.start]
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = scored(x, means, settings.score, settings.dispersion, tabled=compat)
    limit = settings.decision_limit
    after, before = kernels.running(scores, settings.reference_value, limit, settings.restart, not compat)
    if not compat:
        asked = tested[tested >= usual.start] - usual.start
        after, before, means = after[asked], before[asked], means[asked]
    room = limit + settings.reference_value - before
    with np.errstate(divide="ignore", invalid="ignore"):
        if compat:
            bound = bound_in_compat(room, means, after, settings.score, settings.dispersion, limit)
        else:
            bound = largest_calm(room, means, settings.score, settings.dispersion)
            bound, means = (np.where(np.isnan(after), np.nan, part) for part in (bound, means))
    early = len(tested) - len(after)
    if early:
        after, bound, means = (_lengthened(part, early) for part in (after, bound, means))
    alarm = after >= limit
    return _outcome(counts, tested, after, bound, means, alarm, start=usual.start)


def _usual(counts: Counts, tested: IntArray, settings: CusumSettings, compat: bool) -> _Usual:
    first, last = int(tested[0]), int(tested[-1])
    exposure = None if compat else counts.exposure
    if not isinstance(settings.mean, str) and settings.mean is not None:
        means = np.full((last + 1 - first, counts.series), float(settings.mean))
        return _Usual(means, np.full(counts.series, np.inf), first)
    seasonal = settings.mean == SEASONAL
    year = counts.period.value
    least = max(year, LEAST_TRAINING[SEASONAL]) if seasonal else LEAST_TRAINING["mean"]
    start = first if compat else max(first, min(least, last + 1))
    past = counts.values[:start]
    reported = np.sum(~np.isnan(past), axis=0).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        if seasonal:
            means = _seasonal(counts, exposure, start, last)
        elif compat:
            means = (
                np.broadcast_to(past.mean(axis=0), (last + 1 - start, counts.series))
                if start
                else _none(counts, last)
            )
        else:
            watched = np.where(np.isnan(past), 0.0, 1.0 if exposure is None else exposure[:start])
            now = (
                np.ones((last + 1 - start, counts.series)) if exposure is None else exposure[start : last + 1]
            )
            means = np.maximum(_summed(past), 0.5) / _summed(watched) * now
    if seasonal and not compat:
        empty = np.nansum(past, axis=0) == 0
        means = np.where(empty & (reported > 0), 0.5 / np.maximum(reported, 1.0), means)
    return _Usual(np.ascontiguousarray(means), reported, start)


def _summed(rows: FloatArray) -> FloatArray:
    """Sums over the rows, missing ones left out; row by row, so that a series alone has the sum it has among others."""
    total = np.zeros(rows.shape[1])
    for row in rows:
        total += np.where(np.isnan(row), 0.0, row)
    return total


def _none(counts: Counts, last: int) -> FloatArray:
    return np.full((last + 1, counts.series), np.nan)


def _seasonal(counts: Counts, exposure: FloatArray | None, start: int, last: int) -> FloatArray:
    angle = 2.0 * np.pi * np.arange(last + 1) / counts.period.value
    design = np.vstack([np.ones(last + 1), np.cos(angle), np.sin(angle)])
    watched = np.empty((0, 0)) if exposure is None else exposure
    means = kernels.seasonal(counts.values, watched, design, start, last + 1)
    return np.asarray(means[start:], np.float64)


def _lengthened(part: FloatArray, early: int) -> FloatArray:
    return np.vstack([np.full((early, part.shape[1]), np.nan), part])


def _untested(counts: Counts, tested: IntArray, start: int) -> Outcome:
    nothing = np.full((len(tested), counts.series), np.nan)
    return _outcome(counts, tested, nothing, nothing, nothing, nothing > 0, start=start)


def _outcome(
    counts: Counts,
    tested: IntArray,
    after: FloatArray,
    bound: FloatArray,
    means: FloatArray,
    alarm: NDArray[np.bool_],
    start: int = 0,
) -> Outcome:
    untested = np.isnan(after)
    code = np.where(untested, 3, 0).astype(np.uint8)
    code[tested < start] = 2
    code[untested & np.isnan(counts.values[tested])] = 1
    return Outcome(
        tested=tested,
        expected=means,
        upper_bound=bound,
        score=after,
        p_value=np.full(after.shape, np.nan),
        alarm=np.where(untested, UNTESTED, alarm.astype(np.int8)).astype(np.int8),
        reason=code,
        reasons=(
            "",
            DID_NOT_REPORT,
            f"needs {start} rows to learn the mean from",
            "no mean could be learned from the rows before",
        ),
    )


CUSUM = Detector(
    name="cusum",
    question="Have counts been above their mean for a while, though perhaps never much at once?",
    settings=CusumSettings,
    run=run,
    source="Rossi, Lampugnani, Marchi (1999), Statistics in Medicine 18(16), 2111–2122",
)
