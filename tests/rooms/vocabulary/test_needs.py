"""Needs and codes say what they are meant to say, and nothing more."""

from __future__ import annotations

from daybreak.vocabulary import needs, samhsa


def test_every_need_stands_in_a_group_and_every_group_has_needs() -> None:
    assert {need.group for need in needs.needs().values()} == set(needs.groups())
    assert all(group.needs for group in needs.groups().values())


def test_every_need_is_written_in_both_languages() -> None:
    for need in needs.needs().values():
        assert all((need.en, need.es, need.means_en, need.means_es)), need.name


def test_every_code_that_states_a_need_is_in_a_list_of_codes() -> None:
    mapped = {
        code for answers in needs.codes_by_need().values() for codes in answers.values() for code in codes
    }
    assert mapped - set(samhsa.codes()) == {"BMW"}  # a spelling met between 2015 and 2023, in no printed list


def test_a_code_states_yes_and_a_missing_code_states_nothing() -> None:
    facts = needs.facts_from_codes(["SA", "MM", "BU", "MD", "CT"])
    assert facts["methadone"] == (True, "MM")
    assert facts["medication"] == (True, "MM BU")
    assert facts["medicaid"] == (True, "MD")
    assert "naltrexone" not in facts
    assert all(answer for answer, _ in facts.values())


def test_only_the_code_for_no_medication_states_no() -> None:
    facts = needs.facts_from_codes(["NMOA", "OP"])
    assert facts["buprenorphine"] == (False, "NMOA")
    assert facts["methadone"] == (False, "NMOA")
    assert facts["outpatient"] == (True, "OP")


def test_a_language_code_that_no_list_names_is_still_another_language() -> None:
    assert needs.facts_from_codes(["F104"]) == {"other-language": (True, "F104")}
    assert needs.facts_from_codes(["F104X", "Hotline:", "162"]) == {}


def test_a_code_means_what_its_edition_says() -> None:
    assert samhsa.label("GH", edition=2012) == "Primary focus: general health care"
    assert samhsa.label("GH", edition=2023) == "General Hospital (including VA hospital)"
    assert samhsa.label("NOSUCH", edition=2015) is None


def test_needs_that_must_all_be_met_are_no_alternatives() -> None:
    assert needs.alternative_of()["rides"] == "rides"
    assert needs.alternative_of()["deaf"] == "deaf"
    assert needs.alternative_of()["medicaid"] == needs.alternative_of()["free"] == "payment"
