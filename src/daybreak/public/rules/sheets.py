"""The sheets that can be printed: for whom, what they ask for where nobody says, how much fits on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Sheet(NamedTuple):
    """One kind of sheet. ``needs`` are asked for where staff choose none.

    ``places`` at most; ``lines`` is the room for them in lines of ``letters`` letters each, by language. Both were
    measured on paper with Chromium: tests/journeys/test_packets.py prints the worst of them.
    """

    needs: tuple[str, ...]
    places: int
    letters: int
    lines: dict[str, int]


SHEETS = {
    "jail-release": Sheet(("medication",), 5, 66, {"en": 20, "es": 19}),
    "emergency-department": Sheet(("medication",), 5, 66, {"en": 20, "es": 19}),
    "door-hanger": Sheet((), 4, 34, {"en": 16, "es": 16}),
}
MOST_NEEDS = 6


def lines_of(text: str, letters: int) -> int:
    """How many lines ``text`` takes at most; a word that does not fit moves to the next line."""
    lines, left = 1, letters
    for word in text.split():
        if len(word) > left and left < letters:
            lines, left = lines + 1, letters
        while len(word) > letters:
            lines, word = lines + 1, word[letters:]
        left -= len(word) + 1
    return lines


def fitting(needs: str, blocks: Sequence[Sequence[str]], sheet: Sheet, language: str) -> int:
    """How many of the places, each a few texts with a line of their own, fit on the sheet below the line of needs."""
    room = sheet.lines[language] - (lines_of(f"For: {needs}", sheet.letters) if needs else 0)
    for number, block in enumerate(blocks[: sheet.places]):
        room -= sum(lines_of(text, sheet.letters) for text in block if text)
        if room < 0:
            return number
    return min(len(blocks), sheet.places)
