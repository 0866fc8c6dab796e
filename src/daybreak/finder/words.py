"""Understands what people type, in English and Spanish, as needs, exclusions and a place, by an open lexicon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from daybreak.finder.lexicon import Entry, Phrases, read_phrases
from daybreak.finder.people import GENDERS, people, said_ages
from daybreak.finder.places import place_span
from daybreak.finder.segments import UNKNOWN, Segment
from daybreak.finder.sentence import Token, cut, fold, tokens
from daybreak.finder.spelling import Speller

_ZIP = re.compile(r"(?<![\w$-])(\d{5})(?:-\d{4})?(?![\w-])")
MEANING_BONUS = 0.5
_PEOPLE = frozenset({"relative", "pronoun", "writer", "behalf"})


@dataclass(frozen=True, slots=True)
class Understood:
    """One need and the words of the text that it came from, as typed."""

    need: str
    said: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text says.

    ``place_words`` are the words of a place, as typed and not looked up; None = no place was named.
    ``left``: words, as typed, that mean nothing to the lexicon.
    ``ages``: years, and the words that said them, of those who need help where no need stands for the age.
    ``together``: pairs of needs that were said with an "and" or a "then" between them and nothing else of weight.
    """

    needs: tuple[Understood, ...]
    excluded: tuple[Understood, ...]
    zip_code: str | None
    place_words: str | None
    left: tuple[str, ...]
    ages: tuple[tuple[int, str], ...] = ()
    together: tuple[tuple[str, str], ...] = ()


