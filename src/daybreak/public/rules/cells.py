"""Writes rows as CSV that a spreadsheet opens as text and numbers, never as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

# Excel takes a table for UTF-8 only where it begins with this mark.
MARK = "\ufeff"
# What begins a formula in one program or another, full-width forms and the control marks that they skip included.
_FORMULA = tuple("=+-@|%\t\r\n＝＋－＠")
Cell = str | int | float | None


def safe(cell: Cell) -> str | int | float:
    """Text that would be read as a formula gets an apostrophe in front, numbers stay numbers, None is empty."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def csv_lines(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Rows as lines of RFC 4180 (CRLF, quotes doubled), about 200 at a time."""
    page = StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    page.write(MARK)
    for number, row in enumerate(rows, 1):
        writer.writerow([safe(cell) for cell in row])
        if number % 200 == 0:
            yield page.getvalue()
            page.seek(0)
            page.truncate()
    yield page.getvalue()
