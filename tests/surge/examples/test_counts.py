"""Counts are checked once at the door, and what is wrong is said with its place and cure."""

from __future__ import annotations

import numpy as np
import pytest

from daybreak.surge import BadInput, Counts, Period


def test_one_series_may_be_given_as_one_dimension() -> None:
    counts = Counts.of([0, 1, np.nan, 3], period="day")
    assert counts.values.shape == (4, 1)
    assert counts.names == ("s1",)
    assert counts.period is Period.DAY


def test_a_time_that_did_not_report_stays_missing() -> None:
    assert np.isnan(Counts.of([[1, np.nan], [2, 0]]).values[0, 1])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([[1, 2], [3, -1]], "count at time 2 of series 2 must be a whole number, 0 or more, got -1"),
        ([[1, 2.5]], "count at time 1 of series 2 must be a whole number, 0 or more, got 2.5"),
        ([[np.inf]], "got inf"),
        ([["many"]], "counts must be numbers"),
        (np.zeros((2, 2, 2)), "(time, series), got 3 dimensions"),
    ],
)
def test_what_is_no_count_is_refused_with_its_place(values: object, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        Counts.of(values)
    assert said in str(caught.value)


def test_names_dates_and_exposure_must_fit() -> None:
    with pytest.raises(BadInput, match="names must be 2 different names"):
        Counts.of([[1, 2]], names=["a", "a"])
    with pytest.raises(BadInput, match="dates must grow"):
        Counts.of([1, 2], dates=["2013-07-08", "2013-07-01"])
    with pytest.raises(BadInput, match="exposure at time 2 of series 1 must be greater than 0, got 0"):
        Counts.of([1, 2], exposure=[10, 0])
    with pytest.raises(BadInput, match="period must be day, week, month or year, got 'fortnight'"):
        Counts.of([1], period="fortnight")


def test_nobody_need_be_watched_where_nothing_was_reported() -> None:
    counts = Counts.of([1, np.nan], exposure=[10, np.nan])
    assert counts.exposure is not None


def test_columns_are_cut_with_names_and_exposure() -> None:
    counts = Counts.of(np.arange(6).reshape(2, 3), names=["a", "b", "c"], exposure=np.ones((2, 3)))
    part = counts.columns(1, 3)
    assert part.names == ("b", "c")
    assert part.values.tolist() == [[1, 2], [4, 5]]
    assert part.exposure is not None
    assert part.exposure.shape == (2, 2)
