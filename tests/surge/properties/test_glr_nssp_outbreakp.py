"""What must hold for any counts: GLR, NSSP and outbreakP detectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from daybreak.surge.counts import Counts, FloatArray
from daybreak.surge.methods import detect
from daybreak.surge.outcome import Outcome

METHODS: list[tuple[str, dict[str, Any]]] = [
    ("nssp-ewma", {}),
    ("nssp-regression", {}),
    ("nssp-switch", {}),
    ("outbreakp", {}),
    ("glr-poisson", {"mu0_refit": True}),
    ("glr-poisson", {"change": "epi", "window": 10}),
    ("glr-nb", {"dispersion": 0.3, "window": 10}),
]


def some_counts(seed: int = 1) -> FloatArray:
    random = np.random.default_rng(seed)
    counts = random.poisson(random.uniform(0.3, 8, 6), (70, 6)).astype(np.float64)
    counts[60:63] += 6
    counts[random.random(counts.shape) < 0.05] = np.nan
    return counts


def run(values: FloatArray, method: str, settings: dict[str, Any], **more: Any) -> Outcome:
    return detect(Counts.of(values, period="day"), method, settings, tested=range(45, len(values)), **more)


def assert_same(one: Outcome, other: Outcome, rows: slice = slice(None), series: Any = slice(None)) -> None:
    for name in ("expected", "upper_bound", "score", "p_value", "alarm", "reason"):
        np.testing.assert_array_equal(
            getattr(one, name)[rows][:, series], getattr(other, name)[rows], err_msg=name
        )


@pytest.mark.parametrize(("method", "settings"), METHODS)
@pytest.mark.parametrize("mode", ["compat", "corrected"])
def test_permuting_series_permutes_results(method: str, settings: dict[str, Any], mode: str) -> None:
    values = some_counts()
    order = [3, 0, 5, 1, 4, 2]
    assert_same(
        run(values, method, settings, mode=mode),
        run(values[:, order], method, settings, mode=mode),
        series=order,
    )


@pytest.mark.parametrize(("method", "settings"), METHODS)
def test_no_later_count_changes_a_result(method: str, settings: dict[str, Any]) -> None:
    values = some_counts()
    changed = values.copy()
    changed[58:] = 50
    assert_same(run(values, method, settings), run(changed, method, settings), rows=slice(0, 13))


@pytest.mark.parametrize(("method", "settings"), METHODS)
@pytest.mark.parametrize("mode", ["compat", "corrected"])
def test_what_did_not_report_is_untested_with_a_reason_and_not_a_zero(
    method: str, settings: dict[str, Any], mode: str
) -> None:
    values = some_counts()
    outcome = run(values, method, settings, mode=mode)
    silent = np.isnan(values[45:])
    assert silent.any()
    assert (outcome.alarm[silent] == -1).all()
    assert np.isnan(outcome.score[silent]).all()
    assert ((outcome.reason > 0) == (outcome.alarm < 0)).all()
    zeros = run(np.nan_to_num(values), method, settings, mode=mode)
    assert not np.array_equal(zeros.score, outcome.score, equal_nan=True)


def plain_outbreakp(y: FloatArray) -> float:
    """The logarithm of the statistic by repeated pooling of neighbours."""
    blocks = [[value, 1.0] for value in y]
    while True:
        worse = [
            i
            for i in range(len(blocks) - 1)
            if blocks[i][0] / blocks[i][1] > blocks[i + 1][0] / blocks[i + 1][1]
        ]
        if not worse:
            break
        i = worse[0]
        blocks[i : i + 2] = [[blocks[i][0] + blocks[i + 1][0], blocks[i][1] + blocks[i + 1][1]]]
    return sum(cases * np.log(cases / rows / y.mean()) for cases, rows in blocks if cases > 0)


def test_the_growing_fit_of_outbreakp_equals_a_fit_from_scratch() -> None:
    values = np.random.default_rng(9).poisson(3, (60, 4)).astype(np.float64)
    outcome = detect(Counts.of(values), "outbreakp", {"returns": "value"})
    for time in range(60):
        for series in range(4):
            expected = plain_outbreakp(values[: time + 1, series])
            assert outcome.extra["log_statistic"][time, series] == pytest.approx(expected, abs=1e-9)


def plain_ratio(x: FloatArray, mean: FloatArray, dispersion: float, sign: float) -> float:
    """Largest log likelihood ratio of all rows together, by a search over the size of change."""

    def lost(change: float) -> float:
        grown = mean * np.exp(sign * change)
        if dispersion == 0:
            return float(-(np.log(grown / mean) * x - (grown - mean)).sum())
        ratio = np.log((1 + dispersion * grown) / (1 + dispersion * mean))
        return float(-(sign * change * x - (x + 1 / dispersion) * ratio).sum())

    return max(0.0, -minimize_scalar(lost, bounds=(0, 30), method="bounded", options={"xatol": 1e-9}).fun)


@pytest.mark.parametrize("dispersion", [0.0, 0.3])
@pytest.mark.parametrize("direction", ["inc", "dec"])
@pytest.mark.parametrize("window", [-1, 6])
@pytest.mark.parametrize("shortest", [1, 3])
def test_pruning_starts_loses_no_maximum(
    dispersion: float, direction: str, window: int, shortest: int
) -> None:
    random = np.random.default_rng(11)
    mean = 3 + 2 * np.sin(np.arange(30) / 4)
    x = random.poisson(mean).astype(np.float64)
    x[12:16] *= 2
    settings: dict[str, Any] = {
        "mu0_given": tuple(mean), "threshold": 1e6, "direction": direction, "window": window, "shortest": shortest,
        "returns": "value",
    }  # fmt: skip
    if dispersion > 0:
        settings["dispersion"] = dispersion
    outcome = detect(Counts.of(x), "glr-nb" if dispersion > 0 else "glr-poisson", settings)
    sign = 1.0 if direction == "inc" else -1.0
    for now in range(30):
        first = 0 if window < 0 else max(0, now - window)
        plain = max(
            (
                plain_ratio(x[k : now + 1], mean[k : now + 1], dispersion, sign)
                for k in range(first, now + 2 - shortest)
            ),
            default=0.0,
        )
        assert outcome.score[now, 0] == pytest.approx(plain, rel=1e-6, abs=1e-7)


def test_exposure_that_never_changes_changes_nothing() -> None:
    values = np.random.default_rng(13).poisson(4, (70, 3)).astype(np.float64)
    for method, settings in METHODS:
        plain = run(values, method, settings)
        counts = Counts.of(values, period="day", exposure=np.full(values.shape, 250.0))
        scaled = detect(counts, method, settings, tested=range(45, 70))
        np.testing.assert_allclose(plain.score, scaled.score, rtol=1e-6, atol=1e-9, err_msg=method)
        np.testing.assert_array_equal(plain.alarm, scaled.alarm, err_msg=method)
