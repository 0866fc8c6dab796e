"""Worked numbers of the GLR detectors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from daybreak.surge.counts import Counts
from daybreak.surge.errors import BadInput
from daybreak.surge.glr import glr_settings_of_r
from daybreak.surge.methods import detect


def test_a_poisson_ratio_by_hand() -> None:
    # expected 2 a row; the likeliest start of a rise is the second row: 11 cases where 4 were expected
    outcome = detect(Counts.of([1, 5, 6]), "glr-poisson", {"mu0_given": (2.0,), "threshold": 50.0})
    assert outcome.score[2, 0] == pytest.approx(11 * math.log(11 / 4) - 7)
    assert outcome.score[0, 0] == 0


def test_a_known_change_adds_up_and_never_falls_below_zero() -> None:
    outcome = detect(
        Counts.of([0, 5, 6]), "glr-poisson", {"mu0_given": (2.0,), "theta": math.log(2), "threshold": 50.0}
    )
    gains = [5 * math.log(2) - 2, 6 * math.log(2) - 2]
    np.testing.assert_allclose(outcome.score[:, 0], [0, gains[0], sum(gains)])


def test_one_row_of_negative_binomial_counts_by_hand() -> None:
    outcome = detect(Counts.of([9]), "glr-nb", {"mu0_given": (3.0,), "dispersion": 0.5})
    # the likeliest mean of one row is its count
    assert outcome.score[0, 0] == pytest.approx(9 * math.log(9 / 3) - 11 * math.log((1 + 4.5) / (1 + 1.5)))


def test_after_an_alarm_the_watch_begins_anew() -> None:
    outcome = detect(Counts.of([9, 9, 2]), "glr-poisson", {"mu0_given": (2.0,)})
    assert outcome.alarm[:, 0].tolist() == [1, 1, 0]
    assert outcome.score[2, 0] == 0


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        ("glr-poisson", {}),
        ("glr-poisson", {"window": 5, "shortest": 2}),
        ("glr-poisson", {"theta": 0.7}),
        ("glr-poisson", {"change": "epi"}),
        ("glr-nb", {"dispersion": 0.3}),
        ("glr-nb", {"dispersion": 0.3, "shortest": 2}),
    ],
)
def test_the_upper_bound_is_the_last_count_without_an_alarm(method: str, settings: dict[str, object]) -> None:
    counts = np.random.default_rng(4).poisson(4, 12).astype(np.float64)
    settings = {"mu0_given": (4.0,), "returns": "cases", **settings}
    bound = detect(Counts.of(counts), method, settings).upper_bound[11, 0]
    for count, alarm in ((bound, 0), (bound + 1, 1)):
        counts[11] = count
        assert detect(Counts.of(counts), method, settings).alarm[11, 0] == alarm


def test_a_fall_is_found_when_falls_are_sought() -> None:
    counts = Counts.of([5, 4, 0, 0, 0])
    settings = {"mu0_given": (5.0,), "direction": "dec", "threshold": 12.0}
    falls = detect(counts, "glr-poisson", settings)
    assert falls.score[4, 0] == pytest.approx(15)  # no case in three rows of 5
    assert falls.alarm[:, 0].tolist() == [0, 0, 0, 0, 1]
    assert falls.upper_bound[4, 0] == 1  # one case would have left 10 + ln(1/15) + 5 - 1
    assert (detect(counts, "glr-poisson", {"mu0_given": (5.0,)}).alarm == 0).all()


def test_a_dispersion_that_is_not_given_is_the_likeliest_of_the_baseline() -> None:
    counts = (
        np.random.default_rng(6).negative_binomial(4, 0.4, 300).astype(np.float64)
    )  # mean 6, dispersion 1/4
    outcome = detect(Counts.of(counts), "glr-nb", {"mu0_harmonics": 0}, tested=range(290, 300))
    found = outcome.extra["dispersion"][0, 0]
    assert outcome.expected[0, 0] == pytest.approx(counts[:290].mean())

    def likelihood(dispersion: float) -> float:
        size, mean = 1 / dispersion, counts[:290].mean()
        terms = [math.lgamma(y + size) - math.lgamma(size) for y in counts[:290]]
        return sum(terms) + sum(
            size * math.log(size / (size + mean)) + y * math.log(mean / (size + mean)) for y in counts[:290]
        )

    assert likelihood(found) > max(likelihood(found * 1.001), likelihood(found / 1.001))
    assert 0.15 < found < 0.4


def test_a_baseline_without_a_case_counts_as_half_a_case() -> None:
    counts = Counts.of([0] * 60 + [0, 1, 2])
    outcome = detect(counts, "glr-poisson", tested=range(60, 63))
    assert outcome.expected[0, 0] == pytest.approx(0.5 / 60)
    assert outcome.alarm[:, 0].tolist() == [0, 0, 1]


def test_expected_counts_go_with_exposure() -> None:
    people = np.where(np.arange(80) < 60, 1000.0, 3000.0)
    counts = np.random.default_rng(8).poisson(people / 500).astype(np.float64)
    outcome = detect(
        Counts.of(counts, exposure=people), "glr-poisson", {"mu0_harmonics": 0}, tested=range(60, 80)
    )
    assert outcome.expected[0, 0] == pytest.approx(3 * counts[:60].mean())


def test_too_short_a_baseline_is_said_and_no_error() -> None:
    outcome = detect(Counts.of([1, 2, 3, 1]), "glr-poisson", tested=[2, 3])
    assert (outcome.alarm == -1).all()
    assert outcome.why(0, 0) == "needs 4 reported rows before the first tested one, has 2"


def test_the_control_list_of_r_is_taken_apart() -> None:
    control = {"c.ARL": 4, "mu0": {"S": 2, "trend": True, "refit": False}, "theta": None}
    expected = {"c.ARL": 4, "mu0_harmonics": 2, "mu0_trend": True, "mu0_refit": False}
    assert glr_settings_of_r(control) == expected
    with pytest.raises(BadInput, match="S, trend and refit"):
        glr_settings_of_r({"mu0": {"s": 1}})
