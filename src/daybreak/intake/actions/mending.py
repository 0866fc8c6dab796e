"""Brings refused rows again after somebody corrected their cells on the screen: a small file of its own, beside the first."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings

from daybreak.intake.actions.receiving import choose_mapping, receive_file
from daybreak.intake.actions.running import CannotRun, run_import
from daybreak.intake.models import Import, RefusedRow
from daybreak.intake.readers.kept import file_of, refused_of
from daybreak.intake.readers.refused_rows import refused_rows


def mend_rows(*, by: str, brought: Import, cells: Mapping[int, Sequence[str]], at: datetime) -> Import:
    """Bring the corrected rows (line → cells, in the order of the kept headings) as an import that mends the first.

    A row that is refused again stays to be mended. Raises CannotRun where nothing can be mended any more, or nothing was given.
    """
    headings, kept = refused_rows(refused_of(settings.IMPORTS, brought.public_id))
    open_lines = set(brought.refused_rows.filter(mended_by=None).values_list("line", flat=True))
    lines = sorted(set(cells) & set(kept) & open_lines)
    if brought.mapping is None or not lines:
        raise CannotRun(
            "There must be rows to mend; these were mended already, or are kept no more. Give the file again."
        )
    if brought.mapping.body.get("token"):
        raise CannotRun(
            "Rows with a linking token must be mended in the file, since what links them is not kept here."
        )
    mended = receive_file(
        by=by,
        feed=brought.feed,
        name=f"{brought.file_name[:230]} (mended rows)",
        chunks=[_file(headings, [cells[line] for line in lines], brought.mapping.body.get("file", {}))],
        at=at,
        kind=brought.kind,
        mends=brought,
    )
    choose_mapping(by=by, brought=mended, mapping=brought.mapping, at=at)
    run_import(by=by, brought=mended, source=file_of(settings.IMPORTS, mended.public_id), at=at)
    still = dict(mended.refused_rows.values_list("line", "fault__must"))
    first = _first_line(brought.mapping.body.get("file", {}))
    right = [line for place, line in enumerate(lines) if first + place not in still]
    RefusedRow.objects.filter(brought=brought, line__in=right).update(mended_by=mended)
    return mended


def _first_line(shape: Mapping[str, object]) -> int:
    return int(str(shape.get("header_line") or 1)) + 1


def _file(headings: Sequence[str], rows: Sequence[Sequence[str]], shape: Mapping[str, object]) -> bytes:
    """The rows as the delimited file that the mapping expects; a cell keeps to one line, so that lines count rows."""
    text = io.StringIO()
    text.write("\r\n" * (_first_line(shape) - 2))
    writer = csv.writer(text, delimiter=str(shape.get("delimiter") or ","))
    writer.writerow(headings)
    writer.writerows([" ".join(cell.splitlines()) for cell in row] for row in rows)
    return text.getvalue().encode(str(shape.get("encoding") or "utf-8"), errors="replace")
