"""NIBRS drug seizures: every documented trap is a right value or its own error number, and XX is never a quantity."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.events.rules.draft import Draft, ExhibitSeen
from daybreak.intake.readers.nibrs import property_segment
from daybreak.intake.readers.nibrs_drugs import CATEGORIES, LETTERS, Drug, faults_of, read_drug
from daybreak.intake.readers.opening import read
from daybreak.intake.rules.compiling import compile_mapping
from daybreak.intake.rules.problems import Problem
from daybreak.intake.rules.proposing import propose

FILES = Path(__file__).parent / "files"
CASES = list(csv.DictReader((FILES / "drug_triplet_cases.csv").read_text(encoding="utf-8").splitlines()))
INCIDENT = "00881I072019    ZZ0010000TEST-00004  20190501 15N".ljust(87)
OFFENSE = "00632I072019    ZZ0010000TEST-00004  35ACN  13   P           88".ljust(63)


def file_of(*groups: str, loss: str = "6", offense: str = OFFENSE, incident: str = INCIDENT) -> bytes:
    """An incident whose property segment has these drug groups."""
    description = "10".ljust(19) if loss == "6" else " " * 19
    line = f"03073I072019    ZZ0010000TEST-00004  {loss}{description:<190}    " + "".join(groups)
    return f"{incident}\n{offense}\n{line.ljust(307)}\n".encode()


def drafts(data: bytes) -> list[Draft | Problem]:
    sheet = read(data)
    assert sheet.kind == "nibrs"
    made = propose(sheet.header, sheet.sample(), name="nibrs", timezone="America/New_York").mapping
    function = compile_mapping(made, sheet.header)
    return [function(line, cells) for line, cells in sheet.rows()]


def test_there_are_fifteen_documented_cases() -> None:
    assert len(CASES) == 15


@pytest.mark.parametrize("case", CASES, ids=[f"{case['triplet']}-{case['loss_type']}" for case in CASES])
def test_each_documented_drug_group_is_read_as_documented(case: dict[str, str]) -> None:
    drug = read_drug(case["triplet"], case["loss_type"])
    assert (not drug.error) == (case["expected_valid"] == "yes")
    assert drug.error == case["error_code"]
    assert drug.has_value == (case["value_it"] == "yes")
    if case["quantity"]:
        assert drug.quantity == Decimal(case["quantity"])
        assert str(drug.quantity) == case["quantity"]
    else:
        assert drug.quantity is None
    if case["unit"]:
        assert drug.measure == case["unit"]


def test_the_published_sample_says_43_950_grams_and_says_what_else_it_holds() -> None:
    data = (FILES / "NIBRS_Test_Sample.txt").read_bytes()
    (draft,) = drafts(data)
    assert isinstance(draft, Draft)
    assert draft.exhibits == (ExhibitSeen("amphetamine-type", Decimal("43.950"), "g"),)
    assert (draft.occurred_at.isoformat(), draft.occurred_precision) == ("2019-05-01T19:00:00+00:00", "hour")
    sheet = read(data)
    list(sheet.rows())
    assert {(one.code, one.detail): one.count for one in sheet.notices} == {
        ("nibrs-other", level): 1 for level in "12456"
    }


def test_a_drug_at_the_laboratory_has_no_quantity_and_is_pending() -> None:
    (draft,) = drafts(file_of("U000000001000XX", "D000000002500GM"))
    assert isinstance(draft, Draft)
    assert draft.exhibits == (
        ExhibitSeen("unknown-drug", None, "", "pending"),
        ExhibitSeen("heroin", Decimal("2.500"), "g"),
    )


def test_over_three_types_stand_third_beside_two_others_without_a_quantity() -> None:
    (draft,) = drafts(file_of("D000000002500GM", "B000000001000OZ", "X"))
    assert isinstance(draft, Draft)
    assert [one.substance for one in draft.exhibits] == ["heroin", "cocaine", "more-than-three"]
    assert draft.exhibits[2].quantity is None


@pytest.mark.parametrize(
    ("groups", "error"),
    [
        (("X".ljust(15),), "362"),
        (("X".ljust(15), "D000000002500GM", "B000000001000OZ"), "362"),
        (("D000000002500GM", "D000000000010OZ"), "306"),
        (("U000000002500GM", "U000000000010DU"), "306"),
        (("Q000000002500GM",), "304"),
        (("D000000002500QQ",), "304"),
        (("D00000000 500GM",), "302"),
        (("D000000A02500GM",), "302"),
        ((" 000000002500GM",), "366"),
        (("             GM",), "368"),
    ],
)
def test_a_faulty_segment_is_refused_by_its_error_number(groups: tuple[str, ...], error: str) -> None:
    (problem,) = drafts(file_of(*groups))
    assert isinstance(problem, Problem)
    assert f"NIBRS error {error}" in problem.must
    assert problem.line == 3


def test_a_drug_twice_in_two_kinds_of_measure_is_allowed() -> None:
    (draft,) = drafts(file_of("A000000002500GM", "A000000010000DU"))
    assert isinstance(draft, Draft)
    assert [(one.quantity, one.unit) for one in draft.exhibits] == [
        (Decimal("2.500"), "g"),
        (Decimal("10.000"), "dosage-unit"),
    ]


def test_a_drug_beside_another_offense_or_loss_is_refused() -> None:
    burglary = "00632I072019    ZZ0010000TEST-00004  220CN  20  F            88".ljust(63)
    for data in (file_of("D000000002500GM", offense=burglary), file_of("D000000002500GM", loss="7")):
        (problem,) = drafts(data)
        assert isinstance(problem, Problem)
        assert "365" in problem.must


def test_seized_drugs_without_a_type_are_refused() -> None:
    (problem,) = drafts(file_of())
    assert isinstance(problem, Problem)
    assert "364" in problem.must


def test_a_drug_offense_without_loss_names_a_drug_but_is_no_seizure() -> None:
    sheet = read(file_of("D".ljust(15), loss="1"))
    assert list(sheet.rows()) == []
    assert "nibrs-drugs-not-seized" in {one.code for one in sheet.notices}
    (problem,) = drafts(file_of(loss="1"))
    assert isinstance(problem, Problem)
    assert "392" in problem.must


def test_deleted_and_window_segments_are_counted_and_not_kept() -> None:
    data = file_of("D000000002500GM").replace(b"03073I", b"03073D")
    sheet = read(data)
    assert list(sheet.rows()) == []
    assert ("nibrs-other", "3D") in {(one.code, one.detail) for one in sheet.notices}


def test_an_impossible_incident_date_is_refused() -> None:
    (problem,) = drafts(file_of("D000000002500GM", incident=INCIDENT.replace("20190501", "20190231")))
    assert isinstance(problem, Problem)
    assert "calendar" in problem.must


_QUANTITIES = st.decimals(min_value=0, max_value=Decimal("999999999.999"), places=3)
_KNOWN = st.builds(
    Drug,
    st.sampled_from([letter for letter in LETTERS if letter != "X"]),
    _QUANTITIES,
    st.sampled_from([code for code in CATEGORIES if code not in {"XX", "NP"}]),
)
_AT_LABORATORY = st.builds(lambda letter: Drug(letter, None, "XX"), st.sampled_from("ABDU"))


@given(st.lists(_KNOWN | _AT_LABORATORY, min_size=1, max_size=3))
def test_what_is_written_is_read_again_or_refused_for_a_reason(written: list[Drug]) -> None:
    line = property_segment(ori="ZZ0010000", incident="TEST-00004", month=7, year=2019, drugs=written)
    assert len(line) == 307
    groups = [line[at : at + 15] for at in (232, 247, 262)]
    found = [read_drug(group, "6") for group in groups]
    assert [drug for drug in found if drug.letter] == written
    sheet = read(f"{INCIDENT}\n{OFFENSE}\n{line}\n".encode())
    ((_, cells),) = sheet.rows()
    if list(faults_of(found)):
        assert isinstance(cells, Problem)
    else:
        assert cells[6] == written[0].letter
        assert cells[7] == ("" if written[0].at_laboratory else str(written[0].quantity))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=15, max_size=15))
def test_any_fifteen_characters_are_a_drug_or_an_error_and_xx_never_has_a_quantity(group: str) -> None:
    drug = read_drug(group, "6")
    assert drug.quantity is None or drug.quantity >= 0
    assert not (drug.at_laboratory and drug.quantity is not None)
    assert not (drug.has_value and (drug.letter == "X" or drug.measure == "XX"))
