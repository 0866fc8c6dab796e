"""ICD-10 groups of deaths: each death once a group, any opioid as a union, and groups that never add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.events.rules.causes import DeathCodes, deaths_by_group, drug_groups, manner
from daybreak.vocabulary.causes import groups_of, normal_code

OPIOIDS = ["T40.0", "T40.1", "T40.2", "T40.3", "T40.4", "T40.6"]
CODES = [*OPIOIDS, "T40.5", "T43.6", "T42.4", "F11.2", "R99"]


def death(*codes: str, underlying: str = "X42") -> DeathCodes:
    return DeathCodes(underlying, frozenset(codes))


def test_heroin_with_fentanyl_is_one_death_in_three_groups() -> None:
    found = deaths_by_group([death("T40.1", "T40.4")])
    assert found.overdoses == 1
    assert (found.by_drug["heroin"], found.by_drug["synthetic-opioid"], found.by_drug["any-opioid"]) == (
        1,
        1,
        1,
    )
    assert found.several_drugs == 1
    assert found.never_add


def test_the_groups_may_be_added_only_where_nothing_overlaps() -> None:
    assert not deaths_by_group([death("T40.5"), death("T42.4"), death()]).never_add


@given(st.lists(st.sets(st.sampled_from(CODES)), max_size=30))
def test_any_opioid_is_the_union_of_its_codes_and_never_their_sum(deaths: list[set[str]]) -> None:
    found = deaths_by_group(death(*codes) for codes in deaths)
    assert found.by_drug["any-opioid"] == sum(bool(codes & set(OPIOIDS)) for codes in deaths)
    assert found.by_drug["prescription-opioid"] == sum(bool(codes & {"T40.2", "T40.3"}) for codes in deaths)
    assert all(0 <= count <= len(deaths) for count in found.by_drug.values())
    assert sum(found.by_manner.values()) == found.overdoses == len(deaths)


def test_the_manner_comes_from_the_underlying_cause_and_adds_up() -> None:
    found = deaths_by_group(
        [death(underlying=code) for code in ("X40", "X44", "X64", "X85", "Y14", "V89", "", "T40.1")]
    )
    assert found.by_manner == {"unintentional": 2, "suicide": 1, "homicide": 1, "undetermined": 1}
    assert (found.not_overdoses, found.underlying_not_stated) == (2, 1)
    assert found.no_drug_named == 5


def test_a_drug_code_alone_makes_no_overdose_death() -> None:
    found = deaths_by_group([death("T40.1", underlying="I21.9")])
    assert (found.overdoses, found.by_drug["heroin"], found.not_overdoses) == (0, 0, 1)


@pytest.mark.parametrize(
    ("written", "code"),
    [("t401", "T40.1"), ("T40.1X1A", "T40.1"), (" X42 ", "X42"), ("X420", "X42.0"), ("heroin", ""), ("", ""),
     ("40.1", "")],
)  # fmt: skip
def test_codes_are_read_however_they_are_written(written: str, code: str) -> None:
    assert normal_code(written) == code


def test_cocaine_is_no_opioid_and_fentanyl_is() -> None:
    assert groups_of("T40.5", "drug") == {"cocaine"}
    assert "any-opioid" in drug_groups(["T404"])
    assert manner("X99") == ""


def test_what_is_no_code_is_counted_and_not_lost() -> None:
    assert deaths_by_group([death("T40.1", "fentanyl")]).unreadable == 1
