"""What the answers of the 2015 survey mean, and what of it may be kept."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from daybreak.directory.readers.survey2015 import ANSWERED, TICKED, Survey
from daybreak.directory.readers.tables import UnusableFile
from daybreak.vocabulary.needs import needs

BUNDLED = Path(__file__).resolve().parents[3] / "data" / "lexington" / "provider_survey_2015.csv"
HEADINGS = list(csv.reader(io.StringIO(BUNDLED.read_text(encoding="utf-8"))))[:3]
WHO = {
    "Q2": "Hope Center",
    "Q4": "360 West Loudon Avenue",
    "Q5": "Lexington",
    "Q8": "40508",
    "Q9": "859-252-7881",
}


def survey(*providers: dict[str, str]) -> bytes:
    """A survey file with the real headings."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(HEADINGS)
    for answers in providers:
        writer.writerow([answers.get(question, "") for question in HEADINGS[1]])
    return out.getvalue().encode()


def facts(**answers: str) -> dict[str, bool]:
    (row,) = Survey(survey(WHO | answers)).rows()
    return {said.need: said.answer for said in row.statements}


@pytest.mark.parametrize(
    ("question", "answer", "stated"),
    [
        ("Q15", "1", {"detox": True}),
        ("Q15", "2", {"detox": False}),
        ("Q19_1", "1", {"detox": True, "detox-alcohol": True}),
        ("Q19_2", "1", {"detox": True, "detox-opioid": True}),
        ("Q19_3", "1", {"detox": True, "detox-other": True}),
        ("Q20_1", "1", {"detox-medication": True}),
        ("Q20_2", "1", {"detox-medication": True}),
        ("Q20_3", "1", {"detox-nonmedical": True}),
        ("Q10_1", "1", {"residential": True}),
        ("Q10_2", "1", {"intensive-outpatient": True, "outpatient": True}),
        ("Q10_3", "1", {"outpatient": True}),
        ("Q10_4", "1", {"methadone": True, "medication": True, "accepts-methadone": True}),
        ("Q10_5", "1", {"buprenorphine": True, "medication": True, "accepts-buprenorphine": True}),
        ("Q11_1", "1", {"stay-under-28": True, "stay-short": True}),
        ("Q11_4", "1", {"stay-28-30": True, "stay-short": True}),
        ("Q11_5", "1", {"stay-1-6-months": True, "stay-long": True}),
        ("Q11_7", "1", {"stay-over-6-months": True, "stay-long": True}),
        ("Q28", "1", {"smoke-allowed": True}),
        ("Q28", "2", {"smoke-allowed": False}),
        ("Q42", "2", {"nicotine-replacement": False}),
        ("Q33", "1", {"keep-medicines": False}),
        ("Q33", "2", {"keep-medicines": True}),
        ("Q47", "1", {"opioid-treatment-program": True}),
        ("Q13_1", "1", {"teens": True}),
        ("Q13_2", "1", {"adults": True}),
        ("Q21_1", "1", {"men": True}),
        ("Q21_2", "1", {"women": True}),
        ("Q23", "2", {"pregnant": False}),
        ("Q12_2", "1", {"medicaid": True}),
        ("Q12_3", "1", {"voucher": True}),
        ("Q12_6", "1", {"free": True}),
        ("Q45", "1", {"no-upfront-payment": False}),
        ("Q45", "2", {"no-upfront-payment": True}),
        ("Q17_4", "1", {"plan-passport": True}),
        ("Q24", "1", {"no-drug-test-to-enter": False}),
        ("Q24", "2", {"no-drug-test-to-enter": True}),
        ("Q48", "1", {"no-health-limits": False}),
        ("Q48", "2", {"no-health-limits": True}),
        ("Q51_1", "1", {"pregnancy-priority": True}),
        ("Q51_4", "1", {"faith-based": True}),
        ("Q46", "no narcotics, no Suboxone", {"accepts-buprenorphine": False}),
        ("Q46", "methadone, buprenorphine", {"accepts-buprenorphine": False, "accepts-methadone": False}),
        ("Q46", "narcotics", {}),
        ("Q49", "no detox here, free text is never read", {}),
    ],
)
def test_each_answer_says_what_its_question_asks(question: str, answer: str, stated: dict[str, bool]) -> None:
    assert facts(**{question: answer}) == stated


@pytest.mark.parametrize("question", sorted({*TICKED, *ANSWERED}))
def test_a_blank_is_never_a_no(question: str) -> None:
    assert facts(**{question: ""}) == {}


@pytest.mark.parametrize("question", sorted(TICKED))
def test_a_box_to_tick_cannot_say_no(question: str) -> None:
    assert facts(**{question: "2"}) == {}


def test_every_need_of_the_survey_is_a_need_of_ours() -> None:
    named = {need for names in TICKED.values() for need in names} | {need for need, _ in ANSWERED.values()}
    assert named <= set(needs())


def test_what_was_said_is_the_question_and_its_answer() -> None:
    (row,) = Survey(survey(WHO | {"Q10_2": "1", "Q10_3": "1", "Q45": "1"})).rows()
    said = {statement.need: statement.said for statement in row.statements}
    assert said["outpatient"] == "Q10_2=1 Q10_3=1"
    assert said["no-upfront-payment"] == "Q45=1"


def test_a_detox_that_names_its_kinds_is_not_denied_by_the_question_before() -> None:
    assert facts(Q15="2", Q19_1="1")["detox"] is True


def test_a_medicine_that_is_barred_by_name_is_not_accepted_though_it_is_given() -> None:
    stated = facts(Q10_5="1", Q46="no Suboxone")
    assert (stated["buprenorphine"], stated["accepts-buprenorphine"]) == (True, False)


def test_free_text_is_in_no_part_of_a_row() -> None:
    secret = "call the owner at home"
    answers = dict.fromkeys(("Q41", "Q56", "Q46", "Q49", "Q44", "Q51_5_TEXT", "Q11_11_TEXT"), secret)
    (row,) = Survey(survey(WHO | answers)).rows()
    assert secret not in repr(row)


def test_a_solo_practitioner_is_read_but_not_published() -> None:
    rows = list(Survey(survey(WHO | {"Q2": "Pat Doe, MD"}, WHO)).rows())
    assert [row.published for row in rows] == [False, True]


def test_the_copy_for_the_bundle_has_no_persons_and_no_free_text() -> None:
    full = survey(
        WHO | {"Q2": "Pat Doe, MD"},
        WHO | {"Q2": ""},
        WHO | {"Q46": "no Suboxone, no pets", "Q49": "stairs", "Q15": "1"},
    )
    kept = Survey(full).bundled_copy()
    assert kept[:3] == HEADINGS
    (row,) = [dict(zip(HEADINGS[1], cells, strict=True)) for cells in kept[3:]]
    assert (row["Q2"], row["Q46"], row["Q49"], row["Q15"]) == ("Hope Center", "suboxone", "", "1")


def test_the_bundled_survey_names_no_solo_practitioner_and_holds_no_free_text() -> None:
    survey_file = Survey(BUNDLED.read_bytes())
    rows = list(survey_file.rows())
    assert len(rows) == 85
    assert all(row.published and row.name for row in rows)
    assert survey_file.bundled_copy() == list(csv.reader(io.StringIO(BUNDLED.read_text(encoding="utf-8"))))


def test_another_file_is_not_taken_for_the_survey() -> None:
    with pytest.raises(UnusableFile, match="2015 survey"):
        Survey(b"a,b\nc,d\ne,f\n")
