"""Statutes by the day: what nobody has checked is never applied, least of all to an earlier case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.vocabulary.statutes import normal_citation, statutes, texts_on


def test_the_2015_text_on_trafficking_is_not_applied_to_2013() -> None:
    found = texts_on("KRS 218A.1412", date(2013, 7, 1))
    assert found.standing == "not-checked"
    assert found.texts


def test_aggravated_trafficking_begins_with_its_day() -> None:
    assert texts_on("218A.142", date(2015, 3, 24)).standing == "not-in-force"
    found = texts_on("218A.142", date(2015, 3, 25))
    assert (found.standing, [text.class_first for text in found.texts]) == ("in-force", ["Class B felony"])


def test_the_good_samaritan_law_does_not_reach_2013() -> None:
    assert texts_on("KRS 218A.133", date(2013, 7, 1)).standing == "not-in-force"
    assert texts_on("KRS 218A.133", date(2016, 7, 1)).standing == "in-force"


def test_a_first_day_that_nobody_checked_is_not_relied_on() -> None:
    assert texts_on("KRS 217.186", date(2014, 1, 1)).standing == "not-checked"


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)))
def test_no_text_without_checked_days_is_ever_in_force(day: date) -> None:
    for citation in {text.citation for text in statutes()}:
        found = texts_on(citation, day)
        if found.standing == "in-force":
            assert all(text.dates_checked and text.in_force_from <= day for text in found.texts)


def test_an_ended_text_gives_way_to_the_next() -> None:
    known = next(text for text in statutes() if text.citation == "KRS 218A.142")
    last = date(2017, 6, 28)
    old, new = replace(known, in_force_until=last), replace(known, in_force_from=last + timedelta(days=1))
    assert texts_on("218A.142", last, [old, new]).texts == (old,)
    assert texts_on("218A.142", last + timedelta(days=1), [old, new]).texts == (new,)


@pytest.mark.parametrize(
    ("written", "citation"),
    [
        ("KRS 218A.1412(1)(d)", "KRS 218A.1412(1)(d)"),
        ("218a.1412", "KRS 218A.1412"),
        ("KRS § 218A.1412 (1) (D)", "KRS 218A.1412(1)(d)"),
        ("krs218A.142", "KRS 218A.142"),
        ("possession", ""),
        ("", ""),
    ],
)
def test_citations_are_read_however_they_are_written(written: str, citation: str) -> None:
    assert normal_citation(written) == citation


def test_a_section_is_not_another_that_begins_like_it() -> None:
    assert {text.citation for text in texts_on("218A.142", date(2013, 1, 1)).texts} == {"KRS 218A.142"}
    assert len(texts_on("KRS 218A.1412", date(2020, 1, 1)).texts) == 5
    assert len(texts_on("KRS 218A.1412(1)(d)", date(2020, 1, 1)).texts) == 1
    assert texts_on("KRS 999.1", date(2020, 1, 1)).standing == "unknown"
    assert texts_on("driving while tired", date(2020, 1, 1)).standing == "unknown"
