"""What holds of `predictive` whatever the counts: twins of its kernels, independence of series, honest rates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import nbinom

from daybreak.surge._kernels.predictive_dispersion import likelihood_of
from daybreak.surge._kernels.predictive_fit import invert, newton
from daybreak.surge._kernels.predictive_joint import all_below_exact, all_below_smooth, normal_quantile
from daybreak.surge.counts import Counts
from daybreak.surge.methods import detect
from daybreak.surge.predictive_model import chain_nodes

ROWS = 150
TESTED = range(130, ROWS)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    random = np.random.default_rng(11)
    means = np.array([0.05, 0.3, 1.0, 4.0, 30.0, 200.0])
    counts = random.negative_binomial(means / 1.5, 1 / 2.5, (ROWS, 6)).astype(float)
    counts[random.random(counts.shape) < 0.05] = np.nan
    return counts


def p_of(values: np.ndarray, tested: object = TESTED, **settings: object) -> np.ndarray:
    return detect(Counts.of(values), "predictive", settings, tested=tested).p_value


def test_permuting_series_permutes_results(values: np.ndarray) -> None:
    order = [3, 1, 5, 0, 2, 4]
    np.testing.assert_array_equal(p_of(values[:, order]), p_of(values)[:, order])


def test_no_later_count_and_no_other_tested_row_changes_a_result(values: np.ndarray) -> None:
    whole = p_of(values)
    for row in (130, 137, 148):
        np.testing.assert_array_equal(p_of(values[: row + 1], [row])[0], whole[row - 130])


def test_a_missing_count_is_not_a_zero(values: np.ndarray) -> None:
    missing, zero = values.copy(), values.copy()
    missing[100:110], zero[100:110] = np.nan, 0.0
    seen = np.isfinite(p_of(missing))
    assert (seen == np.isfinite(p_of(values))).all()
    assert (p_of(missing)[:, 3] != p_of(zero)[:, 3])[seen[:, 3]].all()


def test_more_cases_in_the_newest_row_never_raise_p(values: np.ndarray) -> None:
    earlier = None
    for more in (0, 1, 2, 4, 8, 16, 40):
        changed = values.copy()
        changed[-1] = np.nan_to_num(values[-1]) + more
        now = p_of(changed, [ROWS - 1])
        if earlier is not None:
            assert (now <= earlier + 1e-9).all()
        earlier = now


def test_alarms_are_exactly_the_counts_above_the_upper_bound(values: np.ndarray) -> None:
    random = np.random.default_rng(2)
    surged = values.copy()
    surged[130:] += random.poisson(2 * np.sqrt(np.nanmean(values, axis=0)), (20, 6))
    outcome = detect(Counts.of(surged), "predictive", {"alpha": 0.05}, tested=TESTED)
    could = outcome.alarm >= 0
    assert 0 < (outcome.alarm == 1).sum() < could.sum()
    above = np.isnan(outcome.upper_bound) | (surged[130:] > outcome.upper_bound)
    np.testing.assert_array_equal(above[could], outcome.alarm[could] == 1)


@pytest.mark.parametrize(
    ("dispersion", "mean"), [(1.0, 0.3), (2.0, 0.1), (5.0, 0.3), (3.0, 8.0), (1.5, 30.0)]
)
def test_noise_alarms_no_more_often_than_asked_and_not_far_less(dispersion: float, mean: float) -> None:
    random = np.random.default_rng([7, int(10 * dispersion), int(10 * mean)])
    shape = (312 + 12, 150)
    if dispersion == 1.0:
        noise = random.poisson(mean, shape)
    else:
        noise = random.negative_binomial(mean / (dispersion - 1), 1 / dispersion, shape)
    rate = (p_of(noise, range(312, 324)) <= 0.05).mean(axis=0)
    error = rate.std(ddof=1) / np.sqrt(len(rate))
    assert 0.01 < rate.mean() < 1.1 * 0.05 + 3 * error


def test_the_likelihood_equals_its_scipy_twin() -> None:
    random = np.random.default_rng(3)
    mean = random.uniform(0.1, 40.0, 60)
    y = random.negative_binomial(mean / 1.2, 1 / 2.2).astype(float)
    y[7] = np.nan
    bound = np.full(60, 1e18)
    bound[11], y[11] = 9.0, 14.0
    excesses = np.array([0.005, 0.4, 1.2, 6.0])
    found = np.zeros((4, 3))
    likelihood_of(y, 0, 60, mean, bound, excesses, found)

    def twin(level: float, excess: float) -> float:
        size, prob = level * mean / excess, 1 / (1 + excess)
        each = nbinom.logpmf(y, size, prob)
        each[11] = nbinom.logsf(8, size[11], prob)
        # the kernel leaves out log y!, which no parameter touches
        from scipy.special import gammaln

        each = each + np.where(np.arange(60) == 11, 0.0, gammaln(y + 1))
        return float(np.nansum(each))

    for place, excess in enumerate(excesses):
        up, here, down = (twin(1 + step, excess) for step in (1e-3, 0.0, -1e-3))
        assert found[place, 0] == pytest.approx(here, rel=1e-8)
        assert found[place, 1] == pytest.approx((up - down) / 2e-3, rel=2e-3, abs=0.05)
        assert found[place, 2] == pytest.approx(-(up - 2 * here + down) / 1e-6, rel=2e-2, abs=0.05)


def test_the_fit_equals_a_general_optimiser() -> None:
    random = np.random.default_rng(4)
    design = np.column_stack([np.ones(120), np.linspace(0, 3, 120), random.normal(size=120)])
    offset = random.uniform(-0.5, 0.5, 120)
    y = random.poisson(np.exp(offset + design @ [0.7, 0.3, -0.4])).astype(float)
    y[5] = np.nan
    ridge = np.array([0.001, 4.0, 1.0])
    beta, inverse = np.zeros(3), np.zeros((3, 3))
    newton(y, 0, 120, offset, design, np.arange(3), 3, ridge, 1.7, beta, inverse, 30)

    def loss(b: np.ndarray) -> float:
        eta = offset + design @ b
        return float(
            -np.nansum(y * eta - np.where(np.isnan(y), 0, np.exp(eta))) + 0.85 * np.sum(ridge * b * b)
        )

    best = minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(beta, best.x, atol=1e-5)
    mean = np.where(np.isnan(y), 0, np.exp(offset + design @ beta))
    np.testing.assert_allclose(
        inverse, np.linalg.inv(design.T @ (mean[:, None] * design) + np.diag(1.7 * ridge)), rtol=1e-5
    )


def test_the_inverse_equals_numpys() -> None:
    root = np.random.default_rng(5).normal(size=(6, 6))
    matrix = root @ root.T + np.eye(6)
    mine = matrix.copy()
    invert(mine, 6)
    np.testing.assert_allclose(mine, np.linalg.inv(matrix), rtol=1e-9)


def test_the_gaussian_chain_agrees_with_the_convolution_where_counts_are_large() -> None:
    means = np.array([30.0, 90.0, 210.0, 420.0])
    excess = 1.0
    for p in (0.05, 0.005, 0.0005):
        bounds = nbinom.isf(p, means / excess, 1 / (1 + excess)).astype(np.int64) + 1
        below = nbinom.cdf(bounds - 1, means / excess, 1 / (1 + excess))
        buffers = [np.zeros(2000) for _ in range(3)]
        exact = 1 - all_below_exact(means, excess, bounds, *buffers)
        assert 1 - all_below_smooth(means, below, chain_nodes()) == pytest.approx(exact, rel=0.06)


def test_normal_quantiles_equal_scipys() -> None:
    from scipy.stats import norm

    for p in (1e-12, 1e-4, 0.2, 0.5, 0.9, 1 - 1e-9):
        assert normal_quantile(p) == pytest.approx(norm.ppf(p), rel=1e-6, abs=1e-8)
