"""`predictive`: how improbable the newest rolling sums are, given all that the past leaves uncertain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels.predictive import predictive_block
from daybreak.surge.counts import Counts, FloatArray, IntArray, Period
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome
from daybreak.surge.predictive_model import (
    DAYS_A_PERIOD,
    DISPERSION_SHIFT,
    PRIOR_EVENTS,
    background_of,
    chain_nodes,
    dispersion_grid,
    level_nodes,
    smallest_tail_at,
)

WINDOWS = {Period.DAY: (1, 3, 7, 14), Period.WEEK: (1, 2), Period.MONTH: (1,), Period.YEAR: (1,)}
GUARD = {Period.DAY: 14, Period.WEEK: 2, Period.MONTH: 1, Period.YEAR: 0}
REFIT_EVERY = {Period.DAY: 7, Period.WEEK: 4, Period.MONTH: 1, Period.YEAR: 1}
LEAST_HISTORY = {Period.DAY: 56, Period.WEEK: 26, Period.MONTH: 12, Period.YEAR: 5}
NAMES = {Period.DAY: "days", Period.WEEK: "weeks", Period.MONTH: "months", Period.YEAR: "years"}
CORRECTED_EXACTLY_BELOW = 0.15
"""Smallest window tails above this are corrected by the product bound 1 − (1 − p)^windows, which is never too small."""
TOO_LARGE = "a million cases or more in its windows: too many to be listed one by one"
LEAST = {"guard": 0, "refit_every": 1, "least_history": 1, "least_count": 1, "least_events": 0}
HALF_LIVES = (1.0, 0.5, 0.25)
"""Years after which a drifting level forgets half of what it saw."""
# what the kernel writes of each tested time
EXPECTED, P_VALUE, WINDOW_P, WINDOW, DISPERSION, WINDOW_EXPECTED, UPPER_BOUND, OUTPUTS = range(8)


@dataclass(frozen=True)
class PredictiveSettings:
    """Settings of `predictive`; empty or None stands for a value that fits the period of the counts."""

    alpha: float = setting(0.01, "share of tested times that may alarm without a surge, all windows together")
    windows: tuple[int, ...] = setting(
        (), "rows summed, increasing; empty: days 1, 3, 7, 14, weeks 1, 2, else 1"
    )
    guard: int | None = setting(
        None,
        "rows before a refit that it does not see, so that a surge does not hide itself; days 14, weeks 2",
    )
    refit_every: int | None = setting(
        None, "rows from one refit to the next, counted from the first row; days 7, weeks 4, else 1"
    )
    history_years: float = setting(12.0, "years of rows before a refit that it sees")
    least_history: int | None = setting(
        None, "rows with a count that a refit must see; days 56, weeks 26, months 12, years 5"
    )
    least_count: int = setting(2, "a window with fewer cases than this never alarms")
    least_events: int = setting(15, "cases that training must hold before trend, season or weekday may enter")
    completeness: tuple[float, ...] = setting(
        (), "share of a row's cases known 0, 1, 2 … rows later, then all; empty: all at once"
    )
    keep_cutoff: float = setting(
        3.0, "Wald chi-squared a column that keeps trend, season or weekday in the model"
    )
    drift_gain: float = setting(
        3.0, "log-likelihood that a drifting level must gain over a fixed one on past counts; inf: never"
    )
    censor_deviate: float = setting(
        2.8, "normal deviate above which a past count says only 'at least so high'"
    )

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise BadInput("alpha", "lie between 0 and 1", f"{self.alpha:g}", "Try 0.01.")
        if any(each < 1 for each in self.windows) or (np.diff(self.windows) <= 0).any():
            raise BadInput(
                "windows", "be increasing whole numbers from 1", str(self.windows), "Try 1,3,7,14."
            )
        if any(not 0 < share <= 1 for share in self.completeness):
            raise BadInput(
                "completeness", "be shares above 0, at most 1", str(self.completeness), "Try 0.4,0.8,0.95."
            )
        for name, least in LEAST.items():
            value = getattr(self, name)
            if value is not None and value < least:
                raise BadInput(name, f"be {least} or more", str(value), "Leave it out for its default.")
        for name in ("history_years", "keep_cutoff", "drift_gain", "censor_deviate"):
            value = getattr(self, name)
            if not value > 0:
                raise BadInput(name, "be greater than 0", f"{value:g}", "Leave it out for its default.")


def predictive(
    counts: Counts, tested: IntArray, settings: PredictiveSettings, recent: FloatArray | None = None
) -> Outcome:
    """Tests rolling sums of the newest rows against their predictive distribution.

    Parameters
    ----------
    counts : (time, series); NaN = did not report: the row is left out of training and of the windows. Exposure enters
        as an offset, log E(count) = log(exposure) + background.
    tested : 0-based rows, increasing.
    settings : see `PredictiveSettings`.
    recent : (tested, rows, series) what was known of the rows t, t − 1, t − 2 … at each tested row t, at least as many
        as the longest window, with the shares `settings.completeness`; NaN = nothing known. `counts` then only trains:
        its rows must be as known when they leave the guard band. None: the windows are those of `counts`.

    Returns
    -------
    Outcome. p_value: probability that, without a surge, any of the windows is as improbable as the most improbable one
    is; it counts every window and all uncertainty of level, season and dispersion, and is discrete: P(p ≤ a) ≤ a.
    expected: of the newest row. upper_bound: the largest count of the newest row that raises no alarm given the rows
    before it; NaN where even a zero alarms. score: −log10 of p. extra: recurrence_days (days between alarms as
    improbable, one series), window_p (before correction), window_rows, window_expected, dispersion (variance / mean).

    Notes
    -----
    Background: quasi-Poisson log-linear model with trend, two harmonics and weekdays, each kept only if its Wald
    statistic asks for it; refits come on fixed rows. High past counts enter as censored, so that old surges neither
    raise the level nor the dispersion; two of them within two rows of each other are left out as a surge. Where a level
    that forgets would have predicted the past better by `drift_gain`, the level drifts.

    Given dispersion φ, counts are negative binomial with variance φ·mean, so that sums are too; φ has a grid posterior
    from the exact censored likelihood, the level a gamma posterior given φ whose shape and rate match the likelihood's
    bend and slope, widened by what the other coefficients add. Nested windows have independent increments, which makes
    the joint probability of all windows a short convolution (for large counts a Gaussian chain with exact margins).

    Source: own; parts: Noufaily et al. 2013 (Stat Med 32:1206) sections 2–3 for the quasi-Poisson background and the
    muting of past outbreaks; West & Harrison 1997 (Bayesian Forecasting and Dynamic Models) for discounting; Cameron &
    Trivedi 1986 (J Appl Econometrics 1:29) for the NB1 family; Wilson & Hilferty 1931 (PNAS 17:684) for gamma quantiles.
    """
    period = counts.period
    windows = np.array(settings.windows or WINDOWS[period], dtype=np.int64)
    longest = int(windows[-1])
    if recent is None:
        recent = np.empty((0, 0, 0))
    elif recent.shape[0] != len(tested) or recent.shape[1] < longest or recent.shape[2] != counts.series:
        raise BadInput(
            "recent", f"have the shape ({len(tested)}, {longest} or more, {counts.series})", str(recent.shape),
            "Give what was known of the newest rows at each tested row.",
        )  # fmt: skip
    least = LEAST_HISTORY[period] if settings.least_history is None else settings.least_history
    background = background_of(counts, settings.keep_cutoff)
    excess, log_prior = dispersion_grid()
    out = np.full((len(tested), counts.series, OUTPUTS), np.nan)
    state = np.zeros((len(tested), counts.series), dtype=np.int64)
    predictive_block(
        counts.values,
        _log_exposure(counts),
        np.ascontiguousarray(recent, dtype=np.float64),
        background.design,
        background.group,
        background.cutoff,
        background.least_rows,
        background.ridge,
        tested,
        windows,
        np.array(settings.completeness, dtype=np.float64),
        excess,
        log_prior,
        0.5 ** (1.0 / (np.array(HALF_LIVES) * period.value)),
        level_nodes(),
        chain_nodes(),
        np.array(
            [
                GUARD[period] if settings.guard is None else settings.guard,
                REFIT_EVERY[period] if settings.refit_every is None else settings.refit_every,
                max(1, round(settings.history_years * period.value)),
                least,
                settings.least_count,
                settings.least_events,
            ],
            dtype=np.int64,
        ),
        np.array(
            [
                settings.censor_deviate,
                PRIOR_EVENTS,
                DISPERSION_SHIFT,
                CORRECTED_EXACTLY_BELOW,
                settings.alpha,
                smallest_tail_at(settings.alpha, windows),
                settings.drift_gain,
            ]
        ),
        out,
        state,
    )
    return _outcome(
        counts, tested, settings.alpha, out, state, f"needs {least} {NAMES[period]} with a count before it"
    )


def _log_exposure(counts: Counts) -> FloatArray:
    """(time, series), 0 where nothing was reported or no exposure is given."""
    if counts.exposure is None:
        return np.zeros(counts.values.shape)
    known = ~np.isnan(counts.exposure) & (counts.exposure > 0)
    return np.log(np.where(known, counts.exposure, 1.0))


def _outcome(
    counts: Counts, tested: IntArray, alpha: float, out: FloatArray, state: IntArray, too_short: str
) -> Outcome:
    p_value = np.ascontiguousarray(out[:, :, P_VALUE])
    alarm: NDArray[np.int8] = np.where(state == 0, p_value <= alpha, UNTESTED).astype(np.int8)
    return Outcome(
        tested=tested,
        expected=np.ascontiguousarray(out[:, :, EXPECTED]),
        upper_bound=np.ascontiguousarray(out[:, :, UPPER_BOUND]),
        score=-np.log10(p_value),
        p_value=p_value,
        alarm=alarm,
        reason=state.astype(np.uint8),
        reasons=("", DID_NOT_REPORT, too_short, TOO_LARGE),
        extra={
            "recurrence_days": DAYS_A_PERIOD[counts.period] / p_value,
            "window_p": np.ascontiguousarray(out[:, :, WINDOW_P]),
            "window_rows": np.ascontiguousarray(out[:, :, WINDOW]),
            "window_expected": np.ascontiguousarray(out[:, :, WINDOW_EXPECTED]),
            "dispersion": np.ascontiguousarray(out[:, :, DISPERSION]),
        },
    )


def _run(counts: Counts, tested: IntArray, settings: PredictiveSettings, mode: Mode) -> Outcome:
    return predictive(counts, tested, settings)  # no other package has it: both modes are the same


PREDICTIVE = Detector(
    name="predictive",
    question="Are the newest days or weeks, alone or summed, higher than the past and all its uncertainty explain?",
    settings=PredictiveSettings,
    run=_run,
    source="Own; quasi-Poisson background and muting of past outbreaks after Noufaily et al. 2013, Stat Med 32:1206, "
    "sections 2-3; negative binomial with variance proportional to the mean: Cameron & Trivedi 1986.",
)
