"""What both Farrington methods share: from settings and a baseline to an outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from daybreak.surge._kernels.farrington import detect_block
from daybreak.surge.counts import Counts, FloatArray, IntArray
from daybreak.surge.detector import Mode
from daybreak.surge.errors import BadInput
from daybreak.surge.farrington_reference import Baseline
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome, empty_outcome

POWERS = {"2/3": 2.0 / 3.0, "1/2": 0.5, "none": 1.0}
FEWEST_YEARS_FOR_A_TREND = 3
MOST_REASONS = 240

_UNREPORTED, _SCARCE, _UNFITTED, _FEW_CASES, _SHORT, _HISTORY = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True)
class Model:
    """How a baseline is fitted and a bound is set.

    original: whether to follow the method of 1996 (standard errors, the trend's test) rather than that of 2013.
    method: 0 power scale, 1 negative binomial about the mean, 2 about the mean's own upper bound.
    tail: probability above the bound (half of alpha where alpha is two-sided).
    """

    original: bool
    years: int
    half_window: int
    trend: bool
    trend_p: float
    reweight: bool
    weights_threshold: float
    method: int
    tail: float
    power: float
    least_cases: tuple[int, int]


def check_shared(
    years: int, half_window: int, alpha: float, least_cases: tuple[int, int], power: str
) -> None:
    """Raises BadInput for values that neither method can use."""
    if years < 1 or half_window < 0:
        raise BadInput(
            "years and half_window", "be at least 1 and 0", f"{years} and {half_window}", "The defaults are 5 and 3."
        )  # fmt: skip
    if not 0 < alpha < 1:
        raise BadInput("alpha", "lie between 0 and 1", f"{alpha:g}", "0.05 is the default.")
    if least_cases[0] < 0 or least_cases[1] < 1:
        raise BadInput(
            "least_cases", "be cases ≥ 0 and rows ≥ 1", str(least_cases), "0,4 turns the rule off."
        )
    if power not in POWERS:
        raise BadInput("power", f"be {', '.join(POWERS)}", repr(power), "2/3 is the default.")


def outcome_of(counts: Counts, tested: IntArray, baseline: Baseline, model: Model, mode: Mode) -> Outcome:
    """Fits and tests every row of every series.

    Corrected mode needs half of the baseline's rows reported, compat mode only more rows than coefficients (as R).
    """
    as_r = mode is Mode.COMPAT
    outcome = empty_outcome(tested, counts.series, _reasons(counts, model))
    answers = np.full((counts.series, len(tested), 7), np.nan)
    answers[:, :, 6] = -1.0
    length = baseline.rows.shape[1]
    if length > 0:
        people = counts.exposure if counts.exposure is not None else np.empty((0, 0))
        detect_block(
            np.ascontiguousarray(counts.values.T), np.ascontiguousarray(people.T), tested, baseline.rows,
            baseline.first, baseline.times, baseline.now, baseline.places, _critical(model, length),
            as_r, model.original, model.trend, model.reweight, model.weights_threshold,
            1.0 if as_r else length / 2.0, model.method, model.tail, float(special.ndtri(1.0 - model.tail)),
            model.power, answers,
        )  # fmt: skip
    by_time = np.moveaxis(answers, 0, 1)
    _explain(outcome, counts, tested, baseline, by_time[:, :, 6])
    outcome.expected[:], outcome.upper_bound[:] = by_time[:, :, 0], by_time[:, :, 1]
    outcome.score[:], outcome.p_value[:] = by_time[:, :, 2], by_time[:, :, 3]
    extra = {
        "dispersion": np.ascontiguousarray(by_time[:, :, 4]),
        "trend_used": np.where(np.isnan(by_time[:, :, 4]), np.nan, ~np.isnan(by_time[:, :, 5])),
        "trend_coefficient": np.ascontiguousarray(by_time[:, :, 5]),
    }
    outcome = replace(outcome, extra=extra)
    _decide(outcome, counts, tested, model, as_r)
    return outcome


def _critical(model: Model, length: int) -> FloatArray:
    """For n degrees of freedom the |t| from which a trend is kept."""
    critical = np.full(length + 1, np.inf)
    if model.years >= FEWEST_YEARS_FOR_A_TREND and model.trend_p > 0:
        critical[1:] = -special.stdtrit(np.arange(1, length + 1), model.trend_p / 2.0)
    return critical


def _reasons(counts: Counts, model: Model) -> tuple[str, ...]:
    cases, rows = model.least_cases
    return (
        "",
        DID_NOT_REPORT,
        "too few rows of its baseline were reported",
        "no model of its baseline could be fitted",
        f"fewer than {cases} cases in the last {rows} rows",
        f"needs {model.years} years and {model.half_window} rows, has fewer or dates between are missing",
        *(f"needs {model.years} years, has {years}" for years in range(min(model.years, MOST_REASONS))),
    )


def _explain(
    outcome: Outcome, counts: Counts, tested: IntArray, baseline: Baseline, state: FloatArray
) -> None:
    years = tested // counts.period.value
    needed = len(outcome.reasons) - _HISTORY
    no_plan = np.where(years < needed, _HISTORY + np.minimum(years, needed - 1), _SHORT)
    short = (baseline.first[:, -1] == 0)[:, None] & np.ones_like(state, dtype=bool)
    outcome.reason[state == 1.0] = _SCARCE
    outcome.reason[state == 2.0] = _UNFITTED
    outcome.reason[np.isnan(counts.values[tested])] = _UNREPORTED
    outcome.reason[short] = np.broadcast_to(no_plan[:, None], state.shape)[short]


def _decide(outcome: Outcome, counts: Counts, tested: IntArray, model: Model, as_r: bool) -> None:
    known = np.concatenate([np.zeros((1, counts.series)), np.cumsum(np.nan_to_num(counts.values), axis=0)])
    begins = np.maximum(0, tested + 1 - model.least_cases[1])
    enough = known[tested + 1] - known[begins] >= model.least_cases[0]
    now = counts.values[tested]
    if not as_r:
        outcome.reason[~enough & (outcome.reason == 0)] = _FEW_CASES
    testable = outcome.reason == 0
    raised = (outcome.score > 1.0) & (now != 0)
    if as_r:
        raised &= enough
        # what R says where there are too few cases (quirk Q8)
        outcome.upper_bound[testable & ~enough] = 0.0 if model.original else np.nan
        if not model.original:
            outcome.expected[~enough] = np.nan
    outcome.alarm[testable] = raised[testable]
    outcome.alarm[~testable] = UNTESTED
    for numbers in (
        outcome.expected, outcome.upper_bound, outcome.score, outcome.p_value, *outcome.extra.values()
    ):  # fmt: skip
        numbers[~testable] = np.nan
