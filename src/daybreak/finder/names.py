"""Folds the names of listings, and the words people type, into the same plain words."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'\u2019\u2018`\u02bc")


def folded_words(text: str) -> list[str]:
    """Words of ``text`` without case, accents, apostrophes or punctuation: "José's House" becomes joses, house."""
    if text.isascii():
        return _WORD.findall(text.translate(_APOSTROPHES).lower())
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _WORD.findall(bare.casefold())
