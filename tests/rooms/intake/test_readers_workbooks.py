"""Excel files: the text that a person sees, formulas by their stored value, merged cells refused, bombs never unpacked."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time

import openpyxl
import pytest

from daybreak.intake.readers import archive
from daybreak.intake.readers.cell_texts import format_kind, number_text
from daybreak.intake.readers.opening import read
from daybreak.intake.readers.sheet import UnusableFile
from daybreak.intake.rules.problems import Problem
from tests.rooms.intake.workbooks import row, workbook

HEAD = row(1, "Date", "ZIP", "Grams")


def written_by_another_program() -> bytes:
    book = openpyxl.Workbook()
    table = book.active
    table.append(["Date", "At", "Moment", "Grams", "ZIP", "Yes", "Case"])
    moment = datetime(2013, 7, 11, 14, 5)  # noqa: DTZ001 - what a cell holds
    table.append([moment.date(), time(14, 5), moment, 1179.501, "02108", True, "2013-1"])
    table.append([None, None, None, 0.1 + 0.2, 40508, False, "2013-2"])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_another_programs_file_shows_what_its_user_saw() -> None:
    sheet = read(written_by_another_program(), "x.xlsx")
    assert sheet.header == ("Date", "At", "Moment", "Grams", "ZIP", "Yes", "Case")
    assert list(sheet.rows()) == [
        (2, ("2013-07-11", "14:05:00", "2013-07-11 14:05:00", "1179.501", "02108", "true", "2013-1")),
        (3, ("", "", "", "0.3", "40508", "false", "2013-2")),
    ]


def test_a_short_row_of_a_workbook_is_filled_up_with_blanks() -> None:
    assert list(read(workbook(HEAD + row(2, "a"))).rows()) == [(2, ("a", "", ""))]


def test_prefixed_elements_are_read_like_plain_ones() -> None:
    data = workbook(row(1, "Date", "ZIP", prefix="x") + row(2, "a", "b", prefix="x"), prefix="x")
    assert list(read(data).rows()) == [(2, ("a", "b"))]


def test_shared_texts_leave_out_how_to_pronounce_them() -> None:
    shared = "<si><r><t>East </t></r><r><t>Main</t></r><rPh><t>no</t></rPh></si>"
    cell = '<c r="REF" t="s"><v>0</v></c>'
    assert list(read(workbook(HEAD + row(2, cell, "b"), shared=shared)).rows()) == [
        (2, ("East Main", "b", ""))
    ]


def test_a_formula_counts_by_its_stored_value_and_is_said() -> None:
    sheet = read(workbook(HEAD + row(2, "a", "b", '<c r="REF"><f>1+1</f><v>2</v></c>')))
    assert list(sheet.rows()) == [(2, ("a", "b", "2"))]
    assert [notice.code for notice in sheet.notices] == ["formula-cells"]


def test_a_formula_without_a_stored_value_refuses_its_row() -> None:
    found = list(
        read(workbook(HEAD + row(2, "a", "b", '<c r="REF"><f>1+1</f></c>') + row(3, "c", "d"))).rows()
    )
    assert isinstance(found[0][1], Problem)
    assert found[1] == (3, ("c", "d", ""))


def test_merged_cells_refuse_the_rows_that_they_leave_blank() -> None:
    after = '<mergeCells count="1"><mergeCell ref="B2:B4"/></mergeCells>'
    table = (
        HEAD
        + row(2, "a", "40508", "1")
        + row(3, "b", "", "2")
        + row(4, "c", "", "3")
        + row(5, "d", "40505", "4")
    )
    sheet = read(workbook(table, after=after))
    found = dict(sheet.rows())
    assert found[2] == ("a", "40508", "1")
    assert found[5] == ("d", "40505", "4")
    assert isinstance(found[3], Problem)
    assert isinstance(found[4], Problem)
    assert "B2:B4" in found[3].must
    assert [(notice.code, notice.detail) for notice in sheet.notices] == [("merged-cells", "B2:B4")]


def test_a_merged_title_above_the_headings_does_no_harm() -> None:
    after = '<mergeCells><mergeCell ref="A1:C1"/></mergeCells>'
    table = row(1, "Report") + row(2, "Date", "ZIP", "Grams") + row(3, "a", "b", "c")
    assert list(read(workbook(table, after=after)).rows()) == [(3, ("a", "b", "c"))]


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    cell = '<c r="REF" s="1"><v>{}</v></c>'
    since_1900 = read(workbook(HEAD + row(2, cell.format(41466), "b"), styles=styles))
    since_1904 = read(workbook(HEAD + row(2, cell.format(41466 - 1462), "b"), styles=styles, date1904=True))
    assert list(since_1900.rows()) == list(since_1904.rows()) == [(2, ("2013-07-11", "b", ""))]


@pytest.mark.parametrize(
    ("number", "code", "kind"),
    [
        (14, "", "day"), (22, "", "both"), (20, "", "time"), (0, "", ""), (2, "", ""),
        (164, "mm/dd/yyyy", "day"), (164, "m/d/yy h:mm AM/PM", "both"), (164, "[h]:mm", "elapsed"), (164, '"day" 0.00', ""),
        (164, "0.00", ""), (164, "General", ""), (164, "mmm-yy", "day"), (164, '#,##0.00 "grams"', ""),
    ],
)  # fmt: skip
def test_number_formats_say_whether_they_show_a_date(number: int, code: str, kind: str) -> None:
    assert format_kind(number, code) == kind


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("1179.5009999999999", "1179.501"), ("2.2000000000000002", "2.2"), ("40508", "40508"), ("4.0508E4", "40508"),
        ("1E-3", "0.001"), ("123456789012", "123456789012"), ("0", "0"), ("-0.5", "-0.5"),
    ],
)  # fmt: skip
def test_numbers_are_shown_as_excel_shows_them(written: str, shown: str) -> None:
    assert number_text(written, "", False) == shown


def test_a_duration_of_more_than_a_day_is_no_date() -> None:
    assert number_text("1.5", "elapsed", False) == "1.5"
    assert number_text("0.5", "elapsed", False) == "12:00:00"


def test_the_29_february_1900_that_never_was_is_no_date() -> None:
    assert number_text("60", "day", False) == "60"


def test_a_declared_bomb_is_refused_before_it_is_unpacked() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b" " * 20_000_000)
    with pytest.raises(UnusableFile, match="250 times"):
        read(made.getvalue())


def test_a_bomb_that_lies_about_its_size_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(workbook(HEAD + row(2, "a" * 50_000, "b")))
    with archive.Archive(bytes(data)) as file, pytest.raises(UnusableFile, match="at most 10,000 bytes"):
        list(file.pieces("xl/worksheets/sheet1.xml", limit=10_000))
    # The central directory claims ten bytes: what unpacks to more is damaged, never read on.
    name = b"xl/worksheets/sheet1.xml"
    at = data.rindex(name) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(UnusableFile, match="damaged"):
        list(read(bytes(data)).rows())


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    with pytest.raises(UnusableFile, match="document type"):
        read(workbook(HEAD + row(2, "&b;", "x"), head=bomb))


def test_a_cell_far_to_the_right_does_not_fill_the_memory() -> None:
    with pytest.raises(UnusableFile, match="at most 1,024 columns"):
        list(read(workbook(HEAD + '<row r="2"><c r="XFD2" t="inlineStr"><is><t>x</t></is></c></row>')).rows())


def test_a_cell_far_below_costs_nothing() -> None:
    assert list(read(workbook(HEAD + row(1_048_576, "a", "b"))).rows()) == [(1_048_576, ("a", "b", ""))]


@pytest.mark.parametrize("cut", [30, 300, 600])
def test_a_file_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(UnusableFile):
        list(read(workbook(HEAD + row(2, "a", "b"))[:-cut]).rows())


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("rows.csv", "Date,ZIP\n")
    with pytest.raises(UnusableFile, match="no Excel workbook"):
        read(made.getvalue())


def test_a_locked_workbook_is_refused_with_the_reason() -> None:
    data = bytearray(workbook(HEAD))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(UnusableFile, match="password"):
        read(bytes(data))


def test_rows_that_count_backwards_are_refused() -> None:
    with pytest.raises(UnusableFile, match="numbered upwards"):
        list(read(workbook(HEAD + row(3, "a", "b") + row(2, "c", "d"))).rows())
