"""Reads phone numbers out of cells that hold several of them, labels, extensions and numbers spelled in letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

from daybreak.directory.rules.rows import Number

_LABEL = re.compile(
    r"\b(?:central\s+)?(intakes?|admissions?|hotlines?|crisis\s+lines?)\b\s*:?", re.IGNORECASE
)
_BEGIN = r"(?<![\dA-Za-z])(?:\+?1[-. ]*)?"
_DIGITS = _BEGIN + (
    r"\(?(?P<area>\d{3})\)?[-./ ]{0,4}(?P<exchange>\d{3})[-./ ]{0,3}(?P<line>\d{4})(?![\dA-WYZ])"
)
_LETTERS = _BEGIN + (
    r"\((?P<vanity_area>\d{3})\)[-. ]*(?P<vanity>(?=[0-9-]*[A-Z])[0-9A-Z-]{7,12})(?![0-9A-Za-z])"
)
_EXTENSION = re.compile(
    r"\s*(?:-\s*)?(?:(?:x|ext\b\.?|extension\b)\s*:?\s*(?P<marked>[0-9A-Z]{1,8}(?:\s*[;,&]\s*\d{2,5}(?![-.\d]))*)"
    r"|\s(?P<bare>\d{2,5})(?=\s*(?:\(|$)))",
    re.IGNORECASE,
)
_NUMBER = re.compile(f"{_DIGITS}|{_LETTERS}")
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_EDGES = " \t,;:/-."


@lru_cache(maxsize=32768)
def is_real(digits: str) -> bool:
    """Whether ten digits can be a number of the North American plan."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, "US"))
    except phonenumbers.NumberParseException:
        return False


def numbers_in(text: str, *, kind: str = "main") -> tuple[Number, ...]:
    """Every number in one cell, in order, each once. A label ("Intake:", "Hotlines:") holds until the next label.

    Text that holds three digits or more and cannot be read stays, as an unreadable number.
    """
    found: dict[tuple[str, str, str], Number] = {}
    for label, part in _parts(text, kind):
        for number in _numbers_of(part, label):
            found.setdefault((number.number, number.extension, number.kind), number)
    return tuple(found.values())


def _parts(text: str, kind: str) -> Iterator[tuple[str, str]]:
    start, current = 0, kind
    for label in _LABEL.finditer(text):
        yield current, text[start : label.start()]
        current = "intake" if label[1].lower().startswith(("intake", "admission")) else "hotline"
        start = label.end()
    yield current, text[start:]


def _numbers_of(part: str, kind: str) -> Iterator[Number]:
    start = 0
    pending: Number | None = None
    for match in _NUMBER.finditer(part):
        yield from _close(pending, part[start : match.start()], kind)
        extension = _EXTENSION.match(part, match.end())
        pending = _number(match, (extension["marked"] or extension["bare"]) if extension else "", kind)
        start = extension.end() if extension else match.end()
    yield from _close(pending, part[start:], kind)


def _number(match: re.Match[str], extension: str, kind: str) -> Number:
    if match["area"]:
        digits = match["area"] + match["exchange"] + match["line"]
    else:
        # A phone ignores what is dialled after the tenth digit, so a longer word is cut as the exchange would cut it.
        digits = match["vanity_area"] + match["vanity"].replace("-", "").translate(_KEYPAD)[:7]
    if len(digits) == 10 and is_real(digits):
        return Number(digits, extension[:20], kind)
    return Number(match[0].strip(_EDGES)[:80], extension[:20], kind, readable=False)


def _close(pending: Number | None, after: str, kind: str) -> Iterator[Number]:
    """The number that ended here, with the words that follow it, and what is left over where that holds digits."""
    rest = " ".join(after.split()).strip(_EDGES)
    leftover = len(re.findall(r"\d", rest)) >= 3
    if pending is not None:
        words = re.sub(r"\s*\b(or|and)$", "", rest, flags=re.IGNORECASE).strip(_EDGES)
        told = words[:200] if words and not leftover and re.search("[a-z]{3}", words) else ""
        yield Number(pending.number, pending.extension, pending.kind, told, pending.readable)
    if leftover:
        yield Number(rest[:80], "", kind, readable=False)
