"""Wide tables of counts from CSV, JSON and Parquet: first column a date or an index, then one column a series."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from daybreak.surge.counts import DateArray, FloatArray, Period
from daybreak.surge.errors import BadInput

FORMATS = ("csv", "json", "parquet")
ABSENT = frozenset({"", "NA", "NaN", "nan", "null"})
"""Cells that mean "did not report"."""
MOST_CASES = 1_000_000_000
"""More in one row is a mistake, and some methods would search for a bound among all of them."""


class Columns(Protocol):
    """Where a table's numbers come from, a few series at a time."""

    def block(self, first: int, last: int) -> FloatArray:
        """The series first … last - 1; (time, series), NaN = did not report."""


@dataclass(frozen=True)
class Table:
    """A wide table whose series are read when they are asked for.

    source: the file's name, for messages.
    label: the name of the first column.
    labels: the first column as it stands, one text a row.
    names: the series, in the file's order.
    dates: (time,) first days, if the first column holds dates.
    columns: the numbers.
    """

    source: str
    label: str
    labels: tuple[str, ...]
    names: tuple[str, ...]
    dates: DateArray | None
    columns: Columns

    @property
    def times(self) -> int:
        """How many rows there are."""
        return len(self.labels)

    def block(self, first: int, last: int) -> FloatArray:
        """Counts of the series first … last - 1, checked; (time, series), NaN = did not report."""
        values = self.columns.block(first, last)
        with np.errstate(invalid="ignore"):
            wrong = ~np.isnan(values) & ~((values >= 0) & np.isfinite(values))
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise BadInput(
                f"{self.source}, row {self.labels[row]}, column {self.names[first + int(column)]}",
                "be 0 or more", f"{values[row, column]:g}", "Leave a time that did not report empty.",
            )  # fmt: skip
        return values

    def counts_block(self, first: int, last: int) -> FloatArray:
        """As block, and every number is whole."""
        values = self.block(first, last)
        with np.errstate(invalid="ignore"):
            wrong = ~np.isnan(values) & (values > MOST_CASES)
            if wrong.any():
                row, column = np.argwhere(wrong)[0]
                raise BadInput(
                    f"{self.source}, row {self.labels[row]}, column {self.names[first + int(column)]}",
                    f"be at most {MOST_CASES:,}", f"{values[row, column]:g}", "Give counts of cases.",
                )  # fmt: skip
            wrong = ~np.isnan(values) & (values != np.floor(values))
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise BadInput(
                f"{self.source}, row {self.labels[row]}, column {self.names[first + int(column)]}",
                "be a whole number", f"{values[row, column]:g}", "Give counts, not rates.",
            )  # fmt: skip
        return values


@dataclass(frozen=True)
class Held:
    """Numbers that are in memory already."""

    values: FloatArray

    def block(self, first: int, last: int) -> FloatArray:
        """The series first … last - 1."""
        return np.ascontiguousarray(self.values[:, first:last])


def format_of(path: Path, given: str | None, option: str) -> str:
    """The format of a file: as given, or by its suffix."""
    found = given or path.suffix.lstrip(".").lower()
    if found not in FORMATS:
        raise BadInput(
            str(path), f"end in one of {', '.join('.' + each for each in FORMATS)}", repr(path.suffix),
            f"Or say {option} csv.",
        )  # fmt: skip
    return found


def open_table(path: Path, given: str | None = None) -> Table:
    """The table in a file.

    CSV: a header, then rows; an empty cell (or NA) = did not report. JSON: an object of columns of one length, the
    first one the dates or the index, null = did not report. Parquet: the same columns; the first one a date, a time
    stamp, a text or a number; null or NaN = did not report. Dates are YYYY-MM-DD (a time of day is ignored), months
    YYYY-MM, ISO weeks YYYY-Www.

    Raises
    ------
    BadInput : the file, row and column, what must stand there, what was got, the cure.
    """
    kind = format_of(path, given, "--from")
    columns: Columns
    if kind == "parquet":
        from daybreak.surge.tables_parquet import open_parquet

        label, labels, names, columns = open_parquet(path)
    elif kind == "json":
        label, labels, names, columns = _open_json(path)
    else:
        label, labels, names, columns = _open_csv(path)
    _check_names(path, label, names)
    if not labels:
        raise BadInput(str(path), "have one row or more", "none", "Give one row a time.")
    return Table(str(path), label, tuple(labels), tuple(names), dates_of(str(path), labels), columns)


