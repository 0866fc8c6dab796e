"""Worked numbers of outbreakP."""

from __future__ import annotations

import math

import numpy as np
import pytest

from daybreak.surge.counts import Counts
from daybreak.surge.methods import detect


def test_a_statistic_by_hand() -> None:
    # increasing fit of 1, 3, 2, 6: 1, 2.5, 2.5, 6; the mean is 3
    outcome = detect(Counts.of([1, 3, 2, 6]), "outbreakp", tested=[3])
    assert outcome.score[0, 0] == pytest.approx((1 / 3) * (2.5 / 3) ** 5 * (6 / 3) ** 6)
    assert outcome.expected[0, 0] == pytest.approx(2)


def test_falling_counts_give_one_and_no_alarm() -> None:
    outcome = detect(Counts.of([9, 7, 4, 1]), "outbreakp", {"returns": "value"}, tested=[3])
    assert outcome.score[0, 0] == pytest.approx(1)
    assert outcome.alarm[0, 0] == 0


def test_the_upper_bound_is_the_last_count_without_an_alarm() -> None:
    counts = np.random.default_rng(2).poisson(4, 30).astype(np.float64)
    bound = detect(Counts.of(counts), "outbreakp", tested=[29]).upper_bound[0, 0]
    for count, alarm in ((bound, 0), (bound + 1, 1)):
        counts[29] = count
        assert detect(Counts.of(counts), "outbreakp", tested=[29]).alarm[0, 0] == alarm


def test_counts_in_proportion_to_exposure_are_no_rise() -> None:
    counts = Counts.of([10, 20, 40, 80], exposure=[1, 2, 4, 8])
    assert detect(counts, "outbreakp", tested=[3]).score[0, 0] == pytest.approx(1)
    assert detect(Counts.of([10, 20, 40, 80]), "outbreakp", tested=[3]).score[0, 0] > 1e10


def test_a_row_that_did_not_report_is_left_out_and_never_a_zero() -> None:
    with_gap = detect(Counts.of([4, math.nan, 3, 9]), "outbreakp", tested=[1, 3])
    without = detect(Counts.of([4, 3, 9]), "outbreakp", tested=[2])
    assert with_gap.score[1, 0] == pytest.approx(without.score[0, 0])
    assert with_gap.alarm[0, 0] == -1
    assert with_gap.why(0, 0) == "did not report"
