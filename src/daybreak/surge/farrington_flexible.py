"""The improved Farrington method of 2013: all weeks of earlier years in season zones, and negative binomial bounds.

Source: Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett (2013), "An improved algorithm for outbreak detection in
multiple surveillance systems", Statistics in Medicine 32(7), 1206–1222, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from daybreak.surge.counts import Counts, IntArray
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.farrington_model import POWERS, Model, check_shared, outcome_of
from daybreak.surge.farrington_reference import zones_baseline
from daybreak.surge.outcome import Outcome

THRESHOLD_METHODS = ("delta", "nbPlugin", "muan")


@dataclass(frozen=True)
class FarringtonFlexibleSettings:
    """Settings of `farrington-flexible`."""

    years: int = setting(5, "earlier years to compare with", r="b")
    half_window: int = setting(3, "rows on either side of the same time of each year", r="w")
    alpha: float = setting(0.05, "one-sided false-alarm rate a test", r="alpha")
    zones: int = setting(
        1,
        "season zones of a year; 1: only the windows; 10 suits weeks (with past_left_out 26)",
        r="noPeriods",
    )
    threshold_method: str = setting(
        "delta", "delta: power scale; nbPlugin: negative binomial; muan: the same about the mean's upper bound",
        r="thresholdMethod",
    )  # fmt: skip
    past_left_out: int | None = setting(
        None, "last rows that take no part, lest a growing surge hide itself; none: half_window",
        r="pastWeeksNotIncluded",
    )  # fmt: skip
    weights_threshold: float = setting(
        2.58, "Anscombe residual from which a row counts for less", r="weightsThreshold"
    )
    trend_p: float = setting(0.05, "p-value below which a trend is used; 1: any", r="pThresholdTrend")
    least_cases: tuple[int, int] = setting(
        (5, 4), "so many cases in so many last rows are needed for an alarm; 0,4: none", r="limit54"
    )
    power: str = setting("2/3", "power scale of delta: 2/3, 1/2 or none", r="powertrans")
    trend: bool = setting(
        True, "whether a trend is used if it is significant and does not overshoot", r="trend"
    )
    reweight: bool = setting(True, "whether past surges count for less", r="reweight")

    def __post_init__(self) -> None:
        check_shared(self.years, self.half_window, self.alpha, self.least_cases, self.power)
        if self.threshold_method not in THRESHOLD_METHODS:
            raise BadInput(
                "threshold_method", f"be {', '.join(THRESHOLD_METHODS)}", repr(self.threshold_method), "Check its spelling."
            )  # fmt: skip
        if self.zones < 1 or (self.past_left_out is not None and self.past_left_out < 0):
            raise BadInput(
                "zones and past_left_out", "be at least 1 and 0", f"{self.zones} and {self.past_left_out}",
                "10 and 26 suit weekly counts.",
            )  # fmt: skip
        if not self.weights_threshold > 0 or not 0 <= self.trend_p <= 1:
            raise BadInput(
                "weights_threshold and trend_p", "be above 0 and from 0 to 1",
                f"{self.weights_threshold:g} and {self.trend_p:g}", "The defaults are 2.58 and 0.05.",
            )  # fmt: skip


def farrington_flexible(
    counts: Counts, tested: IntArray, settings: FarringtonFlexibleSettings, mode: Mode
) -> Outcome:
    """Quasi-Poisson trend and season zones over earlier years, bound on a power scale or of a negative binomial.

    expected: counts of the tested row; upper_bound: the largest count without an alarm (real with `delta`, whole else);
    score: (count − expected) / (bound − expected), an alarm above 1 — where the bound is not above the expected
    count, 1 + count − bound; p_value: one-sided tail of the distribution that sets the bound, an alarm below alpha.
    extra: dispersion (variance ratio φ, at least 1), trend_used (0/1), trend_coefficient (ln mean a row; NaN = none).

    Exposure is an offset: the model is of cases a person. Compat mode copies R: prior weights in place of the working
    ones in standard errors and the trend's test (quirk Q1), a score on the scale of ln mean (Q2), no bound but "no
    alarm" where cases are too few (Q8). Corrected mode mends these with standard errors from φ, needs half of the
    baseline's rows and leaves unreported ones out, and counts a zone without any case as half a case.

    Source: Noufaily et al. (2013), sections 3.1–3.6; see the module.
    """
    left_out = settings.half_window if settings.past_left_out is None else settings.past_left_out
    model = Model(
        original=False,
        years=settings.years,
        half_window=settings.half_window,
        trend=settings.trend,
        trend_p=settings.trend_p,
        reweight=settings.reweight,
        weights_threshold=settings.weights_threshold,
        method=THRESHOLD_METHODS.index(settings.threshold_method),
        tail=settings.alpha,
        power=POWERS[settings.power],
        least_cases=settings.least_cases,
    )
    baseline = zones_baseline(counts, tested, settings.years, settings.half_window, settings.zones, left_out)
    return outcome_of(counts, tested, baseline, model, mode)


FARRINGTON_FLEXIBLE = Detector(
    name="farrington-flexible",
    question="Is this week above what all weeks of earlier years, by season and trend, lead to expect?",
    settings=FarringtonFlexibleSettings,
    run=farrington_flexible,
    source="Noufaily et al. 2013, Statistics in Medicine 32(7), 1206–1222",
)
