"""threshold by hand: six in 24 hours."""

from __future__ import annotations

import numpy as np

from daybreak.surge import Counts, detect
from daybreak.surge.threshold import recommended_threshold


def test_six_in_a_day_alarm_and_five_do_not():
    outcome = detect(Counts.of([5, 6, np.nan], period="day"), "threshold")
    assert outcome.alarm[:, 0].tolist() == [0, 1, -1]
    assert outcome.upper_bound[0, 0] == 5


def test_rows_are_counted_together():
    outcome = detect(Counts.of([3, 3, 2, 4], period="day"), "threshold", {"rows": 2})
    assert outcome.alarm[:, 0].tolist() == [-1, 1, 0, 1]
    assert outcome.why(0, 0) == "needs 1 rows before it"


def test_six_overdoses_on_three_of_thirty_days_recommend_six():
    past = np.ones((30, 2))
    past[[3, 9, 20], 0] = [6, 7, 6]
    past[5, 1] = np.nan
    assert recommended_threshold(past).tolist() == [6, 2]


def test_the_recommended_threshold_looks_only_at_days_before():
    values = np.ones(32)
    values[[3, 9, 20]] = 6
    values[30:] = [5, 6]
    outcome = detect(Counts.of(values, period="day"), "threshold", {"recommended": True}, tested=[29, 30, 31])
    assert outcome.alarm[:, 0].tolist() == [-1, 0, 1]
