"""The three detectors of the National Syndromic Surveillance Program: moving averages, daily regression, and the switch.

Sources: Burkom, Elbert, Magruder, Najmi, Peter, Thompson (2008), "Developments in the roles, features, and evaluation of
alerting algorithms for disease outbreak monitoring", Johns Hopkins APL Technical Digest 27(4); Fricker (2013),
*Introduction to Statistical Methods for Biosurveillance*, Cambridge University Press; compat mode gives the numbers of
CDC's package Rnssp. All three treat counts as normal: on low counts they alarm two to five times as often as alpha says,
in both modes, because that is the method; `predictive` is the detector for low counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from daybreak.surge._kernels import nssp as kernels
from daybreak.surge.counts import Counts, FloatArray, IntArray, Period
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome

ALERTS = ("grey", "blue", "yellow", "red")
"""What the codes in `extra["alert"]` mean: not tested, nothing unusual, warning, alert."""

DETECTORS = ("NA", "EWMA", "Adaptive Multiple Regression")
"""What the codes in `extra["detector"]` of the switch mean."""

GREY, BLUE, YELLOW, RED = 0.0, 1.0, 2.0, 3.0
SMALLEST_BASELINE = {"ewma": 7, "regression": 11}
DRAWN_BACK_BEYOND = 0.01
"""An average further out than this p-value is drawn back to it, so that one large count does not echo for days."""


@dataclass(frozen=True)
class _Alerts:
    alpha: float = setting(0.01, "p-value below which a day is red: an alarm")
    alpha_warning: float = setting(0.05, "p-value below which a day is yellow: a warning")
    alarm_from: str = setting("red", "the colour from which the outcome's alarm is 1: red or yellow")
    baseline: int = setting(28, "length of the baseline, days", r="B")
    guard: int = setting(2, "days between the baseline and the tested day", r="g")

    def __post_init__(self) -> None:
        if not 0 < self.alpha <= self.alpha_warning < 1:
            raise BadInput(
                "alpha and alpha_warning", "be between 0 and 1, alpha the smaller",
                f"{self.alpha:g} and {self.alpha_warning:g}", "The defaults are 0.01 and 0.05.",
            )  # fmt: skip
        if self.alarm_from not in ("red", "yellow"):
            raise BadInput("alarm_from", "be red or yellow", repr(self.alarm_from), "Leave it out for red.")
        if self.guard < 0:
            raise BadInput("guard", "be 0 or more days", str(self.guard), "The default is 2.")


def _check_weights(slow: float, fast: float) -> None:
    if not (0 < slow < 1 and 0 < fast < 1):
        raise BadInput(
            "weight_slow and weight_fast", "be between 0 and 1", f"{slow:g} and {fast:g}",
            "The defaults are 0.4 and 0.9.",
        )  # fmt: skip


def _check_whole_weeks(baseline: int) -> None:
    if baseline < 14 or baseline % 7:
        raise BadInput(
            "baseline", "be 14 days or more in whole weeks", str(baseline), "The default is 28 days."
        )


@dataclass(frozen=True)
class EwmaSettings(_Alerts):
    """Settings of `nssp-ewma`."""

    weight_slow: float = setting(0.4, "weight of the newest day in the slow average", r="w1")
    weight_fast: float = setting(0.9, "weight of the newest day in the fast average", r="w2")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_weights(self.weight_slow, self.weight_fast)
        if self.baseline < 7:
            raise BadInput("baseline", "be 7 days or more", str(self.baseline), "The default is 28 days.")


@dataclass(frozen=True)
class RegressionSettings(_Alerts):
    """Settings of `nssp-regression`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_whole_weeks(self.baseline)


@dataclass(frozen=True)
class SwitchSettings(EwmaSettings):
    """Settings of `nssp-switch`."""

    least_fit: float = setting(0.6, "adjusted R² from which the regression is used")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_whole_weeks(self.baseline)


class _Part(NamedTuple):
    """What one detector gives, all (tested times, series); `low` = regression alerts that its second look takes back."""

    expected: FloatArray
    statistic: FloatArray
    sigma: FloatArray
    bound: FloatArray
    p_value: FloatArray
    fit: FloatArray
    code: NDArray[np.uint8]
    low: NDArray[np.bool_]


