"""cdc: are the last four weeks together above the same four-week periods of earlier years?

Source: Stroup, Williamson, Herndon, Karon (1989), "Detection of aberrations in the occurrence of notifiable diseases
surveillance data", Statistics in Medicine 8(3), 323–329.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from daybreak.surge._kernels import windows as kernels
from daybreak.surge.counts import Counts, IntArray, Period
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome

LEAST_SUMS = 3
"""Four-week sums without which corrected mode tests nothing."""


@dataclass(frozen=True)
class CdcSettings:
    """Settings of `cdc`."""

    years: int = setting(5, "earlier years that are looked at", r="b")
    months: int = setting(1, "four-week periods on each side of the tested one in earlier years", r="m")
    alpha: float = setting(0.025, "false alarms a test, shared by both sides as in the paper", r="alpha")

    def __post_init__(self) -> None:
        if self.years < 1 or self.months < 0 or self.years * (2 * self.months + 1) < 2:
            raise BadInput("years and months", "give two or more sums", "fewer", "The defaults are 5 and 1.")
        if self.months > 12:
            raise BadInput("months", "be at most 12", str(self.months), "More would reach the tested weeks.")
        if not 0 < self.alpha < 1:
            raise BadInput("alpha", "lie between 0 and 1", f"{self.alpha:g}", "The default is 0.025.")


def run(counts: Counts, tested: IntArray, settings: CdcSettings, mode: Mode) -> Outcome:
    """The sum of the last four weeks against mean + q·sd·√(1 + 1/n) of n = (2 months + 1)·years earlier sums.

    All results speak of four-week sums: `expected` and `upper_bound` are cases in four weeks; `extra["total"]` is the
    sum compared with them. score = (sum - mean)/(sd·√(1 + 1/n)). Compat mode: q is the normal quantile at 1 - alpha/2.
    Corrected mode: Student's, n - 1 degrees, since the sd is learned from n sums, the sd not below that of a Poisson
    count with half a case added to the total; the p-value is two-sided as alpha is, 1 below the mean.
    Missing: a sum with a missing week
    is left out in corrected mode (3 are needed; the tested one must be whole), in compat mode nothing is tested over
    it. Exposure: sums are scaled to the exposure of the tested four weeks; compat mode ignores it.
    """
    if counts.period is not Period.WEEK:
        raise BadInput("period", "be week for sums of four", counts.period.name.lower(), "Use bayes or rki.")
    compat = mode is Mode.COMPAT
    exposure = np.empty((0, 0)) if compat or counts.exposure is None else counts.exposure
    rows_a_year = counts.period.value
    sums, watched = kernels.of_months(
        counts.values, exposure, tested, settings.years, settings.months, rows_a_year
    )
    total = sums[-1]
    past = sums[:-1] * (watched[-1] / watched[:-1])
    n = np.isfinite(past).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        known = np.where(np.isfinite(past), past, 0.0)
        mean = known.sum(axis=0) / n
        away = np.where(np.isfinite(past), past - mean, 0.0)
        deviation = np.sqrt((away**2).sum(axis=0) / (n - 1))
        if compat:
            factor = np.full(n.shape, stats.norm.isf(settings.alpha / 2))
        else:
            deviation = np.maximum(deviation, np.sqrt(mean + 0.5 / n))
            factor = stats.t.isf(settings.alpha / 2, np.arange(len(past)))[np.maximum(n - 1, 0)]
        wide = deviation * np.sqrt(1.0 + 1.0 / n)
        bound = mean + factor * wide
        score = (total - mean) / wide
    code = np.zeros(total.shape, np.uint8)
    code[n < (len(past) if compat else LEAST_SUMS)] = 3
    code[np.isnan(total)] = 4
    code[tested < settings.years * rows_a_year + 4 * settings.months + 3] = 2
    code[np.isnan(counts.values[tested])] = 1
    tells = code == 0
    p_value = np.full(total.shape, np.nan)
    if not compat:
        p_value = np.where(tells, 2.0 * stats.t.sf(score, np.maximum(n - 1, 1)), np.nan)
        p_value = np.minimum(p_value, 1.0)  # below the mean nothing speaks for a surge
    return Outcome(
        tested=tested,
        expected=np.where(tells, mean, np.nan),
        upper_bound=np.where(tells, bound, np.nan),
        score=np.where(tells, score, np.nan),
        p_value=p_value,
        alarm=np.where(tells, (total > bound).astype(np.int8), UNTESTED).astype(np.int8),
        reason=code,
        reasons=_reasons(settings),
        extra={"total": total},
    )


def _reasons(settings: CdcSettings) -> tuple[str, ...]:
    return (
        "",
        DID_NOT_REPORT,
        f"needs {settings.years} years and {4 * settings.months + 3} weeks before it",
        "too few four-week sums of earlier years are whole",
        "one of the last four weeks did not report",
    )


CDC = Detector(
    name="cdc",
    question="Are the last four weeks together above the same season's four-week sums of earlier years?",
    settings=CdcSettings,
    run=run,
    source="Stroup, Williamson, Herndon, Karon (1989), Statistics in Medicine 8(3), 323–329",
)
