"""Puts cells back where they belong: rows with too many or too few cells, and text that ran over into the next cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from daybreak.directory.rules.rows import Mend, Row
from daybreak.vocabulary.states import STATES

CODE = re.compile(r"[A-Z]{1,6}\d{0,3}|MH-SA")
_CODE_BREAK = re.compile(r"[/;,|*\s]+")
_ZIP = re.compile(r"\d{3,5}(?:-?\d{4})?")
_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d+)?")
_STREET = re.compile(r"\d|p\.?\s?o\.?\s+box|one\b", re.IGNORECASE)
_STATE_NAMES = {name.casefold() for name in STATES.values()}
_CUT_NUMBER = re.compile(r"(?P<area>\(\d{3}\))\s*(?P<exchange>\d{3}-)?\s*$")
_NUMBER_END = re.compile(r"[0-9A-Z][0-9A-Zx() -]{2,}")
_MOST_EXTRA = 8


def codes_in(text: str) -> list[str]:
    """The tokens of a cell of codes, whatever stands between them."""
    return [token for token in _CODE_BREAK.split(text.strip()) if token]


def _looks_like_codes(cell: str) -> bool:
    tokens = codes_in(cell)
    return bool(tokens) and all(CODE.fullmatch(token) for token in tokens)


# What a filled cell of each field looks like; fields that can hold anything are not here.
SHAPES: dict[str, Callable[[str], object]] = {
    "zip": _ZIP.fullmatch,
    "state": lambda cell: cell.upper() in STATES or cell.casefold() in _STATE_NAMES,
    "latitude": _DEGREES.fullmatch,
    "longitude": _DEGREES.fullmatch,
    "contact": re.compile(r".*\d{3}").match,
    "codes": _looks_like_codes,
    "address_1": _STREET.match,
    "city": re.compile(r"[^\d]+").fullmatch,
}


def _fit(cells: Sequence[str], fields: Sequence[str]) -> int:
    """How well cells stand under their headings: 2 for each that looks right, -3 for each that does not."""
    fit = 0
    for cell, name in zip(cells, fields, strict=True):
        shape, text = SHAPES.get(name), cell.strip()
        if shape is not None and text:
            fit += 2 if shape(text) else -3
    return fit


def realign(cells: list[str], fields: Sequence[str], delimiter: str = ",") -> tuple[list[str], Mend | None]:
    """The row with as many cells as it has headings; ``fields`` names each column, "" where it has no meaning to us.

    A row is too long when somebody forgot the quotes around a comma, and too short when a cell or the end was lost. Of all
    the ways to mend it in one place, the one under which most cells look like what their headings say wins.
    """
    extra = len(cells) - len(fields)
    if extra == 0:
        return cells, None
    before = delimiter.join(cells)
    if extra > 0 and not any(cell.strip() for cell in cells[len(fields) :]) and extra <= 1000:
        return cells[: len(fields)], Mend("row", "", "", "empty-cells-dropped")
    if extra > 0:
        mended = _joined(cells, fields, min(extra, _MOST_EXTRA), delimiter)
        return mended, Mend("row", before[:500], delimiter.join(mended)[:500], "too-many-cells")
    mended = max(
        (cells[:at] + [""] * -extra + cells[at:] for at in range(len(cells), -1, -1)),
        key=lambda tried: _fit(tried, fields),
    )
    return mended, Mend("row", before[:500], delimiter.join(mended)[:500], "too-few-cells")


def _joined(cells: list[str], fields: Sequence[str], extra: int, delimiter: str) -> list[str]:
    kept = cells[: len(fields) + extra]
    tries: list[tuple[int, int, list[str]]] = []
    for at in range(len(fields)):
        tried = [*kept[:at], delimiter.join(kept[at : at + extra + 1]), *kept[at + extra + 1 :]]
        # After a comma inside a name or a street comes a space; between two cells of a table it does not.
        spaced = sum(cell.startswith(" ") for cell in kept[at + 1 : at + extra + 1])
        tries.append((_fit(tried, fields), spaced, tried))
    return max(tries, key=lambda tried: tried[:2])[2]


def _rejoin_contact(row: Row) -> None:
    """A number that was cut off at the end of the contact cell goes on in the note: "(717)325-" + "339"."""
    if not row.contacts:
        return
    kind, text = row.contacts[0]
    cut, note = _CUT_NUMBER.search(text), row.note.strip()
    numeric = bool(_NUMBER_END.fullmatch(note)) and any(letter.isdigit() for letter in note)
    if numeric and (cut or re.match(r"\d{2,5}\s*\(", note)):
        if cut and cut["exchange"] and re.fullmatch(r"\d{1,3}", note):
            note = note.zfill(4)  # the spreadsheet took "0339" for the number 339
        whole = text.rstrip() + ("" if cut else " ") + note
        row.contacts = ((kind, whole), *row.contacts[1:])
        row.mends.append(Mend("contact", f"{text} | {row.note}", whole, "number-ran-into-note"))
        row.note = ""


def sort_out_codes(row: Row, cell: str) -> None:
    """Fill the row's codes from their cell; phone text and notes that ran into other cells go back where they belong."""
    _rejoin_contact(row)
    codes: list[str] = []
    strangers: list[str] = []
    for token in codes_in(cell):
        code = (
            token if CODE.fullmatch(token) else token.upper() if token.isalpha() and token.islower() else ""
        )
        spelled_out = (
            strangers and strangers[-1][:1].isupper() and not strangers[-1].isupper() and token.islower()
        )
        if code and CODE.fullmatch(code) and not spelled_out and token not in {"and", "or"}:
            codes.append(code)
        else:
            strangers.append(token)
    row.codes = tuple(dict.fromkeys(codes))
    if not strangers:
        return
    text = " ".join(strangers)
    if any(letter.isdigit() for letter in text):
        row.contacts = (*row.contacts, ("main", text.replace(") ", ")")))
        row.mends.append(Mend("codes", cell, "/".join(codes), "phone-text-in-codes"))
    else:
        row.note = "; ".join(part for part in (text, row.note.strip()) if part)
        row.mends.append(Mend("codes", cell, "/".join(codes), "note-in-codes"))
