"""What holds for EARS, CUSUM, threshold, bayes, rki and cdc whatever the counts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from daybreak.surge import Counts, detect

METHODS = ("ears-c1", "ears-c2", "ears-c3", "cusum", "threshold", "bayes", "rki", "cdc")
RESULTS = ("expected", "upper_bound", "score", "p_value", "alarm", "reason")


def _counts(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    values = random.poisson(random.choice([0.05, 0.5, 3, 40], 12), (330, 12)).astype(float)
    values[random.random(values.shape) < 0.03] = np.nan
    return values


@pytest.mark.parametrize("mode", ["compat", "corrected"])
@pytest.mark.parametrize("method", METHODS)
def test_permuted_series_give_permuted_results_and_later_counts_change_none(method, mode):
    values = _counts(1)
    tested = np.arange(280, 310)
    whole = detect(Counts.of(values), method, tested=tested, mode=mode)
    order = np.random.default_rng(2).permutation(values.shape[1])
    changed = values[:, order].copy()
    changed[310:] = 999
    other = detect(Counts.of(changed), method, tested=tested, mode=mode)
    for name in RESULTS:
        assert np.array_equal(getattr(whole, name)[:, order], getattr(other, name), equal_nan=True), name


@pytest.mark.parametrize("method", METHODS)
def test_a_missing_count_is_never_tested_and_never_a_zero(method):
    values = _counts(3)
    tested = np.arange(280, 330)
    outcome = detect(Counts.of(values), method, tested=tested)
    missing = np.isnan(values[tested])
    assert missing.any()
    assert (outcome.alarm[missing] == -1).all()
    assert (outcome.reason[missing] > 0).all()
    assert (outcome.alarm[~missing] >= 0).any()


def test_equal_exposures_change_nothing_but_rounding():
    values = _counts(4)
    for method in ("ears-c1", "ears-c2", "ears-c3", "bayes", "rki", "cdc", "cusum"):
        tested = np.arange(280, 330)
        plain = detect(Counts.of(values), method, tested=tested)
        scaled = detect(Counts.of(values, exposure=np.full(values.shape, 2.5)), method, tested=tested)
        assert np.array_equal(plain.alarm, scaled.alarm), method
        assert np.allclose(plain.upper_bound, scaled.upper_bound, equal_nan=True), method


def test_corrected_bounds_and_p_values_are_scipys_negative_binomial():
    values = _counts(5)
    values = np.where(np.isnan(values), 1.0, values)
    outcome = detect(Counts.of(values), "ears-c1", tested=np.arange(7, 330))
    factor = (stats.t.isf(0.001, 6) / stats.norm.isf(0.001)) ** 2
    window = np.lib.stride_tricks.sliding_window_view(values, 7, axis=0)[:-1]
    total, variance = window.sum(axis=-1), window.var(axis=-1, ddof=1)
    dispersion = np.where(total > 0, variance / np.maximum(total, 1) * 7, 1.0)
    wide = np.maximum(1.0, 1 + (dispersion - 1) * factor)
    ratio = 2 ** (np.ceil(8 * np.log2(wide) - 1e-9) / 8) * 8 / 7
    mean = (total + 0.5) / 7
    size = mean / (ratio - 1)
    assert np.allclose(outcome.upper_bound, stats.nbinom.isf(0.001, size, 1 / ratio))
    assert np.allclose(outcome.p_value, stats.nbinom.sf(values[7:] - 1, size, 1 / ratio), rtol=1e-8)
    assert np.array_equal(outcome.alarm == 1, outcome.p_value <= 0.001)


@pytest.mark.parametrize("method", ["ears-c1", "ears-c3"])
def test_neither_neighbours_nor_threads_nor_what_was_asked_before_change_a_digit_of_corrected_ears(method):
    # Totals and dispersions so many that the tables kept between blocks fill up and begin anew.
    random = np.random.default_rng(8)
    mean, spread = random.uniform(0.1, 130, 600), random.choice([1.5, 4, 12, 25], 600)
    counts = Counts.of(random.negative_binomial(mean / (spread - 1), 1 / spread, (110, 600)))
    tested = np.arange(10, 110)
    whole = detect(counts, method, tested=tested)
    threads = detect(counts, method, tested=tested, cores=2)
    for name in RESULTS:
        assert np.array_equal(getattr(whole, name), getattr(threads, name)), name
    for column in range(0, 600, 20):
        alone = detect(counts.columns(column, column + 1), method, tested=tested)
        for name in RESULTS:
            assert np.array_equal(getattr(whole, name)[:, [column]], getattr(alone, name)), name


@pytest.mark.parametrize(("method", "alpha"), [("ears-c1", 0.001), ("ears-c2", 0.001), ("ears-c3", 0.025)])
def test_corrected_ears_alarms_no_more_often_on_poisson_noise_than_it_says(method, alpha):
    means = np.repeat([0.05, 0.1, 0.3, 1, 5, 30], 60)
    values = np.random.default_rng(6).poisson(means, (1000, means.size)).astype(float)
    alarm = detect(Counts.of(values), method, tested=np.arange(20, 1000)).alarm == 1
    rates = alarm.mean(axis=0).reshape(6, 60).mean(axis=1)
    error = np.sqrt(alpha / alarm[:, :60].size)
    assert (rates <= alpha + 3 * error).all()
    assert rates[3:].min() >= alpha / 4
