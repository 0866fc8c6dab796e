"""Rows as CSV and Excel: no cell can become a formula, and the file itself says who may see what is in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import xlsxwriter
from django.http import HttpResponse

from daybreak.accounts.guard import DeskRequest
from daybreak.events.queries.asked import Asked
from daybreak.events.queries.rows import Row, local_zone
from daybreak.events.views.saying import county, substance, words

# Spreadsheets take a text that begins so for a formula, also behind spaces.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
_LONGEST_CELL = 32_767
COLUMNS = (
    "event", "agency", "kind", "period_from", "period", "time", "place_precision", "block", "zip", "county", "county_name",
    "state", "count", "fatal", "certainty", "naloxone_given", "naloxone_doses", "naloxone_by", "age_band", "sex", "status",
    "manner", "underlying", "operation", "substances", "causes", "charges", "exhibits", "reported_on", "known_since", "version",
    "not_shared",
)  # fmt: skip

Cell = str | int | Decimal | date | None


def safe(text: str) -> str:
    """The text as a cell that no spreadsheet computes: an apostrophe before whatever would begin a formula."""
    return (
        f"'{text}" if text.lstrip(" \u00a0").startswith(_DANGEROUS) or text.startswith(_DANGEROUS) else text
    )


def row_cells(row: Row) -> list[Cell]:
    """One event as cells, in the order of COLUMNS; "" where it is not stated or not shared, and ``not_shared`` says which."""
    return [
        str(row.handle), row.agency, row.kind, row.day.isoformat(), row.precision, row.clock, row.place, row.block, row.zip,
        row.county, county(row.county) if row.county else "", row.state, row.count, _answer(row.fatal), row.certainty,
        _answer(row.naloxone_given), row.naloxone_doses, row.naloxone_by, row.age_band, row.sex, row.status, row.manner,
        row.underlying, row.operation, "; ".join(f"{substance(slug)} ({standing})" for slug, standing in row.substances),
        "; ".join(row.causes), "; ".join(f"{statute} {offense} x{counts}" for statute, offense, counts in row.charges),
        "; ".join(
            f"{one.number}: {substance(one.substance)} "
            + ("not reported" if one.quantity is None else f"{one.quantity.normalize():f} {one.unit}")
            for one in row.exhibits
        ),
        row.reported_on.isoformat() if row.reported_on else "", row.known_from.isoformat(), row.version,
        " ".join(row.hidden),
    ]  # fmt: skip


def _answer(said: bool | None) -> str:
    return "" if said is None else "yes" if said else "no"


def scope_lines(request: DeskRequest, asked: Asked, rows: int, *, cut: bool) -> list[str]:
    """Who took this out, when, what was asked, and how far agreements reached."""
    return words(
        "scope.txt",
        viewer=request.viewer,
        at=request.viewer.at.astimezone(local_zone()),
        asked=asked,
        rows=rows,
        cut=cut,
    )


def csv_answer(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], scope: Sequence[str]
) -> HttpResponse:
    """A CSV file in UTF-8 with a mark of it, which Excel needs; the lines of the scope come first, behind "#"."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in scope:
        writer.writerow([f"# {line}"])
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
    body = out.getvalue().encode("utf-8-sig", "replace")
    return _file(body, f"{name}.csv", "text/csv; charset=utf-8")


def xlsx_answer(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], scope: Sequence[str]
) -> HttpResponse:
    """An Excel file: the rows on the first sheet, the scope on the second. Texts are written as texts, never as formulas."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    sheet = book.add_worksheet("Rows")
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, bold)
    for number, row in enumerate(rows, 1):
        for place, cell in _filled(row):
            if isinstance(cell, int | Decimal):
                sheet.write_number(number, place, cell)
            else:
                sheet.write_string(number, place, safe(str(cell))[:_LONGEST_CELL])
    about = book.add_worksheet("Scope")
    about.set_column(0, 0, 110)
    for number, line in enumerate(scope):
        about.write_string(number, 0, safe(line))
    book.close()
    return _file(
        out.getvalue(), f"{name}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )


def _filled(row: Sequence[Cell]) -> Iterator[tuple[int, Cell]]:
    return ((place, cell) for place, cell in enumerate(row) if cell not in {"", None})


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return safe(cell) if isinstance(cell, str) else str(cell)


def _file(body: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