def run_ewma(counts: Counts, tested: IntArray, settings: EwmaSettings, mode: Mode) -> Outcome:
    """Two exponentially weighted averages (slow and fast) against the mean of the last weeks; the smaller p counts.

    Exposure: baseline and averages are rates, scaled to the tested day's exposure. Missing days: left out in corrected
    mode (a baseline needs 7 reported days); in compat mode a missing day leaves everything after it untested.
    Score = the statistic, upper_bound = the count above which either average alarms.
    """
    part = _ewma(counts, tested, settings, mode)
    return _outcome(tested, part, _colours(part, settings, mode), settings, "ewma", {"sigma": part.sigma})


def run_regression(counts: Counts, tested: IntArray, settings: RegressionSettings, mode: Mode) -> Outcome:
    """A line in time with weekday effects over the last weeks, forecast to the tested day.

    An alert turns blue where the count is below the mean of the last seven days (on weekends also below the mean of the
    last seven such days). Exposure: regression on rates, scaled to the tested day's exposure. Missing days: corrected
    mode leaves them out (11 reported days and the tested weekday are needed) and takes the standard error of the forecast
    that belongs to the days used; compat mode uses the formula for whole weeks throughout and tests nothing over a gap.
    Without dates the first row is taken for a Monday. Score = the statistic.
    """
    part = _regression(counts, tested, settings, mode)
    extra = {"sigma": part.sigma, "adjusted_r_squared": part.fit}
    return _outcome(tested, part, _colours(part, settings, mode), settings, "regression", extra)


def run_switch(counts: Counts, tested: IntArray, settings: SwitchSettings, mode: Mode) -> Outcome:
    """The regression where it fits (adjusted R² of 0.6 or more), the moving averages elsewhere.

    `extra["detector"]` tells which, by its place in DETECTORS. Exposure, missing days: as the two of them.
    """
    line = _regression(counts, tested, settings, mode)
    average = _ewma(counts, tested, settings, mode)
    by_line = np.nan_to_num(line.fit, nan=-np.inf) >= settings.least_fit
    columns: list[tuple[Any, Any]] = list(zip(line, average, strict=True))
    part = _Part(*(np.where(by_line, one, other) for one, other in columns))
    colours = np.where(by_line, _colours(line, settings, mode), _colours(average, settings, mode))
    detector = np.where(np.isnan(part.statistic), 0.0, np.where(by_line, 2.0, 1.0))
    extra = {"sigma": part.sigma, "adjusted_r_squared": line.fit, "detector": detector}
    return _outcome(tested, part, colours, settings, "ewma", extra)


def _ewma(counts: Counts, tested: IntArray, settings: EwmaSettings, mode: Mode) -> _Part:
    results, code = kernels.smoothed(
        counts.values,
        _exposure(counts),
        tested,
        settings.guard,
        np.array([settings.weight_slow, settings.weight_fast]),
        _ewma_table(settings, mode),
        mode is Mode.COMPAT,
    )
    expected, statistic, sigma, bound, _, p_value = results
    never = np.zeros(code.shape, np.bool_)
    return _Part(expected, statistic, sigma, bound, p_value, np.full(code.shape, np.nan), code, never)


def _ewma_table(settings: EwmaSettings, mode: Mode) -> FloatArray:
    """By the number n of baseline days, each average's smallest sigma, factor of the sd and addition; two quantiles.

    σ = max(w/t₉₅ · (0.01 + 0.05 (1-w)²), s √(w/(2-w) + 1/n - 2(1-w)^(g+1) (1-(1-w)ⁿ)/n) + c·w/t₉₅),
    c = 0.1289 - (0.2414 - 0.1826 (1-w)⁴) ln 0.5.
    """
    table = np.full((8, settings.baseline + 1), np.nan)
    n = np.arange(2, settings.baseline + 1)
    warning = _quantile(0.05, n - 1, mode)
    for place, weight in enumerate((settings.weight_slow, settings.weight_fast)):
        rest = 1.0 - weight
        table[3 * place, 2:] = weight / warning * (0.01 + 0.05 * rest**2)
        memory = 2.0 * rest ** (settings.guard + 1) * (1.0 - rest**n) / n
        table[3 * place + 1, 2:] = np.sqrt(weight / (2.0 - weight) + 1.0 / n - memory)
        added = 0.1289 - (0.2414 - 0.1826 * rest**4) * np.log(0.5)
        table[3 * place + 2, 2:] = added * weight / warning
    table[6, 2:] = _quantile(DRAWN_BACK_BEYOND, n - 1, mode)
    table[7, 2:] = stats.t.isf(settings.alpha, n - 1)
    return table


