"""Dates as the mapping states them: two-digit years by a stated pivot, clock changes by a stated rule, else refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.events.rules.draft import Draft
from daybreak.intake.rules.compiling import compile_mapping
from daybreak.intake.rules.problems import Problem
from tests.rooms.intake.mapped import compiled, mapping


def day(text: str, *formats: str, **options: Any) -> Draft | Problem:
    column = {"column": "When", "use": "occurred", "formats": list(formats)} | options
    return compiled(column)(2, (text,))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "form", "moment", "precision"),
    [
        ("07/11/2013", "%m/%d/%Y", utc(2013, 7, 11, 4), "day"),
        ("7/1/2013 2:05 PM", "%m/%d/%Y %I:%M %p", utc(2013, 7, 1, 18, 5), "minute"),
        ("12:30 AM 1/2/2013", "%I:%M %p %m/%d/%Y", utc(2013, 1, 2, 5, 30), "minute"),
        ("11-Jul-2013", "%d-%b-%Y", utc(2013, 7, 11, 4), "day"),
        ("July 11, 2013", "%B %d, %Y", utc(2013, 7, 11, 4), "day"),
        ("20130711 23", "%Y%m%d %H", utc(2013, 7, 12, 3), "hour"),
        ("2013-07-11T14:05:09.123Z", "%Y-%m-%dT%H:%M:%S.%f%z", utc(2013, 7, 11, 14, 5, 9), "minute"),
        ("2013-01-11T14:05:09-05:00", "%Y-%m-%dT%H:%M:%S%z", utc(2013, 1, 11, 19, 5, 9), "minute"),
    ],
)
def test_a_date_is_read_in_the_stated_format_and_zone(
    text: str, form: str, moment: datetime, precision: str
) -> None:
    draft = day(text, form)
    assert isinstance(draft, Draft)
    assert (draft.occurred_at, draft.occurred_precision) == (moment, precision)


@pytest.mark.parametrize(
    "text",
    ["13/07/2013", "02/30/2013", "07/11/13", "7-11-2013", "yesterday", "07/11/2013 10:00", "٠٧/١١/٢٠١٣x"],
)
def test_another_date_is_refused_and_not_guessed(text: str) -> None:
    problem = day(text, "%m/%d/%Y")
    assert isinstance(problem, Problem)
    assert (problem.line, problem.column) == (2, "When")
    assert text not in problem.must + problem.cure


@pytest.mark.parametrize(
    ("pivot", "text", "year"), [(30, "07/11/13", 2013), (30, "07/11/99", 1999), (99, "07/11/99", 2099)]
)
def test_a_two_digit_year_follows_the_stated_pivot(pivot: int, text: str, year: int) -> None:
    draft = day(text, "%m/%d/%y", pivot=pivot)
    assert isinstance(draft, Draft)
    assert draft.occurred_at.year == year


@pytest.mark.parametrize(
    ("twice", "expected"),
    [("refuse", None), ("first", utc(2013, 11, 3, 5, 30)), ("second", utc(2013, 11, 3, 6, 30))],
)
def test_an_hour_that_was_there_twice_follows_the_stated_rule(twice: str, expected: datetime | None) -> None:
    column = {"column": "When", "use": "occurred", "formats": ["%Y-%m-%d %H:%M"]}
    result = compiled(column, clock_change={"twice": twice})(2, ("2013-11-03 01:30",))
    if expected is None:
        assert isinstance(result, Problem)
        assert "there twice" in result.must
    else:
        assert isinstance(result, Draft)
        assert result.occurred_at == expected


@pytest.mark.parametrize(("skipped", "expected"), [("refuse", None), ("later", utc(2013, 3, 10, 7, 30))])
def test_an_hour_that_never_was_follows_the_stated_rule(skipped: str, expected: datetime | None) -> None:
    column = {"column": "When", "use": "occurred", "formats": ["%Y-%m-%d %H:%M"]}
    result = compiled(column, clock_change={"skipped": skipped})(2, ("2013-03-10 02:30",))
    if expected is None:
        assert isinstance(result, Problem)
        assert "clocks went forward" in result.must
    else:
        assert isinstance(result, Draft)
        assert result.occurred_at == expected


def test_an_offset_settles_the_hour_that_was_there_twice() -> None:
    draft = day("2013-11-03 01:30-05:00", "%Y-%m-%d %H:%M%z")
    assert isinstance(draft, Draft)
    assert draft.occurred_at == utc(2013, 11, 3, 6, 30)


def test_a_day_on_which_clocks_change_still_begins_at_midnight() -> None:
    for text, hour in (("03/10/2013", 5), ("11/03/2013", 4)):
        draft = day(text, "%m/%d/%Y")
        assert isinstance(draft, Draft)
        assert draft.occurred_at.hour == hour


def test_midnight_can_mean_that_only_the_day_is_known_whatever_offset_stands_behind_it() -> None:
    draft = day("2017/01/03 00:00:00+00", "%Y/%m/%d %H:%M:%S%z", midnight="day")
    assert isinstance(draft, Draft)
    assert (draft.occurred_at, draft.occurred_precision) == (utc(2017, 1, 3, 5), "day")


def test_a_date_and_a_time_in_two_columns_make_one_moment() -> None:
    columns = (
        {"column": "Date", "use": "occurred-date", "formats": ["%m/%d/%Y"]},
        {"column": "Time", "use": "occurred-time", "formats": ["%H%M", "%H:%M"]},
    )
    for text, expected in (
        ("905", utc(2013, 7, 11, 13, 5)),
        ("0905", utc(2013, 7, 11, 13, 5)),
        ("14:05", utc(2013, 7, 11, 18, 5)),
    ):
        draft = compiled(*columns)(2, ("07/11/2013", text))
        assert isinstance(draft, Draft)
        assert (draft.occurred_at, draft.occurred_precision) == (expected, "minute")
    draft = compiled(*columns)(2, ("07/11/2013", ""))
    assert isinstance(draft, Draft)
    assert draft.occurred_precision == "day"
    assert isinstance(compiled(*columns)(2, ("07/11/2013", "2460")), Problem)


@pytest.mark.parametrize(
    ("text", "first", "precision"),
    [
        ("2016 Q3", date(2016, 7, 1), "quarter"),
        ("Q1-2016", date(2016, 1, 1), "quarter"),
        ("2016-07", date(2016, 7, 1), "month"),
        ("Jul 2016", date(2016, 7, 1), "month"),
        ("2016-W01", date(2016, 1, 4), "week"),
        ("2016", date(2016, 1, 1), "year"),
    ],
)
def test_a_period_begins_at_local_midnight_of_its_first_day(text: str, first: date, precision: str) -> None:
    draft = compiled({"column": "Period", "use": "occurred-period"})(2, (text,))
    assert isinstance(draft, Draft)
    local = draft.occurred_at.astimezone(ZoneInfo("America/New_York"))
    assert (local.date(), local.hour, draft.occurred_precision) == (first, 0, precision)


def test_a_federal_fiscal_year_begins_in_october_of_the_year_before() -> None:
    columns = ({"column": "FY", "use": "occurred-fiscal-year"}, {"column": "Month", "use": "occurred-month"})
    found = [compiled(*columns)(2, ("2019", month)) for month in ("OCT", "SEP")]
    assert [draft.occurred_at.year for draft in found if isinstance(draft, Draft)] == [2018, 2019]


def test_an_event_in_the_future_or_before_the_earliest_day_is_refused() -> None:
    column = {"column": "Date", "use": "occurred-date", "formats": ["%m/%d/%Y"]}
    function = compile_mapping(mapping(column, earliest="2010-01-01"), ["Date"], at=utc(2013, 7, 15))
    assert isinstance(function(2, ("07/15/2013",)), Draft)
    for text, says in (
        ("07/17/2013", "future"),
        ("12/31/2009", "2010-01-01 or later"),
        ("03/12/1985", "or later"),
    ):
        problem = function(2, (text,))
        assert isinstance(problem, Problem)
        assert says in problem.must


# Wall clocks, which have no zone.
_FIRST, _LAST = datetime(1995, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001


@given(
    st.datetimes(min_value=_FIRST, max_value=_LAST),
    st.sampled_from(["America/New_York", "America/Phoenix", "Pacific/Honolulu"]),
)
def test_a_moment_read_back_on_the_same_wall_clock_is_the_text_again(naive: datetime, zone: str) -> None:
    column = {"column": "When", "use": "occurred", "formats": ["%Y-%m-%d %H:%M:%S"]}
    text = naive.strftime("%Y-%m-%d %H:%M:%S")
    result = compiled(column, timezone=zone)(2, (text,))
    if isinstance(result, Draft):
        assert result.occurred_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S") == text
    else:
        assert "clocks" in result.must
