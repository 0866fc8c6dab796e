"""Comparisons that people quote: right where the scope is alike, refused with the reason where it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.events.rules.comparisons import SCOPE, Comparison, Figure, compare
from daybreak.events.rules.wording import said
from daybreak.vocabulary.sentences import sentences

PATTERNS = sentences("comparisons")
JULY_15 = date(2013, 7, 15)


def figure(value: int, since: date, until: date, **changes: object) -> Figure:
    plain = Figure(
        "arrest", Decimal(value), since, until, known_on=until, agency="Division of Police", place="Fayette",
        substance="heroin",
    )  # fmt: skip
    return replace(plain, **changes)


def year(value: int, number: int, **changes: object) -> Figure:
    return figure(value, date(number, 1, 1), date(number, 12, 31), **changes)


# kentucky.com article44433819 and wkyt.com 215247321: both numbers are right, each in its scope.
SO_FAR = figure(160, date(2013, 1, 1), date(2013, 7, 11))
PANDORA = figure(77, date(2013, 3, 1), date(2013, 7, 12), operation="Operation Pandora")


def sentences_of(now: Figure, *before: Figure, as_of: date = JULY_15) -> list[str]:
    return said(compare(now, *before, as_of=as_of), PATTERNS)


def reasons(now: Figure, *before: Figure, as_of: date = JULY_15) -> set[str]:
    found = compare(now, *before, as_of=as_of)
    assert not isinstance(found, Comparison)
    return {refusal.reason for refusal in found}


def test_heroin_arrests_of_2013_exceed_the_previous_two_years_combined() -> None:
    found = compare(SO_FAR, year(102, 2012), year(8, 2011), as_of=JULY_15)
    assert isinstance(found, Comparison)
    assert (found.direction, found.before_value, found.equal_periods) == ("more", 110, False)
    assert sentences_of(SO_FAR, year(102, 2012), year(8, 2011)) == [
        "160 heroin arrests from January 1 through July 11, 2013: more than in the previous two years combined "
        "(110 = 8 in 2011 + 102 in 2012).",
        "The periods are not equally long: 192 days against 731.",
    ]


def test_up_57_percent_over_2012_says_192_days_against_366() -> None:
    found = compare(SO_FAR, year(102, 2012), as_of=JULY_15)
    assert isinstance(found, Comparison)
    assert found.percent_shown == 57
    first, second = said(found, PATTERNS)
    assert "up 57% over the 102 in all of 2012." in first
    assert "192 days against 366" in second


def test_160_against_77_is_refused_for_its_operation_and_its_days() -> None:
    assert reasons(SO_FAR, PANDORA) == {"operation", "overlap"}
    assert any("all operations and Operation Pandora" in line for line in sentences_of(SO_FAR, PANDORA))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("kind", "death"), ("statistic", "mass_g"), ("definition", "charges"), ("substance", "fentanyl"),
        ("agency", "Sheriff"), ("place", "Kentucky"), ("operation", "Operation Pandora"),
    ],
)  # fmt: skip
def test_unlike_scope_is_refused_with_a_sentence_that_names_both_sides(name: str, other: str) -> None:
    before = year(102, 2012, **{name: other})
    assert reasons(SO_FAR, before) == {name}
    (line,) = sentences_of(SO_FAR, before)
    assert line.startswith("These numbers are not compared:")
    assert other in line


def test_every_part_of_the_scope_has_a_sentence() -> None:
    assert {*SCOPE, "overlap", "order", "gap", "later"} == set(PATTERNS["refusal"])


def test_what_became_known_later_is_not_quoted_earlier() -> None:
    assert reasons(year(35, 2013, known_on=date(2014, 7, 1)), year(22, 2012), as_of=date(2014, 6, 30)) == {
        "later"
    }
    assert isinstance(
        compare(year(35, 2013, known_on=date(2014, 7, 1)), year(22, 2012), as_of=date(2014, 7, 1)), Comparison
    )


def test_the_second_number_comes_before_the_first() -> None:
    assert reasons(year(102, 2012), year(8, 2013, known_on=JULY_15)) == {"order"}


def test_years_that_do_not_follow_each_other_are_not_combined() -> None:
    assert reasons(SO_FAR, year(102, 2012), year(8, 2010)) == {"gap"}
    assert reasons(SO_FAR, year(102, 2011), year(8, 2010)) == {"gap"}, "these are not the previous two years"


def test_whole_years_are_equally_long_in_spite_of_february() -> None:
    found = compare(year(8, 2013, known_on=date(2013, 12, 31)), year(4, 2012), as_of=date(2014, 1, 1))
    assert isinstance(found, Comparison)
    assert found.equal_periods
    assert len(said(found, PATTERNS)) == 1


def test_after_none_there_is_no_percentage() -> None:
    found = compare(SO_FAR, year(0, 2012), as_of=JULY_15)
    assert isinstance(found, Comparison)
    assert found.percent is None
    assert "after none in all of 2012" in said(found, PATTERNS)[0]


def test_deaths_of_half_a_year_against_a_whole_one() -> None:
    coroner = {"kind": "death", "agency": "Coroner"}
    half = figure(28, date(2013, 1, 1), date(2013, 6, 30), **coroner)
    first, second = sentences_of(half, year(22, 2012, **coroner))
    assert (
        first == "28 heroin deaths from January 1 through June 30, 2013: up 27% over the 22 in all of 2012."
    )
    assert "181 days against 366" in second


@pytest.mark.parametrize(("before", "said_so"), [(1001, "slightly fewer than"), (999, "slightly more than")])
def test_a_change_that_rounds_to_nothing_is_never_zero_per_cent(before: int, said_so: str) -> None:
    now = year(1000, 2013, known_on=date(2014, 1, 1))
    (sentence,) = said(compare(now, year(before, 2012), as_of=date(2014, 1, 1)), PATTERNS)
    assert sentence == f"1,000 heroin arrests in 2013: {said_so} the {before:,} in 2012."


def test_a_comparison_needs_an_earlier_number() -> None:
    with pytest.raises(ValueError, match="must have an earlier number"):
        compare(SO_FAR, as_of=JULY_15)


@given(
    st.integers(0, 5000),
    st.integers(1, 5000),
    st.integers(1, 400),
    st.integers(1, 400),
    st.sampled_from(SCOPE),
)
def test_the_direction_is_that_of_the_numbers_and_any_other_scope_is_refused(
    now_value: int, before_value: int, now_days: int, before_days: int, name: str
) -> None:
    start = date(2012, 3, 1)
    before = figure(before_value, start - timedelta(days=before_days), start - timedelta(days=1))
    now = figure(now_value, start, start + timedelta(days=now_days - 1))
    found = compare(now, before, as_of=date(2020, 1, 1))
    assert isinstance(found, Comparison)
    sign = (now_value > before_value) - (now_value < before_value)
    assert found.direction == {1: "more", -1: "fewer", 0: "same"}[sign]
    assert (len(said(found, PATTERNS)) == 1) == found.equal_periods
    other = replace(before, **{name: "fentanyl" if name == "substance" else "something else"})
    assert reasons(now, other, as_of=date(2020, 1, 1)) == {name}
