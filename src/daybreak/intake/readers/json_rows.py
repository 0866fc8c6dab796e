"""Rows of JSON: a list of objects, an object that holds one such list, or one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from daybreak.intake.readers.lines import encoding_of, opened, start_of, text_lines
from daybreak.intake.readers.sheet import MOST_COLUMNS, Notices, Row, Sheet, UnusableFile
from daybreak.intake.rules.problems import Problem

LARGEST_DOCUMENT = 64_000_000  # bytes; JSON lines have no such limit
_DEEPEST = 20
_MUST_OBJECT = "a row must be one JSON object, with each name once"
_CURE_OBJECT = 'Write it as {"name": "value", …} and give the file again.'


class _Wrong(ValueError):
    """An object that is no row."""


def open_json(source: Path | bytes) -> Sheet:
    """The rows of a JSON document of at most LARGEST_DOCUMENT bytes; nested names are joined by dots ("place.zip").

    Raises UnusableFile where there is no list of objects.
    """
    with opened(source) as file:
        data = file.read(LARGEST_DOCUMENT + 1)
    if len(data) > LARGEST_DOCUMENT:
        raise UnusableFile(
            f"A JSON document may have at most {LARGEST_DOCUMENT:,} bytes. Give JSON lines (one object a line) or CSV instead."
        )
    encoding = encoding_of(data[:65_536]) or "utf-8"
    try:
        document = _loads(data.decode(encoding))
    except (ValueError, RecursionError) as problem:
        raise UnusableFile(_not_json(problem)) from None
    found = _list_in(document)
    # A row's place is its number in the list: JSON has no lines to count.
    rows = [(number, _row_of(one, number)) for number, one in enumerate(found, 1)]
    return _sheet("json", lambda _: iter(rows))


def open_json_lines(source: Path | bytes) -> Sheet:
    """One JSON object a line; the file is read once to learn every name, then again row by row."""
    encoding = encoding_of(start_of(source))

    def every(notices: Notices) -> Iterator[tuple[int, dict[str, str] | Problem]]:
        unreadable: set[int] = set()
        for number, line in enumerate(text_lines(source, encoding, unreadable, notices), 1):
            if not line.strip():
                continue
            try:
                if number in unreadable:
                    raise _Wrong
                yield number, _row_of(_loads(line), number)
            except (ValueError, RecursionError):
                yield number, Problem(number, "", _MUST_OBJECT, _CURE_OBJECT)

    return _sheet("json-lines", every)


def _sheet(kind: str, every: Any) -> Sheet:
    names: dict[str, int] = {}
    for _, row in every(Notices()):
        if not isinstance(row, Problem):
            for name in row:
                names.setdefault(name, len(names))
        if len(names) > MOST_COLUMNS:
            raise UnusableFile(f"The rows may have at most {MOST_COLUMNS:,} different names; they have more.")
    if not names:
        raise UnusableFile(
            "The file must hold at least one JSON object with a name and a value; it holds none."
        )

    def reading(notices: Notices) -> Iterator[Row]:
        for line, row in every(notices):
            if isinstance(row, Problem):
                yield line, row
            elif any(value.strip() for value in row.values()):
                yield line, tuple([row.get(name, "") for name in names])

    return Sheet(kind, tuple(names), 0, reading, "utf-8", opened=())


def _loads(text: str) -> Any:
    """Numbers stay as they are written: 1179.501 never becomes the nearest binary fraction."""
    return json.loads(
        text, parse_float=str, parse_int=str, parse_constant=_no_constant, object_pairs_hook=_object
    )


def _no_constant(_: str) -> Any:
    raise _Wrong("NaN and Infinity are no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Wrong("a name stands twice in one object")
    return found


def _list_in(document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        lists = [
            value
            for value in document.values()
            if isinstance(value, list) and value and isinstance(value[0], dict)
        ]
        if len(lists) == 1:
            return lists[0]
        if not lists:
            return [document]
    raise UnusableFile(
        "The JSON must be a list of objects, or an object with exactly one such list. Cut the file down to that list."
    )


def _row_of(value: Any, number: int) -> dict[str, str] | Problem:
    if not isinstance(value, dict):
        return Problem(number, "", _MUST_OBJECT, _CURE_OBJECT)
    return dict(_flat(value, ""))


def _flat(value: dict[str, Any], before: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        raise UnusableFile(
            f"Objects may be nested at most {_DEEPEST} deep; these are deeper. Give plain objects."
        )
    for name, inner in value.items():
        whole = f"{before}{name}".replace("\0", "")
        if isinstance(inner, dict):
            yield from _flat(inner, f"{whole}.", depth + 1)
        elif isinstance(inner, list):
            simple = all(not isinstance(one, dict | list) for one in inner)
            yield whole, "; ".join(_text(one) for one in inner) if simple else json.dumps(inner)
        else:
            yield whole, _text(inner)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\0", "")


def _not_json(problem: Exception) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return f"The file is no JSON: line {problem.lineno}, character {problem.colno}. Save it again, or give CSV (UTF-8)."
    if isinstance(problem, RecursionError):
        return "The JSON is nested too deeply for a table. Give a list of plain objects."
    return "The file is no JSON that a table can be read from: a name stands twice, NaN stands for a number, or it is not UTF-8."
