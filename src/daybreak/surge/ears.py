"""EARS C1, C2 and C3: is a count above what the last week or so, with or without a gap, leads one to expect?

Source: Hutwagner, Thompson, Seeman, Treadwell (2003), "The bioterrorism preparedness and response Early Aberration
Reporting System (EARS)", Journal of Urban Health 80(2 Suppl 1), i89–i96; Fricker, Hegler, Dunfee (2008), Statistics in
Medicine 27(17), 3407–3429.

Compat mode: U = m + z·max(s, least deviation) of the baseline (C1, C2), and the reference's own form of C3. With counts
of 0.05 to 30 a period it fires 17 to 51 times as often as it says, because z takes s, learned from seven values, for
known; after seven zeros one count alarms (quirk Q7); and its C3 alarms by the two rows before the tested one alone.

Corrected mode: the exact predictive distribution of a new count. With total S and exposure E of the n reported baseline
rows, a gamma posterior of the rate (Jeffreys' prior) makes a new count under exposure e negative binomial with mean
(S + ½) e/E and variance ratio 1 + e/E; it is exact for Poisson counts. Over-dispersion multiplies that ratio: the
Pearson dispersion φ̂ of the baseline where it is above 1, its excess φ̂ - 1 enlarged by (t/z)², the squared ratio of
Student's (n - 1 degrees) and the normal quantile at alpha because φ̂ is learned from n values, then rounded up to a power
of 2^⅛ (a step of 9 % is nothing beside the error of φ̂, and lets results be kept). C3 is the same test of the total of
the last three rows. No bound is ever NaN where the rows reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import stats

from daybreak.surge._kernels import ears as kernels
from daybreak.surge.counts import Counts, FloatArray, IntArray
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome

LEAST_REPORTED = 3
"""Reported baseline rows without which corrected mode tests nothing."""


@dataclass(frozen=True)
class EarsSettings:
    """Settings of `ears-c1` and `ears-c2`."""

    baseline: int = setting(7, "rows that tell what is usual (R calls for 3 or more)", r="baseline")
    least_deviation: float = setting(
        0.0, "a standard deviation below this counts as this (cases a row)", r="minSigma"
    )
    alpha: float = setting(0.001, "false alarms a test", r="alpha")

    def __post_init__(self) -> None:
        if self.baseline < LEAST_REPORTED:
            raise BadInput("baseline", "be 3 or more", str(self.baseline), "The default is 7.")
        if not 0 <= self.least_deviation < np.inf:
            raise BadInput(
                "least_deviation", "be 0 or more", f"{self.least_deviation:g}", "The default is 0."
            )
        if not 0 < self.alpha < 1:
            raise BadInput("alpha", "lie between 0 and 1", f"{self.alpha:g}", "Use 0.001, say.")


@dataclass(frozen=True)
class EarsSumSettings(EarsSettings):
    """Settings of `ears-c3`, whose usual rate is higher."""

    alpha: float = setting(0.025, "false alarms a test", r="alpha")


def run_c1(counts: Counts, tested: IntArray, settings: EarsSettings, mode: Mode) -> Outcome:
    """C1: the tested row against the `baseline` rows just before it.

    expected = mean of the baseline; score = (y - expected)/standard deviation; p_value (corrected) = P(Y ≥ y). Missing
    rows: corrected mode leaves them out (3 reported are needed), compat mode tests nothing over them. Exposure: the
    baseline's rate times the tested row's exposure; compat mode ignores it, as R does.
    """
    return _run(counts, tested, settings, mode, lag=0)


def run_c2(counts: Counts, tested: IntArray, settings: EarsSettings, mode: Mode) -> Outcome:
    """C2: as C1 (`run_c1`) with two rows left out between the baseline and the tested row."""
    return _run(counts, tested, settings, mode, lag=2)


def run_c3(counts: Counts, tested: IntArray, settings: EarsSumSettings, mode: Mode) -> Outcome:
    """C3: the last three rows together against the baseline of C2.

    upper_bound = the largest count of the tested row that keeps the three-row total calm, and at least 0: a row
    without a case never alarms, and its p_value is 1. score and p_value speak of the total. Missing values and exposure
    as in `run_c1`; of the two rows before the tested one those that reported count.
    """
    if mode is Mode.CORRECTED:
        return _corrected(counts, tested, settings, lag=2, together=3)
    normal = float(stats.norm.isf(settings.alpha))
    bound, expected = kernels.compat_sums(
        counts.values, tested, settings.baseline, normal, settings.least_deviation
    )
    return _compat(counts, tested, bound, expected, settings, most=settings.baseline + 4)


def _run(counts: Counts, tested: IntArray, settings: EarsSettings, mode: Mode, lag: int) -> Outcome:
    if mode is Mode.CORRECTED:
        return _corrected(counts, tested, settings, lag=lag, together=1)
    normal = float(stats.norm.isf(settings.alpha))
    bound, expected = kernels.compat_shewhart(
        counts.values, tested, settings.baseline, lag, normal, settings.least_deviation
    )
    return _compat(counts, tested, bound, expected, settings, most=settings.baseline + lag)


def _compat(
    counts: Counts,
    tested: IntArray,
    bound: FloatArray,
    expected: FloatArray,
    settings: EarsSettings,
    most: int,
) -> Outcome:
    y = counts.values[tested]
    unknown = np.isnan(bound) | np.isnan(y)
    normal = float(stats.norm.isf(settings.alpha))
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (y - expected) / ((bound - expected) / normal) if most <= settings.baseline + 2 else y - bound
    code = np.zeros(y.shape, np.uint8)
    code[np.isnan(bound)] = np.where(np.isnan(expected[np.isnan(bound)]), kernels.GAP, kernels.UNDEFINED)
    code[tested < most] = kernels.SHORT
    code[np.isnan(y)] = kernels.SILENT
    return Outcome(
        tested=tested,
        expected=expected,
        upper_bound=bound,
        score=np.where(unknown, np.nan, score),
        p_value=np.full(y.shape, np.nan),
        alarm=np.where(unknown, UNTESTED, (y > bound).astype(np.int8)).astype(np.int8),
        reason=code,
        reasons=_reasons(most),
    )


def _corrected(counts: Counts, tested: IntArray, settings: EarsSettings, lag: int, together: int) -> Outcome:
    alpha = settings.alpha
    exposure = np.empty((0, 0)) if counts.exposure is None else counts.exposure
    shelf = _shelf(alpha, settings.baseline, together)
    try:
        tables = shelf.pop()
    except IndexError:  # all are in the hands of other threads
        tables = kernels.tables()
    results, code, alarm = kernels.corrected(
        counts.values,
        exposure,
        tested,
        (settings.baseline, lag, together, LEAST_REPORTED),
        (alpha, float(stats.norm.isf(alpha)), settings.least_deviation),
        enlargement(alpha, settings.baseline),
        tables,
    )
    shelf.append(tables)
    expected, bound, score, p_value = results
    if together > 1:  # the days before it may be remarkable; this one cannot be
        p_value = np.where((counts.values[tested] == 0) & ~np.isnan(p_value), 1.0, p_value)
    return Outcome(
        tested=tested,
        expected=expected,
        upper_bound=bound,
        score=score,
        p_value=p_value,
        alarm=alarm,
        reason=code,
        reasons=_reasons(settings.baseline + lag),
    )


@lru_cache(maxsize=8)
def _shelf(alpha: float, baseline: int, together: int) -> list[Any]:
    """Tables of probabilities that no thread is using, for blocks to come; what stands in them changes no result."""
    return []


@lru_cache(maxsize=32)
def enlargement(alpha: float, baseline: int) -> FloatArray:
    """(t/z)² at alpha by the number of reported rows 0 … baseline: what an estimated excess dispersion is taken times.

    1 where alpha is 0.5 or more: a bound at or below the median asks for no enlargement.
    """
    factor = np.ones(baseline + 1)
    if alpha < 0.5:
        freedom = np.arange(1, baseline)
        factor[2:] = (stats.t.isf(alpha, freedom) / stats.norm.isf(alpha)) ** 2
    factor.flags.writeable = False
    return factor


def _reasons(most: int) -> tuple[str, ...]:
    """A sentence for each code of the kernels."""
    few = tuple(
        f"needs {LEAST_REPORTED} reported rows in the baseline, has {has}" for has in range(LEAST_REPORTED)
    )
    short = f"needs {most} rows before it"
    gap = "a row of its baseline did not report"
    undefined = "the baseline does not vary: 0 divided by 0 (quirk Q7)"
    return ("", DID_NOT_REPORT, short, gap, undefined, "", "", "", "", "", *few)


_SOURCE = "Hutwagner et al. (2003), Journal of Urban Health 80(2 Suppl 1), i89–i96"

EARS_C1 = Detector(
    name="ears-c1",
    question="Is this count above what the rows just before it lead one to expect?",
    settings=EarsSettings,
    run=run_c1,
    source=_SOURCE,
)
EARS_C2 = Detector(
    name="ears-c2",
    question="Is this count above what an earlier week leads one to expect, two rows left out between?",
    settings=EarsSettings,
    run=run_c2,
    source=_SOURCE,
)
EARS_C3 = Detector(
    name="ears-c3",
    question="Have the last three rows together been above what the week before them leads one to expect?",
    settings=EarsSumSettings,
    run=run_c3,
    source=_SOURCE,
)
