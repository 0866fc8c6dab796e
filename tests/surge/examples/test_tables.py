"""Tables of counts in and out: empty is unknown, and what cannot be read is said by file, line and column."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from daybreak.surge.counts import Period
from daybreak.surge.errors import BadInput
from daybreak.surge.tables import Table, open_table, period_of
from daybreak.surge.tables_written import write_wide

CSV = "week,Adams,Berks\n2024-01-01,3,\n2024-01-08,0,4\n2024-01-15,NA,5\n"
VALUES = [[3, np.nan], [0, 4], [np.nan, 5]]


def written(folder: Path, text: str, name: str = "counts.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def all_of(table: Table) -> np.ndarray:
    return table.counts_block(0, len(table.names))


def test_a_csv_is_read_with_empty_cells_unknown(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "\ufeff" + CSV))
    assert (table.label, table.names, table.times) == ("week", ("Adams", "Berks"), 3)
    np.testing.assert_array_equal(all_of(table), VALUES)
    assert period_of(table.dates) is Period.WEEK


def test_csv_json_and_parquet_hold_the_same(tmp_path: Path) -> None:
    days = ["2024-01-01", "2024-01-08", "2024-01-15"]
    columns = {"week": days, "Adams": [3, 0, None], "Berks": [None, 4, 5]}
    arrow = pyarrow.table(
        {"week": np.array(days, "datetime64[D]"), "Adams": columns["Adams"], "Berks": columns["Berks"]}
    )
    pyarrow.parquet.write_table(arrow, tmp_path / "counts.parquet")
    paths = [
        written(tmp_path, CSV),
        written(tmp_path, json.dumps(columns), "counts.json"),
        tmp_path / "counts.parquet",
    ]
    for path in paths:
        table = open_table(path)
        np.testing.assert_array_equal(all_of(table), VALUES)
        assert table.labels == tuple(days)
        assert table.dates is not None
        np.testing.assert_array_equal(table.block(1, 2), np.array(VALUES)[:, 1:])


@pytest.mark.parametrize(
    ("labels", "period"),
    [
        (["2024-01-01", "2024-01-02", "2024-01-03"], Period.DAY),
        (["2024-W01", "2024-W02", "2024-W03"], Period.WEEK),
        (["2024-01", "2024-02", "2024-03"], Period.MONTH),
        (["2022-01-01", "2023-01-01", "2024-01-01"], Period.YEAR),
        (["2024-01-01T00:00:00", "2024-01-08T00:00:00"], Period.WEEK),
        (["1", "2", "3"], None),
    ],
)
def test_the_first_column_tells_the_period(tmp_path: Path, labels: list[str], period: Period | None) -> None:
    table = open_table(written(tmp_path, "when,A\n" + "".join(f"{label},1\n" for label in labels)))
    assert period_of(table.dates) is period


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must begin with a header, got an empty file"),
        ("week\n2024-01-01\n", "must have a series beside the first column"),
        ("week,A\n", "must have one row or more"),
        ("week,A,A\n1,2,3\n", "column 3 must have a name of its own, got 'A'"),
        ("week,A,B\n1,2\n", "line 2 must have 3 cells, got 2"),
        ("week,A\n1,2\n2,<5\n", "line 3, column A must be a number or empty, got text"),
        ("week,A\n1,2\n2,-5\n", "row 2, column A must be 0 or more, got -5"),
        ("week,A\n1,2\n2,2.5\n", "row 2, column A must be a whole number, got 2.5"),
        ("week,A\n1,2\n2,inf\n", "row 2, column A must be 0 or more, got inf"),
        ("week,A\n2024-01-08,2\n2024-01-01,2\n", "row 2024-01-01 must be later than the row before"),
        ("week,A\n2024-01-08,2\n2024-13-01,2\n", "row 2 must begin with a date"),
        ("week,A\n1/8/2024,2\n", "row 1 must begin with a date, got '1/8/2024'. Write it as YYYY-MM-DD."),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_by_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        all_of(open_table(written(tmp_path, text)))
    assert said in str(caught.value)


def test_a_cell_that_may_name_somebody_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        open_table(written(tmp_path, "week,A\n1,somebody's name\n"))
    assert "somebody" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "must be an object of columns"),
        ("{", "must be JSON"),
        ('{"week": ["1"], "A": [1, 2]}', "column A must have 1 cells, got 2"),
        ('{"week": ["1"], "A": ["2"]}', "row 1, column A must be a number or null"),
        ('{"week": ["1"], "A": [true]}', "row 1, column A must be a number or null"),
        ('{"week": ["1"], "A": [1], "A": [1]}', "column names must differ"),
    ],
)
def test_json_that_cannot_be_used_is_refused_by_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        all_of(open_table(written(tmp_path, text, "counts.json")))
    assert said in str(caught.value)


def test_parquet_columns_of_words_are_refused(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"week": ["1"], "A": ["x"]}), tmp_path / "counts.parquet")
    with pytest.raises(BadInput, match="column A must hold numbers, got string"):
        all_of(open_table(tmp_path / "counts.parquet"))
    with pytest.raises(BadInput, match="must be Parquet"):
        open_table(written(tmp_path, CSV), "parquet")


def test_a_suffix_that_says_nothing_needs_the_format(tmp_path: Path) -> None:
    path = written(tmp_path, CSV, "counts.txt")
    with pytest.raises(BadInput, match=r"must end in one of \.csv, \.json, \.parquet"):
        open_table(path)
    assert open_table(path, "csv").times == 3


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_what_is_written_is_read_again_with_the_unknown_unknown(tmp_path: Path, kind: str) -> None:
    table = open_table(written(tmp_path, CSV))
    path = tmp_path / f"out.{kind}"
    write_wide(path, kind, table, [0, 2], np.array([[1, -1], [0, 1]], np.int8))
    back = open_table(path)
    assert (back.label, back.labels, back.names) == ("week", ("2024-01-01", "2024-01-15"), ("Adams", "Berks"))
    np.testing.assert_array_equal(all_of(back), [[1, np.nan], [0, 1]])
    write_wide(path, kind, table, [0, 2], np.array([[0.25, np.nan], [1e-9, 1]]))
    np.testing.assert_array_equal(open_table(path).block(0, 2), [[0.25, np.nan], [1e-9, 1]])
