"""Small worked examples of both Farrington methods."""

from __future__ import annotations

import numpy as np
import pytest

from daybreak.surge.counts import Counts
from daybreak.surge.errors import BadInput
from daybreak.surge.farrington_reference import windows_baseline, zones_baseline
from daybreak.surge.methods import detect

YEARS = 6 * 52
CONSTANT = {"trend": False, "reweight": False}


def test_a_constant_series_has_its_own_bound_on_the_two_thirds_scale() -> None:
    """All 35 baseline weeks are 9: μ = 9, φ = 1, var(μ) = 9/35; U = (9^⅔ + 1.96·√(4/9·9^⅓·36/35))^{3/2}."""
    counts = Counts.of(np.full(YEARS, 9.0))
    outcome = detect(counts, "farrington", CONSTANT, tested=[300])
    assert outcome.expected[0, 0] == pytest.approx(9.0)
    error = np.sqrt(4 / 9 * 9 ** (1 / 3) * (1 + 1 / 35))
    assert outcome.upper_bound[0, 0] == pytest.approx((9 ** (2 / 3) + 1.959963984540054 * error) ** 1.5)
    assert outcome.p_value[0, 0] == pytest.approx(0.5)
    assert outcome.extra["dispersion"][0, 0] == 1.0


def test_poisson_noise_without_spread_has_the_poisson_quantile_as_bound() -> None:
    """Mean 9 and φ = 1: the Poisson quantile of .99 is 17; 18 alarms with P(Y ≥ 18) = 0.00532, 17 does not."""
    for count, alarm, p_value in ((17.0, 0, 0.011106), (18.0, 1, 0.005320)):
        values = np.full(YEARS, 9.0)
        values[300] = count
        outcome = detect(
            Counts.of(values),
            "farrington-flexible",
            {"alpha": 0.01, "threshold_method": "nbPlugin", **CONSTANT},
            tested=[300],
        )
        assert outcome.upper_bound[0, 0] == 17.0
        assert outcome.alarm[0, 0] == alarm
        assert outcome.p_value[0, 0] == pytest.approx(p_value, abs=5e-7)


def test_a_time_without_enough_years_says_what_it_needs_and_has() -> None:
    counts = Counts.of(np.full(YEARS, 9.0))
    for method in ("farrington", "farrington-flexible"):
        outcome = detect(counts, method, tested=[120, 261, 263])
        assert outcome.alarm[:, 0].tolist() == [-1, -1, 0]
        assert outcome.why(0, 0) == "needs 5 years, has 2"
        assert outcome.why(1, 0).startswith("needs 5 years and 3 rows")
        assert np.isnan(outcome.upper_bound[:2, 0]).all()


def test_too_few_cases_are_a_reason_in_corrected_mode_and_no_alarm_in_compat_mode() -> None:
    values = np.tile([0.0, 1.0, 0.0, 0.0], YEARS // 4)
    corrected = detect(Counts.of(values), "farrington", tested=[300])
    assert corrected.alarm[0, 0] == -1
    assert corrected.why(0, 0) == "fewer than 5 cases in the last 4 rows"
    original = detect(Counts.of(values), "farrington", tested=[300], mode="compat")
    assert (original.alarm[0, 0], original.upper_bound[0, 0]) == (0, 0.0)
    flexible = detect(Counts.of(values), "farrington-flexible", tested=[300], mode="compat")
    assert flexible.alarm[0, 0] == 0
    assert np.isnan(flexible.upper_bound[0, 0])


def test_a_baseline_without_any_case_counts_as_half_a_case() -> None:
    values = np.zeros(YEARS)
    values[300] = 2.0
    settings = {"least_cases": (0, 4), "threshold_method": "nbPlugin"}
    outcome = detect(Counts.of(values), "farrington-flexible", settings, tested=[300])
    assert outcome.expected[0, 0] == pytest.approx(0.5 / 35)
    assert outcome.alarm[0, 0] == 1


def test_the_compat_score_is_on_the_scale_of_the_logarithm_and_the_corrected_one_in_counts() -> None:
    """Quirk Q2 at mean 9, bound 17, count 13: (13 − ln 9)/(17 − ln 9) against (13 − 9)/(17 − 9)."""
    values = np.full(YEARS, 9.0)
    values[300] = 13.0
    settings = {"alpha": 0.01, "threshold_method": "nbPlugin", **CONSTANT}
    corrected = detect(Counts.of(values), "farrington-flexible", settings, tested=[300])
    compat = detect(Counts.of(values), "farrington-flexible", settings, tested=[300], mode="compat")
    assert corrected.score[0, 0] == pytest.approx(0.5)
    assert compat.score[0, 0] == pytest.approx((13 - np.log(9)) / (17 - np.log(9)))


def test_zones_fill_the_gaps_with_the_longer_blocks_first() -> None:
    """52 rows, windows of 7: 45 rows between in 9 blocks of 5; with 7 zones 6 blocks of 8, 8, 8, 7, 7, 7."""
    counts = Counts.of(np.zeros(YEARS))
    baseline = zones_baseline(counts, np.array([270]), 5, 3, 7, 26)
    sizes = np.diff(baseline.first[0])
    gap_sizes = np.array([8, 8, 8, 7, 7, 7])
    last_gap = 270 - 27 - (270 - 52 + 4) + 1  # rows after the nearest window up to the last one used
    assert sizes[-1] == 35
    assert sizes[:-1].tolist() == (4 * gap_sizes + [8, 8, 6, 0, 0, 0]).tolist()
    assert last_gap == 22
    assert baseline.rows[0].min() == 270 - 5 * 52 - 3
    assert baseline.rows[0].max() == 270 - 27


def test_with_dates_references_move_to_the_nearest_same_weekday() -> None:
    """Monday 2012-03-05: a year before is Saturday 2011-03-05, whose nearest Monday is 2011-03-07, 52 rows back."""
    dates = np.datetime64("2005-01-03") + 7 * np.arange(400)
    counts = Counts.of(np.zeros(400), dates=dates)
    row = int(np.searchsorted(dates, np.datetime64("2012-03-05")))
    for baseline in (
        windows_baseline(counts, np.array([row]), 1, 0, partial=False),
        zones_baseline(counts, np.array([row]), 1, 0, 1, 0),
    ):
        assert [str(dates[r]) for r in baseline.rows[0]] == ["2011-03-07"]


@pytest.mark.parametrize("period", ["day", "month"])
def test_days_and_months_are_tested_too(period: str) -> None:
    rows = {"day": 365 * 3 + 60, "month": 12 * 3 + 20}[period]
    values = np.random.default_rng(1).poisson(6.0, rows).astype(np.float64)
    values[-1] = 40.0
    for method in ("farrington", "farrington-flexible"):
        outcome = detect(
            Counts.of(values, period=period), method, {"years": 3, "half_window": 2}, tested=[rows - 1]
        )
        assert outcome.alarm[0, 0] == 1
        assert 3.0 < outcome.expected[0, 0] < 10.0


def test_settings_that_cannot_be_used_are_refused() -> None:
    counts = Counts.of(np.zeros(YEARS))
    for settings in ({"thersholdMethod": "delta"}, {"alpha": 0}, {"powertrans": "1/3"}, {"noPeriods": 90}):
        with pytest.raises(BadInput):
            detect(counts, "farrington-flexible", settings, tested=[290])
