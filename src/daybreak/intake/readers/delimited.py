"""Rows of a delimited file (commas, tabs, semicolons or bars), where no quotation mark may swallow a row unsaid."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from daybreak.intake.readers.lines import encoding_of, start_of, text_lines
from daybreak.intake.readers.sheet import (
    ROWS_LOOKED_AT,
    Notices,
    Row,
    Sheet,
    chosen_header,
    headings,
)
from daybreak.intake.rules.problems import Problem

_DELIMITERS = ",\t;|"
LARGEST_CELL = 131_072  # characters: the csv module's own limit at its start
_MUST_CLOSE = "every quotation mark at the start of a cell must be closed at its end"
_CURE_CLOSE = "Take the stray quotation mark out of this row, or double it, and give the file again."


def open_delimited(
    source: Path | bytes, *, encoding: str = "", delimiter: str = "", header_line: int = 0
) -> Sheet:
    """The table in a delimited file; ``header_line`` (from 1) where the headings are not found by themselves.

    Raises UnusableFile where there is no table.
    """
    named = encoding
    encoding = encoding or encoding_of(start_of(source))
    notices = Notices()
    first_lines = [
        line.rstrip("\r\n") for line in islice(text_lines(source, encoding, set(), Notices()), ROWS_LOOKED_AT)
    ]
    said = first_lines and _said_delimiter(first_lines[0])
    delimiter = delimiter or said or _delimiter_of(first_lines)
    skipped = 1 if said else 0
    first = [
        (line, cells)
        for line, cells in islice(
            _records(source, encoding, delimiter, Notices(), skipped, 0), max(ROWS_LOOKED_AT, header_line)
        )
        if not isinstance(cells, Problem)
    ]
    at = chosen_header(
        first, header_line, notices, f"Line {header_line} must hold the headings; it is blank or not there."
    )
    line, cells = first[at]
    header = headings(cells, line, notices)
    below = first[at + 1][0] if at + 1 < len(first) else 0

    def reading(saying: Notices) -> Iterator[Row]:
        for row in _records(source, encoding, delimiter, saying, skipped, len(header)):
            if row[0] > line:
                yield row

    if not below and next(reading(Notices()), None) is None:
        notices.say("no-rows")
    return Sheet("csv", header, line, reading, named or encoding or "utf-8", delimiter, opened=notices.all())


def _said_delimiter(line: str) -> str:
    """What Excel's own first line "sep=;" names, "" without one."""
    text = line.strip().strip('"')
    return text[4:] if text[:4].lower() == "sep=" and len(text) == 5 else ""


def _delimiter_of(lines: list[str]) -> str:
    """The delimiter that cuts most of the first lines into the same number of cells, and into the most."""
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = Counter(width for line in lines if (width := _width(line, delimiter)) > 1)
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
        score = (times / len(lines), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _width(line: str, delimiter: str) -> int:
    """How many cells a line has by itself; 0 where it cannot be cut."""
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return 0


class _Feed:
    """Lines for the csv module that remembers those of the record being read, so that they can be read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        while True:
            if self._again:
                line = self._again.popleft()
            else:
                try:
                    line = next(self._lines)
                except StopIteration:
                    return
            self.taken.append(line)
            yield line

    def give_back(self) -> None:
        """All lines of this record but the first are read again."""
        self._again.extendleft(reversed(self.taken[1:]))
        self.taken.clear()


def _records(
    source: Path | bytes, encoding: str, delimiter: str, notices: Notices, skipped: int, width: int
) -> Iterator[Row]:
    """(line, cells) of every record that is not blank; ``width`` 0 = not known yet."""
    unreadable: set[int] = set()
    feed = _Feed(islice(text_lines(source, encoding, unreadable, notices), skipped, None))
    taken = feed.taken
    reader = csv.reader(iter(feed), delimiter=delimiter, strict=True)
    line = skipped + 1
    while True:
        try:
            cells = _within_limit(next(reader))
        except StopIteration:
            return
        except csv.Error as problem:
            # Only this line is refused: the lines that its open quotation mark swallowed are rows of their own.
            yield line, _broken(line, str(problem))
            feed.give_back()
            line += 1
            reader = csv.reader(iter(feed), delimiter=delimiter, strict=True)
            continue
        count = len(taken)
        if unreadable and not unreadable.isdisjoint(range(line, line + count)):
            yield line, _undecodable(line)
        elif count > 1 and width and _swallowed_a_row(taken, delimiter, width):
            yield (
                line,
                Problem(
                    line,
                    "",
                    f"{_MUST_CLOSE}; here lines {line} to {line + count - 1} became one",
                    _CURE_CLOSE,
                ),
            )
        elif any(cells) and any(cell.strip() for cell in cells):
            yield line, tuple(cells)
        line += count
        taken.clear()


def _within_limit(cells: list[str]) -> list[str]:
    """The cells, held to the limit by ourselves: other readers of the process may have raised the csv module's for a while."""
    if max(map(len, cells), default=0) > LARGEST_CELL:
        raise csv.Error(f"field larger than field limit ({LARGEST_CELL})")
    return cells


def _broken(line: int, why: str) -> Problem:
    if "limit" in why:
        return Problem(
            line, "", f"a cell must have at most {LARGEST_CELL:,} characters",
            "Shorten the longest cell of this row; if it looks short, a quotation mark in it is never closed.",
        )  # fmt: skip
    if "new-line" in why:
        return Problem(
            line, "", "a line must end in one way throughout the file", "Save the file again as CSV (UTF-8)."
        )
    return Problem(line, "", _MUST_CLOSE, _CURE_CLOSE)


def _undecodable(line: int) -> Problem:
    return Problem(
        line, "", "the text must be UTF-8, UTF-16 or Windows-1252", "Save the file again as CSV (UTF-8)."
    )


def _swallowed_a_row(taken: list[str], delimiter: str, width: int) -> bool:
    """Whether a line inside a quoted cell would be a whole row by itself: then two stray marks may have fused two rows.

    Prose in a cell has as many commas now and then, but a blank after each; a line whose first cell closes the quotation is none.
    """
    for number, line in enumerate(taken[1:], 2):
        if line.count(delimiter) == width - 1 and f"{delimiter} " not in line:
            closes_at_once = number == len(taken) and '"' in line.partition(delimiter)[0]
            if not closes_at_once:
                return True
    return False
