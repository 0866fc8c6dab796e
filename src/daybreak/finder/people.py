"""Tells from a sentence who needs the help: a woman or a man, and of what age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from daybreak.finder.segments import Segment
from daybreak.finder.sentence import Token

GENDERS = frozenset({"women", "men"})
# "My husband hits me": a person who does something to the writer is not the one who needs help.
WRITER_WITHIN_WORDS = 5
# A child as young as this comes along, or is why somebody worries; it is not the one in treatment.
COMPANION_UNDER_YEARS = 10
OLDEST_YEARS = 110


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the sentence: what we know of them, and the words that said it."""

    needs: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Age:
    """An age in years, and the words that said it."""

    years: int
    start: int
    end: int


def people(words: Sequence[Token], segments: Sequence[Segment], denied: set[int]) -> list[Person]:
    """Those who need the help.

    Somebody named ("my son") counts before the writer ("I'm a mom"), and both before a mere "he" or "she".
    Women and men in one rank, or nobody clear, say nothing: the finder does not guess.
    """
    patient = any(segment.kind == "patient" for segment in segments)
    ranks: dict[str, list[Person]] = {"relative": [], "self": [], "pronoun": []}
    for number, segment in enumerate(segments):
        if segment.kind not in ranks or number in denied:
            continue
        needs = segment.entry.needs
        if segment.kind != "self" and not _needs_help(words, segments, number, patient):
            continue
        ranks[segment.kind].append(Person(needs, segment.start, segment.end))
    if any(
        segment.kind in {"relative", "age"} and _too_young(words, segments, at)
        for at, segment in enumerate(segments)
    ):
        ranks["pronoun"] = []  # "My 8 year old, can he come too": he is the child.
    found = ranks["relative"] or ranks["self"] or ranks["pronoun"]
    if ranks["relative"] and not _genders(found):
        found = found + ranks["pronoun"]
    if len(_genders(found)) < 2:
        return found
    others = [tuple(need for need in person.needs if need not in GENDERS) for person in found]
    return [Person(needs, person.start, person.end) for needs, person in zip(others, found, strict=True)]


def _genders(found: Sequence[Person]) -> set[str]:
    return {need for person in found for need in person.needs if need in GENDERS}


def _needs_help(words: Sequence[Token], segments: Sequence[Segment], number: int, patient: bool) -> bool:
    segment = segments[number]
    before = next((earlier.kind for earlier in reversed(segments[:number]) if earlier.kind != "filler"), "")
    if before == "behalf":
        return True
    if patient or _too_young(words, segments, number):
        return False
    for later in segments[number + 1 :]:
        far = later.start - segment.end >= WRITER_WITHIN_WORDS
        if far or words[later.start].gap == "hard":
            break
        if later.kind == "behalf":
            break
        if later.kind == "writer":
            return False
    return True


def _too_young(words: Sequence[Token], segments: Sequence[Segment], number: int) -> bool:
    """Whether a small child's age stands in, just before or just after the segment."""
    near = range(max(segments[number].start - 1, 0), min(segments[number].end + 3, len(words)))
    for at in near:
        token = words[at]
        if token.slot == "{years}" and token.number is not None and token.number < COMPANION_UNDER_YEARS:
            return True
    after = segments[number].end
    return (
        after + 1 < len(words)
        and words[after].word in {"is", "tiene"}
        and words[after + 1].slot == "{number}"
        and (words[after + 1].number or 0) < COMPANION_UNDER_YEARS
    )


def _set_apart(words: Sequence[Token], segments: Sequence[Segment], number: int) -> bool:
    """Whether the segment is a mere number that is somebody's age: "my sister, 24, ...", "man 35", "26 woman"."""
    here = segments[number]
    if _beside_a_gender(words, segments, number):
        return True
    return (
        number > 0
        and words[here.start].slot == "{number}"
        and here.end - here.start == 1
        and segments[number - 1].kind in {"relative", "self"}
        and words[here.start].gap == "soft"
        and (here.end == len(words) or words[here.end].gap != "")
    )


def _beside_a_gender(words: Sequence[Token], segments: Sequence[Segment], number: int) -> bool:
    """Whether the segment is a mere number right before or behind "man", "woman", "male" …"""
    here = segments[number]
    if words[here.start].slot != "{number}" or here.end - here.start != 1:
        return False
    before = segments[number - 1] if number and not words[here.start].gap else None
    after = segments[number + 1] if here.end < len(words) and not words[here.end].gap else None
    return any(
        GENDERS & set(beside.entry.needs) and beside.entry.kind in {"pronoun", "self", "relative"}
        for beside in (before, after)
        if beside is not None
    )


def said_ages(words: Sequence[Token], segments: Sequence[Segment], who: Sequence[Person]) -> list[Age]:
    """The ages of those who need help; the writer's own age ("I'm 70") counts when nobody else has one."""
    own: list[Age] = []
    others: list[Age] = []
    for number, segment in enumerate(segments):
        if segment.kind not in {"age", "relative"} and not _set_apart(words, segments, number):
            continue
        token = next((words[at] for at in range(segment.start, segment.end) if words[at].slot), None)
        if token is None or token.number is None or token.slot == "{length}":
            continue
        if COMPANION_UNDER_YEARS <= token.number <= OLDEST_YEARS:
            mine = segment.entry.meaning == "self"
            (own if mine else others).append(Age(token.number, segment.start, segment.end))
    named = any(person.needs for person in who)
    return others if others and (named or not own) else own + others
