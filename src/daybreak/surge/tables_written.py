"""Results as files: wide tables of alarms or p-values, and a long table with every number and reason."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from daybreak.surge.counts import FloatArray, IntArray
from daybreak.surge.outcome import Outcome
from daybreak.surge.tables import Table
from daybreak.surge.tables_parquet import arrow, nullable, write_parquet

Cells = FloatArray | IntArray | NDArray[np.int8]


def write_wide(path: Path, kind: str, table: Table, tested: Sequence[int], cells: Cells) -> None:
    """The tested rows with the input's columns; (tested times, series); empty where there is no answer.

    cells : float64 (NaN = empty) or int8 (negative = empty).
    """
    labels = [table.labels[row] for row in tested]
    if kind == "parquet":
        write_parquet(path, {table.label: labels} | {name: cells[:, n] for n, name in enumerate(table.names)})
    elif kind == "json":
        body: dict[str, list[Any]] = {table.label: labels}
        body |= {name: _values(cells[:, n]) for n, name in enumerate(table.names)}
        path.write_text(json.dumps(body, ensure_ascii=False) + "\n", encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as lines:
            rows = csv.writer(lines, lineterminator="\n")
            rows.writerow([table.label, *table.names])
            for label, row in zip(labels, cells, strict=True):
                rows.writerow([label, *_values(row)])


def _values(cells: Cells) -> list[Any]:
    """Plain numbers, None where there is no answer."""
    absent = np.isnan(cells) if cells.dtype == np.float64 else cells < 0
    return [None if gone else cell for cell, gone in zip(cells.tolist(), absent.tolist(), strict=True)]


LONG = ("series", "count", "expected", "upper_bound", "score", "p_value", "alarm", "reason")


class LongWriter:
    """One row a tested time and series, written block by block of series: label, then LONG and the method's extras."""

    def __init__(self, path: Path, kind: str, table: Table) -> None:
        self.path = path
        self.kind = kind
        self.table = table
        self._file: Any = None
        self._rows: Any = None
        self._schema: Any = None
        self._held: dict[str, list[Any]] = {}

    def __enter__(self) -> Self:
        if self.kind == "csv":
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._rows = csv.writer(self._file, lineterminator="\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.kind == "json" and error is None:
            self.path.write_text(json.dumps(self._held, ensure_ascii=False) + "\n", encoding="utf-8")
        if self._file is not None:
            self._file.close()

    def add(self, first: int, values: FloatArray, outcome: Outcome) -> None:
        """The outcome of the series first …; values: their counts at the tested times."""
        columns = self._columns(first, values, outcome)
        if self.kind == "parquet":
            pyarrow = arrow("pyarrow")
            part = pyarrow.table({name: nullable(column) for name, column in columns.items()})
            if self._file is None:
                self._file = arrow("pyarrow.parquet").ParquetWriter(self.path, part.schema)
            self._file.write_table(part)
            return
        plain = {
            name: _values(column) if isinstance(column, np.ndarray) else column
            for name, column in columns.items()
        }
        if self.kind == "json":
            for name, column in plain.items():
                self._held.setdefault(name, []).extend(column)
            return
        if first == 0:
            self._rows.writerow(plain)
        self._rows.writerows(zip(*plain.values(), strict=True))

    def _columns(self, first: int, values: FloatArray, outcome: Outcome) -> dict[str, Any]:
        times, series = values.shape
        labels = [self.table.labels[row] for row in outcome.tested]
        names = self.table.names[first : first + series]
        numbers = (values, outcome.expected, outcome.upper_bound, outcome.score, outcome.p_value)
        columns: dict[str, Any] = {
            self.table.label: labels * series,
            "series": [name for name in names for _ in range(times)],
        }
        for name, array in zip(LONG[1:6], numbers, strict=True):
            columns[name] = array.ravel(order="F")
        columns["count"] = np.where(np.isnan(columns["count"]), -1, columns["count"]).astype(np.int64)
        columns["alarm"] = outcome.alarm.ravel(order="F")
        columns["reason"] = list(_reasons(outcome))
        for name, array in outcome.extra.items():
            columns[name] = array.ravel(order="F")
        return columns


def _reasons(outcome: Outcome) -> Iterator[str]:
    for code in outcome.reason.ravel(order="F").tolist():
        yield outcome.reasons[code]
