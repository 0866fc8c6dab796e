"""Cuts JSON into objects one at a time, however long the file is, and says where and why one cannot be read."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import IO, Any, TextIO

from daybreak.directory.readers.tables import UnusableFile

DEEPEST = 40
LARGEST_OBJECT = 32_000_000
LONGEST_NUMBER = 18
_CHUNK = 1 << 20
_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Found:
    """One object of a file: where it stands, its text, and its value, or the reason why it has none.

    ``pointer`` is a JSON pointer into the file, or "line 12" in a file of lines; ``line`` counts from 1.
    """

    pointer: str
    line: int
    raw: str
    value: Any = None
    fault: str = ""


class Strict:
    """A JSON parser that notices what json lets pass: a key twice, NaN, numbers and nesting without measure."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_constant=self._constant,
            parse_int=self._whole,
            parse_float=self._float,
        )

    def decode(self, text: str, at: int) -> tuple[Any, int]:
        """The value that begins at ``at``, and where it ends; raises ValueError where none does."""
        self.faults = []
        try:
            return self._decoder.raw_decode(text, at)
        except RecursionError:
            raise ValueError(f"is nested deeper than {DEEPEST} levels") from None

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            self.faults.append(f"the property {twice[:40]!r} stands twice in one object; leave one out")
        return made

    def _constant(self, name: str) -> None:
        self.faults.append(f"{name} is no number of JSON; leave the property out")

    def _whole(self, digits: str) -> int:
        if len(digits) > LONGEST_NUMBER:
            self.faults.append(f"a number has {len(digits):,} digits; it may have {LONGEST_NUMBER}")
            return 0
        return int(digits)

    def _float(self, digits: str) -> float:
        number = float(digits)
        if not math.isfinite(number):
            self.faults.append("a number is too large")
            return 0.0
        return number


def unfit(value: Any, pointer: str = "", depth: int = 0) -> str:
    """Why no database can keep this value ("" = it can): too deep, half a character, the character NUL; with its pointer."""
    if isinstance(value, str):
        if "\0" in value:
            return f"{pointer} must not hold the character NUL (\\u0000); remove it"
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            return f"{pointer} holds half a character (a lone surrogate); write it as UTF-8"
        return ""
    if not isinstance(value, dict | list):
        return ""
    if depth >= DEEPEST:
        return f"{pointer[:80]} is nested deeper than {DEEPEST} levels"
    named = value.items() if isinstance(value, dict) else enumerate(value)
    for name, part in named:
        if type(part) in _PLAIN:
            continue
        if fault := unfit(part, f"{pointer}/{pointed(name)}", depth + 1):
            return fault
    if isinstance(value, dict) and (
        fault := next((bad for name in value if (bad := unfit(name, pointer))), "")
    ):
        return fault
    return ""


_PLAIN = {int, float, bool, type(None)}


def suspect(raw: str, value: Any) -> bool:
    """Whether a value that was read from ``raw`` may be unfit: most are not, and looking at every text of them takes long."""
    if "\\u0000" in raw or "\\ud" in raw or "\\uD" in raw:
        return True
    level = [value]
    for _ in range(DEEPEST):
        level = [
            part
            for entry in level
            for part in (
                entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else ()
            )
            if type(part) is dict or type(part) is list
        ]
        if not level:
            return False
    return True


def pointed(name: str | int) -> str:
    """One step of a JSON pointer."""
    return str(name)[:60].replace("~", "~0").replace("/", "~1")


class Cutter:
    """Reads the values of a stream of JSON text, and holds no more of it than one value."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._text, self._at, self._ended = stream, "", 0, False
        self._strict = Strict()
        self._lines_before = 1
        self._counted = (0, 0)

    def peek(self) -> str:
        """The next letter that is not space; "" at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, wanted: str) -> bool:
        """Pass over ``wanted`` where it comes next."""
        if self.peek() != wanted:
            return False
        self._at += 1
        return True

    def need(self, *wanted: str) -> str:
        """Pass over one of these letters; raises UnusableFile where another comes next."""
        got = self.peek()
        if got not in wanted:
            raise UnusableFile(
                f"Line {self.line}: here must stand {' or '.join(wanted)}; got {repr(got) if got else 'the end of the file'}. "
                "Is the file whole? Nothing was changed."
            )
        self._at += 1
        return got

    @property
    def line(self) -> int:
        """The line on which the next letter stands."""
        at, lines = self._counted
        self._counted = (self._at, lines + self._text.count("\n", at, self._at))
        return self._lines_before + self._counted[1]

    def value(self, pointer: str) -> Found:
        """The next value; raises UnusableFile where it is no JSON, since nobody knows where the next one begins."""
        self.peek()
        line = self.line
        while True:
            try:
                value, end = self._strict.decode(self._text, self._at)
            except ValueError as problem:
                if self._more():
                    continue
                raise UnusableFile(
                    f"Line {line}: {pointer or 'the file'} {_said(problem)} Nothing was changed."
                ) from None
            if end < len(self._text) or not self._more():
                break
        raw, self._at = self._text[self._at : end], end
        fault = "; ".join(dict.fromkeys(self._strict.faults))
        if not fault and suspect(raw, value):
            fault = unfit(value, pointer)
        return Found(pointer, line, raw, value, fault)

    def _more(self) -> bool:
        """Read on; False at the end. Twice as much each time, so that a long value is not read over and over."""
        if self._ended:
            return False
        held = len(self._text) - self._at
        if held > LARGEST_OBJECT:
            raise UnusableFile(
                f"Line {self.line}: what begins here is longer than {LARGEST_OBJECT:,} characters. Is a quotation mark or a "
                "bracket missing? Nothing was changed."
            )
        try:
            more = self._stream.read(max(_CHUNK, held))
        except UnicodeError as problem:
            raise not_text(problem) from None
        self._lines_before, self._counted = self.line, (0, 0)
        self._text, self._at = self._text[self._at :] + more, 0
        self._ended = not more
        return bool(more)


