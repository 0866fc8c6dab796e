"""What must hold for both Farrington methods on any counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from daybreak.surge.counts import Counts
from daybreak.surge.methods import detect
from daybreak.surge.outcome import Outcome

TIMES, TESTED = 300, range(270, 300, 3)
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("farrington", {}),
    ("farrington-flexible", {"threshold_method": "muan"}),
    ("farrington-flexible", {"zones": 10, "past_left_out": 26, "threshold_method": "nbPlugin"}),
]
EACH_CALL = pytest.mark.parametrize(("method", "settings"), CALLS)
EACH_MODE = pytest.mark.parametrize("mode", ["compat", "corrected"])


def noise(series: int = 6, seed: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    means = np.geomspace(0.5, 60, series) * np.exp(0.3 * np.sin(np.arange(TIMES) * 2 * np.pi / 52))[:, None]
    return rng.negative_binomial(means, 0.5).astype(np.float64)


def assert_same(left: Outcome, right: Outcome) -> None:
    for name in ("expected", "upper_bound", "score", "p_value", "alarm", "reason"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)


def run(values: np.ndarray, method: str, settings: Mapping[str, Any], mode: str, **more: Any) -> Outcome:
    return detect(Counts.of(values, **more), method, settings, tested=TESTED, mode=mode)


@EACH_CALL
@EACH_MODE
def test_permuting_series_permutes_results(method: str, settings: dict[str, Any], mode: str) -> None:
    values, order = noise(), np.array([3, 0, 5, 1, 4, 2])
    plain, mixed = run(values, method, settings, mode), run(values[:, order], method, settings, mode)
    np.testing.assert_array_equal(plain.upper_bound[:, order], mixed.upper_bound)
    np.testing.assert_array_equal(plain.p_value[:, order], mixed.p_value)
    np.testing.assert_array_equal(plain.alarm[:, order], mixed.alarm)


@EACH_CALL
@EACH_MODE
def test_no_later_count_changes_a_result(method: str, settings: dict[str, Any], mode: str) -> None:
    values = noise()
    changed = values.copy()
    changed[286:] = 500.0
    before, after = (run(v, method, settings, mode) for v in (values, changed))
    early = np.array(TESTED) < 286
    assert early.any()
    assert not early.all()
    np.testing.assert_array_equal(before.upper_bound[early], after.upper_bound[early])
    np.testing.assert_array_equal(before.p_value[early], after.p_value[early])


@EACH_CALL
@EACH_MODE
def test_a_run_repeats_and_does_not_depend_on_which_rows_are_tested(
    method: str, settings: dict[str, Any], mode: str
) -> None:
    counts = Counts.of(noise())
    whole = detect(counts, method, settings, tested=TESTED, mode=mode)
    assert_same(whole, detect(counts, method, settings, tested=TESTED, mode=mode))
    alone = detect(counts, method, settings, tested=[TESTED[4]], mode=mode)
    np.testing.assert_array_equal(alone.upper_bound[0], whole.upper_bound[4])


@EACH_CALL
def test_missing_rows_are_left_out_and_never_become_zeros(method: str, settings: dict[str, Any]) -> None:
    values = noise()
    gaps, zeros = values.copy(), values.copy()
    missing = np.random.default_rng(3).random(values.shape) < 0.15
    missing[TESTED] = False
    gaps[missing], zeros[missing] = np.nan, 0.0
    whole, left_out, zeroed = (run(v, method, settings, "corrected") for v in (values, gaps, zeros))
    big = slice(3, 6)
    assert np.isfinite(left_out.expected[:, big]).all()
    ratio = np.mean(left_out.expected[:, big] / whole.expected[:, big])
    assert 0.93 < ratio < 1.07
    assert np.mean(zeroed.expected[:, big] / whole.expected[:, big]) < 0.93
    gaps[TESTED[0], 2] = np.nan
    silent = run(gaps, method, settings, "corrected")
    assert silent.alarm[0, 2] == -1
    assert silent.why(0, 2) == "did not report"


@EACH_CALL
@EACH_MODE
def test_exposure_that_doubles_everywhere_changes_nothing(
    method: str, settings: dict[str, Any], mode: str
) -> None:
    values = noise()
    plain = run(values, method, settings, mode)
    doubled = run(values, method, settings, mode, exposure=np.full(values.shape, 2.0))
    for name in ("expected", "upper_bound", "p_value"):
        np.testing.assert_allclose(getattr(doubled, name), getattr(plain, name), rtol=2e-7, err_msg=name)


@EACH_CALL
def test_twice_the_exposure_at_the_tested_row_doubles_what_is_expected(
    method: str, settings: dict[str, Any]
) -> None:
    values = noise()
    people = np.ones(values.shape)
    people[TESTED[5]] = 2.0
    settings = {**settings, "trend": False, "years": 4}
    plain = run(values, method, settings, "corrected")
    twice = run(values, method, settings, "corrected", exposure=people)
    both = np.isfinite(plain.expected[5]) & np.isfinite(twice.expected[5])
    assert both.sum() >= 4
    np.testing.assert_allclose(twice.expected[5][both], 2 * plain.expected[5][both], rtol=1e-6)


def test_the_bound_is_the_smallest_count_whose_tail_is_within_alpha_and_alarms_are_the_p_values_below_it() -> (
    None
):
    settings = {**CALLS[2][1], "alpha": 0.02, "least_cases": (0, 4)}
    outcome = run(noise(), CALLS[2][0], settings, "corrected")
    phi = np.maximum(outcome.extra["dispersion"], 1 + 1e-12)
    size = outcome.expected / (phi - 1)
    expected = stats.nbinom.ppf(0.98, size, 1 / phi)
    np.testing.assert_array_equal(outcome.upper_bound, expected)
    counts = noise()[np.array(TESTED)]
    np.testing.assert_allclose(outcome.p_value, stats.nbinom.sf(counts - 1, size, 1 / phi), rtol=1e-8)
    np.testing.assert_array_equal(outcome.alarm == 1, (outcome.p_value <= 0.02) & (counts > 0))


def test_the_fit_is_the_likeliest_one_that_a_general_optimiser_finds() -> None:
    """Three windows of 7 weeks, no reweighting, trend kept whatever its p-value: maximum likelihood by BFGS."""
    values = noise()[:, 4:]
    settings = {"years": 3, "reweight": False, "trend_p": 1.0, "least_cases": (0, 4)}
    outcome = detect(Counts.of(values), "farrington-flexible", settings, tested=[290])
    used = np.concatenate([np.arange(290 - 52 * i - 3, 290 - 52 * i + 4) for i in (3, 2, 1)])
    time = (used - 290) / 100
    for series in range(2):
        if outcome.extra["trend_used"][0, series] == 0:
            continue
        counts = values[used, series]

        def loss(b: np.ndarray, counts: np.ndarray = counts) -> float:
            return float(np.sum(np.exp(b[0] + b[1] * time) - counts * (b[0] + b[1] * time)))

        best = optimize.minimize(loss, [np.log(counts.mean()), 0.0], method="BFGS", options={"gtol": 1e-9}).x
        mean = np.exp(best[0] + best[1] * time)
        np.testing.assert_allclose(outcome.expected[0, series], np.exp(best[0]), rtol=1e-5)
        np.testing.assert_allclose(outcome.extra["trend_coefficient"][0, series], best[1] / 100, rtol=1e-4)
        phi = max(1.0, np.sum((counts - mean) ** 2 / mean) / (len(used) - 2))
        np.testing.assert_allclose(outcome.extra["dispersion"][0, series], phi, rtol=1e-5)
    assert (outcome.extra["trend_used"] == 1).any()
