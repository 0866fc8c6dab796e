"""Excel workbooks (.xlsx): which tables there are, and the parts that every table needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from daybreak.intake.readers.archive import Archive
from daybreak.intake.readers.cell_texts import format_kind, unescaped
from daybreak.intake.readers.cells import rows_of
from daybreak.intake.readers.sheet import (
    ROWS_LOOKED_AT,
    Notices,
    Row,
    Sheet,
    UnusableFile,
    chosen_header,
    headings,
)
from daybreak.intake.readers.spreadsheet import Merged, Workbook, column_number, local, parse
from daybreak.intake.rules.problems import Problem

LARGEST_SHARED_TEXTS = 300_000_000  # characters in all
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
MOST_MERGED = 10_000


def open_workbook(source: Path | bytes, *, table: str = "", header_line: int = 0) -> Sheet:
    """The first visible table of an Excel file, or the one named ``table``; raises UnusableFile where there is none."""
    notices = Notices()
    with Archive(source) as archive:
        tables, from_1904 = _tables(archive)
        chosen = table or next(iter(tables), "")
        if chosen not in tables:
            raise UnusableFile(
                f"The Excel file has no table of that name; it has {len(tables)}. Name one of them, or none."
            )
        if len(tables) > 1 and not table:
            notices.say("other-tables", 0, "", len(tables) - 1)
        part = tables[chosen]
        merged = tuple(_merged(archive, part))
        book = Workbook(part, _shared_texts(archive), _styles(archive), from_1904, merged)
    for one in merged:
        notices.say("merged-cells", one.top, one.name)

    def every(saying: Notices) -> Iterator[Row]:
        with Archive(source) as archive:
            yield from rows_of(archive.pieces(part), book, saying)

    first = [
        (line, cells)
        for line, cells in islice(every(Notices()), max(ROWS_LOOKED_AT, header_line))
        if not isinstance(cells, Problem)
    ]
    at = chosen_header(
        first,
        header_line,
        notices,
        f"Row {header_line} must hold the headings; it is blank, merged or not there.",
    )
    top, cells = first[at]
    header = headings(cells, top, notices)
    width = len(header)
    blanks = [("",) * missing for missing in range(width + 1)]

    def reading(saying: Notices) -> Iterator[Row]:
        # A row's blank cells at its end are not in the file at all, so that a short row is a whole row here.
        for line, row in every(saying):
            if line > top:
                short = 0 if isinstance(row, Problem) else width - len(row)
                yield (
                    (line, (*row, *blanks[short]))
                    if short > 0 and not isinstance(row, Problem)
                    else (line, row)
                )

    if len(first) == at + 1:
        notices.say("no-rows")
    return Sheet("xlsx", header, top, reading, "", "", tuple(tables), opened=notices.all())


def _elements(archive: Archive, part: str) -> list[tuple[str, dict[str, str]]]:
    """(name, attributes) of every element of a small part, without prefixes."""
    found: list[tuple[str, dict[str, str]]] = []
    pieces = iter([archive.whole(part)])
    for _ in parse(
        pieces, lambda name, given: found.append((local(name), {local(k): v for k, v in given.items()}))
    ):
        pass
    return found


def _tables(archive: Archive) -> tuple[dict[str, str], bool]:
    """Name → part of each visible table, and whether days count from 1904."""
    if "xl/workbook.xml" not in archive:
        raise UnusableFile(
            "This is a ZIP file but no Excel workbook (.xlsx). Give the table itself: Excel (.xlsx) or CSV (UTF-8)."
        )
    related = {
        given.get("Id", ""): given.get("Target", "")
        for name, given in _elements(archive, "xl/_rels/workbook.xml.rels")
        if name == "Relationship" and given.get("Type", "").endswith("/worksheet")
    }
    tables: dict[str, str] = {}
    from_1904 = False
    for name, given in _elements(archive, "xl/workbook.xml"):
        if name == "workbookPr":
            from_1904 = given.get("date1904", "0") in {"1", "true"}
        if name == "sheet" and given.get("state", "visible") == "visible" and given.get("id") in related:
            target = related[given["id"]]
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            tables[given.get("name", "")] = part
    if not tables:
        raise UnusableFile(
            "The Excel file has no visible table. Show the sheet with the rows, save and give it again."
        )
    return tables, from_1904


def _shared_texts(archive: Archive) -> list[str]:
    if "xl/sharedStrings.xml" not in archive:
        return []
    texts: list[str] = []
    pieces: list[str] = []
    state = {"keep": False, "phonetic": False, "size": 0}

    def start(name: str, _: dict[str, str]) -> None:
        name = local(name)
        if name == "si":
            pieces.clear()
        elif name == "rPh":  # how to pronounce it, not what it says
            state["phonetic"] = True
        state["keep"] = name == "t" and not state["phonetic"]

    def end(name: str) -> None:
        name = local(name)
        state["keep"] = False
        if name == "rPh":
            state["phonetic"] = False
        elif name == "si":
            text = unescaped("".join(pieces))
            state["size"] += len(text)
            if state["size"] > LARGEST_SHARED_TEXTS:
                raise UnusableFile(
                    f"The texts of the Excel file must have at most {LARGEST_SHARED_TEXTS:,} characters together. "
                    "Save the sheet as CSV (UTF-8) and give that."
                )
            texts.append(text)

    def text(piece: str) -> None:
        if state["keep"]:
            pieces.append(piece)

    for _ in parse(archive.pieces("xl/sharedStrings.xml"), start, end, text):
        pass
    return texts


def _styles(archive: Archive) -> list[str]:
    """What each cell style shows: "day", "time", "both" or ""."""
    if "xl/styles.xml" not in archive:
        return []
    own: dict[int, str] = {}
    found: list[str] = []
    in_cells = False
    for name, given in _elements(archive, "xl/styles.xml"):
        if name == "numFmt" and given.get("numFmtId", "").isdigit():
            own[int(given["numFmtId"])] = given.get("formatCode", "")
        elif name == "cellXfs":
            in_cells = True
        elif name in {"cellStyles", "dxfs"}:
            in_cells = False
        elif name == "xf" and in_cells:
            number = int(given.get("numFmtId", "0") or 0)
            found.append(format_kind(number, own.get(number, "")))
    return found


def _merged(archive: Archive, part: str) -> Iterator[Merged]:
    """Every merged range of a table. They stand after the rows, so the whole part is unpacked once to find them."""
    found = 0
    rest = b""
    for piece in archive.pieces(part):
        block = rest + piece
        ended = 0
        for match in _MERGED.finditer(block):
            found += 1
            if found > MOST_MERGED:
                raise UnusableFile(
                    f"The table must have at most {MOST_MERGED:,} merged cells. Unmerge all cells and fill every row."
                )
            ended = match.end()
            left, top, right, bottom = (match[number].decode() for number in (1, 2, 3, 4))
            name = f"{left}{top}:{right}{bottom}"
            yield Merged(column_number(left), int(top), column_number(right), int(bottom), name)
        rest = block[max(ended, len(block) - 200) :]
