"""Cells that ran over into other cells find their way back."""

from __future__ import annotations

import pytest

from daybreak.directory.rules.rows import Row
from daybreak.directory.rules.spill import realign, sort_out_codes

FIELDS = ("name", "program", "address_1", "city", "state", "zip", "contact", "codes", "longitude", "latitude")
CELLS = [
    "Hope Center", "Women", "1524 Versailles Road", "Lexington", "KY", "40504", "(859)252-2002", "SA/RL/", "-84.53", "38.05",
]  # fmt: skip


def sorted_out(contact: str, note: str, codes: str) -> Row:
    row = Row(2, 1, "", contacts=(("main", contact),), note=note)
    sort_out_codes(row, codes)
    return row


def test_a_row_of_the_right_length_is_left_alone() -> None:
    assert realign(CELLS, FIELDS) == (CELLS, None)


@pytest.mark.parametrize(
    ("at", "parts"),
    [
        (0, ["Hope Center", " Inc"]),
        (1, ["Women", " Children"]),
        (2, ["1524 Versailles Road", " Suite 3"]),
        (3, ["Lexington", " Fayette"]),
    ],
)
def test_a_comma_without_quotes_does_not_shift_the_cells_behind_it(at: int, parts: list[str]) -> None:
    cells, mend = realign([*CELLS[:at], *parts, *CELLS[at + 1 :]], FIELDS)
    assert cells == [*CELLS[:at], ",".join(parts), *CELLS[at + 1 :]]
    assert mend is not None
    assert mend.rule == "too-many-cells"


def test_empty_cells_at_the_end_are_dropped() -> None:
    cells, mend = realign([*CELLS, "", " "], FIELDS)
    assert cells == CELLS
    assert mend is not None
    assert mend.rule == "empty-cells-dropped"


def test_a_row_that_was_cut_off_keeps_what_it_has() -> None:
    cells, mend = realign(CELLS[:6], FIELDS)
    assert cells == [*CELLS[:6], "", "", "", ""]
    assert mend is not None
    assert mend.rule == "too-few-cells"


def test_a_lost_cell_in_the_middle_does_not_shift_the_cells_behind_it() -> None:
    cells, _ = realign([*CELLS[:1], *CELLS[2:]], FIELDS)
    assert cells[2:] == CELLS[2:]


@pytest.mark.parametrize(
    ("contact", "note", "whole"),
    [
        (
            "(530)879-3950 Hotlines: (800)334-6622 (800)",
            "371-4373",
            "(530)879-3950 Hotlines: (800)334-6622 (800)371-4373",
        ),
        ("(760)397-4476 Hotlines: (800)717-", "4476", "(760)397-4476 Hotlines: (800)717-4476"),
        ("(717)235-0199 Hotlines: (866)325-", "339", "(717)235-0199 Hotlines: (866)325-0339"),
        ("(717)235-0199 Intakes: (866)", "4RESPON", "(717)235-0199 Intakes: (866)4RESPON"),
    ],
)
def test_a_number_that_ran_into_the_note_is_joined_again(contact: str, note: str, whole: str) -> None:
    row = sorted_out(contact, note, "SA/")
    assert (row.contacts, row.note) == ((("main", whole),), "")
    assert [mend.rule for mend in row.mends] == ["number-ran-into-note"]


def test_a_real_note_stays_a_note() -> None:
    row = sorted_out("(717)235-0199 Intakes: (866)", "Methadone Clients Only", "SA/")
    assert (row.note, row.mends) == ("Methadone Clients Only", [])


@pytest.mark.parametrize(
    ("cell", "codes", "phone"),
    [
        (
            "Hotlines:/(877)/473-7766/(877)/4RESPON/MH-SA/TX/OP/",
            ("MH-SA", "TX", "OP"),
            "(877)473-7766 (877)4RESPON",
        ),
        ("Hotline:/(800)/799HOPE/SA/TX/", ("SA", "TX"), "(800)799HOPE"),
        ("Hotline:/(800)/2DAYTOP/SA/TX/DT/BU/", ("SA", "TX", "DT", "BU"), "(800)2DAYTOP"),
        ("Hotlines:/(315)/7351MGJ/162/(315)/7351MGJ/160/SA/", ("SA",), "(315)7351MGJ 162 (315)7351MGJ 160"),
        ("Hotlines:/(901)/272-2227/(901)/272CAAP/SA/TX/", ("SA", "TX"), "(901)272-2227 (901)272CAAP"),
    ],
)
def test_phone_text_among_the_codes_goes_to_the_phones(cell: str, codes: tuple[str, ...], phone: str) -> None:
    row = sorted_out("(270)886-9371", "", cell)
    assert row.codes == codes
    assert row.contacts[1][1].endswith(phone)
    assert [mend.rule for mend in row.mends] == ["phone-text-in-codes"]


def test_a_note_among_the_codes_goes_to_the_note() -> None:
    row = sorted_out("(718)245-2635", "", "Methadone/and/Buprenorphine/Clients/Only/SAF/SA/OP/")
    assert (row.codes, row.note) == (("SAF", "SA", "OP"), "Methadone and Buprenorphine Clients Only")
    assert [mend.rule for mend in row.mends] == ["note-in-codes"]


@pytest.mark.parametrize("cell", ["SA/BU/MD/", "SA; BU; MD", "SA,BU,MD", "SA BU  MD", "SA|BU|MD", "SA*BU*MD"])
def test_codes_are_read_whatever_stands_between_them(cell: str) -> None:
    assert sorted_out("", "", cell).codes == ("SA", "BU", "MD")
