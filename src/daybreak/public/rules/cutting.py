"""Cuts a long text where room is short, in a way that says so."""

from __future__ import annotations

from html import escape

MARK = " […]"


def cut_for_wire(text: str, most: int, spare_bytes: int = 12) -> str:
    """The same, for a page of few bytes: quotes and accents, which take several bytes each, count as what they are."""
    for letters in range(most, len(MARK), -2):
        cut = cut_short(text, letters)
        if len(escape(cut).encode()) <= most + spare_bytes:
            return cut
    return ""


def cut_short(text: str, most: int) -> str:
    """``text`` in at most ``most`` characters; what was cut ends with "[…]", between words where there is a gap."""
    if len(text) <= most:
        return text
    room = text[: most - len(MARK) + 1]
    whole = room.rpartition(" ")[0]
    return (whole if len(whole) >= most // 2 else room[:-1]).rstrip(" ,;·-") + MARK
