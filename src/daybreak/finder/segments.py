"""A stretch of words in a sentence and what the lexicon says of it."""

from __future__ import annotations

from dataclasses import dataclass

from daybreak.finder.lexicon import Entry

UNKNOWN = Entry("unknown")


@dataclass(frozen=True, slots=True)
class Segment:
    """The words from ``start`` up to ``end`` (not included)."""

    start: int
    end: int
    entry: Entry

    @property
    def kind(self) -> str:
        return self.entry.kind
