"""Kinds of data and precisions say what the ledger needs of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.vocabulary.kinds import KINDS, is_health, kind
from daybreak.vocabulary.precision import PLACES, TIMES, at_least_as_coarse, coarser, end_of, start_of


def test_these_are_the_kinds_and_each_is_described() -> None:
    assert set(KINDS) == {
        "overdose", "ed-visit", "death", "toxicology", "drug-check", "arrest", "complaint", "seizure", "naloxone",
    }  # fmt: skip
    assert all(all((row.name, row.one, row.many, row.description)) for row in KINDS.values())
    assert {slug for slug, row in KINDS.items() if not row.health} == {"arrest", "complaint", "seizure"}


@pytest.mark.parametrize(
    ("slug", "source", "health"),
    [
        ("overdose", "fire-ems", True), ("overdose", "police", False), ("overdose", "sheriff", False),
        ("overdose", "", True), ("toxicology", "police", True), ("arrest", "hospital", False),
    ],
)  # fmt: skip
def test_an_overdose_is_the_polices_own_where_police_report_it(slug: str, source: str, health: bool) -> None:
    assert is_health(slug, source) is health


def test_an_unknown_kind_is_refused_with_the_list() -> None:
    with pytest.raises(ValueError, match="must be one of overdose"):
        kind("rumour")


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(TIMES))
def test_a_period_holds_its_day_and_the_next_one_begins_the_day_after(day: date, precision: str) -> None:
    first, last = start_of(day, precision), end_of(day, precision)
    assert first <= day <= last
    assert start_of(last, precision) == first
    assert start_of(last + timedelta(days=1), precision) == last + timedelta(days=1)


def test_coarser_is_later_in_the_list() -> None:
    assert coarser("day", "month", TIMES) == coarser("month", "day", TIMES) == "month"
    assert at_least_as_coarse("county", "zip", PLACES)
    assert not at_least_as_coarse("block", "zip", PLACES)
    with pytest.raises(ValueError, match="must be one of"):
        at_least_as_coarse("street", "zip", PLACES)
    with pytest.raises(ValueError, match="must be one of"):
        start_of(date(2013, 1, 1), "decade")
