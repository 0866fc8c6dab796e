"""cusum by hand."""

from __future__ import annotations

import numpy as np
import pytest

from daybreak.surge import Counts, detect
from daybreak.surge.cusum_scores import SCORES, levelled
from daybreak.surge.errors import BadInput


def test_the_sum_grows_by_score_minus_reference_value_and_keeps_alarming():
    counts = Counts.of([4.0] * 10 + [8, 8, 8, 4])
    outcome = detect(counts, "cusum", {"k": 1, "h": 2, "mean": 4}, tested=range(10, 14))
    # scores 2, 2, 2, 0 less 1 each
    assert outcome.score[:, 0].tolist() == [1, 2, 3, 2]
    assert outcome.alarm[:, 0].tolist() == [0, 1, 1, 1]
    again = detect(counts, "cusum", {"k": 1, "h": 2, "mean": 4, "restart": True}, tested=range(10, 14))
    assert again.alarm[:, 0].tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("score", SCORES)
def test_the_bound_is_the_last_count_that_does_not_alarm(score):
    values = np.array([2, 3, 1, 2, 4, 2, 3, 2, 1, 3, 2, 5, 0.0])
    settings = {"score": score, "mean": 2.5}
    bound = detect(Counts.of(values), "cusum", settings, tested=range(10, 13)).upper_bound[2, 0]
    if np.isnan(bound):
        values[12] = 0
        assert detect(Counts.of(values), "cusum", settings, tested=range(10, 13)).alarm[2, 0] == 1
        return
    for count, alarm in ((bound, 0), (bound + 1, 1)):
        values[12] = count
        assert detect(Counts.of(values), "cusum", settings, tested=range(10, 13)).alarm[2, 0] == alarm


def test_the_negative_binomial_scale_is_the_integral_it_stands_for():
    from scipy.integrate import quad

    for y in (1.0, 7.0, 2000.0):
        wanted = quad(lambda u: 3 * u / (1 + 0.1 * u**3) ** (1 / 3), 0, np.cbrt(y), epsabs=0, epsrel=1e-12)[0]
        assert levelled(np.array([y]), 0.1)[0] == pytest.approx(wanted, rel=1e-9)


def test_a_missing_row_leaves_the_sum_as_it_is():
    counts = Counts.of([4.0] * 10 + [8, np.nan, 8])
    outcome = detect(counts, "cusum", {"k": 1, "mean": 4}, tested=range(10, 13))
    assert outcome.score[[0, 2], 0].tolist() == [1, 2]
    assert outcome.alarm[1, 0] == -1
    assert outcome.why(1, 0) == "did not report"


def test_without_rows_before_the_first_ones_are_taken_to_learn_from():
    outcome = detect(Counts.of([2.0] * 12), "cusum")
    assert outcome.alarm[:, 0].tolist() == [-1] * 8 + [0] * 4
    assert outcome.why(0, 0) == "needs 8 rows to learn the mean from"


def test_unknown_scores_and_means_are_refused():
    for given in ({"trans": "anscomb"}, {"m": "gml"}, {"m": -1.0}, {"h": 0}):
        with pytest.raises(BadInput):
            detect(Counts.of([2.0] * 12), "cusum", given)
