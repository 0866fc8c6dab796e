"""Cuts JSON text into its documents and lists into their elements, each with the line on which it begins."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from daybreak.directory.readers.tables import UnusableFile

_BLANK = re.compile(r"[ \t\r\n\x1e]*")
_KINDS = {b"PK\x03\x04": "a ZIP file", b"\x1f\x8b": "a compressed file", b"%PDF": "a PDF"}
DEEPEST = "Its brackets are nested too deeply; a list has a few levels only."


class Element(NamedTuple):
    """One value of a list, and the line of the text on which it begins."""

    line: int
    value: Any


def decoded(data: bytes) -> str:
    """The text of a JSON file; raises UnusableFile where it is none."""
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), "")
    if kind:
        raise UnusableFile(f"This is {kind}, not JSON. Unpack it and load what is inside.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise UnusableFile(f"Line {line} is not UTF-8. Save the file as JSON in UTF-8.") from None
    start = text.lstrip()[:200].casefold()
    if start.startswith("<"):
        raise UnusableFile(
            "This is a web page or XML, not JSON. Was it saved from a sign-in or error page? Fetch the list itself."
        )
    return text


def documents(text: str) -> Iterator[tuple[int, int, Any]]:
    """(begin, end, value) of every document: one, one a line, several after each other, or a JSON text sequence."""
    decoder, at = _decoder(), _skip(text, 0)
    if at == len(text):
        raise UnusableFile("The file is empty. Give a JSON file with at least one row.")
    while at < len(text):
        value, end = _value(decoder, text, at)
        yield at, end, value
        at = _skip(text, end)


def elements(text: str, begin: int, found: list[Any], key: str = "") -> list[Element]:
    """The elements of a list with their lines.

    ``begin`` is where the document begins; ``key`` is the list's name inside it, "" = the document is the list. Where the
    place of the list cannot be told, every element gets the line of the document.
    """
    line = text.count("\n", 0, begin) + 1
    opening = re.compile(rf'"{re.escape(key)}"\s*:\s*\[' if key else r"\[").search(text, begin)
    lines: list[Element] = []
    if opening:
        decoder, at, seen, counted = _decoder(), opening.end(), begin, line
        for value in found:
            at = _skip(text, at)
            try:
                other, end = decoder.raw_decode(text, at)
            except (ValueError, RecursionError):
                break
            if other != value:
                break
            counted += text.count("\n", seen, at)
            seen = at
            lines.append(Element(counted, value))
            at = _skip(text, end)
            if text[at : at + 1] == ",":
                at += 1
    return lines if len(lines) == len(found) else [Element(line, value) for value in found]


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_constant=_no_number)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _value(decoder: json.JSONDecoder, text: str, at: int) -> tuple[Any, int]:
    line = text.count("\n", 0, at) + 1
    try:
        return decoder.raw_decode(text, at)
    except RecursionError:
        raise UnusableFile(f"The JSON that begins on line {line} cannot be read. {DEEPEST}") from None
    except json.JSONDecodeError as problem:
        ended = problem.pos >= len(text.rstrip()) - 1 or problem.msg.startswith("Unterminated string")
        cut = " The text ends before its end: was it cut off?" if ended else ""
        raise UnusableFile(
            f"Line {problem.lineno}, column {problem.colno} is not JSON: {problem.msg}.{cut} Fetch or save the list again."
        ) from None
    except ValueError as problem:
        raise UnusableFile(f"The JSON that begins on line {line} cannot be read: {problem}.") from None
