"""`predictive` on small cases whose answers are worked out otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from daybreak.surge._kernels.predictive_windows import window_test
from daybreak.surge.counts import Counts
from daybreak.surge.errors import BadInput
from daybreak.surge.methods import detect
from daybreak.surge.predictive import PredictiveSettings, predictive
from daybreak.surge.predictive_model import chain_nodes, level_nodes

WEEKS = 160


def known_test(sums: list[int], means: list[float], dispersion: float, newest: int = 0) -> np.ndarray:
    """The window test where level and dispersion are known: corrected p, smallest p, its window, bound."""
    nodes = np.array([[1.0, dispersion - 1.0, 1e13, 1.0]])
    answer = np.zeros(4)
    window_test(
        np.array(sums, float), np.array(means), np.ones(len(sums)), nodes, 1, level_nodes(),
        np.zeros((16, 2 + len(sums))), chain_nodes(), newest, 1, 0.15, 0.01, 0.005, answer,
    )  # fmt: skip
    return answer


def weekly(mean: float = 3.0, series: int = 2, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (WEEKS, series)).astype(float)


def last(values: np.ndarray, **settings: object):
    """The outcome at the last row."""
    return detect(Counts.of(values), "predictive", settings, tested=[len(values) - 1])


def test_one_window_with_known_parameters_gives_the_negative_binomial_tail() -> None:
    assert known_test([9], [3.0], 2.5)[0] == pytest.approx(nbinom.sf(8, 3.0 / 1.5, 1 / 2.5), rel=1e-9)


def test_two_windows_with_known_parameters_give_the_probability_that_either_is_as_improbable() -> None:
    size, prob = 0.8 / 1.0, 1 / 2.0
    p = nbinom.sf(5, size, prob)  # six cases in the newest week, seven in two weeks
    assert nbinom.sf(6, 2 * size, prob) > p
    short = next(c for c in range(50) if nbinom.sf(c - 1, size, prob) <= p)
    long = next(c for c in range(50) if nbinom.sf(c - 1, 2 * size, prob) <= p)
    neither = sum(
        nbinom.pmf(a, size, prob) * nbinom.pmf(b, size, prob) for a in range(short) for b in range(long - a)
    )
    assert known_test([6, 7], [0.8, 1.6], 2.0)[0] == pytest.approx(1 - neither, rel=1e-9)
    assert known_test([6, 7], [0.8, 1.6], 2.0)[2] == 0


def test_a_series_without_over_dispersion_gives_nearly_the_poisson_tail_of_its_mean() -> None:
    values = np.random.default_rng(5).poisson(4.0, (1000, 1)).astype(float)
    values[-1] = 10
    outcome = detect(Counts.of(values), "predictive", {"windows": (1,)}, tested=[999])
    truth = poisson.sf(9, 4.0)
    assert truth < outcome.p_value[0, 0] < 2 * truth


def test_the_upper_bound_is_the_largest_newest_count_without_an_alarm() -> None:
    for mean in (0.2, 3.0, 60.0):
        values = weekly(mean)
        values[-1] = np.round(mean)
        bound = last(values).upper_bound[0]
        values[-1] = bound
        assert (last(values).alarm == 0).all()
        values[-1] = bound + 1
        assert (last(values).alarm == 1).all()


def test_a_time_without_enough_history_or_without_a_report_says_so() -> None:
    values = weekly()
    values[100] = np.nan
    outcome = detect(Counts.of(values), "predictive", {}, tested=[10, 100])
    assert outcome.alarm.tolist() == [[-1, -1], [-1, -1]]
    assert outcome.why(0, 0) == "needs 26 weeks with a count before it"
    assert outcome.why(1, 0) == "did not report"
    assert np.isnan(outcome.p_value).all()


def test_the_first_case_after_three_hundred_empty_weeks_is_no_alarm_but_many_cases_are() -> None:
    values = np.zeros((300, 3))
    values[-1] = [0, 1, 12]
    outcome = last(values)
    assert outcome.alarm.tolist() == [[0, 0, 1]]
    assert (outcome.p_value[0] > 0).all()


def test_an_old_surge_hardly_moves_the_bound() -> None:
    values = weekly(5.0, 40)
    surged = values.copy()
    surged[70:74] += 25
    clean, after = last(values), last(surged)
    assert after.extra["dispersion"].mean() < 1.35 * clean.extra["dispersion"].mean()
    assert (after.upper_bound - clean.upper_bound).mean() < 2


def test_weekdays_that_differ_are_learned() -> None:
    day = np.arange(400) % 7
    means = np.where(day == 6, 12.0, 3.0)
    values = np.random.default_rng(3).poisson(means[:, None], (400, 5)).astype(float)
    outcome = detect(Counts.of(values, period="day"), "predictive", {}, tested=range(390, 400))
    quiet, busy = outcome.expected[day[390:] != 6], outcome.expected[day[390:] == 6]
    assert quiet.mean() == pytest.approx(3.0, rel=0.15)
    assert busy.mean() == pytest.approx(12.0, rel=0.15)


def test_a_yearly_season_is_learned() -> None:
    weeks = np.arange(420)
    means = np.exp(1.5 + 0.8 * np.sin(2 * np.pi * weeks / 52))
    values = np.random.default_rng(4).poisson(means[:, None], (420, 20)).astype(float)
    outcome = detect(Counts.of(values), "predictive", {}, tested=range(364, 416))
    assert np.corrcoef(outcome.expected.mean(axis=1), means[364:416])[0, 1] > 0.99


def test_a_level_that_fell_for_good_is_followed_and_a_steady_one_is_not_disturbed() -> None:
    weeks = np.arange(520)
    means = np.where(weeks < 380, 12.0, 5.0)
    fallen = np.random.default_rng(6).poisson(means[:, None], (520, 20)).astype(float)
    rows = range(460, 520)
    followed, fixed = (
        detect(Counts.of(fallen), "predictive", {"drift_gain": gain}, tested=rows) for gain in (3.0, 1e9)
    )
    error = [np.abs(o.expected.mean(axis=1) / means[460:] - 1).mean() for o in (followed, fixed)]
    assert error[0] < 0.5 * error[1]
    assert followed.extra["dispersion"].mean() < fixed.extra["dispersion"].mean()
    steady = np.random.default_rng(7).poisson(12.0, (520, 20)).astype(float)
    same, other = (
        detect(Counts.of(steady), "predictive", {"drift_gain": gain}, tested=rows) for gain in (3.0, 1e9)
    )
    assert (same.p_value == other.p_value).all(axis=0).mean() >= 0.8


def test_expected_counts_follow_exposure() -> None:
    exposure = np.full((WEEKS, 2), 1000.0)
    exposure[-1, 1] = 3000.0
    values = np.repeat(weekly(4.0, 1), 2, axis=1)
    outcome = detect(Counts.of(values, exposure=exposure), "predictive", {}, tested=[WEEKS - 1])
    assert outcome.expected[0, 1] == pytest.approx(3 * outcome.expected[0, 0], rel=1e-9)


def test_only_the_share_known_so_far_is_expected_of_late_reports() -> None:
    values = weekly(6.0, 1)
    counts, rows = Counts.of(values), np.array([WEEKS - 1])
    whole = predictive(counts, rows, PredictiveSettings())
    known = np.array([[[2.0], [5.0]]])  # (tested, newest first, series)
    half = predictive(counts, rows, PredictiveSettings(completeness=(0.5, 0.9)), known)
    assert half.expected[0, 0] == pytest.approx(0.5 * whole.expected[0, 0])
    assert half.alarm[0, 0] == 0


def test_the_recurrence_interval_is_the_period_over_p() -> None:
    outcome = last(weekly())
    assert outcome.extra["recurrence_days"] == pytest.approx(7 / outcome.p_value)


@pytest.mark.parametrize(
    "wrong",
    [{"alpha": 0.0}, {"windows": (3, 1)}, {"completeness": (0.0,)}, {"guard": -1}, {"history_years": 0.0}],
)
def test_settings_that_cannot_be_used_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="must"):
        last(weekly(), **wrong)
