"""Refused rows with the cells that the mapping uses, kept beside the database until they are mended: read and written here."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from daybreak.intake.readers.sheet import Sheet
from daybreak.intake.rules.problems import Problem


def keep_refused(place: Path, sheet: Sheet, lines: Collection[int], columns: Sequence[int]) -> int:
    """Write the headings and the rows of ``lines``, only the ``columns`` (places from 0); returns how many rows.

    Rows that could not be cut into cells are not kept: there is nothing to mend on a screen. No file is made without a row.
    """
    if not lines:
        return 0
    kept: dict[int, list[str]] = {}
    last = max(lines)
    for line, cells in sheet.rows():
        if line in lines and not isinstance(cells, Problem):
            kept[line] = [cells[place] if place < len(cells) else "" for place in columns]
        if line >= last:
            break
    if not kept:
        return 0
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = place.with_suffix(".part-refused")
    fresh.touch(mode=0o600)
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps([sheet.header[number] for number in columns]) + "\n")
        for line, row in kept.items():
            file.write(json.dumps([line, row]) + "\n")
    fresh.replace(place)
    return len(kept)


def refused_rows(place: Path) -> tuple[list[str], dict[int, list[str]]]:
    """(headings, line → cells); both empty where nothing is kept any more."""
    try:
        with place.open(encoding="utf-8") as file:
            headings = json.loads(next(file))
            return headings, dict(map(json.loads, file))
    except FileNotFoundError:
        return [], {}
