"""Cuts a sentence into folded words that remember where they stood in the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 500

# Letters with inner apostrophes ("don't"), the written shortcuts w/o and w/, runs of digits, or one mark.
_PIECES = re.compile(r"[wW]/[oO]\b|[yY]/[oO]\b|[wW]/|[^\W\d_]+(?:['’ʼ`´][^\W\d_]+)*|\d+|[^\w\s]|\n")
_SHORTCUTS = {"w/o": "without", "y/o": "yo", "w/": "with", "&": "and"}
_HARD = frozenset(".!?;\n¡¿")
_SOFT = frozenset(',:()[]{}"“”|–—…')
_ABBREVIATIONS = frozenset({"st", "mt", "ft", "dr", "mr", "mrs", "ms"})
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_KEEPS_ITS_S = ("ss", "us", "is", "dios")


@dataclass(slots=True)
class Token:
    """One word: ``word`` as the lexicon would write it, ``start`` and ``end`` in the text.

    ``gap`` tells what stood before it: "" (a space), "soft" (a comma, a bracket), "hard" (the end of a sentence).
    ``number`` is its value when it is a number; ``slot`` names a measured word such as "{length}",
    and ``parts`` are the two words that it was joined from: "30" and "day".
    """

    word: str
    start: int
    end: int
    gap: str
    number: int | None = None
    slot: str = ""
    parts: tuple[str, str] | None = None


def cut(text: str) -> str:
    """The part of ``text`` that is read: up to 500 characters, never ending inside a word."""
    if len(text) <= MAX_CHARACTERS:
        return text
    head = text[:MAX_CHARACTERS]
    if text[MAX_CHARACTERS].isspace():
        return head
    at = max(head.rfind(" "), head.rfind("\n"), head.rfind("\t"))
    return head[:at] if at > 0 else head


def fold(text: str) -> str:
    """``text`` without case, accents and apostrophes: "Don't" and "dont", "adicción" and "adiccion" are one."""
    if text.isascii():
        plain = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _APOSTROPHES.sub("", plain)


def singular(word: str) -> str:
    """``word`` without a final s: "beds" and "bed", "takes" and "take" are one, in lexicon and text alike."""
    if len(word) >= 4 and word.endswith("s") and not word.endswith(_KEEPS_ITS_S):
        return word[:-1]
    return word


def tokens(text: str) -> list[Token]:
    """The words of ``text`` in order, folded, with the marks between them turned into gaps."""
    found: list[Token] = []
    gap = "hard"
    for match in _PIECES.finditer(text):
        piece = match.group()
        word = _SHORTCUTS.get(piece.lower()) or ""
        if not word and not piece[0].isalnum():
            gap = _wider(gap, _gap(piece, text, match, found))
            continue
        digits = piece.isdecimal() and piece.isascii() and len(piece) <= 9
        found.append(
            Token(word or fold(piece), match.start(), match.end(), gap, int(piece) if digits else None)
        )
        gap = ""
    return found


def _gap(mark: str, text: str, match: re.Match[str], before: list[Token]) -> str:
    if mark == ".":
        inside = match.end() < len(text) and not text[match.end()].isspace()
        shortened = bool(before) and before[-1].word in _ABBREVIATIONS
        return "" if inside or shortened else "hard"
    if mark in _HARD:
        return "hard"
    if mark in _SOFT:
        return "soft"
    # A dash between spaces parts two thoughts; a dash inside "long-term" does not.
    spaced = (
        text[match.start() - 1 : match.start()].isspace() and text[match.end() : match.end() + 1].isspace()
    )
    return "soft" if mark == "-" and spaced else ""


def _wider(first: str, second: str) -> str:
    return "hard" if "hard" in (first, second) else first or second
