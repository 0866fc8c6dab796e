"""Writes out the short forms that a counsellor types, word by word, and says which it wrote out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_WORD = re.compile(r"[^\s,;]+")


class Written(NamedTuple):
    """One short form and the words that it stands for."""

    short: str
    words: str


def written_out(text: str, known: Mapping[str, str]) -> tuple[str, tuple[Written, ...]]:
    """``text`` with each word of ``known`` in full, and what was written out, in the order of the text."""
    found: dict[str, Written] = {}

    def full(match: re.Match[str]) -> str:
        words = known.get(match[0].casefold())
        if words is None:
            return match[0]
        found.setdefault(match[0], Written(match[0], words))
        return words

    return _WORD.sub(full, text), tuple(found.values())
