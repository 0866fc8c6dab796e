"""A mapping and the headings of one file become a function from a row's cells to a draft of an event, or to what is wrong."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from daybreak.events.rules.draft import Draft
from daybreak.intake.rules import choices, places
from daybreak.intake.rules.assembling import Assembly, slot_of
from daybreak.intake.rules.conversions import Memo, converter
from daybreak.intake.rules.mapping import Mapping, MappingError
from daybreak.intake.rules.problems import Problem, Refused
from daybreak.intake.rules.times import ClockRules

_SHORTEST_KEY = 32  # bytes
_UNUSED = {"drop", "ignore"}
# Clocks of two machines differ, and a file may be stamped in another zone: a day is not the future yet.
_SLACK = timedelta(days=1)


class Compiled:
    """The function. Call it with a line's number and its cells; what a row lacked without being refused is counted in ``said``.

    ``dropped`` is heading → class of personal data; ``unmapped`` are headings of the file that the mapping does not know: they
    are not kept either. ``said`` counts address-not-understood, offense-not-kept, substance-not-kept and short-row.
    """

    def __init__(
        self, mapping: Mapping, header: Sequence[str], token_key: bytes, at: datetime | None
    ) -> None:
        _check_header(mapping, header)
        place = {heading: number for number, heading in enumerate(header)}
        self.mapping = mapping
        self.dropped = {name: why for name, why in mapping.dropped().items() if name in place}
        known = {column.heading for column in mapping.columns}
        self.unmapped = tuple(heading for heading in header if heading not in known)
        self.said: Counter[str] = Counter()
        self._width = len(header)
        self._steps: list[tuple[int, Any, Memo, str]] = []
        for number, column in enumerate(mapping.columns):
            if column.use not in _UNUSED:
                step = (place[column.heading], slot_of(column, number), converter(column), column.heading)
                self._steps.append(step)
        self._key = [place[heading] for heading in mapping.key]
        self._token = [place[heading] for heading in mapping.token]
        self._token_key = token_key
        latest = at + _SLACK if at else None
        clock = ClockRules(mapping.timezone, mapping.twice, mapping.skipped, mapping.earliest, latest)
        self._assembly = Assembly(mapping, clock, _constants(mapping), self.said)

    def __call__(self, line: int, cells: tuple[str, ...] | Problem) -> Draft | Problem:
        """The event of one row, or why it is refused; a Problem of the reader is handed through."""
        if isinstance(cells, Problem):
            return cells
        if len(cells) != self._width:
            fitted = self._fitted(line, cells)
            if isinstance(fitted, Problem):
                return fitted
            cells = fitted
        heading = ""
        got: dict[Any, Any] = {}
        try:
            for index, slot, memo, heading in self._steps:  # noqa: B007 - the heading is for the except clause
                value = memo[cells[index]]
                if value is not None:
                    got[slot] = value
            heading = ""
            draft = self._assembly.draft(line, got)
        except Refused as refused:
            return Problem(line, heading or self._assembly.heading_of(refused), refused.must, refused.cure)
        if self._key:
            draft.key = _digest([cells[index] for index in self._key])
        if self._token:
            draft.token = _token([cells[index] for index in self._token], self._token_key)
        return draft

    def _fitted(self, line: int, cells: tuple[str, ...]) -> tuple[str, ...] | Problem:
        width, got = self._width, len(cells)
        if got > width:
            if not any(cell.strip() for cell in cells[width:]):
                return cells[:width]
            return Problem(
                line, "", f"a row must have {width} cells, as many as headings; this one has {got}",
                "Put quotation marks around the cell that holds the delimiter, and give the file again.",
            )  # fmt: skip
        if self.mapping.shape.short_rows == "blank":
            self.said["short-row"] += 1
            return cells + ("",) * (width - got)
        return Problem(
            line, "", f"a row must have {width} cells, as many as headings; this one has {got}",
            "Complete the row. Where the program that wrote the file leaves out blank cells at the end of a row, set "
            '"short_rows" to blank in the mapping.',
        )  # fmt: skip


def compile_mapping(
    mapping: Mapping, header: Sequence[str], *, token_key: bytes = b"", at: datetime | None = None
) -> Compiled:
    """The function for files with these headings.

    ``token_key`` (at least 32 bytes, kept outside the database) makes the tokens that link rows of one person; a mapping with
    token columns needs it. ``at`` is the moment of the import: an event more than a day later is refused; None = not checked.
    Raises MappingError where a column of the mapping is not in the file.
    """
    if mapping.token and len(token_key) < _SHORTEST_KEY:
        raise MappingError(
            f'"token" needs a key of at least {_SHORTEST_KEY} bytes from outside the database; got {len(token_key)} bytes. Set '
            "it, or take token out of the mapping."
        )
    return Compiled(mapping, header, token_key, at)


def _check_header(mapping: Mapping, header: Sequence[str]) -> None:
    there = set(header)
    missing = [
        column.heading
        for column in mapping.columns
        if column.heading not in there and column.use not in _UNUSED
    ]
    if missing:
        raise MappingError(
            f"The file must have the columns of the mapping; it lacks {', '.join(missing)[:400]}. Give a file of the kind for "
            "which the mapping was made, or change the mapping."
        )
    gone = [heading for heading in mapping.token if heading not in there]
    if gone:
        raise MappingError(f"The file must have the columns of the token; it lacks {', '.join(gone)[:400]}.")


def _constants(mapping: Mapping) -> dict[str, Any]:
    """The constants as the draft keeps them; raises MappingError."""
    convert: dict[str, Any] = {
        "state": places.state_code, "county": places.county_code, "zip": places.zip_code, "certainty": choices.certainty,
        "naloxone_by": choices.naloxone_giver, "status": choices.status, "count": choices.whole_number(1_000_000),
        "fatal": choices.fatal, "operation": str,
    }  # fmt: skip
    made = {}
    for name, text in mapping.constants.items():
        try:
            made[name] = convert[name](text)
        except Refused as refused:
            raise MappingError(f'"constants.{name}" {refused.must}; got {text[:40]!r}.') from None
    return made


def _digest(cells: Sequence[str]) -> str:
    """What the key cells say, as 32 hexadecimal digits; "" where all are blank."""
    parts = [" ".join(cell.split()) for cell in cells]
    if not any(parts):
        return ""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def _token(cells: Sequence[str], key: bytes) -> str:
    """HMAC-SHA-256 of the folded cells; "" where one is blank, since half a person would link strangers."""
    parts = [_folded(cell) for cell in cells]
    if not all(parts):
        return ""
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^0-9a-z]", "", "".join(letter for letter in plain if not unicodedata.combining(letter)))
