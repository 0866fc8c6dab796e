"""The third wall: whatever column a person's data stands in, it comes out neither in an event nor in an error."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybreak.events.rules.draft import Draft
from daybreak.intake.rules.compiling import compile_mapping
from daybreak.intake.rules.mapping import Mapping
from daybreak.intake.rules.problems import Problem
from daybreak.intake.rules.proposing import propose
from tests.rooms.intake.mapped import mapping

# Words and figures that stand in no vocabulary; a piece of any of them in an output is a leak.
CANARIES = {
    "name": ("Zebulon Quackenbush", "QUACKENBUSH, ZEBULON R", "Quackenbush"),
    "birth-date": ("03/12/1985", "1985-03-12", "12-Mar-1985"),
    "phone": ("555-0142", "(859) 555-0142", "859-555-0142", "+1 859 555 0142"),
    "person-number": ("078-05-1120",),
    "email": ("zeb.quackenbush@example.org",),
    "narrative": (
        "R/O met Zebulon Quackenbush at the door, DOB 03/12/1985, phone 859-555-0142; he said he took heroin.",
        "Zebulon Quackenbush, heroin",
        "heroin; Quackenbush",
        "Fatal - Quackenbush",
    ),
    "address": ("Quackenbush residence", "c/o Quackenbush 1234"),
}
PIECES = (
    "quackenbush",
    "zebulon",
    "555-0142",
    "555 0142",
    "5550142",
    "078-05",
    "03/12/1985",
    "1985",
    "12-mar",
    "1120",
)
CELLS = [cell for cells in CANARIES.values() for cell in cells]

_DATED = {"formats": ["%m/%d/%Y", "%Y-%m-%d", "%d-%b-%Y"]}
_NAMES = (
    "zip", "county", "state", "address", "latitude", "longitude", "count", "fatal", "certainty", "naloxone-given",
    "naloxone-doses", "naloxone-extent", "naloxone-named", "naloxone-by", "age", "age-unit", "age-band", "sex", "status",
    "manner", "underlying",
    "cause", "substance", "exhibit-drug", "exhibit-quantity", "exhibit-unit", "exhibit-laboratory", "exhibit-label",
    "charge-statute", "charge-offense", "charge-counts", "key", "only",
)  # fmt: skip
EVERYTHING: list[dict[str, Any]] = [
    {"column": "occurred date", "use": "occurred-date", **_DATED},
    {"column": "occurred time", "use": "occurred-time", "formats": ["%H:%M"]},
    {"column": "reported", "use": "reported", **_DATED},
    *[{"column": name.replace("-", " "), "use": name} for name in _NAMES],
    {"column": "left out", "use": "substance", "unknown": "leave-out"},
    {"column": "left out offense", "use": "charge-offense", "number": 2, "unknown": "leave-out"},
    {"column": "flag", "use": "substance-flag", "substance": "xylazine"},
    {"column": "op", "use": "operation", "values": {"pandora": "pandora"}},
    {"column": "point", "use": "point"},
    {"column": "not used", "use": "ignore"},
    {"column": "Last Name", "use": "drop", "why": "name"},
]
WHOLE = mapping(*EVERYTHING, key=["key", "zip"])
HEADER = [column["column"] for column in EVERYTHING]
GOOD = {
    "occurred date": "07/11/2013", "occurred time": "14:05", "reported": "07/12/2013", "zip": "40508",
    "county": "Fayette", "state": "KY",
    "address": "1234 E Main St", "latitude": "38.04685", "longitude": "-84.49712", "count": "1", "fatal": "no",
    "certainty": "suspected",
    "naloxone given": "yes", "naloxone doses": "2", "naloxone named": "naloxone", "naloxone by": "ems", "age": "31",
    "age unit": "years",
    "sex": "M", "status": "open", "manner": "accident", "underlying": "X42", "cause": "T40.1", "substance": "heroin",
    "exhibit drug": "heroin", "exhibit quantity": "2.5", "exhibit unit": "g", "exhibit laboratory": "pending",
    "exhibit label": "Item 3",
    "charge statute": "KRS 218A.1412", "charge offense": "POSS CONT SUB", "charge counts": "1", "key": "2013-00042", "only": "x",
    "flag": "Y", "op": "pandora",
}  # fmt: skip


def leaks(output: Draft | Problem) -> list[str]:
    """The pieces of canaries that an output holds."""
    text = json.dumps(astuple(output), default=str).casefold()
    return [piece for piece in PIECES if piece in text]


def cells_of(changes: dict[str, str]) -> tuple[str, ...]:
    return tuple((GOOD | changes).get(heading, "") for heading in HEADER)


def test_the_row_without_canaries_is_a_whole_event() -> None:
    draft = compile_mapping(WHOLE, HEADER)(2, cells_of({}))
    assert isinstance(draft, Draft)
    assert (draft.zip, draft.block, draft.age_band, len(draft.exhibits)) == (
        "40508",
        "1200 block E Main St",
        "25-34",
        1,
    )
    assert "38.04685" not in repr(draft)
    assert "1234" not in repr(draft)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("heading", HEADER)
def test_a_persons_data_in_any_one_column_never_comes_out(heading: str, cell: str) -> None:
    output = compile_mapping(WHOLE, HEADER)(2, cells_of({heading: cell}))
    assert leaks(output) == []


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(HEADER), st.sampled_from(CELLS), max_size=len(HEADER)))
def test_a_persons_data_in_any_columns_at_once_never_comes_out(changes: dict[str, str]) -> None:
    output = compile_mapping(WHOLE, HEADER)(2, cells_of(changes))
    assert leaks(output) == []


@settings(max_examples=100, deadline=None)
@given(st.permutations(HEADER))
def test_rows_whose_columns_were_shifted_never_let_a_name_through(order: list[str]) -> None:
    cells = cells_of({"Last Name": "Zebulon Quackenbush", "not used": "859-555-0142"})
    output = compile_mapping(WHOLE, HEADER)(2, tuple(cells[HEADER.index(heading)] for heading in order))
    assert leaks(output) == []


_ODD_HEADINGS = ("FLD1", "X", "Info", "Who", "Data 3", "Ref", "Person involved", "Contact")


@pytest.mark.parametrize("kind", ["name", "phone", "person-number", "email", "narrative"])
@pytest.mark.parametrize("heading", _ODD_HEADINGS)
def test_persons_are_recognised_by_content_where_the_heading_says_nothing(kind: str, heading: str) -> None:
    people = {
        "name": [
            f"{first} {last}"
            for first in ("Zebulon", "Ottoline", "Ignatz")
            for last in ("Quackenbush", "Featherstone", "Wigglesworth")
        ],
        "phone": [f"(859) 555-01{number:02}" for number in range(9)],
        "person-number": [f"078-05-11{number:02}" for number in range(9)],
        "email": [f"canary{number}@example.org" for number in range(9)],
        "narrative": [
            f"On arrival the officers of unit {number} met a person at the door who said several things at length."
            for number in range(9)
        ],
    }[kind]
    sample = [(f"07/{day + 1:02}/2013", "40508", cell) for day, cell in enumerate(people)]
    proposal = propose(
        ["Incident Date", "ZIP", heading], sample, name="x", timezone="America/New_York", kind="overdose"
    )
    reason = next(one for one in proposal.reasons if one.heading == heading)
    assert reason.use == "drop"
    assert reason.unknown == ()


def test_birth_dates_are_recognised_by_their_spread() -> None:
    sample = [(f"07/{day:02}/2013", f"0{day % 9 + 1}/12/{1950 + 4 * day}") for day in range(1, 13)]
    proposal = propose(
        ["Incident Date", "FLD2"], sample, name="x", timezone="America/New_York", kind="overdose"
    )
    assert proposal.mapping.dropped() == {"FLD2": "birth-date"}


def test_what_a_proposal_shows_of_cells_never_holds_a_person() -> None:
    header = ["Incident Date", "Patient Name", "DOB", "Suspected Drug", "Sex", "Location", "Remarks"]
    sample = [
        (
            f"07/{day:02}/2013",
            "Quackenbush, Zebulon",
            "03/12/1985",
            "Heroin" if day % 3 else "blue stuff",
            "M",
            "1234 E Main St",
            CELLS[-1],
        )
        for day in range(1, 20)
    ]
    proposal = propose(header, sample, name="x", timezone="America/New_York", kind="overdose")
    assert proposal.mapping.dropped() == {"Patient Name": "name", "DOB": "birth-date", "Remarks": "narrative"}
    shown = json.dumps([astuple(reason) for reason in proposal.reasons]).casefold()
    assert "blue stuff" in shown
    assert [piece for piece in PIECES if piece in shown] == []
    function = compile_mapping(proposal.mapping, header)
    for line, cells in enumerate(sample, 2):
        assert leaks(function(line, cells)) == []


def test_a_mapping_that_was_changed_after_its_check_still_takes_nothing_personal() -> None:
    """The wall stands in the conversions: even a mapping that maps a column of names to every field gets nothing out of it."""
    from daybreak.intake.rules.mapping import Column

    for use in _NAMES:
        made = Mapping(
            "x", "overdose", "America/New_York",
            (Column("occurred date", "occurred-date", formats=("%m/%d/%Y",)), Column("Patient Name", use)), key=("Patient Name",),
        )  # fmt: skip
        for cell in CELLS:
            assert (
                leaks(compile_mapping(made, ["occurred date", "Patient Name"])(2, ("07/11/2013", cell))) == []
            )
