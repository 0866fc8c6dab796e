"""Mapping files: what is written is read again, and every mistake is named with its place, what must be, and what was got."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.intake.rules.mapping import MappingError
from daybreak.intake.rules.mapping_file import dump, load, mapping_from
from tests.rooms.intake.mapped import CASE, DAY, mapping

WHOLE = {
    "daybreak_mapping": 1,
    "name": "ems-runs",
    "title": "EMS runs",
    "version": 3,
    "kind": "overdose",
    "timezone": "America/New_York",
    "clock_change": {"twice": "first", "skipped": "later"},
    "earliest": "2005-01-01",
    "file": {"encoding": "windows-1252", "delimiter": ";", "header_line": 2, "short_rows": "blank"},
    "columns": [
        CASE,
        {"column": "Date", "use": "occurred-date", "formats": ["%m/%d/%y"], "pivot": 30},
        {
            "column": "Drug",
            "use": "substance",
            "values": {"H": "heroin"},
            "blanks": ["?"],
            "unknown": "leave-out",
        },
        {"column": "Type", "use": "only", "only": ["Overdose"]},
        {"column": "Patient Name", "use": "drop", "why": "name"},
        {"column": "DOB", "use": "drop", "why": "birth-date"},
    ],
    "key": ["Case Number"],
    "token": ["Patient Name", "DOB"],
    "constants": {"state": "KY"},
}


def changed(**changes: Any) -> dict[str, Any]:
    return json.loads(json.dumps(WHOLE)) | changes


def with_column(**changes: Any) -> dict[str, Any]:
    return changed(columns=[CASE, DAY | changes, *WHOLE["columns"][4:]])  # type: ignore[index]


def test_what_is_written_is_read_again() -> None:
    made = mapping_from(WHOLE)
    assert load(dump(made)) == made
    assert dump(load(dump(made))) == dump(made)


def test_a_mapping_lists_what_it_drops() -> None:
    assert mapping_from(WHOLE).dropped() == {"Patient Name": "name", "DOB": "birth-date"}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ([], "must be a table"),
        (changed(daybreak_mapping=2), "edition"),
        (changed(colums=[]), "not known"),
        (changed(name="EMS runs"), "lower-case"),
        (changed(kind="ovredose"), "overdose"),
        (changed(timezone="Kentucky/Lexington"), "time zone"),
        (changed(version=0), "1 or more"),
        (changed(earliest="soon"), "a day such as"),
        (changed(columns=[]), "must be a list"),
        (changed(columns=[CASE]), "one with the use"),
        (changed(columns=[CASE, DAY, DAY]), "each heading once"),
        (changed(columns=[CASE, DAY, DAY | {"column": "Day"}]), "occurred-date once"),
        (changed(key=["Case"]), "headings that stand under columns"),
        (changed(key=["Patient Name"]), "can be no key"),
        (changed(token=["Case Number"]), "columns that are dropped"),
        (changed(constants={"colour": "blue"}), "one of state"),
        (changed(clock_change={"twice": "both"}), "refuse, first or second"),
        (changed(file={"short_rows": "guess"}), "refuse or blank"),
        (with_column(use="when"), "one of occurred"),
        (with_column(formats=[]), "at least one format"),
        (with_column(formats=["%q"]), "must be made of"),
        (with_column(formats=["%m/%Y"]), "a whole day"),
        (with_column(formats=["%m/%d/%y"]), "two-digit years"),
        (with_column(formats=["%m/%d/%y"], pivot=100), "0 to 99"),
        (with_column(formats=["%m/%d/%Y %I:%M"]), "AM or PM"),
        (with_column(unit="g"), "left out"),
        (with_column(surprise=1), "not known"),
        (with_column(values={"a": 1}), "texts that they stand for"),
        (with_column(number=True), "whole number"),
    ],
)
def test_each_mistake_is_named(document: Any, says: str) -> None:
    with pytest.raises(MappingError, match=says):
        mapping_from(document)


@pytest.mark.parametrize(
    "heading",
    ["Patient Name", "Last_Name", "victimLastName", "DOB", "Date of Birth", "SSN", "Cell Phone", "E-mail", "Narrative", "Remarks",
     "Defendant", "Officer Name", "MRN", "Next of Kin", "License Plate", "Home Address", "ePatient.17", "ePatient.02",
     "ChiefComplaintParsed"],
)  # fmt: skip
@pytest.mark.parametrize("use", ["key", "charge-offense", "substance", "operation", "occurred-date"])
def test_a_column_whose_heading_announces_a_person_can_only_be_dropped(heading: str, use: str) -> None:
    column: dict[str, Any] = {"column": heading, "use": use}
    if use == "operation":
        column["values"] = {"a": "a"}
    if use == "occurred-date":
        column["formats"] = ["%m/%d/%Y"]
    day = {"column": "Year", "use": "occurred-year"}
    columns = [column] if use == "occurred-date" else [day, column]
    with pytest.raises(MappingError, match="ledger knows no persons"):
        mapping(*columns)
    assert mapping(day, {"column": heading, "use": "drop"}).dropped() == {heading: ""}


@pytest.mark.parametrize(
    "heading",
    [
        "Case Number",
        "Victim Age",
        "Patient Gender",
        "County Name",
        "Name of Drug",
        "Incident Date",
        "Date of Death",
        "Hospital Name",
    ],
)
def test_a_heading_about_an_event_is_not_taken_for_a_person(heading: str) -> None:
    assert mapping(DAY, {"column": heading, "use": "key"}).columns[1].heading == heading


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(WHOLE)), _JSON)
def test_nothing_in_a_document_causes_another_error_than_a_named_one(name: str, value: Any) -> None:
    try:
        made = mapping_from(changed(**{name: value}))
    except MappingError:
        return
    assert load(dump(made)) == made


def test_text_that_is_no_json_is_refused() -> None:
    for text in ("", "{", "[" * 100_000, '{"daybreak_mapping": 1'):
        with pytest.raises(MappingError):
            load(text)
