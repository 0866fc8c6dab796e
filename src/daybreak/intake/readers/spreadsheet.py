"""What the reading of a workbook and of its cells share: its parts, and its XML run through expat with entities refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from daybreak.intake.readers.sheet import UnusableFile


@dataclass(frozen=True, slots=True)
class Merged:
    """A range of cells joined into one: columns from 0, rows from 1, ends included."""

    left: int
    top: int
    right: int
    bottom: int
    name: str


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the cells of one table need: its part, the shared texts, what each style shows, and its merged cells."""

    part: str
    texts: list[str]
    styles: list[str]
    from_1904: bool
    merged: tuple[Merged, ...]


def parse(
    pieces: Iterator[bytes], start: Callable[[str, dict[str, str]], Any], end: Callable[[str], Any] | None = None,
    text: Callable[[str], Any] | None = None,
) -> Iterator[None]:  # fmt: skip
    """Run a part through expat, yielding after each piece; a document type (where entities swell) is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 65_536
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as problem:
        raise UnusableFile(
            f"The Excel file is damaged (line {problem.lineno} of a part of it). Save it again in Excel."
        ) from None


def _no_doctype(*_: object) -> None:
    raise UnusableFile("The Excel file declares a document type, which Excel never does. It is not read.")


def local(name: str) -> str:
    """An element's or attribute's name without its prefix."""
    return name.rpartition(":")[2]


def column_number(letters: str) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
