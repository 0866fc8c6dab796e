"""Files of every kind become rows of text with their line numbers; nothing is swallowed, and what is unusual is said."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.intake.readers.opening import read
from daybreak.intake.readers.sheet import Sheet, UnusableFile
from daybreak.intake.rules.problems import Problem


def rows(sheet: Sheet) -> list[tuple[int, object]]:
    return list(sheet.rows())


def codes(sheet: Sheet) -> dict[str, int]:
    return {notice.code: notice.count for notice in sheet.notices}


def test_a_csv_gives_its_headings_and_rows_with_line_numbers() -> None:
    sheet = read(b"Date,ZIP\n07/11/2013,40508\n\n07/12/2013,40505\n")
    assert sheet.header == ("Date", "ZIP")
    assert rows(sheet) == [(2, ("07/11/2013", "40508")), (4, ("07/12/2013", "40505"))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = f"Date{delimiter}ZIP{delimiter}Drug\n07/11/2013{delimiter}40508{delimiter}Heroin\n"
    sheet = read(text.encode())
    assert sheet.delimiter == delimiter
    assert rows(sheet) == [(2, ("07/11/2013", "40508", "Heroin"))]


def test_excels_own_first_line_names_the_delimiter_and_is_no_row() -> None:
    sheet = read(b"sep=;\nDate;Note, with comma\n07/11/2013;x\n")
    assert sheet.header == ("Date", "Note, with comma")
    assert rows(sheet) == [(3, ("07/11/2013", "x"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_files_are_read_with_and_without_a_mark(encoding: str) -> None:
    text = "Date,Street\n07/11/2013,Limón Straße\n"
    assert rows(read(text.encode(encoding))) == [(2, ("07/11/2013", "Limón Straße"))]


def test_a_windows_file_is_read_line_by_line_and_said() -> None:
    sheet = read("Date,Street\n07/11/2013,Limón’s\n07/12/2013,plain\n".encode("cp1252"))
    assert rows(sheet)[0] == (2, ("07/11/2013", "Limón’s"))
    assert codes(sheet) == {"read-as-windows-1252": 1}


def test_a_line_in_no_known_encoding_is_refused_and_its_neighbours_are_kept() -> None:
    found = rows(read(b"Date,Street\n07/11/2013,\x81\x8d\n07/12/2013,x\n"))
    assert isinstance(found[0][1], Problem)
    assert found[1] == (3, ("07/12/2013", "x"))


def test_title_lines_above_the_headings_are_passed_over_and_said() -> None:
    sheet = read(b"Overdose report,,\nPrinted 07/15/2013,,\nDate,ZIP,Drug\n07/11/2013,40508,Heroin\n")
    assert sheet.header == ("Date", "ZIP", "Drug")
    assert (sheet.header_line, len(rows(sheet)), codes(sheet)) == (3, 1, {"lines-above-headings": 2})


def test_a_file_without_headings_is_refused_instead_of_losing_its_first_row() -> None:
    with pytest.raises(UnusableFile, match="must hold headings"):
        read(b"07/11/2013,40508\n07/12/2013,40505\n")


def test_like_headings_are_told_apart_and_said() -> None:
    sheet = read(b"Date,Date,,ZIP\na,b,c,d\n")
    assert sheet.header == ("Date", "Date (2)", "Column 3", "ZIP")
    assert codes(sheet) == {"duplicate-heading": 1, "empty-heading": 1}


def test_a_quoted_cell_may_hold_delimiters_and_lines() -> None:
    found = rows(read(b'Date,Note\n07/11/2013,"one, two\nthree ""four"""\n07/12/2013,x\n'))
    assert found == [(2, ("07/11/2013", 'one, two\nthree "four"')), (4, ("07/12/2013", "x"))]


def test_a_quotation_mark_that_never_closes_costs_its_own_row_only() -> None:
    text = (
        "Date,Note\n1/1/2013,a\n" + '1/2/2013,"open\n' + "".join(f"1/{day}/2013,b\n" for day in range(3, 9))
    )
    found = rows(read(text.encode()))
    assert [line for line, _ in found] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert [line for line, cells in found if isinstance(cells, Problem)] == [3]


def test_two_stray_marks_that_fuse_two_rows_are_refused_and_never_become_one_event() -> None:
    found = rows(read(b'Id,Name,Year\n1,"Joe,2013\n2,Jane",2014\n3,Ann,2015\n'))
    assert isinstance(found[0][1], Problem)
    assert found[1:] == [(4, ("3", "Ann", "2015"))]