def not_text(problem: UnicodeError) -> UnusableFile:
    """What to say of bytes that are no text."""
    encoding = getattr(problem, "encoding", "utf-8")
    return UnusableFile(
        f"The file is not in {encoding.upper()}. JSON must be UTF-8: save it so. Nothing was changed."
    )


def _said(problem: ValueError) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return f"is no JSON ({problem.msg}). Is the file whole?"
    return f"{problem}. Nothing in HSDS is."


def opened(stream: IO[bytes]) -> TextIO:
    """The bytes as text: UTF-8, with or without a mark, or UTF-16 with one."""
    start = stream.read(4)
    stream.seek(0)
    encoding = "utf-16" if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    return io.TextIOWrapper(stream, encoding=encoding, errors="strict", newline="")


def objects(stream: TextIO, *, lines: bool) -> Iterator[Found]:
    """The objects of a page ({"contents": […]}), of an array, of lines, or the one object of the file.

    ``lines``: each line holds one object, and one that cannot be read spoils no other.
    """
    if lines:
        yield from _of_lines(stream)
        return
    cutter = Cutter(stream)
    if cutter.take("["):
        yield from _elements(cutter, "")
    elif cutter.take("{"):
        yield from _page(cutter)
    else:
        cutter.need("{", "[")
    if cutter.peek():
        raise UnusableFile(f"Line {cutter.line}: the file must end here; more follows. Nothing was changed.")


def _elements(cutter: Cutter, pointer: str) -> Iterator[Found]:
    if cutter.take("]"):
        return
    for number in count():
        yield cutter.value(f"{pointer}/{number}")
        if cutter.need(",", "]") == "]":
            return


def _page(cutter: Cutter) -> Iterator[Found]:
    """The contents of a page, or the whole object where it is none."""
    alone: dict[str, Any] = {}
    faults: list[str] = []
    raws: list[str] = []
    line, paged = cutter.line, False
    while not cutter.take("}"):
        key = cutter.value("")
        if not isinstance(key.value, str):
            raise UnusableFile(
                f"Line {key.line}: here must stand the name of a property. Nothing was changed."
            )
        cutter.need(":")
        if key.value == "contents" and cutter.peek() == "[":
            if paged:
                raise UnusableFile(f"Line {key.line}: contents stands twice. Nothing was changed.")
            paged = cutter.take("[")
            yield from _elements(cutter, "/contents")
        else:
            found = cutter.value(f"/{pointed(key.value)}")
            faults += [found.fault] if found.fault else []
            faults += [f"/{pointed(key.value)} stands twice; leave one out"] if key.value in alone else []
            alone[key.value] = found.value
            raws.append(f"{key.raw}: {found.raw}")
        if cutter.peek() != "}":
            cutter.need(",")
    if not paged:
        yield Found("", line, "{" + ", ".join(raws) + "}", alone, "; ".join(faults) or unfit(alone))


def _of_lines(stream: TextIO) -> Iterator[Found]:
    strict = Strict()
    for line in count(1):
        try:
            text = stream.readline(LARGEST_OBJECT)
        except UnicodeError as problem:
            raise not_text(problem) from None
        if not text:
            return
        if len(text) >= LARGEST_OBJECT:
            raise UnusableFile(
                f"Line {line} is longer than {LARGEST_OBJECT:,} characters. Nothing was changed."
            )
        raw = text.strip(_SPACE)
        if not raw:
            continue
        where = f"line {line}"
        try:
            value, end = strict.decode(raw, 0)
            fault = "; ".join(dict.fromkeys(strict.faults)) or unfit(value)
            if end < len(raw):
                fault = "more than one value stands on this line; give each its own"
        except ValueError as problem:
            value, fault = None, f"{where} {_said(problem)}"
        yield Found(where, line, raw, value, fault)
