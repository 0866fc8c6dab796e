"""Files made to hurt, or merely made in a hurry: each gives a right value or a clear error, quickly and in little memory."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
import zipfile

import pytest

from daybreak.events.rules.draft import Draft
from daybreak.intake.readers.delimited import LARGEST_CELL
from daybreak.intake.readers.opening import read
from daybreak.intake.readers.sheet import UnusableFile
from daybreak.intake.rules.problems import Problem
from tests.rooms.intake.mapped import DAY, drafts, mapping
from tests.rooms.intake.workbooks import row, workbook

NARRATIVE = {"column": "Narrative", "use": "drop", "why": "narrative"}
ZIP = {"column": "ZIP", "use": "zip"}


def test_a_cell_of_100_000_characters_is_dropped_with_its_column_and_its_row_is_kept() -> None:
    text = f"Date,Narrative,ZIP\n07/11/2013,{'x' * 100_000},40508\n"
    (draft,) = drafts(text, mapping(DAY, NARRATIVE, ZIP))
    assert isinstance(draft, Draft)
    assert draft.zip == "40508"
    assert len(repr(draft)) < 2_000


def test_a_cell_of_100_000_characters_in_a_column_that_counts_is_refused_without_repeating_it() -> None:
    found = drafts(f"Date,ZIP\n07/11/2013,{'4' * 100_000}\n07/11/2013,40508\n", mapping(DAY, ZIP))
    assert isinstance(found[0], Problem)
    assert len(found[0].must + found[0].cure) < 400
    assert isinstance(found[1], Draft)


@pytest.mark.parametrize("limit_of_others", [LARGEST_CELL, 10 * LARGEST_CELL])
def test_a_longer_cell_than_any_program_writes_refuses_its_row_and_no_other(limit_of_others: int) -> None:
    text = f"Date,Narrative,ZIP\n07/11/2013,{'x' * (LARGEST_CELL + 1)},40508\n07/12/2013,y,40505\n"
    limit = csv.field_size_limit(limit_of_others)
    try:
        found = drafts(text, mapping(DAY, NARRATIVE, ZIP))
    finally:
        csv.field_size_limit(limit)
    assert isinstance(found[0], Problem)
    assert isinstance(found[1], Draft)


@pytest.mark.parametrize("limit_of_others", [LARGEST_CELL, 10 * LARGEST_CELL])
def test_a_quotation_mark_that_swallows_many_rows_loses_none_of_them(limit_of_others: int) -> None:
    rows = [f"07/12/2013,{'y' * 999},40505\n" for _ in range(200)]
    text = "".join(["Date,Narrative,ZIP\n", '07/11/2013,"open,40508\n', *rows, '07/13/2013,closed",40505\n'])
    limit = csv.field_size_limit(limit_of_others)
    try:
        found = drafts(text, mapping(DAY, NARRATIVE, ZIP))
    finally:
        csv.field_size_limit(limit)
    assert isinstance(found[0], Problem)
    assert len(found) == 1 + len(rows) + 1
    assert all(isinstance(one, Draft) for one in found[1:])


def test_300_columns_are_read() -> None:
    names = ["Date", *[f"Field {number}" for number in range(299)]]
    cells = ["07/11/2013", *["x" for _ in range(299)]]
    sheet = read(("\n".join([",".join(names), ",".join(cells)]) + "\n").encode())
    assert len(sheet.header) == 300
    ((_, found),) = sheet.rows()
    assert found == tuple(cells)


def test_more_columns_than_a_table_has_are_refused() -> None:
    with pytest.raises(UnusableFile, match=r"at most 1,024 columns; got 1,025"):
        read((",".join(f"c{number}" for number in range(1_025)) + "\n").encode())


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(A1)", "+1-859", "-2+3", "@SUM(1)", "=cmd|' /C calc'!A0", "\t=1", "=40508"]
)
def test_a_formula_in_a_cell_is_text_that_no_field_takes(text: str) -> None:
    columns = ({"column": "Case Number", "use": "key"}, ZIP, {"column": "Drug", "use": "substance"})
    for place in ("Case Number", "ZIP", "Drug"):
        cells = {"Date": "07/11/2013", "Case Number": "A1", "ZIP": "40508", "Drug": "heroin", place: text}
        header = ",".join(cells)
        line = ",".join(f'"{cell}"' for cell in cells.values())
        (found,) = drafts(f"{header}\n{line}\n", mapping(DAY, *columns, key=["Case Number"]))
        assert isinstance(found, Problem)
        assert found.column == place
        assert text.strip() not in found.must + found.cure


def test_a_formula_that_a_workbook_stored_is_never_calculated() -> None:
    cell = '<c r="REF" t="str"><f>HYPERLINK("http://evil.test","40508")</f><v>40508</v></c>'
    sheet = read(workbook(row(1, "Date", "ZIP") + row(2, "07/11/2013", cell)))
    assert [cells for _, cells in sheet.rows()] == [("07/11/2013", "40508")]


def test_a_bomb_of_42_gigabytes_costs_neither_time_nor_memory() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b"0" * 30_000_000)
    data = bytearray(made.getvalue())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(UnusableFile):
        read(bytes(data))
    taken = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 2
    assert peak < 20_000_000


def test_many_thousand_parts_are_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for number in range(10_001):
            file.writestr(f"p{number}", b"")
    with pytest.raises(UnusableFile, match="at most 10,000 parts"):
        read(made.getvalue())


def test_deeply_nested_json_is_refused() -> None:
    for data in (
        b"[" * 200_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'[{"a":' + b'{"a":' * 30 + b"1" + b"}" * 30 + b"}]",
    ):
        with pytest.raises(UnusableFile):
            read(data)


def test_quotation_marks_on_every_line_are_read_in_time_that_grows_with_the_file() -> None:
    def taken(lines: int) -> float:
        text = "Date,Note\n" + '07/11/2013,"x\n' * lines
        began = time.process_time()
        count = sum(1 for _ in read(text.encode()).rows())
        assert count == lines
        return time.process_time() - began

    small = max(taken(2_000), 0.005)
    assert taken(16_000) < 40 * small


def test_an_endless_line_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daybreak.intake.readers.lines.LONGEST_LINE", 10_000)
    with pytest.raises(UnusableFile, match="shorter than 10,000 bytes"):
        list(read(b"Date,ZIP\n" + b"x" * 20_000).rows())


def test_nul_characters_are_removed_and_said() -> None:
    sheet = read(b"Date,ZIP\n07/11/2013,405\x0008\n" + b"07/11/2013,40508\n" * 20)
    found = list(sheet.rows())
    assert found[0] == (2, ("07/11/2013", "40508"))
    assert [(one.code, one.line, one.count) for one in sheet.notices] == [("nul-removed", 2, 1)]


def test_a_large_file_is_read_row_by_row(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "large.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("Date,ZIP,Narrative\n")
        for _ in range(15_000):
            file.write(f"07/11/2013,40508,{'x' * 200}\n")
    sheet = read(path)
    tracemalloc.start()
    count = sum(1 for _ in sheet.rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 15_000
    assert peak < 1_000_000  # the file itself has 3 million bytes
