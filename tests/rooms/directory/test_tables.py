"""Files as they come: encodings, quotes, line ends – and files that are no tables."""

from __future__ import annotations

import pytest

from daybreak.directory.readers.tables import UnusableFile, open_sheet

FIELDS = ("name", "city", "")


def cells(data: bytes, **options: str) -> list[list[str]]:
    return [record.cells for record in open_sheet(data, **options).records(FIELDS)]  # type: ignore[arg-type]


def rules(data: bytes) -> list[list[str]]:
    return [[mend.rule for mend in record.mends] for record in open_sheet(data).records(FIELDS)]


PLAIN = "name,city,x\nCentro Médico,Ponce,1\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_are_read_with_or_without_a_byte_order_mark(encoding: str) -> None:
    assert cells(PLAIN.encode(encoding)) == [["Centro Médico", "Ponce", "1"]]
    assert rules(PLAIN.encode(encoding)) == [[]]


def test_a_line_that_is_not_utf_8_is_read_as_western_windows_and_says_so() -> None:
    data = PLAIN.encode() + "O’Brien House,Peoria,2\n".encode("cp1252")
    assert cells(data) == [["Centro Médico", "Ponce", "1"], ["O’Brien House", "Peoria", "2"]]
    assert rules(data) == [[], ["read-as-windows-1252"]]


def test_bytes_that_windows_does_not_know_are_read_as_latin_1() -> None:
    assert rules(b"name,city,x\nM\xe9dico\x81,Ponce,1\n") == [["read-as-latin-1"]]


def test_an_encoding_that_was_named_must_fit() -> None:
    assert cells(PLAIN.encode("latin-1"), encoding="latin-1") == [["Centro Médico", "Ponce", "1"]]
    with pytest.raises(UnusableFile, match="not in the encoding 'utf-8'"):
        open_sheet(PLAIN.encode("latin-1"), encoding="utf-8")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(end: str) -> None:
    assert cells(PLAIN.replace("\n", end).encode()) == [["Centro Médico", "Ponce", "1"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_heading_line_tells_what_stands_between_cells(delimiter: str) -> None:
    assert cells(PLAIN.replace(",", delimiter).encode()) == [["Centro Médico", "Ponce", "1"]]


def test_nul_characters_are_taken_out_and_recorded() -> None:
    data = b"name,city,x\nHo\0pe,Lexington,1\n"
    assert (cells(data), rules(data)) == ([["Hope", "Lexington", "1"]], [["nul-removed"]])


def test_a_cell_may_hold_several_lines_and_the_row_is_counted_from_its_first() -> None:
    data = b'name,city,x\n"Hope\nCenter",Lexington,1\nOasis,Owensboro,2\n'
    records = list(open_sheet(data).records(FIELDS))
    assert [(record.line, record.row, record.cells[0]) for record in records] == [
        (2, 1, "Hope\nCenter"),
        (4, 2, "Oasis"),
    ]
    assert records[0].raw == '"Hope\nCenter",Lexington,1'


def test_a_quotation_mark_that_is_never_closed_swallows_no_other_row() -> None:
    data = b'name,city,x\nOasis,Owensboro,1\n"Hope Center,Lexington,2\nPassages,Elizabethtown,3\nCrossroads,Corbin,4\n'
    assert [row[0] for row in cells(data)] == ["Oasis", "Hope Center", "Passages", "Crossroads"]
    assert rules(data) == [[], ["stray-quote"], [], []]


def test_stray_quotation_marks_before_two_rows_running_do_not_make_one_of_them() -> None:
    data = b"name,city,x\n" + b'"abc,Lexington,\n' * 20_000 + b"Oasis,Owensboro,1\n"
    found = cells(data)
    assert len(found) == 20_001
    assert (found[0], found[-1]) == (["abc", "Lexington", ""], ["Oasis", "Owensboro", "1"])
    assert rules(data)[:2] == [["stray-quote"], ["stray-quote"]]


def test_a_mark_that_opens_one_row_and_closes_in_the_next_is_a_stray_one_too() -> None:
    data = b'name,city,x\n"abc,Lexington,1\ndef",Corbin,2\nOasis,Owensboro,3\n'
    assert cells(data) == [["abc", "Lexington", "1"], ['def"', "Corbin", "2"], ["Oasis", "Owensboro", "3"]]


@pytest.mark.parametrize(
    "row",
    [
        'Hope,"1 Main St, Suite 2\nLexington, KY",1',
        'Hope,"1 Main St,Suite 2\nLexington",1',
        'Hope,Lexington,"women, men\nno pets"',
        '"Hope\r\nCenter, Inc",Lexington,1',
    ],
)
def test_prose_of_several_lines_with_commas_stays_one_cell(row: str) -> None:
    data = f"name,city,x\n{row}\nOasis,Owensboro,1\n".encode()
    assert len(cells(data)) == 2
    assert rules(data) == [[], []]


def test_empty_lines_are_no_rows_but_a_row_of_empty_cells_is_one() -> None:
    assert cells(b"\n\nname,city,x\n\nOasis,Owensboro,1\n\n,,\n") == [
        ["Oasis", "Owensboro", "1"],
        ["", "", ""],
    ]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "The file is empty"),
        (b"\n \n", "The file is empty"),
        (b"Dear reader\nthis is a letter\n", "at least two headings"),
        (b"PK\x03\x04 and so on", "an Excel or ZIP file"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x00\x01\x02\x00\x00\x00" * 50, "binary data"),
        (b'name,city\n"' + b"x" * 1_000_001 + b'",Lexington\n', r"Line 2.*at most 1,000,000 characters"),
    ],
)
def test_what_is_no_table_is_refused_with_the_cure(data: bytes, complaint: str) -> None:
    with pytest.raises(UnusableFile, match=complaint):
        list(open_sheet(data).records(("name", "city")))
