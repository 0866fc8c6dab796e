"""Farrington's method of 1996: is this week above what the same weeks of earlier years lead to expect?

Source: Farrington, Andrews, Beale & Catchpole (1996), "A statistical algorithm for the early detection of outbreaks of
infectious disease", Journal of the Royal Statistical Society A 159(3), 547–563, sections 3.1–3.7.
"""

from __future__ import annotations

from dataclasses import dataclass

from daybreak.surge.counts import Counts, IntArray
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.farrington_model import POWERS, Model, check_shared, outcome_of
from daybreak.surge.farrington_reference import windows_baseline
from daybreak.surge.outcome import Outcome

WEIGHTS_THRESHOLD = 1.0
TREND_P = 0.05


@dataclass(frozen=True)
class FarringtonSettings:
    """Settings of `farrington`."""

    years: int = setting(5, "earlier years to compare with", r="b")
    half_window: int = setting(3, "rows on either side of the same time of each year", r="w")
    alpha: float = setting(0.05, "two-sided false-alarm rate a test; alarms come at half of it", r="alpha")
    least_cases: tuple[int, int] = setting(
        (5, 4), "so many cases in so many last rows are needed for an alarm; 0,4: none", r="limit54"
    )
    power: str = setting(
        "2/3", "power on whose scale counts are nearly normal: 2/3, 1/2 or none", r="powertrans"
    )
    trend: bool = setting(
        True, "whether a trend is used if it is significant and does not overshoot", r="trend"
    )
    reweight: bool = setting(True, "whether past surges count for less", r="reweight")

    def __post_init__(self) -> None:
        check_shared(self.years, self.half_window, self.alpha, self.least_cases, self.power)


def farrington(counts: Counts, tested: IntArray, settings: FarringtonSettings, mode: Mode) -> Outcome:
    """Quasi-Poisson trend through windows of earlier years, bound on a power scale.

    expected: counts of the tested row; upper_bound: (μ^e + z_{1−α/2}·se)^{1/e}; score: (count − expected) / (bound −
    expected), an alarm above 1; p_value: one-sided normal tail on the power scale, an alarm below alpha / 2.
    extra: dispersion (variance ratio, at least 1), trend_used (0/1), trend_coefficient (ln mean a row; NaN = none).

    Exposure is an offset: the model is of cases a person. Compat mode: as R, in which too few cases give a bound of 0
    (quirk Q8) and years that reach before the first row are cut. Corrected mode gives no value and a reason for
    either, counts an empty baseline as half a case, needs half of the baseline's rows and leaves unreported ones out.

    Source: Farrington et al. (1996), equations 2–8; see the module.
    """
    model = Model(
        original=True,
        years=settings.years,
        half_window=settings.half_window,
        trend=settings.trend,
        trend_p=TREND_P,
        reweight=settings.reweight,
        weights_threshold=WEIGHTS_THRESHOLD,
        method=0,
        tail=settings.alpha / 2.0,
        power=POWERS[settings.power],
        least_cases=settings.least_cases,
    )
    baseline = windows_baseline(
        counts, tested, settings.years, settings.half_window, partial=mode is Mode.COMPAT
    )
    return outcome_of(counts, tested, baseline, model, mode)


FARRINGTON = Detector(
    name="farrington",
    question="Is this week above what the same weeks of earlier years lead to expect?",
    settings=FarringtonSettings,
    run=farrington,
    source="Farrington et al. 1996, J. R. Stat. Soc. A 159(3), 547–563",
)
