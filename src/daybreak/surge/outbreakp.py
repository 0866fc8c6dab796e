"""outbreakP: have the counts begun to rise, compared with staying level, whatever the level and the shape of the rise?

Source: Frisén, Andersson, Schiöler (2009), "Robust outbreak surveillance of epidemics in Sweden", Statistics in Medicine
28(3), 476–493: the likelihood ratio of an increasing sequence of Poisson means against a constant one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daybreak.surge._kernels import outbreakp as kernels
from daybreak.surge.counts import Counts, FloatArray, IntArray
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome

REASONS = (
    "",
    DID_NOT_REPORT,
    "a row before it did not report",
    "the product is 0 times infinity (quirk Q10)",
)


@dataclass(frozen=True)
class OutbreakPSettings:
    """Settings of `outbreakp`."""

    threshold: float = setting(100.0, "a statistic above this alarms (a likelihood ratio)", r="k")
    returns: str = setting("cases", "what upper_bound is: cases (a count) or value (the statistic)", r="ret")
    most_cases: int = setting(100_000, "where the search for the count ends", r="maxUpperboundCases")

    def __post_init__(self) -> None:
        if not self.threshold > 0:
            raise BadInput("threshold", "be above 0", f"{self.threshold:g}", "The default is 100.")
        if self.returns not in ("cases", "value"):
            raise BadInput("returns", "be cases or value", repr(self.returns), "The default is cases.")
        if self.most_cases < 1:
            raise BadInput("most_cases", "be 1 or more", str(self.most_cases), "The default is 100000.")


def run(counts: Counts, tested: IntArray, settings: OutbreakPSettings, mode: Mode) -> Outcome:
    """Π (μ̂ᵢ/ȳ)^yᵢ over all rows up to the tested one, μ̂ the increasing isotonic fit; an alarm if it is above the threshold.

    expected = the mean of the rows before. score = the statistic; `extra["log_statistic"]` its logarithm. upper_bound:
    with returns="cases" the largest count that raises no alarm (compat: the smallest that does, or NaN where R has none),
    with returns="value" the statistic. Corrected mode works on logarithms (quirk Q10: R's product becomes 0 or NaN on
    large counts and misses the alarm) and leaves missing rows out; compat mode stops at the first missing row.
    Exposure: rates are compared, the fit is weighted by exposure.
    """
    exposure = np.empty((0, 0)) if counts.exposure is None else counts.exposure
    compat = mode is Mode.COMPAT
    bounds = settings.returns == "cases"
    results, code = kernels.isotonic(
        counts.values, exposure, tested, settings.threshold, bounds, float(settings.most_cases), compat
    )
    expected, log_statistic, statistic, smallest = results
    # where the product overflows, the logarithm still tells
    above = statistic > settings.threshold if compat else log_statistic > np.log(settings.threshold)
    bound = statistic
    if bounds:
        bound = _as_in_r(smallest, above, log_statistic, settings) if compat else _last_calm(smallest)
    untested = np.isnan(statistic)
    return Outcome(
        tested=tested,
        expected=expected,
        upper_bound=bound,
        score=statistic,
        p_value=np.full(statistic.shape, np.nan),
        alarm=np.where(untested, UNTESTED, above.astype(np.int8)).astype(np.int8),
        reason=code,
        reasons=REASONS,
        extra={"log_statistic": log_statistic},
    )


def _last_calm(smallest: FloatArray) -> FloatArray:
    """The largest count without an alarm; NaN where every count alarms or none that was tried."""
    return np.where(np.isfinite(smallest) & (smallest > 0), smallest - 1.0, np.nan)


def _as_in_r(
    smallest: FloatArray, above: np.ndarray, log_statistic: FloatArray, settings: OutbreakPSettings
) -> FloatArray:
    """R searches count by count from the observed one: it finds nothing where its product has left the numbers."""
    lost = above != (log_statistic > np.log(settings.threshold))
    return np.where(np.isfinite(smallest) & (smallest > 0) & ~lost, smallest, np.nan)


OUTBREAKP = Detector(
    name="outbreakp",
    question="Have the counts begun to rise, compared with staying level?",
    settings=OutbreakPSettings,
    run=run,
    source="Frisén, Andersson, Schiöler (2009), Statistics in Medicine 28(3), 476–493",
)