class Lexicon:
    """The words that people use and what they mean; the same text always gets the same answer."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._speller = Speller(phrases.words, phrases.spellable, phrases.spellings)
        self.needs = frozenset(phrases.needs)

    @classmethod
    def read(cls, path: Path) -> Lexicon:
        """The lexicon in a CSV file: kind, language, phrase, meaning (docs/reference/lexicon.md).

        Raises LexiconError, naming line and cure, for a row that cannot be used.
        """
        return cls(read_phrases(path))

    def understand(self, text: str) -> Understanding:
        """What ``text`` asks for; of a longer text the first 500 characters are read, to the end of a word."""
        text = cut(text)
        zip_match = _ZIP.search(text)
        words = self._words(text, zip_match)
        segments = self._segments(words)
        place = place_span(words, segments, text)
        if place is not None:
            segments = _without(segments, place)
        needs, excluded, ages = self._asked(words, segments, text)
        needs, excluded = _settled(needs, excluded, _refused(segments))
        return Understanding(
            needs=tuple(needs),
            excluded=tuple(excluded),
            zip_code=zip_match.group(1) if zip_match else None,
            place_words=_said(text, words, *place) if place else None,
            left=tuple(_left(text, words, segments)),
            ages=ages,
            together=tuple(_together(segments)),
        )

    def _words(self, text: str, zip_match: re.Match[str] | None) -> list[Token]:
        """Tokens with their spelling settled and numbers joined to their units: "30 days" is one {length}."""
        numbers, units = self._phrases.numbers, self._phrases.unit_days
        words: list[Token] = []
        for token in tokens(text):
            if zip_match and zip_match.start() <= token.start < zip_match.end():
                continue
            if token.number is None:
                token.word = self._speller.resolve(token.word)
                token.number = numbers.get(token.word)
            days = units.get(token.word)
            before = words[-1] if words else None
            if days and before and before.slot == "{number}" and not token.gap and before.number is not None:
                before.slot = "{years}" if days >= 365 else "{length}"
                before.number *= 1 if days >= 365 else days
                before.parts = (before.word, token.word)
                before.end, before.word = token.end, before.slot
                continue
            if token.number is not None:
                token.slot = "{number}"
            words.append(token)
        return words

    def _segments(self, words: Sequence[Token]) -> list[Segment]:
        """The text cut into phrases of the lexicon: long ones before short ones, wherever they begin.

        Longest from left to right would read "to get | on suboxone"; the sum of the squared lengths, worked out from
        the end, reads "to | get on suboxone". Of equals, the phrase with a meaning wins, then the earlier one.
        """
        best: list[tuple[float, int, Entry]] = [(0.0, len(words), UNKNOWN)]
        for start in range(len(words) - 1, -1, -1):
            choice = (best[-1][0], start + 1, UNKNOWN)
            for end, fillers, entry in self._matches(words, start):
                score = (end - start - fillers) ** 2 + fillers + best[len(words) - end][0]
                score += MEANING_BONUS if entry.needs else 0.0
                if score > choice[0] or (score == choice[0] and end > choice[1]):
                    choice = (score, end, entry)
            best.append(choice)
        found: list[Segment] = []
        at = 0
        while at < len(words):
            _, end, entry = best[len(words) - at]
            found.append(Segment(at, end, entry))
            at = end
        return found

    def _matches(self, words: Sequence[Token], start: int) -> Iterator[tuple[int, int, Entry]]:
        """Every phrase of the lexicon that begins at ``start``: its end, the fillers inside, what it means."""
        # A phrase ends with a word of its own: the "my" of "detox my son" belongs to "my son".
        paths = [(self._phrases.root, start, 0, False)]
        while paths:
            node, at, fillers, on_filler = paths.pop()
            if node.entry is not None and not on_filler:
                yield at, fillers, node.entry
            if at >= len(words) or (at > start and words[at].gap):
                continue
            token = words[at]
            # Inside a phrase, "my" or "the" may stand anywhere: "keep my suboxone" is "keep suboxone".
            if at > start and token.word in self._phrases.fillers:
                paths.append((node, at + 1, fillers + 1, True))
            if token.slot and (after := node.after.get(token.slot)):
                paths.append((after, at + 1, fillers, False))
            if after := node.after.get(token.word):
                paths.append((after, at + 1, fillers, False))
            if token.parts and (after := node.after.get(token.parts[0])) and token.parts[1] in after.after:
                paths.append((after.after[token.parts[1]], at + 1, fillers, False))

    def _asked(
        self, words: Sequence[Token], segments: Sequence[Segment], text: str
    ) -> tuple[list[Understood], list[Understood], tuple[tuple[int, str], ...]]:
        """What is asked for, what is refused, and the ages for which no need stands."""
        needs: dict[str, Understood] = {}
        excluded: dict[str, Understood] = {}
        denied = negated(words, segments)
        for number, segment in enumerate(segments):
            kind, said = segment.entry.kind, _said(text, words, segment.start, segment.end)
            if kind == "refuse" or (kind == "need" and number in denied):
                # "Not a women's program" refuses the program; it does not say that no woman is to be helped.
                _add(excluded, [need for need in segment.entry.needs if need not in GENDERS], said)
            elif kind == "need" or (kind == "about" and number not in denied):
                _add(needs, segment.entry.needs, said)
            elif kind == "stay" and number not in denied:
                _add(needs, (*segment.entry.needs, *self._stay(words[segment.start : segment.end])), said)
        who = people(words, segments, denied)
        for person in who:
            _add(needs, person.needs, _said(text, words, person.start, person.end))
        other: list[tuple[int, str]] = []
        for age in said_ages(words, segments, who):
            said = _said(text, words, age.start, age.end)
            if meant := _within(self._phrases.ages, age.years):
                _add(needs, meant, said)
            else:
                other.append((age.years, said))
        return list(needs.values()), list(excluded.values()), tuple(other)

    def _stay(self, words: Sequence[Token]) -> tuple[str, ...]:
        for token in words:
            if token.slot in {"{length}", "{years}"} and token.number is not None:
                days = token.number * (365 if token.slot == "{years}" else 1)
                return _within(self._phrases.stays, days)
        return ()


def negated(words: Sequence[Token], segments: Sequence[Segment]) -> set[int]:
    """The numbers of the segments that a "not" reaches.

    It looks through words such as "to go into a", reaches one need, and goes on over "or": "no methadone or
    detox". A comma is crossed only in a list that ends with "or": "no detox, rehab or methadone". A bare "no" at
    the end of a thought looks back: "methadone no, suboxone".
    """
    reached: set[int] = set()
    open_now = caught = False
    for number, segment in enumerate(segments):
        kind, gap = segment.entry.kind, words[segment.start].gap
        if kind == "not":
            open_now, caught = True, False
            if _looks_back(words, segments, number):
                reached.add(number - 1)
        elif not open_now:
            continue
        elif gap and not (caught and gap == "soft" and _list_goes_on(words, segments, number)):
            open_now = False
        elif kind in _PEOPLE and not caught:
            continue  # "I don't want my son on methadone": the son is the one to help, not the one refused.
        elif kind in {"need", "about", "stay", "self"}:
            open_now = (
                not caught or bool(gap) or segments[number - 1].entry.kind in {"or", "filler", "through"}
            )
            if open_now:
                reached.add(number)
                caught = True
        elif kind == "or" or (kind in {"filler", "through", "in"} and not _idle(segments, number, caught)):
            continue
        else:
            open_now = False
    return reached


def _together(segments: Sequence[Segment]) -> Iterable[tuple[str, str]]:
    """Needs on both sides of an "and": "detox and then a place to stay in treatment"."""
    before: Segment | None = None
    joined = False
    for segment in segments:
        kind = segment.entry.kind
        if segment.entry.needs and kind in {"need", "about", "stay"}:
            if before is not None and joined:
                yield from product(before.entry.needs, segment.entry.needs)
            before, joined = segment, False
        elif kind == "and":
            joined = True
        elif kind not in {"filler", "through", "in", "stop", "self", "pronoun"}:
            before = None


def _looks_back(words: Sequence[Token], segments: Sequence[Segment], number: int) -> bool:
    """Whether the "not" is a bare "no" that ends a thought just behind a need ("methadone no, suboxone")."""
    here = segments[number]
    if number == 0 or segments[number - 1].kind != "need" or words[here.start].gap:
        return False
    ends = here.end == len(words) or words[here.end].gap != ""
    return ends and here.end - here.start == 1 and words[here.start].word == "no"


def _idle(segments: Sequence[Segment], number: int, caught: bool) -> bool:
    """Whether a small word after a caught need leads away from the list ("no detox for a")."""
    return caught and segments[number - 1].entry.kind not in {"or", "filler", "through"}


def _list_goes_on(words: Sequence[Token], segments: Sequence[Segment], number: int) -> bool:
    for segment in segments[number:]:
        if segment.entry.kind == "or":
            return True
        if segment.entry.kind not in {"need", "about", "filler"} or words[segment.start].gap == "hard":
            return False
    return False


def _refused(segments: Sequence[Segment]) -> frozenset[str]:
    return frozenset(need for segment in segments if segment.kind == "refuse" for need in segment.entry.needs)


def _settled(
    needs: Sequence[Understood], excluded: Sequence[Understood], refused: frozenset[str]
) -> tuple[list[Understood], list[Understood]]:
    """Each need on one side only.

    "Sober living, but not a halfway house" asks for the need in other words: it is not excluded. What a phrase
    ``refused`` outright stays out: "I can't stay overnight".
    """
    asked = {understood.need: fold(understood.said) for understood in needs}
    kept = [
        out
        for out in excluded
        if out.need in refused or asked.get(out.need, fold(out.said)) == fold(out.said)
    ]
    taken = {out.need for out in kept}
    return [understood for understood in needs if understood.need not in taken], kept


def _within(table: Sequence[tuple[int, int, tuple[str, ...]]], value: int) -> tuple[str, ...]:
    return next((needs for low, high, needs in table if low <= value <= high), ())


def _add(found: dict[str, Understood], needs: Iterable[str], said: str) -> None:
    for need in needs:
        found.setdefault(need, Understood(need, said))


def _said(text: str, words: Sequence[Token], start: int, end: int) -> str:
    return text[words[start].start : words[end - 1].end]


def _without(segments: Sequence[Segment], place: tuple[int, int]) -> list[Segment]:
    """The segments with everything that overlaps the place made silent."""
    start, end = place
    silent = Entry("known")
    return [
        Segment(segment.start, segment.end, silent)
        if segment.start < end and segment.end > start
        else segment
        for segment in segments
    ]


def _left(text: str, words: Sequence[Token], segments: Sequence[Segment]) -> Iterable[str]:
    for segment in segments:
        if segment.entry is UNKNOWN and not words[segment.start].slot:
            yield _said(text, words, segment.start, segment.end)
