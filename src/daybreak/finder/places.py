"""Finds the words of a sentence that name a place, without looking the place up."""

from __future__ import annotations

from collections.abc import Sequence

from daybreak.finder.segments import Segment
from daybreak.finder.sentence import Token

MOST_WORDS = 3
_SMALL = frozenset({"stop", "through", "and", "or", "not", "writer", "behalf", "near", "in", "pronoun"})


def place_span(words: Sequence[Token], segments: Sequence[Segment], text: str) -> tuple[int, int] | None:
    """First and last word (not included) of the place that the sentence names, or None.

    A county or state names it most clearly ("Fayette County", "Lexington KY"), then "near …", then "in …"
    before words that mean nothing else.
    """
    for number, segment in enumerate(segments):
        if segment.kind == "region" and (span := _county(words, segments, number)):
            return span
    for number, segment in enumerate(segments):
        if segment.kind == "state" and (span := _before_state(words, segments, number, text)):
            return span
    for opener in ("near", "in"):
        for number, segment in enumerate(segments):
            if segment.kind == opener and (span := _unknown_run(words, segments, number + 1)):
                return span
    return None


def _county(words: Sequence[Token], segments: Sequence[Segment], number: int) -> tuple[int, int] | None:
    here = segments[number]
    after = number + 1
    if segments[number].entry.meaning == "before":
        while after < len(segments) and segments[after].kind in {"stop", "filler"}:
            after += 1
        return _unknown_run(words, segments, after)
    if number == 0 or words[here.start].gap:
        return None
    before = segments[number - 1]
    if before.kind in _SMALL | {"filler"}:
        return None
    start = before.end - 1
    if number >= 3 and segments[number - 3].kind in {"near", "in"} and not words[before.start].gap:
        earlier = segments[number - 2]
        start = start if earlier.kind in _SMALL | {"filler"} else earlier.start
    return start, _with_state(words, segments, number + 1, here.end)


def _with_state(words: Sequence[Token], segments: Sequence[Segment], number: int, end: int) -> int:
    if number < len(segments) and segments[number].kind == "state" and words[end].gap != "hard":
        return segments[number].end
    return end


def _before_state(
    words: Sequence[Token], segments: Sequence[Segment], number: int, text: str
) -> tuple[int, int] | None:
    state = segments[number]
    typed = text[words[state.start].start : words[state.end - 1].end]
    if state.entry.meaning == "capitals" and not typed.isupper():
        return None
    # Behind "near" or "in", everything up to the state is its town: "in Hazard KY".
    start = number
    for at in range(number - 1, max(number - 1 - MOST_WORDS, -1) - 1, -1):
        if at < 0 or words[segments[at + 1].start].gap == "hard":
            break
        if segments[at].kind in {"near", "in"}:
            return segments[at].end, state.end
        if segments[at].kind in _SMALL:
            break
    while start > 0 and number - start < MOST_WORDS and segments[start - 1].kind == "unknown":
        if words[segments[start].start].gap == "hard":
            break
        start -= 1
    return (segments[start].start, state.end) if start < number else None


def _unknown_run(words: Sequence[Token], segments: Sequence[Segment], first: int) -> tuple[int, int] | None:
    end = first
    while end < len(segments) and end - first < MOST_WORDS:
        if segments[end].kind != "unknown" or words[segments[end].start].slot:
            break
        if words[segments[end].start].gap and end > first:
            break
        end += 1
    if end == first:
        return None
    last = segments[end - 1].end
    return segments[first].start, _with_state(words, segments, end, last)
