"""EARS by hand: bounds of small windows, and what corrected mode says where R divides by zero."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from daybreak.surge import Counts, detect
from daybreak.surge.errors import BadInput


def test_one_case_after_seven_zeros_alarms_in_r_but_not_when_corrected():
    counts = Counts.of([0, 0, 0, 0, 0, 0, 0, 1])
    assert detect(counts, "ears-c1", tested=[7], mode="compat").alarm[0, 0] == 1
    corrected = detect(counts, "ears-c1", tested=[7])
    assert corrected.alarm[0, 0] == 0
    # NB with size ½ and probability 7/8: P(Y ≥ 1) = 1 - √(7/8)
    assert corrected.p_value[0, 0] == pytest.approx(1 - np.sqrt(7 / 8), rel=1e-12)
    assert corrected.upper_bound[0, 0] == stats.nbinom.isf(0.001, 0.5, 7 / 8) == 2


def test_c2_leaves_two_rows_out_and_c1_does_not():
    counts = Counts.of([2, 3, 2, 3, 2, 3, 2, 40, 40, 14])
    assert detect(counts, "ears-c2", tested=[9]).alarm[0, 0] == 1
    assert detect(counts, "ears-c1", tested=[9]).alarm[0, 0] == 0


def test_c3_sees_three_raised_rows_that_c2_does_not():
    counts = Counts.of([2, 3, 2, 1, 2, 3, 2, 6, 6, 6])
    assert detect(counts, "ears-c2", tested=[9]).alarm[0, 0] == 0
    outcome = detect(counts, "ears-c3", tested=[9])
    assert outcome.alarm[0, 0] == 1
    bound = stats.nbinom.isf(0.025, 15.5, 7 / 10)  # three rows against seven: Poisson, total 15
    assert outcome.upper_bound[0, 0] == bound - 12


def test_c3_gives_a_row_without_a_case_neither_an_alarm_nor_a_small_p():
    counts = Counts.of([1, 0, 1, 1, 0, 1, 1, 0, 9, 9, 0])
    outcome = detect(counts, "ears-c3", tested=[9, 10])
    assert outcome.alarm[:, 0].tolist() == [1, 0]
    assert outcome.p_value[0, 0] < 0.025
    assert outcome.p_value[1, 0] == 1
    assert outcome.score[1, 0] > 3  # the three rows together are as remarkable as before


def test_exposure_scales_the_baseline_to_the_tested_row():
    values, exposure = [4.0] * 7 + [16.0], [1.0] * 7 + [4.0]
    known = detect(Counts.of(values, exposure=exposure), "ears-c1", tested=[7])
    assert known.expected[0, 0] == pytest.approx(28.5 / 7 * 4)
    assert known.upper_bound[0, 0] == stats.nbinom.isf(0.001, 28.5, 7 / 11)
    assert known.alarm[0, 0] == 0
    assert detect(Counts.of(values), "ears-c1", tested=[7]).alarm[0, 0] == 1


def test_untestable_rows_say_why():
    values = np.full((9, 2), 3.0)
    values[2:7, 1] = np.nan
    values[8, 0] = np.nan
    outcome = detect(Counts.of(values), "ears-c1", tested=[3, 7, 8])
    assert outcome.why(0, 0) == "needs 7 rows before it"
    assert outcome.why(1, 1) == "needs 3 reported rows in the baseline, has 2"
    assert outcome.why(2, 0) == "did not report"
    assert (outcome.alarm[[0, 1, 2], [0, 1, 0]] == -1).all()


@pytest.mark.parametrize("given", [{"baseline": 2}, {"alpha": 0}, {"alpha": 1}, {"minSigma": -1}])
def test_settings_that_cannot_be_used_are_refused(given):
    with pytest.raises(BadInput):
        detect(Counts.of([1.0] * 9), "ears-c1", given)
