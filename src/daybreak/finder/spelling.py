"""Finds the lexicon's word that a misspelt word means, or leaves the word alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from daybreak.finder.sentence import singular

EXACT_UP_TO_LETTERS = 4
TWO_SLIPS_FROM_LETTERS = 9
FREE_FIRST_LETTER_FROM_LETTERS = 7
CACHED_WORDS = 8192
_STRETCHED = re.compile(r"(.)\1{2,}")


class Speller:
    """Corrects one word at a time; the same word always gets the same answer.

    ``words`` are right as they are; ``spellable`` are those that a misspelt word may mean, with what they mean.

    A word of up to 4 letters must be right; of 5 to 8, one slip (a letter too many, too few, wrong, or two
    swapped) is forgiven; from 9 on, two. The first letter must be right unless the word has 7 letters or more
    and that is its only slip. When two words of different meaning are equally near, neither is taken.
    """

    def __init__(
        self, words: set[str], spellable: Mapping[str, Hashable], spellings: Mapping[str, str]
    ) -> None:
        self._words = frozenset(words)
        self._spellings = dict(spellings)
        self._meanings = dict(spellable)
        # Words by first letter and length, and once more by length alone (letter "").
        buckets: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(spellable):
            if len(word) > EXACT_UP_TO_LETTERS and word.isalpha():
                buckets[word[0], len(word)].append(word)
                buckets["", len(word)].append(word)
        self._buckets = dict(buckets)
        self.resolve = lru_cache(maxsize=CACHED_WORDS)(self._resolve)

    def _resolve(self, word: str) -> str:
        """The lexicon's word for ``word``; without one, the word itself."""
        spelt = self._spellings.get(word)
        if spelt is not None:
            return spelt
        short = singular(word)
        if short in self._words:
            return short
        squeezed = _STRETCHED.sub(r"\1", short)
        if squeezed in self._words:
            return squeezed
        return self._nearest(short) or short

    def _nearest(self, word: str) -> str:
        if len(word) <= EXACT_UP_TO_LETTERS or not word.isalpha():
            return ""
        slips = 2 if len(word) >= TWO_SLIPS_FROM_LETTERS else 1
        near = self._within(word, slips, word[0])
        if not near and len(word) >= FREE_FIRST_LETTER_FROM_LETTERS:
            near = self._within(word, 1, "")
        if not near:
            return ""
        least = min(distance for _, distance in near)
        best = [candidate for candidate, distance in near if distance == least]
        if len(best) > 1:
            likeness = {candidate: JaroWinkler.similarity(word, candidate) for candidate in best}
            highest = max(likeness.values())
            best = [candidate for candidate in best if likeness[candidate] == highest]
        return best[0] if len({self._meanings[candidate] for candidate in best}) == 1 else ""

    def _within(self, word: str, slips: int, letter: str) -> list[tuple[str, float]]:
        found: list[tuple[str, float]] = []
        for length in range(len(word) - slips, len(word) + slips + 1):
            # The shorter of the two words sets how many slips are forgiven.
            allowed = slips if min(length, len(word)) >= TWO_SLIPS_FROM_LETTERS - 1 else 1
            choices = self._buckets.get((letter, length), [])
            near = process.extract(word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=4)
            found.extend((candidate, distance) for candidate, distance, _ in near)
        return found
