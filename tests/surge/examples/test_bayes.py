"""bayes, rki and cdc by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from daybreak.surge import Counts, detect


def test_the_bayes_bound_is_a_negative_binomial_quantile():
    outcome = detect(Counts.of([1, 2, 0, 3, 1, 1, 6]), "bayes", tested=[6])
    assert outcome.upper_bound[0, 0] == stats.nbinom.isf(0.05, 8.5, 6 / 7)
    assert outcome.p_value[0, 0] == pytest.approx(stats.nbinom.sf(5, 8.5, 6 / 7), rel=1e-12)
    assert outcome.alarm[0, 0] == 1


def test_rki_takes_the_table_up_to_20_and_two_deviations_above():
    low = detect(Counts.of([1, 2, 1, 2, 6]), "rki", {"b": 0, "w": 4, "actY": True}, tested=[4])
    assert low.upper_bound[0, 0] == 5.323
    high = detect(Counts.of([30, 34, 30, 34, 41]), "rki", {"b": 0, "w": 4, "actY": True}, tested=[4])
    assert high.upper_bound[0, 0] == pytest.approx(32 + 2 * np.std([30, 34, 30, 34], ddof=1))


def test_cdc_compares_four_weeks_with_those_of_other_years():
    values = np.full(300, 2.0)
    values[-4:] = 20
    outcome = detect(Counts.of(values), "cdc", tested=[100, 299])
    assert outcome.why(0, 0) == "needs 5 years and 7 weeks before it"
    assert (outcome.expected[1, 0], outcome.extra["total"][1, 0], outcome.alarm[1, 0]) == (8, 80, 1)
    assert outcome.p_value[1, 0] < 1e-6
