"""Line lists of events with two dates each, read from CSV or Parquet: all that a reporting triangle needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from daybreak.surge.counts import DateArray
from daybreak.surge.errors import BadInput
from daybreak.surge.tables import csv_rows, day_of, format_of
from daybreak.surge.tables_parquet import arrow


@dataclass(frozen=True)
class LineList:
    """Events and reports, (event,) dates, NaT = not stated; series: (event,) words, or None."""

    event: DateArray
    report: DateArray
    series: tuple[str, ...] | None

    @property
    def undated(self) -> int:
        """How many events lack one date or both, so that they cannot be placed."""
        return int((np.isnat(self.event) | np.isnat(self.report)).sum())


def read_line_list(
    path: Path, event: str, report: str, by: str | None = None, given: str | None = None
) -> LineList:
    """The line list in a file; only the named columns are looked at.

    Raises
    ------
    BadInput : a column that is not there, or a cell that is no date (its line, never what it holds).
    """
    wanted = [event, report] + ([] if by is None else [by])
    if len(set(wanted)) != len(wanted):
        raise BadInput("--event, --report and --by", "name different columns", "one twice", "Name each.")
    kind = format_of(path, given, "--from")
    if kind == "json":
        raise BadInput(str(path), "be CSV or Parquet", "JSON", "Save the line list as CSV.")
    rows = _parquet(path, wanted) if kind == "parquet" else _csv(path, wanted)
    events, reports, series = [], [], []
    for line, cells in rows:
        events.append(_day(path, line, event, cells[0]))
        reports.append(_day(path, line, report, cells[1]))
        if by is not None:
            series.append(cells[2].strip() or "(not stated)")
    return LineList(
        np.array(events, dtype="datetime64[D]"),
        np.array(reports, dtype="datetime64[D]"),
        None if by is None else tuple(series),
    )


def _csv(path: Path, wanted: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    with csv_rows(path) as rows:
        yield from _cells(path, wanted, rows)


def _cells(path: Path, wanted: Sequence[str], rows: Any) -> Iterator[tuple[int, list[str]]]:
    header = [name.strip() for name in next(rows, [])]
    places = [_place(path, header, name) for name in wanted]
    for row in rows:
        if row:
            if len(row) <= max(places):
                raise BadInput(
                    f"{path}, line {rows.line_num}",
                    f"have {len(header)} cells",
                    str(len(row)),
                    "Add them.",
                )
            yield rows.line_num, [row[place] for place in places]


def _parquet(path: Path, wanted: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    parquet = arrow("pyarrow.parquet")
    try:
        file = parquet.ParquetFile(path)
    except arrow("pyarrow").ArrowInvalid:
        raise BadInput(str(path), "be Parquet", "something else", "Say --from csv.") from None
    for name in wanted:
        _place(path, file.schema_arrow.names, name)
    columns = [file.read(columns=[name]).column(0).to_pylist() for name in wanted]
    for row, cells in enumerate(zip(*columns, strict=True), start=1):
        yield row, ["" if cell is None else str(cell) for cell in cells]


def _place(path: Path, header: Sequence[str], name: str) -> int:
    if header.count(name) != 1:
        raise BadInput(
            f"{path}, its header", f"have one column {name!r}", f"{header.count(name)}",
            _columns_of(header),
        )  # fmt: skip
    return header.index(name)


def _columns_of(header: Sequence[str]) -> str:
    """The names of the columns; not of a first line that holds numbers or dates, since it is a row of somebody."""
    if any(re.search(r"\d{2}|[{\[]", name) for name in header):
        return "Begin the file with a line of column names."
    return f"Its columns: {', '.join(header)}"


def _day(path: Path, line: int, column: str, cell: str) -> np.datetime64:
    if not cell.strip() or cell.strip() == "NA":
        return np.datetime64("NaT", "D")
    try:
        return np.datetime64(day_of(cell), "D")
    except ValueError:
        raise BadInput(
            f"{path}, line {line}, column {column}", "be a date", "something else",
            "Write YYYY-MM-DD; leave an unknown date empty.",
        ) from None  # fmt: skip
