"""A file that was opened: its headings, its rows as text, and what there is to say about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from daybreak.intake.rules.problems import Problem

MOST_COLUMNS = 1_024
MOST_HEADER_CHARACTERS = 200
# A report's title lines stand above its headings; nobody writes more of them than this.
ROWS_LOOKED_AT = 40
_DATA = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|[-+]?[\d.,]+")

Cells = tuple[str, ...]
Row = tuple[int, Cells | Problem]


class UnusableFile(Exception):
    """A file that cannot be read at all; the text says what, where and the cure. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say about a file that stops nothing: what (``code``), how often, and where first (line, 0 = the file).

    ``detail`` is a heading, a range of cells or a count, never the content of a cell.
    """

    code: str
    line: int = 0
    detail: str = ""
    count: int = 1


class Notices:
    """Notices of one reading, one per code and detail, counted."""

    def __init__(self, already: Sequence[Notice] = ()) -> None:
        self._found: dict[tuple[str, str], Notice] = {(one.code, one.detail): one for one in already}

    def say(self, code: str, line: int = 0, detail: str = "", count: int = 1) -> None:
        """Add ``count`` to the notice of this code and detail; its line stays the first one."""
        before = self._found.get((code, detail))
        if before is not None:
            line, count = before.line, before.count + count
        self._found[code, detail] = Notice(code, line, detail, count)

    def all(self) -> tuple[Notice, ...]:
        """Every notice so far, in the order in which they came up."""
        return tuple(self._found.values())


Reading = Callable[[Notices], Iterator[Row]]


@dataclass(slots=True)
class Sheet:
    """One table. ``kind`` is csv, xlsx, nibrs, json or json-lines; ``header`` has no two headings alike and none empty.

    ``rows()`` reads the file again from its start each time it is called and holds one row in memory at a time (an Excel file:
    its shared texts too). A row has as many cells as the file gives it: whether that fits the headings is the mapping's to
    judge. A row that cannot be cut into cells comes as a Problem in place of its cells. Blank rows are passed over.
    """

    kind: str
    header: tuple[str, ...]
    header_line: int
    reading: Reading
    encoding: str = ""
    delimiter: str = ""
    tables: tuple[str, ...] = ()
    opened: tuple[Notice, ...] = ()
    notices: tuple[Notice, ...] = field(default=())

    def __post_init__(self) -> None:
        self.notices = self.opened

    def rows(self) -> Iterator[Row]:
        """Every row below the headings; after the last one ``notices`` is complete."""
        notices = Notices(self.opened)
        try:
            yield from self.reading(notices)
        finally:
            self.notices = notices.all()

    def sample(self, size: int = 500) -> list[Cells]:
        """The first ``size`` rows that could be cut into cells."""
        return list(islice((cells for _, cells in self.rows() if not isinstance(cells, Problem)), size))


def headings(cells: Sequence[str], line: int, notices: Notices) -> tuple[str, ...]:
    """One name for each column: a second "Date" becomes "Date (2)", an empty heading "Column 7"; both are said.

    Raises UnusableFile where there are fewer than two or more than MOST_COLUMNS headings.
    """
    texts = [" ".join(cell.split()).removeprefix("\ufeff") for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) < 2:
        raise UnusableFile(
            f"Line {line} must hold at least two headings; got {len(texts)}. Save the sheet as CSV (UTF-8) or Excel "
            "with one line of headings above the rows."
        )
    if len(texts) > MOST_COLUMNS:
        raise UnusableFile(
            f"A file may have at most {MOST_COLUMNS:,} columns; got {len(texts):,}. Delete the columns that are not events."
        )
    if any(len(text) > MOST_HEADER_CHARACTERS for text in texts):
        raise UnusableFile(
            f"A heading may have at most {MOST_HEADER_CHARACTERS} characters; line {line} has a longer one."
        )
    found: list[str] = []
    for number, text in enumerate(texts, 1):
        name = text or f"Column {number}"
        if not text:
            notices.say("empty-heading", line, name)
        again = 2
        while name in found:
            name = f"{text or f'Column {number}'} ({again})"
            again += 1
        if again > 2:
            notices.say("duplicate-heading", line, name)
        found.append(name)
    return tuple(found)


def chosen_header(
    rows: Sequence[tuple[int, Sequence[str]]], header_line: int, notices: Notices, missing: str
) -> int:
    """Which of a file's first rows holds the headings: the line that a mapping names, else as header_at finds it.

    Raises UnusableFile with ``missing`` where the named line is none of them.
    """
    if not header_line:
        return header_at(rows, notices)
    at = next((number for number, (line, _) in enumerate(rows) if line == header_line), None)
    if at is None:
        raise UnusableFile(missing)
    return at


def header_at(rows: Sequence[tuple[int, Sequence[str]]], notices: Notices) -> int:
    """Which of a file's first rows holds the headings: the first that is filled as widely as its widest.

    Title lines above it are said. Raises UnusableFile where there are no rows, or where that row holds dates and numbers:
    taking it for headings would lose an event.
    """
    filled = [sum(1 for cell in cells if cell.strip()) for _, cells in rows]
    widest = max(filled, default=0)
    if not widest:
        raise UnusableFile("The file is empty. Give a file with a line of headings and at least one row.")
    at = next(number for number, count in enumerate(filled) if count >= max(2, 0.6 * widest) or widest < 2)
    line, cells = rows[at]
    texts = [cell.strip() for cell in cells if cell.strip()]
    looks_like_data = sum(1 for text in texts if _DATA.fullmatch(text))
    if len(texts) > 1 and 2 * looks_like_data >= len(texts):
        raise UnusableFile(
            f"Line {line} must hold headings, because a mapping names columns by them; {looks_like_data} of its "
            f"{len(texts)} cells look like dates or numbers. Put a line of headings above the first row."
        )
    if at:
        notices.say("lines-above-headings", rows[0][0], "", at)
    return at
