"""Cuts the bytes of a delimited file into headed rows, and forgives what real files do: encodings, quotes, stray cells."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from daybreak.directory.rules.rows import Mend
from daybreak.directory.rules.spill import realign

LARGEST_CELL = 1_000_000
# The csv module knows one limit for the whole process. Raised and taken back around each file, readers that overlap would
# leave each other's; so it is set once, here, and a reader that wants less (intake) counts for itself.
csv.field_size_limit(LARGEST_CELL)
_DELIMITERS = ",\t;|"
_NOT_TABLES = {
    b"PK\x03\x04": "an Excel or ZIP file", b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"\x1f\x8b": "a compressed file", b"SQLite format 3": "a database", b"\x89PNG": "a picture",
}  # fmt: skip


class UnusableFile(Exception):
    """A file that cannot be read at all; the text says what, where, and what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line with its end, and how it had to be decoded: "" = as it should be."""

    text: str
    decoded_as: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table: ``cells`` are as many as there are headings."""

    line: int
    row: int
    raw: str
    cells: list[str]
    mends: tuple[Mend, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A decoded file: its lines, what separates its cells, and its first ``headings`` rows of cells."""

    lines: list[TextLine]
    delimiter: str
    headings: list[list[str]]
    first_line: int  # index of the first line after the headings

    def records(self, fields: Sequence[str]) -> Iterator[Record]:
        """Every row below the headings that holds anything; ``fields`` names each column ("" = no meaning to us)."""
        row = 0
        for start, end, cells, stray in _cut(
            self.lines, self.first_line, self.delimiter, len(self.headings[0])
        ):
            if not cells:
                continue
            row += 1
            mends = [Mend("row", "", "", "stray-quote")] if stray else []
            encodings = {line.decoded_as for line in self.lines[start:end]} - {""}
            mends += [Mend("row", "", "", rule) for rule in sorted(encodings)]
            whole, mend = realign(cells, fields, self.delimiter)
            raw = "".join(line.text for line in self.lines[start:end]).rstrip("\r\n")
            yield Record(start + 1, row, raw, whole, (*mends, mend) if mend else tuple(mends))


def open_sheet(data: bytes, *, headings: int = 1, encoding: str = "", delimiter: str = "") -> Sheet:
    """The sheet in ``data``; raises UnusableFile where there is none. ``headings`` counts its heading rows."""
    _refuse_other_kinds(data)
    lines = _decoded(data, encoding)
    first = next((number for number, line in enumerate(lines) if line.text.strip()), None)
    if first is None:
        raise UnusableFile("The file is empty. Give a CSV file with a heading line and at least one row.")
    delimiter = delimiter or max(_DELIMITERS, key=lines[first].text.count)
    found: list[list[str]] = []
    below = first
    for _, end, cells, _ in _cut(lines, first, delimiter, len(lines)):
        found.append([cell.strip() for cell in cells])
        below = end
        if len(found) == headings:
            break
    if len(found) < headings or len(found[0]) < 2:
        raise UnusableFile(
            f"Line {first + 1} must hold at least two headings with commas, semicolons, tabs or bars between them; "
            f"this looks like text, not like a CSV file. Save the sheet as CSV (UTF-8) and load that."
        )
    return Sheet(lines, delimiter, found, below)


def _refuse_other_kinds(data: bytes) -> None:
    for start, kind in _NOT_TABLES.items():
        if data.startswith(start):
            raise UnusableFile(f"This is {kind}, not a CSV file. Open it and save the sheet as CSV (UTF-8).")
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and data[:65536].count(0) > len(data[:65536]) // 10:
        raise UnusableFile(
            "This file holds binary data, not text. Save the sheet as CSV (UTF-8) and load that."
        )


def _decoded(data: bytes, encoding: str) -> list[TextLine]:
    """Lines of text without NULs. Each line that is not UTF-8 is read as Western Windows, and says so."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    if encoding:
        try:
            text = data.decode(encoding)
        except UnicodeError as problem:
            raise UnusableFile(
                f"The file is not in the encoding {encoding!r} that was named: {problem}."
            ) from None
        return [
            _without_nul(TextLine(line)) for line in text.removeprefix("\ufeff").splitlines(keepends=True)
        ]
    return [_without_nul(_line(raw)) for raw in data.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)]


def _line(raw: bytes) -> TextLine:
    for encoding, rule in (("utf-8", ""), ("cp1252", "read-as-windows-1252"), ("latin-1", "read-as-latin-1")):
        try:
            return TextLine(raw.decode(encoding).replace("\ufeff", ""), rule)
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 reads every byte")


def _without_nul(line: TextLine) -> TextLine:
    return TextLine(line.text.replace("\0", ""), "nul-removed") if "\0" in line.text else line


def _cut(
    lines: list[TextLine], first: int, delimiter: str, width: int
) -> Iterator[tuple[int, int, list[str], bool]]:
    """(first line, line after the last, cells, whether a stray quote was passed over) of each record."""
    start = first
    try:
        while start < len(lines):
            # By number: a slice would walk from the first line again after every stray quotation mark.
            reader = csv.reader((lines[at].text for at in range(start, len(lines))), delimiter=delimiter)
            begin = start
            for cells in reader:
                end = start + reader.line_num
                if end - begin > 1 and (
                    _swallowed(cells, delimiter, width)
                    or _fused([line.text for line in lines[begin:end]], cells, delimiter, width)
                ):
                    yield begin, begin + 1, _unquoted(lines[begin].text, delimiter), True
                    end = begin + 1
                    start = end
                    break
                yield begin, end, cells, False
                begin = end
            else:
                return
    except csv.Error as problem:
        raise UnusableFile(
            f"Line {begin + 1}: {problem}. A cell may hold at most {LARGEST_CELL:,} characters; "
            "look for a quotation mark that is never closed near that line."
        ) from None


def _swallowed(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether one cell holds whole lines of the table: its opening quotation mark was a stray one."""
    return any(
        "\n" in cell and cell.partition("\n")[2].count(delimiter) >= max(1, width - 1) for cell in cells
    )


def _fused(texts: list[str], cells: list[str], delimiter: str, width: int) -> bool:
    """Whether stray quotation marks in two rows made one record of them: its first line alone is a whole row.

    A cell of prose with several lines can have as many commas, but with a space after each, or the line on which it ends is no
    row of its own.
    """
    head = next((cell for cell in cells if "\n" in cell), "").partition("\n")[0].rstrip("\r")
    tight = any(part[:1] != " " for part in head.split(delimiter)[1:])
    if not tight or len(_unquoted(texts[0], delimiter)) != width:
        return False
    return len(_unquoted(texts[-1], delimiter)) == width or not _well_quoted(texts, delimiter)


def _well_quoted(texts: list[str], delimiter: str) -> bool:
    """Whether every closing quotation mark stands before a delimiter or the end of a line."""
    try:
        list(csv.reader(texts, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _unquoted(text: str, delimiter: str) -> list[str]:
    cells = next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter, quoting=csv.QUOTE_NONE))
    return [cell.strip().strip('"') for cell in cells]


def columns_by_alias(header: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Field → column, by any of the names that editions give it; case, spaces and punctuation do not count."""
    folded = {_folded(name): column for column, name in reversed(list(enumerate(header))) if name}
    found: dict[str, int] = {}
    for field, names in aliases.items():
        column = next((folded[name] for name in map(_folded, names) if name in folded), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