def _regression(counts: Counts, tested: IntArray, settings: _Alerts, mode: Mode) -> _Part:
    if counts.period is not Period.DAY:
        raise BadInput(
            "period", "be day for a regression on weekdays", counts.period.name.lower(), "Use nssp-ewma."
        )
    freedom = np.arange(1, settings.baseline)
    table = np.full((2, settings.baseline), np.nan)
    table[0, 1:] = 0.01 / _quantile(0.05, freedom, mode)
    table[1, 1:] = stats.t.isf(settings.alpha, freedom)
    exposure, weekdays = _exposure(counts), _weekdays(counts)
    results, code = kernels.regressed(
        counts.values, exposure, weekdays, tested, settings.baseline, settings.guard, table, mode is Mode.COMPAT
    )  # fmt: skip
    expected, statistic, sigma, bound, fit, _, p_value = results
    low = kernels.below_its_weeks(counts.values, exposure, weekdays, tested)
    return _Part(expected, statistic, sigma, bound, p_value, fit, code, low)


def _quantile(alpha: float, freedom: IntArray, mode: Mode) -> FloatArray:
    """Student quantiles; the reference rounds them to five decimals."""
    exact: FloatArray = np.asarray(stats.t.isf(alpha, freedom), np.float64)
    return np.round(exact, 5) if mode is Mode.COMPAT else exact


def _exposure(counts: Counts) -> FloatArray:
    return np.empty((0, 0)) if counts.exposure is None else counts.exposure


def _weekdays(counts: Counts) -> IntArray:
    """0 = Monday … 6 = Sunday of each row."""
    if counts.dates is None:
        return np.arange(counts.times, dtype=np.int64) % 7
    return (counts.dates.astype("datetime64[D]").astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday


def _colours(part: _Part, settings: _Alerts, mode: Mode) -> FloatArray:
    p = part.p_value
    colours = np.where(p < settings.alpha, RED, np.where(p < settings.alpha_warning, YELLOW, BLUE))
    colours = np.where(np.isnan(p), GREY, colours)
    # in the reference the second look turns blue even what was never tested
    return np.where(part.low & ((colours > GREY) | (mode is Mode.COMPAT)), BLUE, colours)


def _outcome(
    tested: IntArray,
    part: _Part,
    colours: FloatArray,
    settings: _Alerts,
    method: str,
    extra: dict[str, FloatArray],
) -> Outcome:
    alarming = colours >= (RED if settings.alarm_from == "red" else YELLOW)
    alarm = np.where(np.isnan(part.statistic), UNTESTED, alarming.astype(np.int8)).astype(np.int8)
    return Outcome(
        tested=tested,
        expected=part.expected,
        upper_bound=part.bound,
        score=part.statistic,
        p_value=part.p_value,
        alarm=alarm,
        reason=part.code,
        reasons=_reasons(SMALLEST_BASELINE[method]),
        extra={"alert": colours, **extra},
    )


def _reasons(least: int) -> tuple[str, ...]:
    """A sentence for each code of the kernels."""
    short = (f"needs {least} reported days before the guard band, has {has}" for has in range(least))
    gap = "a day before it did not report"
    flat = "the reported days of the baseline do not determine weekday and trend"
    return ("", DID_NOT_REPORT, gap, flat, *short)


NSSP_EWMA = Detector(
    name="nssp-ewma",
    question="Is today's smoothed count far above the mean of the last four weeks?",
    settings=EwmaSettings,
    run=run_ewma,
    source="Burkom et al. (2008), APL Technical Digest 27(4); CDC Rnssp alert_ewma",
)
NSSP_REGRESSION = Detector(
    name="nssp-regression",
    question="Is today's count far above what the trend and weekdays of the last four weeks forecast?",
    settings=RegressionSettings,
    run=run_regression,
    source="Burkom et al. (2008), APL Technical Digest 27(4); CDC Rnssp alert_regression",
)
NSSP_SWITCH = Detector(
    name="nssp-switch",
    question="Is today's count high by whichever of the regression and the moving average suits the series?",
    settings=SwitchSettings,
    run=run_switch,
    source="Burkom et al. (2008), APL Technical Digest 27(4); CDC Rnssp alert_switch",
)
