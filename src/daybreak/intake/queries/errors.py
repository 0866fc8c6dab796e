"""The error file of an import: one row for each refused row, with line, column, what must be there, and the cure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from daybreak.intake.models import Import
from daybreak.intake.rules.safe_cells import safe_cell

HEADINGS = ("line", "column", "must", "cure", "mended")


def error_lines(brought: Import) -> Iterator[str]:
    """The lines of the error file as CSV, headings first, in the order of the file; cells are safe for spreadsheets."""
    yield _csv(HEADINGS)
    rows = brought.refused_rows.order_by("line").values_list(
        "line", "fault__column", "fault__must", "fault__cure", "mended_by"
    )
    for line, column, must, cure, mended in rows.iterator(chunk_size=2_000):
        yield _csv((line, safe_cell(column), safe_cell(must), safe_cell(cure), "yes" if mended else "no"))


def _csv(cells: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
