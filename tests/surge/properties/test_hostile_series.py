"""Series that a careful reader would send to break a detector: empty, silent, huge, on odd periods and units."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from daybreak.surge import METHODS, BadInput, Counts, Outcome, detect
from daybreak.surge.counts import FloatArray
from daybreak.surge.discovery_rate import discoveries

TIMES = 330
TESTED = np.arange(TIMES - 30, TIMES)
DAYS_ONLY = {"nssp-regression", "nssp-switch"}
MEMORIES = {"cusum", "glr-poisson", "glr-nb", "outbreakp", "ears-c3", "cdc", "predictive"}
"""Methods that may alarm, or speak, because of earlier rows though the newest row has no case."""


def period_of(method: str) -> str:
    return "day" if method in DAYS_ONLY else "week"


def noise(mean: float, seed: int = 3, series: int = 3) -> FloatArray:
    return np.random.default_rng(seed).poisson(mean, (TIMES, series)).astype(float)


def hostile() -> dict[str, FloatArray]:
    single = np.zeros((TIMES, 3))
    single[-1, 0] = single[160, 1] = single[0, 2] = 1
    jump = noise(3.0)
    jump[-1] = 1e9
    gaps = noise(2.0)
    gaps[60:220] = np.nan
    gaps[-3, 0] = np.nan
    steps = np.zeros((TIMES, 2))
    steps[::52] = 1e5
    return {
        "no case at all": np.zeros((TIMES, 2)),
        "one case": single,
        "a billion at once": jump,
        "a million always": noise(1e6),
        "a billion always": noise(1e9),
        "long gaps": gaps,
        "silent": np.full((TIMES, 2), np.nan),
        "once a year": steps,
        "always the same": np.full((TIMES, 2), 5.0),
    }


def asked(method: str, values: FloatArray, **more: object) -> Outcome:
    counts = Counts.of(values, period=period_of(method), exposure=more.pop("exposure", None))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return detect(counts, method, **{"tested": TESTED, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("method", METHODS)
def test_whatever_is_sent_a_detector_answers_or_gives_a_reason(method: str) -> None:
    for name, values in hostile().items():
        outcome = asked(method, values)
        silent = outcome.alarm == -1
        assert ((outcome.reason > 0) == silent).all(), name
        assert silent[np.isnan(values[TESTED])].all(), name
        p = outcome.p_value[~np.isnan(outcome.p_value)]
        assert ((p > 0) & (p <= 1)).all(), name
        for numbers in (outcome.expected, outcome.upper_bound, outcome.p_value):
            assert not np.isinf(numbers).any(), name
            assert np.isnan(numbers[silent]).all(), name
        if method not in MEMORIES:
            assert not ((outcome.alarm == 1) & (values[TESTED] == 0)).any(), name
    assert not (asked(method, hostile()["no case at all"]).alarm == 1).any()


@pytest.mark.parametrize("method", ["predictive", "glr-nb", "glr-poisson", "bayes", "farrington-flexible"])
def test_the_unit_of_exposure_changes_nothing(method: str) -> None:
    values = noise(2.0)
    exposure = np.linspace(1.0, 2.0, TIMES)[:, None] * np.array([1e3, 2e4, 3e5])
    usual = asked(method, values, exposure=exposure)
    for unit in (1e-9, 1e4):
        other = asked(method, values, exposure=exposure * unit)
        np.testing.assert_allclose(other.expected, usual.expected, rtol=1e-6)
        np.testing.assert_allclose(other.p_value, usual.p_value, rtol=1e-5)
        np.testing.assert_array_equal(other.alarm, usual.alarm)


@pytest.mark.parametrize("method", ["glr-poisson", "glr-nb"])
def test_a_watch_goes_on_over_rows_that_nobody_asked_for(method: str) -> None:
    values = noise(2.0)
    values[-12:-6] += 4
    some = np.array([0, 7, 8, 21, 29])
    whole, sparse = asked(method, values), asked(method, values, tested=TESTED[some])
    np.testing.assert_array_equal(sparse.alarm, whole.alarm[some])
    np.testing.assert_array_equal(sparse.score, whole.score[some])
    np.testing.assert_array_equal(sparse.upper_bound, whole.upper_bound[some])
    assert (whole.alarm == 1).any()


def test_a_series_alone_has_the_numbers_it_has_among_others() -> None:
    values = noise(2.0, series=5)
    exposure = np.random.default_rng(4).uniform(1e4, 2e4, values.shape)
    for method in METHODS:
        among = asked(method, values, exposure=exposure)
        alone = asked(method, values[:, [2]], exposure=exposure[:, [2]])
        for name in ("expected", "upper_bound", "score", "p_value", "alarm"):
            np.testing.assert_array_equal(getattr(alone, name), getattr(among, name)[:, [2]], err_msg=method)


@pytest.mark.parametrize(("method", "more"), [("farrington", {}), ("rki", {}), ("bayes", {"years": 3})])
def test_a_window_about_last_year_may_not_hold_the_tested_year(method: str, more: dict[str, int]) -> None:
    counts = Counts.of(noise(4.0)[:20], period="year")
    with pytest.raises(BadInput, match="half_window"):
        detect(counts, method, more)
    outcome = detect(counts, method, {**more, "half_window": 0})
    assert (outcome.alarm[6:] >= 0).all()


def test_the_p_value_of_cdc_falls_as_the_count_grows_and_says_what_the_alarm_says() -> None:
    values = np.repeat(noise(3.0, series=1), 40, axis=1)
    values[-1] = np.arange(40)
    outcome = asked("cdc", values)
    assert (np.diff(outcome.p_value[-1]) <= 0).all()
    np.testing.assert_array_equal(outcome.p_value <= 0.025, outcome.alarm == 1)
    assert (outcome.alarm[-1] == 1).any()
    assert (outcome.alarm[-1] == 0).any()


def test_one_case_after_none_is_possible_to_rki() -> None:
    values = np.zeros((TIMES, 1))
    values[-1] = 1
    outcome = asked("rki", values)
    # 18 rows without a case, half a case over them: P(Y ≥ 1) = 1 − exp(−0.5/18)
    assert outcome.p_value[-1, 0] == pytest.approx(1 - np.exp(-0.5 / 18), rel=1e-12)


@pytest.mark.parametrize("alpha", [0.5, 0.9])
def test_farrington_flexible_keeps_its_bound_where_it_lies_below_the_mean(alpha: float) -> None:
    values = noise(6.0, series=4)
    outcome = asked("farrington-flexible", values, settings={"alpha": alpha, "least_cases": (0, 4)})
    tested = (outcome.alarm >= 0) & (values[TESTED] > 0)
    above = values[TESTED] > outcome.upper_bound
    np.testing.assert_array_equal((outcome.alarm == 1)[tested], above[tested])
    assert above.any()
    assert not above.all()


def test_the_dispersion_of_large_counts_is_that_of_their_likelihood() -> None:
    from scipy import optimize, stats

    rng = np.random.default_rng(8)
    values = rng.negative_binomial(4.0, 4.0 / (4.0 + 20000.0), (TIMES, 1)).astype(float)
    outcome = asked("glr-nb", values, settings={"mu0_harmonics": 0, "mu0_trend": False, "threshold": 1e6})
    past = values[: TESTED[0], 0]

    def against(log_dispersion: float) -> float:
        size = np.exp(-log_dispersion)
        return -float(stats.nbinom.logpmf(past, size, size / (size + past.mean())).sum())

    best = optimize.minimize_scalar(against, bounds=(-5, 2), method="bounded", options={"xatol": 1e-9})
    assert outcome.extra["dispersion"][0, 0] == pytest.approx(np.exp(best.x), rel=1e-4)


def test_discoveries_do_not_count_what_was_not_tested() -> None:
    p = np.array([[0.01, np.nan, 0.04, np.nan, 0.5], [np.nan] * 5])
    # two of three tested: 0.04 > 2/3 · 0.05, so only 0.01 ≤ 1/3 · 0.05 stands
    np.testing.assert_array_equal(discoveries(p, 0.05), [[1, -1, 0, -1, 0], [-1] * 5])
    assert discoveries(np.empty((2, 0)), 0.05).shape == (2, 0)
