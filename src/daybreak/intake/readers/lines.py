"""Lines of a text file, decoded one at a time: UTF-8 with or without mark, UTF-16, else Windows-1252, and said."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from daybreak.intake.readers.sheet import Notices, UnusableFile

LONGEST_LINE = 64_000_000  # bytes: 300 cells of 100,000 characters stay well below it
_LOOKED_AT = 65_536


def start_of(source: Path | bytes) -> bytes:
    """The first bytes of a file, enough to tell what it is."""
    with opened(source) as file:
        return file.read(_LOOKED_AT)


def opened(source: Path | bytes) -> BinaryIO:
    """The file, to be read from its start."""
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def encoding_of(start: bytes) -> str:
    """ "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig" or "" (line by line: UTF-8, else Windows-1252)."""
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UnusableFile("The file is UTF-32, which hardly anything writes. Save it as CSV (UTF-8).")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if half > 3 and odd > 0.4 * half > 4 * even:
        return "utf-16-le"
    if half > 3 and even > 0.4 * half > 4 * odd:
        return "utf-16-be"
    if even + odd > len(start) // 10:
        raise UnusableFile(
            "The file holds binary data, not text. Save the sheet as CSV (UTF-8) or Excel (.xlsx)."
        )
    return ""


def text_lines(source: Path | bytes, encoding: str, unreadable: set[int], notices: Notices) -> Iterator[str]:
    """Each line with its end, without NUL and byte-order marks.

    The number (from 1) of a line that is in no encoding that we know is put into ``unreadable``; its text then holds U+FFFD.
    Raises UnusableFile on a line of more than LONGEST_LINE bytes.
    """
    with opened(source) as file:
        lines: Iterator[str]
        if encoding.startswith("utf-16"):
            lines = _wide_lines(file, encoding, unreadable)
        else:
            lines = _byte_lines(file, encoding, unreadable, notices)
        for number, line in enumerate(lines, 1):
            if "\0" in line:
                notices.say("nul-removed", number)
                line = line.replace("\0", "")
            yield line.removeprefix("\ufeff") if number == 1 else line


def _byte_lines(file: BinaryIO, encoding: str, unreadable: set[int], notices: Notices) -> Iterator[str]:
    start = file.read(_LOOKED_AT)
    file.seek(0)
    if b"\n" not in start and b"\r" in start:  # old Macintosh: carriage returns only
        yield from _cut_at_returns(file, encoding, unreadable, notices)
        return
    for number, raw in enumerate(iter(partial(file.readline, LONGEST_LINE), b""), 1):
        if len(raw) >= LONGEST_LINE:
            raise _too_long(number)
        try:
            yield raw.decode(encoding or "utf-8")
        except UnicodeDecodeError:
            yield _otherwise(raw, encoding, number, unreadable, notices)


def _cut_at_returns(file: BinaryIO, encoding: str, unreadable: set[int], notices: Notices) -> Iterator[str]:
    rest, number = b"", 0
    while block := file.read(_LOOKED_AT):
        *whole, rest = (rest + block).split(b"\r")
        if len(rest) >= LONGEST_LINE:
            raise _too_long(number + 1)
        for raw in whole:
            number += 1
            yield _otherwise(raw, encoding, number, unreadable, notices) + "\n"
    if rest:
        yield _otherwise(rest, encoding, number + 1, unreadable, notices)


def _otherwise(raw: bytes, encoding: str, number: int, unreadable: set[int], notices: Notices) -> str:
    for name in [encoding] if encoding else ["utf-8", "cp1252"]:
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "cp1252":
            notices.say("read-as-windows-1252", number)
        return text
    unreadable.add(number)
    return raw.decode(encoding or "utf-8", errors="replace")


def _wide_lines(file: BinaryIO, encoding: str, unreadable: set[int]) -> Iterator[str]:
    with io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="") as text:
        for number, line in enumerate(iter(partial(text.readline, LONGEST_LINE // 2), ""), 1):
            if len(line) >= LONGEST_LINE // 2:
                raise _too_long(number)
            if "\ufffd" in line:
                unreadable.add(number)
            yield line


def _too_long(number: int) -> UnusableFile:
    return UnusableFile(
        f"Line {number:,} must be shorter than {LONGEST_LINE:,} bytes. This is no table, or its line ends are lost; "
        "save it again as CSV (UTF-8)."
    )
