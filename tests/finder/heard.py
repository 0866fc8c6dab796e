"""Judges how well the lexicon hears a file of sentences whose meaning people wrote down."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from daybreak.finder.words import Lexicon

VOCABULARY = Path(__file__).parents[2] / "data" / "vocabulary"


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence, what it means, and what the lexicon heard."""

    sentence: str
    needs: frozenset[str]
    optional: frozenset[str]
    excluded: frozenset[str]
    found: frozenset[str]
    found_excluded: frozenset[str]

    @property
    def wrong(self) -> frozenset[str]:
        return self.found - self.needs - self.optional

    @property
    def right(self) -> bool:
        every_need = self.needs <= self.found <= self.needs | self.optional
        return every_need and self.excluded <= self.found_excluded <= self.excluded | self.optional


@cache
def bundled() -> Lexicon:
    """The lexicon that the project ships, read once."""
    return Lexicon.read(VOCABULARY / "lexicon.csv")


def hear(path: Path) -> list[Heard]:
    """Every sentence of a file with the columns sentence, language, needs, optional, excluded."""
    heard = []
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            said = bundled().understand(row["sentence"])
            meant = {name: frozenset((row[name] or "").split()) for name in ("needs", "optional", "excluded")}
            heard.append(
                Heard(
                    row["sentence"],
                    meant["needs"],
                    meant["optional"],
                    meant["excluded"],
                    frozenset(understood.need for understood in said.needs),
                    frozenset(understood.need for understood in said.excluded),
                )
            )
    return heard


def right_share(heard: list[Heard]) -> float:
    """The part of the sentences, 0 to 1, that were heard right."""
    return sum(one.right for one in heard) / len(heard)


def wrong_share(heard: list[Heard]) -> float:
    """The part, 0 to 1, of all needs found that nobody meant."""
    return sum(len(one.wrong) for one in heard) / max(1, sum(len(one.found) for one in heard))
