"""Parquet files of counts, read a block of columns at a time, and written (optional extra `tables`)."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from daybreak.surge.counts import FloatArray
from daybreak.surge.errors import BadInput


def arrow(name: str) -> Any:
    """A module of pyarrow, or the cure if it is not installed."""
    if find_spec("pyarrow") is None:
        raise BadInput(
            "Parquet", "be read with the extra `tables`", "none installed", "pip install 'daybreak[tables]'"
        )
    return import_module(name)


class ParquetColumns:
    """The columns of a Parquet file after the first."""

    def __init__(self, path: Path, file: Any, names: list[str]) -> None:
        self.path = path
        self.file = file
        self.names = names

    def block(self, first: int, last: int) -> FloatArray:
        """The series first … last - 1; (time, series), NaN = did not report."""
        table = self.file.reader.read_all(column_indices=list(range(first + 1, last + 1)), use_threads=False)
        values = np.empty((table.num_rows, last - first))
        for place in range(last - first):
            column = table.column(place)
            kinds = arrow("pyarrow").types
            known = (kinds.is_integer, kinds.is_floating, kinds.is_decimal, kinds.is_null)
            try:
                if not any(is_one(column.type) for is_one in known):
                    raise TypeError  # dates, words and yes/no would turn into numbers without a word
                values[:, place] = column.to_numpy().astype(np.float64)
            except (TypeError, ValueError):
                raise BadInput(
                    f"{self.path}, column {self.names[first + place]}", "hold numbers", str(column.type),
                    "Leave a time that did not report null.",
                ) from None  # fmt: skip
        return values


def open_parquet(path: Path) -> tuple[str, list[str], list[str], ParquetColumns]:
    """The label, labels, names and columns of a Parquet file; only the first column is read now."""
    parquet = arrow("pyarrow.parquet")
    try:
        file = parquet.ParquetFile(path)
    except arrow("pyarrow").ArrowInvalid:
        raise BadInput(str(path), "be Parquet", "something else", "Say --from csv or json.") from None
    schema = file.schema_arrow
    if len(schema.names) != file.metadata.num_columns:
        raise BadInput(str(path), "have plain columns", "nested ones", "Give one column a series.")
    label, *names = schema.names
    first = file.reader.read_all(column_indices=[0], use_threads=False).column(0)
    labels = ["" if each is None else str(each) for each in first.to_pylist()]
    return label, labels, names, ParquetColumns(path, file, names)


def write_parquet(path: Path, columns: dict[str, Any]) -> None:
    """Columns by name, in order; NaN in a float column becomes null (did not report, not tested, no such number)."""
    pyarrow, parquet = arrow("pyarrow"), arrow("pyarrow.parquet")
    parquet.write_table(pyarrow.table({name: nullable(column) for name, column in columns.items()}), path)


def nullable(column: Any) -> Any:
    """An Arrow array in which NaN, or a negative whole number (unknown, could not be tested), is null."""
    pyarrow = arrow("pyarrow")
    if isinstance(column, np.ndarray) and column.dtype == np.float64:
        return pyarrow.array(column, from_pandas=True)
    if isinstance(column, np.ndarray) and column.dtype.kind == "i":
        return pyarrow.array(column, mask=column < 0)
    return pyarrow.array(column)
