"""Rows of one Excel table, as the file streams by: texts as shown, formulas by the value that Excel stored."""

from __future__ import annotations

from collections.abc import Iterator

from daybreak.intake.readers.cell_texts import number_text, unescaped
from daybreak.intake.readers.sheet import MOST_COLUMNS, Notices, Row, UnusableFile
from daybreak.intake.readers.spreadsheet import Workbook, column_number, local, parse
from daybreak.intake.rules.problems import Problem

_DIGITS = "0123456789"
_MOST_ROWS = 1_048_576
_FORMULA_MUST = "a cell with a formula must have a stored value"
_FORMULA_CURE = "Open the file in Excel, let it calculate, save it, and give it again; or paste the values."


class _Table:
    """Collects the cells of each row while expat reads; the rows that are complete wait in ``ready``."""

    def __init__(self, book: Workbook, notices: Notices) -> None:
        self.book = book
        self.notices = notices
        self.ready: list[Row] = []
        self.line = 0
        self._cells: dict[int, str] = {}
        self._problem: Problem | None = None
        self._column = -1
        self._type = ""
        self._style = ""
        self._formula = self._keep = self._phonetic = False
        self._text: list[str] = []
        self._columns: dict[str, int] = {}

    def start(self, name: str, given: dict[str, str]) -> None:
        name = local(name) if ":" in name else name
        if name == "c":
            self._type = given.get("t", "n")
            self._style = given.get("s", "")
            letters = given.get("r", "").rstrip(_DIGITS)
            if letters:
                self._column = self._number(letters)
            else:
                self._column += 1
            self._formula = False
            self._text.clear()
        elif name == "v" or (name == "t" and not self._phonetic):
            self._keep = True
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "row":
            line = int(given["r"]) if given.get("r", "").isdigit() else self.line + 1
            if not self.line < line <= _MOST_ROWS:
                raise UnusableFile(
                    f"The rows of the table must be numbered upwards; after row {self.line:,} comes {line:,}. Save the file "
                    "again in Excel."
                )
            self.line = line
            self._column = -1
            self._cells = {}
            self._problem = None

    def text(self, piece: str) -> None:
        if self._keep:
            self._text.append(piece)

    def end(self, name: str) -> None:
        name = local(name) if ":" in name else name
        if name in {"v", "t"}:
            self._keep = False
        elif name == "c":
            self._end_cell()
        elif name == "rPh":
            self._phonetic = False
        elif name == "row":
            self._end_row()

    def _number(self, letters: str) -> int:
        number = self._columns.get(letters)
        if number is None:
            if len(letters) > 3 or not letters.isalpha() or not letters.isascii():
                raise UnusableFile(
                    f"Row {self.line:,} has a cell without a proper place. Save the file again in Excel."
                )
            number = self._columns[letters] = column_number(letters.upper())
        return number

    def _end_cell(self) -> None:
        written = "".join(self._text)
        if self._formula:
            self.notices.say("formula-cells", self.line)
            if not written and self._type != "str":
                self._problem = Problem(self.line, "", _FORMULA_MUST, _FORMULA_CURE)
                return
        if not written:
            return
        try:
            shown = self._shown(written)
        except (ValueError, IndexError):
            self._problem = Problem(
                self.line,
                "",
                "every cell must be of the type that it declares",
                "Save the file again in Excel.",
            )
            return
        if not shown:
            return
        if self._column >= MOST_COLUMNS:
            raise UnusableFile(
                f"A table may have at most {MOST_COLUMNS:,} columns; row {self.line:,} has something in column "
                f"{self._column + 1:,}. Delete what stands to the right of the table."
            )
        self._cells[self._column] = shown

    def _shown(self, written: str) -> str:
        if self._type == "s":
            return self.book.texts[int(written)]
        if self._type == "n":
            style = int(self._style) if self._style else 0
            kind = self.book.styles[style] if style < len(self.book.styles) else ""
            return number_text(written.strip(), kind, self.book.from_1904)
        if self._type == "b":
            return "true" if written.strip() == "1" else "false"
        if self._type == "d":
            return written.strip().replace("T", " ")
        return unescaped(written)  # inlineStr, str (a formula's text) and e (#N/A, which no conversion takes)

    def _end_row(self) -> None:
        under = self._merged_over()
        if under:
            problem = Problem(
                self.line, "", f"every cell must stand by itself; {under} are merged into one",
                "Unmerge these cells in Excel, fill each row with its own value, and give the file again.",
            )  # fmt: skip
            self.ready.append((self.line, problem))
        elif self._problem is not None:
            self.ready.append((self.line, self._problem))
        elif self._cells:
            cells = self._cells
            row = tuple([cells.get(number, "") for number in range(max(cells) + 1)])
            if any(cell and not cell.isspace() for cell in row):
                self.ready.append((self.line, row))

    def _merged_over(self) -> str:
        """The merged range that leaves cells of this row blank though they are not, "" without one.

        Merged title lines, where one cell is all that the row has, are left to whoever looks for the headings.
        """
        for one in self.book.merged:
            if one.top <= self.line <= one.bottom:
                covers_more_columns = one.right > one.left
                if self.line > one.top or (covers_more_columns and len(self._cells) > 1):
                    return one.name
        return ""


def rows_of(pieces: Iterator[bytes], book: Workbook, notices: Notices) -> Iterator[Row]:
    """Every row of the table that is not blank, with its number in Excel; trailing blank cells are left out."""
    table = _Table(book, notices)
    for _ in parse(pieces, table.start, table.end, table.text):
        if table.ready:
            yield from table.ready
            table.ready.clear()