@contextmanager
def csv_rows(path: Path) -> Iterator[Any]:
    """A csv reader over a file; what is no text or no CSV is told with the place and the cure."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines)
        try:
            yield rows
        except UnicodeDecodeError:
            raise BadInput(str(path), "be text in UTF-8", "other bytes", "Save it as CSV UTF-8.") from None
        except csv.Error:
            raise BadInput(
                f"{path}, line {rows.line_num}", "be CSV", "something else", "See the help."
            ) from None


def _open_csv(path: Path) -> tuple[str, list[str], list[str], Columns]:
    with csv_rows(path) as rows:
        header = next(rows, None)
        if not header:
            raise BadInput(str(path), "begin with a header", "an empty file", "Name the columns.")
        labels: list[str] = []
        values: list[FloatArray] = []
        for row in rows:
            if row:
                labels.append(row[0].strip())
                values.append(_numbers(path, rows.line_num, header, row))
    matrix = np.array(values) if values else np.empty((0, len(header) - 1))
    return header[0].strip(), labels, [name.strip() for name in header[1:]], Held(matrix)


def _numbers(path: Path, line: int, header: Sequence[str], row: Sequence[str]) -> FloatArray:
    if len(row) != len(header):
        raise BadInput(
            f"{path}, line {line}", f"have {len(header)} cells", str(len(row)), "Leave unknown ones empty."
        )
    try:
        return np.array([float(cell) if cell else np.nan for cell in row[1:]])
    except ValueError:
        return np.array([_number(path, line, *pair) for pair in zip(header[1:], row[1:], strict=True)])


def _number(path: Path, line: int, column: str, cell: str) -> float:
    if cell.strip() in ABSENT:
        return np.nan
    try:
        return float(cell)
    except ValueError:
        raise BadInput(
            f"{path}, line {line}, column {column.strip()}", "be a number or empty", "text",
            "Leave a time that did not report, or a suppressed count, empty.",
        ) from None  # fmt: skip


def _open_json(path: Path) -> tuple[str, list[str], list[str], Columns]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_one_of_each)
    except BadInput:
        raise
    except (ValueError, RecursionError):
        raise BadInput(str(path), "be JSON", "something else", "Give an object of columns.") from None
    if not isinstance(document, dict) or not all(isinstance(column, list) for column in document.values()):
        raise BadInput(str(path), "be an object of columns", "another shape", 'Like {"date": […], "A": […]}.')
    if not document:
        raise BadInput(str(path), "have one column or more", "none", "The first holds the dates.")
    label, *names = document
    times = len(document[label])
    matrix = np.empty((times, len(names)))
    for place, name in enumerate(names):
        if len(document[name]) != times:
            raise BadInput(
                f"{path}, column {name}", f"have {times} cells", str(len(document[name])), "Use null."
            )
        for row, cell in enumerate(document[name]):
            if cell is not None and (isinstance(cell, bool) or not isinstance(cell, int | float)):
                raise BadInput(
                    f"{path}, row {row + 1}, column {name}", "be a number or null", "something else",
                    "Leave a time that did not report, or a suppressed count, null.",
                )  # fmt: skip
            try:
                matrix[row, place] = np.nan if cell is None else cell
            except OverflowError:
                matrix[row, place] = np.inf  # refused with its place, as every count beyond the limit
    for row, cell in enumerate(document[label], start=1):
        if isinstance(cell, bool) or not isinstance(cell, str | int | float):
            raise BadInput(
                f"{path}, row {row}", "begin with a date or an index", "something else", "Like 2024-01-31."
            )
    return label, [str(cell) for cell in document[label]], names, Held(matrix)


def _one_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise BadInput("column names", "differ", "one twice", "Give each series its own name.")
    return dict(pairs)


def _check_names(path: Path, label: str, names: Sequence[str]) -> None:
    if not names:
        mark = {";": "semicolons", "\t": "tabs"}
        found = next((word for sign, word in mark.items() if sign in label), None)
        cure = "Add counts." if found is None else f"It is parted by {found}: save it with commas."
        raise BadInput(str(path), "have a series beside the first column", "one column", cure)
    seen: set[str] = {label}
    for place, name in enumerate(names, start=2):
        if not name or name in seen:
            raise BadInput(
                f"{path}, column {place}", "have a name of its own", repr(name), "Name each series once."
            )
        if name[0] in "=@" or not name.isprintable():
            raise BadInput(
                f"{path}, column {place}", "have a name that no spreadsheet or terminal would run",
                "a formula or a control character", "Rename it.",
            )  # fmt: skip
        seen.add(name)


DATE_LIKE = re.compile(
    r"\d{4}-(\d|W)|\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{1,4}\b|\d{4}/\d|(19|20)\d{6}$"
)


def dates_of(source: str, labels: Sequence[str]) -> DateArray | None:
    """The first day of each row, if any label looks like a date; None if the labels only number or name the rows."""
    if not any(map(DATE_LIKE.match, labels)):
        _check_index(source, labels)
        return None
    days = []
    for row, text in enumerate(labels, start=1):
        try:
            days.append(day_of(text))
        except ValueError:
            raise BadInput(
                f"{source}, row {row}", "begin with a date", _shown(text), "Write it as YYYY-MM-DD."
            ) from None
    dates = np.array(days, dtype="datetime64[D]")
    steps = np.diff(dates)
    if (steps <= np.timedelta64(0, "D")).any():
        row = int(np.argmax(steps <= np.timedelta64(0, "D"))) + 1
        raise BadInput(
            f"{source}, row {labels[row]}",
            "be later than the row before",
            labels[row - 1],
            "Sort and join rows.",
        )
    return dates


def _check_index(source: str, labels: Sequence[str]) -> None:
    seen: set[str] = set()
    for row, text in enumerate(labels, start=1):
        if not text or text in seen:
            raise BadInput(
                f"{source}, row {row}", "begin with a date or an index of its own", "none" if not text else "one twice",
                "Write dates as YYYY-MM-DD, or number the rows.",
            )  # fmt: skip
        seen.add(text)


def _shown(text: str) -> str:
    """A text that may be a date, to say it again; anything else may be somebody's name and is not repeated."""
    return repr(text) if re.fullmatch(r"[\d\sTW:/.-]{0,30}", text) else "something else"


def day_of(text: str) -> date:
    """The first day that YYYY-MM-DD (a time of day may follow), YYYY-MM or YYYY-Www means; ValueError if none."""
    text = text.strip()
    week = re.fullmatch(r"(\d{4})-W(\d{2})", text)
    if week:
        return date.fromisocalendar(int(week[1]), int(week[2]), 1)
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return date.fromisoformat(text + "-01")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}([T ].*)?", text):
        raise ValueError(text)
    return date.fromisoformat(text[:10])


def period_of(dates: DateArray | None) -> Period | None:
    """How long a row lasts, by the usual step between dates; None if it is no day, week, month or year."""
    if dates is None or len(dates) < 2:
        return None
    step = float(np.median(np.diff(dates).astype(np.int64)))
    for low, high, period in (
        (1, 1, Period.DAY),
        (7, 7, Period.WEEK),
        (28, 31, Period.MONTH),
        (365, 366, Period.YEAR),
    ):
        if low <= step <= high:
            return period
    return None


def blocks(series: int, size: int) -> Iterator[tuple[int, int]]:
    """First and last + 1 of neighbouring blocks of series."""
    for first in range(0, series, size):
        yield first, min(first + size, series)
