"""Worked numbers of the NSSP detectors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from daybreak.surge._kernels.nssp import student_tail
from daybreak.surge.counts import Counts
from daybreak.surge.errors import BadInput
from daybreak.surge.methods import detect
from daybreak.surge.nssp import ALERTS


def test_a_day_of_the_moving_average_by_hand() -> None:
    days = [2, 4, 3, 5, 1, 3, 2, 4, 3, 12]
    outcome = detect(Counts.of(days, period="day"), "nssp-ewma", {"weight_fast": 0.9}, tested=[9])
    base = np.array(days[:7], np.float64)
    assert outcome.expected[0, 0] == pytest.approx(20 / 7)
    fast = days[0]
    for day in days[1:]:
        fast = 0.9 * day + 0.1 * fast
    t95 = stats.t.ppf(0.95, 6)
    widening = math.sqrt(0.9 / 1.1 + 1 / 7 - 2 * 0.1**3 * (1 - 0.1**7) / 7)
    added = (0.1289 - (0.2414 - 0.1826 * 0.1**4) * math.log(0.5)) * 0.9 / t95
    sigma = base.std(ddof=1) * widening + added
    statistic = (fast - 20 / 7) / sigma
    assert outcome.score[0, 0] == pytest.approx(statistic, rel=1e-9)
    assert outcome.p_value[0, 0] == pytest.approx(stats.t.sf(statistic, 6), rel=1e-9)
    assert outcome.alarm[0, 0] == 1
    assert ALERTS[int(outcome.extra["alert"][0, 0])] == "red"


@pytest.mark.parametrize("method", ["nssp-ewma", "nssp-regression"])
def test_the_upper_bound_parts_counts_that_alarm_from_those_that_do_not(method: str) -> None:
    days = np.random.default_rng(5).poisson(20, 40).astype(np.float64)
    bound = detect(Counts.of(days, period="day"), method, tested=[39]).upper_bound[0, 0]
    for count, alarm in ((math.floor(bound), 0), (math.floor(bound) + 1, 1)):
        days[39] = count
        assert detect(Counts.of(days, period="day"), method, tested=[39]).alarm[0, 0] == alarm


def test_a_regression_day_is_the_least_squares_forecast_and_its_error() -> None:
    days = np.random.default_rng(7).poisson(30, 31).astype(np.float64)
    outcome = detect(Counts.of(days, period="day"), "nssp-regression", tested=[30])
    rows = np.arange(28)
    design = np.column_stack([rows, *(rows % 7 == day for day in range(7))]).astype(np.float64)
    beta, lost, _, _ = np.linalg.lstsq(design, days[:28], rcond=None)
    forecast = np.array([30.0, *(day == 30 % 7 for day in range(7))])
    error = math.sqrt(lost[0] / 20 * (1 + forecast @ np.linalg.inv(design.T @ design) @ forecast))
    assert outcome.expected[0, 0] == pytest.approx(forecast @ beta)
    assert outcome.extra["sigma"][0, 0] == pytest.approx(error)
    assert outcome.score[0, 0] == pytest.approx((days[30] - forecast @ beta) / error)


def test_an_alert_below_the_mean_of_its_week_is_taken_back() -> None:
    # a quiet month, then a loud week: its quietest day is above the month and below the week
    days = [*np.random.default_rng(3).poisson(5, 31), 40, 45, 42, 44, 43, 40, 25]
    outcome = detect(Counts.of(days, period="day"), "nssp-regression", {"guard": 6}, tested=[36, 37])
    assert outcome.p_value[1, 0] < 0.01
    assert ALERTS[int(outcome.extra["alert"][1, 0])] == "blue"
    assert outcome.alarm[1, 0] == 0


@pytest.mark.parametrize("freedom", [1, 2, 5, 6, 20, 27])
@pytest.mark.parametrize("t", [-40.0, -2.0, -0.1, 0.0, 0.5, 2.5, 6.0, 30.0])
def test_the_tail_of_students_distribution_is_that_of_scipy(t: float, freedom: int) -> None:
    assert student_tail(t, freedom) == pytest.approx(stats.t.sf(t, freedom), rel=1e-9, abs=0)


def test_too_short_a_past_is_said_and_no_error() -> None:
    outcome = detect(Counts.of([1, 0, 2, 1, 0, 1, 3, 1], period="day"), "nssp-ewma", tested=[7])
    assert outcome.alarm[0, 0] == -1
    assert outcome.why(0, 0) == "needs 7 reported days before the guard band, has 5"


def test_a_level_of_zeros_leaves_numbers_and_no_division_by_zero() -> None:
    counts = Counts.of(np.zeros((60, 1)), period="day")
    for method in ("nssp-ewma", "nssp-regression", "nssp-switch"):
        outcome = detect(counts, method, tested=range(40, 60))
        assert np.isfinite(outcome.score).all(), method
        assert (outcome.alarm == 0).all(), method


def test_weekdays_ask_for_days() -> None:
    with pytest.raises(BadInput, match="period must be day"):
        detect(Counts.of(np.ones((60, 1)), period="week"), "nssp-regression")
