"""Nowcasts keep their promises: no later report matters, series stand alone, intervals cover, kernels equal NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln

from daybreak.surge._kernels.nowcast import learned_hazards, log_beta_binomial
from daybreak.surge.delays import clean_lags
from daybreak.surge.discovery_rate import discoveries
from daybreak.surge.late_detection import partial_counts
from daybreak.surge.nowcast import METHODS, Nowcast, nowcast
from daybreak.surge.silence import silence_of
from daybreak.surge.triangle import Triangle

SHARES = np.array([0.35, 0.25, 0.2, 0.12, 0.08])


def triangle(seed: int, times: int = 60, series: int = 3, mean: float = 6.0) -> Triangle:
    generator = np.random.default_rng(seed)
    counts = generator.poisson(mean, (times, series))
    cells = generator.multinomial(counts, SHARES).transpose(0, 2, 1).astype(float)
    return Triangle(np.ascontiguousarray(cells), tuple(f"s{n}" for n in range(series)))


def same(a: Nowcast, b: Nowcast) -> bool:
    return all(
        np.array_equal(x, y)
        for one, two in zip(a.cumulative, b.cumulative, strict=True)
        for x, y in zip(one, two, strict=True)
    )


@pytest.mark.parametrize("method", METHODS)
def test_no_report_after_the_moment_changes_a_nowcast(method: str) -> None:
    whole = triangle(1)
    cells = whole.reported.copy()
    later = np.add.outer(np.arange(60), np.arange(5)) > 49
    cells[later] += 1000
    changed = Triangle(cells, whole.names)
    assert same(nowcast(whole, 49, method=method), nowcast(changed, 49, method=method))
    assert same(nowcast(whole, 49, method=method), nowcast(whole.as_of(49), method=method))
    earlier = partial_counts(changed, 49)
    np.testing.assert_array_equal(partial_counts(whole, 49).values, earlier.values)
    np.testing.assert_array_equal(partial_counts(whole, 49).exposure, earlier.exposure)


@pytest.mark.parametrize("method", METHODS)
def test_every_series_stands_alone(method: str) -> None:
    whole = triangle(2)
    order = [2, 0, 1]
    turned = Triangle(np.ascontiguousarray(whole.reported[:, :, order]), tuple(whole.names[n] for n in order))
    together, apart = nowcast(whole, method=method), nowcast(turned, method=method)
    for place, series in enumerate(order):
        for row in range(len(together.rows)):
            np.testing.assert_array_equal(together.cumulative[row][series], apart.cumulative[row][place])


@pytest.mark.parametrize("mean", [1.0, 20.0])
def test_nowcasts_are_calibrated_on_stable_delays(mean: float) -> None:
    generator = np.random.default_rng(8)
    transforms, inside = [], []
    for seed in range(60):
        whole = triangle(seed, mean=mean, series=2)
        cast = nowcast(whole.as_of(59))
        final = whole.final()[cast.rows]
        low, high = cast.interval(0.95)
        inside.append((final >= low) & (final <= high))
        transforms.append(cast.transform(final, generator))
    # 480 rows, binomial standard error 0.01; narrow counts may hold more than they say
    assert 0.92 < np.mean(inside) <= 0.995
    central = np.mean((np.array(transforms) > 0.025) & (np.array(transforms) < 0.975))
    assert 0.915 < central < 0.985
    assert abs(np.mean(transforms) - 0.5) < 0.05


def hazards_by_numpy(
    cells: np.ndarray, keep: float, concentration: float, kappa: float, recall: float
) -> tuple[float, np.ndarray]:
    """The kernel's filter without drift, written with arrays over lags."""
    times, lags = cells.shape
    lag = np.arange(lags)
    yes, no, prior = np.full(lags, kappa), kappa * lag, kappa * (lag + 1.0)
    clean, score = clean_lags(cells), 0.0
    for now in range(times):
        score *= recall
        mean = yes / (yes + no)
        share = np.append(np.cumprod((1 - mean)[:0:-1])[::-1], 1.0)
        strength = keep * (yes + no - prior) + prior
        yes, no = mean * strength, (1 - mean) * strength
        rows = now - lag
        there = (lag > 0) & (rows >= 0)
        there[there] &= lag[there] < clean[rows[there]]
        for x in lag[there]:
            n, of = cells[rows[x], x], np.nansum(cells[rows[x], : x + 1])
            if of == 0:
                continue
            own = concentration * share[x]
            spread = 1 / (strength[x] + 1)
            scale = 1 / (spread + (1 - spread) / (own + 1)) - 1
            a, b = mean[x] * scale, (1 - mean[x]) * scale
            if now >= lags:
                score += betaln(n + a, of - n + b) - betaln(a, b)
            yes[x] += (own + 1) / (own + of) * n
            no[x] += (own + 1) / (own + of) * (of - n)
    return score, np.cumprod((no / (yes + no))[:0:-1])[::-1]


@pytest.mark.parametrize(("keep", "concentration"), [(1.0, 1e6), (0.95, 30.0), (0.8, 4.0)])
def test_the_kernel_that_learns_delays_equals_its_numpy_twin(keep: float, concentration: float) -> None:
    cells = triangle(3).as_of(59).reported[:, :, 0].copy()
    cells[20:23] = np.nan
    cells[40, 2] = np.nan
    grid = np.array([[keep, concentration, 0.0]])
    scores, moments = learned_hazards(np.nan_to_num(cells), clean_lags(cells), grid, 0.1, 0.98)
    score, shares = hazards_by_numpy(cells, keep, concentration, 0.1, 0.98)
    np.testing.assert_allclose(scores[0], score, rtol=1e-10)
    np.testing.assert_allclose(moments[0, :-1, 0], shares, rtol=1e-10)


def test_the_beta_binomial_of_the_kernel_is_that_of_scipy() -> None:
    exact = betaln(3 + 0.7, 8 - 3 + 2.1) - betaln(0.7, 2.1)
    assert log_beta_binomial(3.0, 8.0, 0.7, 2.1) == pytest.approx(exact, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=12, max_size=50), st.integers(1, 30))
def test_a_longer_gap_is_never_more_probable(before: list[int], gap: int) -> None:
    ended = np.array([*before, 3], dtype=float)
    shorter = silence_of(np.append(ended, np.zeros(gap)))
    longer = silence_of(np.append(ended, np.zeros(gap + 1)))
    assert 0 < longer.probability <= shorter.probability <= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=1, max_size=30), st.floats(0.01, 0.5))
def test_discoveries_equal_the_step_up_rule_written_out(p: list[float], share: float) -> None:
    alarm = discoveries(np.array([p]), share)[0]
    known = sorted(value for value in p if value == value)
    limit = max((v for n, v in enumerate(known, start=1) if v <= share * n / len(known)), default=-1.0)
    assert alarm.tolist() == [-1 if value != value else int(value <= limit) for value in p]
