"""The words of a signal: how many came, how many were expected, how seldom that is, and what is not said."""

from __future__ import annotations

import numpy as np
import pytest

from daybreak.surge import Counts
from daybreak.surge.charts import chart, finding, why
from daybreak.surge.charts.words import number, wait
from daybreak.surge.counts import Period
from tests.surge.drawings import elements, said_by_hand, weeks


def test_an_alarm_says_how_many_came_how_many_were_expected_and_how_seldom_that_is() -> None:
    counts = weeks([7])
    outcome = said_by_hand(counts, expected=[2.1], p_value=[1 / 340], alarm=[1])
    assert why(counts, outcome, 0, 0, unit="deaths") == (
        "7 deaths in the week of 5 May 2014; 2.1 were expected. So many come by chance once in 340 weeks."
    )


def test_a_recurrence_interval_is_said_rather_than_the_p_value() -> None:
    counts = weeks([7])
    outcome = said_by_hand(counts, expected=[2], p_value=[0.001], recurrence_days=[70], alarm=[1])
    assert why(counts, outcome, 0, 0).endswith("So many come by chance once in 10 weeks.")


def test_a_window_of_several_rows_is_said_with_its_own_sum_and_expectation() -> None:
    counts = weeks([4, 1, 6])
    outcome = said_by_hand(
        counts, expected=[1, 1, 1], p_value=[1, 1, 0.001], alarm=[0, 0, 1], window_rows=[1, 1, 2],
        window_expected=[1, 1, 2.4],
    )  # fmt: skip
    assert why(counts, outcome, 2, 0).startswith("7 cases in the 2 weeks to 25 May 2014; 2.4 were expected.")


def test_quiet_untested_and_silent_times_are_told_apart_and_a_silent_one_is_no_zero() -> None:
    counts = weeks([1, 3, np.nan])
    outcome = said_by_hand(counts, expected=[1, np.nan, np.nan], alarm=[0, -1, -1], reason=[0, 2, 1])
    assert [why(counts, outcome, time, 0) for time in range(3)] == [
        "1 case in the week of 5 May 2014; 1 was expected. No alarm.",
        "3 cases in the week of 12 May 2014. Not tested: needs 5 years, has 2.",
        "No report for the week of 19 May 2014.",
    ]


def test_a_day_is_said_as_a_day() -> None:
    counts = Counts.of([7, 1], names=["Deaths"], period="day", dates=["2014-05-05", "2014-05-06"])
    outcome = said_by_hand(counts, expected=[2, 2], alarm=[1, 0])
    assert why(counts, outcome, 0, 0) == "7 cases on 5 May 2014; 2 were expected."
    assert finding(counts, outcome, 0) == "Deaths: more cases than usual on 5 May 2014"


def test_a_window_that_alarms_on_a_row_without_a_case_still_has_a_mark() -> None:
    counts = weeks([9, 0, 1])
    outcome = said_by_hand(counts, expected=[1, 1, 1], alarm=[1, 1, 0], p_value=[0.001, 0.001, 1])
    five = weeks([9, 0, 9, 0, 9])
    many = said_by_hand(five, expected=[1] * 5, alarm=[1] * 5, p_value=[0.1, 0.1, 0.001, 0.1, 0.1])
    assert len(elements(chart(counts, outcome), "circle")) == 2 * 2  # on the plot and beside the sentence
    triangles = [e for e in elements(chart(five, many), "path") if e.get("class") == "f-alarm"]
    assert len(triangles) == 2


def test_a_count_that_is_an_alarm_only_with_those_before_it_says_so() -> None:
    counts = weeks([5, 3])
    outcome = said_by_hand(counts, expected=[3, 3], alarm=[1, 1])
    assert why(counts, outcome, 1, 0, adds_up=True) == (
        "3 cases in the week of 12 May 2014; 3 were expected. Together with the weeks before, that is an alarm."
    )
    assert (
        finding(counts, outcome, 0)
        == "Deaths: more cases than usual in 2 of 2 weeks, first in the week of 5 May 2014"
    )


def test_a_method_without_an_expectation_says_its_limit() -> None:
    counts = weeks([9])
    assert "; the limit was 5." in why(counts, said_by_hand(counts, upper_bound=[5], alarm=[1]), 0, 0)
    assert "; its score was 4.2." in why(counts, said_by_hand(counts, score=[4.2], alarm=[1]), 0, 0)


@pytest.mark.parametrize(
    ("rows", "period", "said"),
    [
        (340.2, Period.WEEK, "once in 340 weeks"),
        (23.4, Period.DAY, "once in 23 days"),
        (1.2, Period.DAY, "every day"),
        (52 * 30, Period.WEEK, "once in 30 years"),
        (52 * 101, Period.WEEK, "less than once in 100 years"),
        (np.inf, Period.MONTH, "less than once in 100 years"),
    ],
)
def test_chances_are_said_as_waits_and_never_finer_than_a_model_knows(
    rows: float, period: Period, said: str
) -> None:
    assert wait(rows, period) == said


def test_numbers_have_as_many_digits_as_a_reader_needs() -> None:
    assert [number(value) for value in (0.042, 0.24, 2.0, 2.14, 11.7, 1240.2, 0.001, np.inf)] == [
        "0.04", "0.2", "2", "2.1", "12", "1,240", "0", "no limit",
    ]  # fmt: skip


def test_the_title_is_the_finding() -> None:
    counts = weeks([1, 9, 2])
    first = said_by_hand(counts, expected=[1, 1, 1], alarm=[0, 1, 0])
    assert (
        finding(counts, first, 0, unit="deaths")
        == "Deaths: more deaths than usual in the week of 12 May 2014"
    )
    last = said_by_hand(counts, expected=[1, 1, 1], alarm=[0, 1, 1])
    assert finding(counts, last, 0) == "Deaths: 2 cases in the week of 19 May 2014; 1 was expected"
    quiet = said_by_hand(counts, alarm=[0, 0, -1])
    assert finding(counts, quiet, 0) == "Deaths: none of 2 tested weeks stood out"
