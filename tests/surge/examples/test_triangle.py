"""Reporting triangles by hand: who was known when, and how much is still missing."""

from __future__ import annotations

import numpy as np
import pytest

from daybreak.surge.errors import BadInput
from daybreak.surge.triangle import Triangle

EVENTS = ["2020-01-01", "2020-01-01", "2020-01-02", "2020-01-03"]
REPORTS = ["2020-01-01", "2020-01-03", "2020-01-04", "2020-01-03"]
NAN = float("nan")


def test_a_line_list_becomes_a_triangle_in_which_what_lies_ahead_is_unknown() -> None:
    triangle = Triangle.of_line_list(EVENTS, REPORTS)
    expected = [[1, 0, 1, 0], [0, 0, 1, NAN], [1, 0, NAN, NAN], [0, NAN, NAN, NAN]]
    np.testing.assert_array_equal(triangle.reported[:, :, 0], expected)
    assert [str(day) for day in triangle.dates] == ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"]
    assert triangle.final().ravel().tolist() == [2, 1, 1, 0]


def test_what_was_known_at_an_earlier_moment_leaves_later_reports_out() -> None:
    triangle = Triangle.of_line_list(EVENTS, REPORTS)
    assert triangle.known_at(0).ravel().tolist() == [1]
    assert triangle.known_at(2).ravel().tolist() == [2, 0, 1]
    assert np.isnan(triangle.as_of(2).reported[2, 1, 0])


def test_the_last_lag_holds_longer_delays_too() -> None:
    triangle = Triangle.of_line_list(EVENTS, REPORTS, lags=2)
    assert triangle.reported[0, :, 0].tolist() == [1, 1]
    assert triangle.lags == 2


def test_reports_after_the_last_day_are_left_out() -> None:
    triangle = Triangle.of_line_list(EVENTS, REPORTS, last="2020-01-03")
    assert triangle.final().ravel().tolist() == [2, 0, 1]


def test_weeks_are_counted_from_the_first_day_and_series_stay_apart() -> None:
    triangle = Triangle.of_line_list(
        [*EVENTS, "2020-01-08"], [*REPORTS, "2020-01-16"], period="week", series=list("ababa")
    )
    assert triangle.names == ("a", "b")
    np.testing.assert_array_equal(triangle.reported[:, :, 0], [[2, 0, 0], [0, 1, NAN], [0, NAN, NAN]])
    np.testing.assert_array_equal(triangle.reported[:, :, 1], [[2, 0, 0], [0, 0, NAN], [0, NAN, NAN]])


def test_a_source_that_did_not_report_is_unknown_and_no_zero() -> None:
    cells = np.array([[2.0, 1.0], [3.0, NAN], [NAN, NAN]])[:, :, None]
    known = Triangle(cells, ("all",)).known_at(2)
    assert known[:2].ravel().tolist() == [3, 3]
    assert np.isnan(known[2, 0])


def test_the_share_known_follows_the_chain_ladder() -> None:
    # rows 0 and 1 have reached lag 2, rows 0, 1 and 2 have reached lag 1
    cells = np.array([[4.0, 3.0, 1.0], [2.0, 5.0, 3.0], [6.0, 4.0, NAN], [5.0, NAN, NAN]])[:, :, None]
    share = Triangle(cells, ("all",)).completeness(3).ravel()
    by_lag_1 = (4 + 3 + 2 + 5) / (4 + 3 + 2 + 5 + 1 + 3)
    by_lag_0 = by_lag_1 * (4 + 2 + 6) / (4 + 2 + 6 + 3 + 5 + 4)
    np.testing.assert_allclose(share, [by_lag_0, by_lag_1, 1.0])
    newest = Triangle(cells, ("all",)).completeness(3, window=1).ravel()
    np.testing.assert_allclose(newest, [7 / 10 * 6 / 10, 7 / 10, 1.0])


def test_delays_are_counted_of_all_rows_or_of_whole_ones() -> None:
    cells = np.array([[4.0, 3.0], [2.0, 5.0], [6.0, NAN]])[:, :, None]
    triangle = Triangle(cells, ("all",))
    assert triangle.delay_counts(2).ravel().tolist() == [12, 8]
    assert triangle.delay_counts(2, whole_rows=True).ravel().tolist() == [6, 8]
    assert triangle.delay_counts(2, 1, whole_rows=True).ravel().tolist() == [2, 5]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"report_dates": ["2019-12-31", *REPORTS[1:]]},
            "report date of event 1 must not lie before the event",
        ),
        ({"report_dates": REPORTS[1:]}, "report dates must be one an event"),
        ({"last": "2019-12-01"}, "last must not lie before first"),
        ({"lags": 0}, "lags must be 1 or more"),
        ({"period": "month"}, "period must be day or week"),
        ({"series": list("abab"), "names": ["a"]}, "series of event 2 must be one of names"),
    ],
)
def test_a_line_list_that_cannot_be_used_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        Triangle.of_line_list(**({"event_dates": EVENTS, "report_dates": REPORTS} | change))
    assert said in str(caught.value)


def test_cells_that_are_no_counts_are_refused() -> None:
    with pytest.raises(BadInput, match="triangle at time 1, lag 1, series 1 must be a whole number"):
        Triangle(np.array([[1.0, 0.5]])[:, :, None], ("all",))
