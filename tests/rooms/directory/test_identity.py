"""When two spellings are one name, one street, one place."""

from __future__ import annotations

import pytest

from daybreak.directory.rules.identity import fold_name, fold_street, organization_key
from daybreak.directory.rules.solo import is_solo_practitioner


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Chrysalis House Inc", "Chrysalis House, Inc."),
        ("Shepherds House Inc", "Shepherd's House"),
        ("The Healing Place", "HEALING PLACE"),
        ("Adams & Associates", "Adams and Associates, LLC"),
        ("Centro Médico", "Centro Medico"),
    ],
)
def test_names_are_compared_without_what_does_not_tell_them_apart(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Hope Center", "Hope Clinic"), ("Hope Center", "New Hope Center")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


def test_a_name_of_nothing_but_a_legal_form_is_still_a_name() -> None:
    assert fold_name("LLC") == "llc"
    assert fold_name("北京") != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("250 West Loudon Avenue", "250 W. Loudon Ave"),
        ("1212 Bath Avenue, Suite 101", "1212 Bath avenue suite 101"),
        ("1212 Bath Avenue Suite 101", "1212 Bath Ave"),
        ("501 Darby Creek Rd #21", "501 Darby Creek Road"),
        ("2350 Saint Mary Street", "2350 St. Mary St"),
    ],
)
def test_streets_are_compared_in_the_post_offices_short_words_and_without_the_unit(
    one: str, other: str
) -> None:
    assert fold_street(one) == fold_street(other)


def test_different_streets_stay_different() -> None:
    assert fold_street("250 West Loudon Avenue") != fold_street("250 East Loudon Avenue")
    assert fold_street("Building 5") != ""


def test_the_same_name_in_another_state_is_another_organization() -> None:
    assert organization_key("Hope Center", "KY") != organization_key("Hope Center", "TN")


@pytest.mark.parametrize(
    "name",
    ["Pat Doe, MD", "Dr. Pat Doe", "Pat Doe", "P. Doe", "Pat Q Doe MD", "Offices of Pat Doe, LPCC, CADC"],
)
def test_a_persons_name_is_known_for_one(name: str) -> None:
    assert is_solo_practitioner(name)


@pytest.mark.parametrize(
    "name",
    [
        "Selfrefind", "Simon House", "Refuge for Women", "KVC Kentucky", "Nolan Inc.", "Towns Counseling Services PSC",
        "Jesse G. Harris Psychological Services Center", "Van Hoose and Associates", "karen's place", "Ensite LLC",
        "Beaumont Behavioral Health", "Windows of Discovery", "Alternatives in Treatment", "Pennroyal", "",
    ],
)  # fmt: skip
def test_an_organizations_name_is_not_taken_for_a_persons(name: str) -> None:
    assert not is_solo_practitioner(name)


def test_a_business_that_the_list_also_writes_in_one_word_is_no_person() -> None:
    assert is_solo_practitioner("Self Refind")
    assert not is_solo_practitioner("Self Refind", {"Selfrefind", "Hope Center"})