def test_a_narrative_over_several_lines_in_the_first_column_is_no_fused_row() -> None:
    found = rows(read(b'Note,Year,Drug\n"he said\nno, then left",2013,Heroin\n'))
    assert found == [(2, ("he said\nno, then left", "2013", "Heroin"))]


def test_the_same_sheet_can_be_read_again() -> None:
    sheet = read(b"Date,ZIP\n07/11/2013,40508\n")
    assert rows(sheet) == rows(sheet)


def test_old_macintosh_line_ends_are_read() -> None:
    assert rows(read(b"Date,ZIP\r07/11/2013,40508\r07/12/2013,40505\r")) == [
        (2, ("07/11/2013", "40508")),
        (3, ("07/12/2013", "40505")),
    ]


def test_a_cell_that_begins_like_a_formula_stays_the_text_that_it_is() -> None:
    found = rows(read(b"Date,Case\n07/11/2013,=1+1\n07/12/2013,@SUM(A1)\n07/13/2013,-5\n07/14/2013,+5\n"))
    assert [cells[1] for _, cells in found] == ["=1+1", "@SUM(A1)", "-5", "+5"]  # type: ignore[index]


def test_json_keeps_numbers_as_they_are_written_and_joins_nested_names() -> None:
    sheet = read(
        b'[{"when": "2013-07-11", "g": 1179.501, "place": {"zip": "40508"}, "drugs": ["heroin", "xylazine"]}, {"g": 1e400}]'
    )
    assert sheet.header == ("when", "g", "place.zip", "drugs")
    assert rows(sheet) == [
        (1, ("2013-07-11", "1179.501", "40508", "heroin; xylazine")),
        (2, ("", "1e400", "", "")),
    ]


def test_an_object_around_one_list_is_opened() -> None:
    sheet = read(b'{"status": "ok", "timeSeriesData": [{"date": "2013-07-11", "count": 3}]}')
    assert rows(sheet) == [(1, ("2013-07-11", "3"))]


def test_json_lines_learn_every_name_before_the_first_row() -> None:
    sheet = read(b'{"a": 1}\n{"b": null}\n{"b": true, "a": 2}\nnot json\n', "events.jsonl")
    assert (sheet.kind, sheet.header) == ("json-lines", ("a", "b"))
    found = rows(sheet)
    assert [cells for _, cells in found[:2]] == [("1", ""), ("2", "true")]
    assert isinstance(found[2][1], Problem)
    assert found[2][0] == 4


def test_a_name_that_stands_twice_in_one_object_is_refused() -> None:
    found = rows(read(b'{"a": 1, "b": 2}\n{"a": 1, "a": 2}\n', "events.jsonl"))
    assert isinstance(found[1][1], Problem)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"<html><table>", "web page"),
        (b"just one column\nx\n", "two headings"),
        (b"\x00\x01\x02" * 500, "binary"),
        (bytes(range(256)) * 8, "headings"),
        (b"[1, 2", "must hold headings"),
        (b'[{"a": NaN}]', "NaN"),
        (b'{"a": [{"b": 1}], "c": [{"d": 1}]}', "exactly one such list"),
    ],
)
def test_what_is_no_table_is_refused_with_the_cure(data: bytes, says: str) -> None:
    with pytest.raises(UnusableFile, match=says):
        read(data)


_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=12)


@given(st.lists(st.lists(_CELLS, min_size=3, max_size=3), min_size=1, max_size=8))
def test_whatever_the_csv_module_writes_comes_back(table: list[list[str]]) -> None:
    written = io.StringIO()
    # A lone carriage return inside a cell is quoted by the writer, so it comes back too.
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([["Day", "Place", "Drug"], *table])
    sheet = read(written.getvalue().encode(), delimiter=",", header_line=1)
    found = rows(sheet)
    kept = [cells for _, cells in found if not isinstance(cells, Problem)]
    expected = [tuple(cells) for cells in table if any(cell.strip() for cell in cells)]
    if not any("\n" in cell or "\r" in cell for cells in table for cell in cells):
        assert kept == expected
    assert len(found) == len(expected) or any(isinstance(cells, Problem) for _, cells in found)


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.integers() | st.booleans() | st.none() | _CELLS),
        min_size=1,
    )
)
def test_whatever_json_holds_is_read_or_refused(table: list[dict[str, object]]) -> None:
    try:
        sheet = read(json.dumps(table).encode())
    except UnusableFile:
        assert not any(table)
        return
    assert all(len(cells) == len(sheet.header) for _, cells in rows(sheet))  # type: ignore[arg-type]
