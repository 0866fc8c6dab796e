"""Which of the things said about a service stand today, when several sources spoke at different times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Edition:
    """One source: the list that it belongs to and the day for which it speaks."""

    slug: str
    family: str
    as_of: date


class Said(NamedTuple):
    """One yes or no from one source; ``said`` is what it wrote."""

    need: str
    answer: bool
    source: str
    said: str = ""


def standing_sources(spoke: Iterable[str], editions: Mapping[str, Edition]) -> frozenset[str]:
    """The sources that count for a service among those that have a row for it.

    Within one family (editions of one directory) the newest edition replaces the older ones: what it no longer says
    is not stated any more. Different families stand side by side.
    """
    newest: dict[str, Edition] = {}
    for slug in spoke:
        edition = editions[slug]
        held = newest.get(edition.family)
        if held is None or (edition.as_of, edition.slug) > (held.as_of, held.slug):
            newest[edition.family] = edition
    return frozenset(edition.slug for edition in newest.values())


def standing_facts(
    facts: Iterable[Said], standing: frozenset[str], editions: Mapping[str, Edition]
) -> dict[str, Said]:
    """Need → the word that stands: the newest. Where words of one day contradict each other, none stands: people must ask."""
    held: dict[str, Said] = {}
    contested: dict[str, date] = {}
    if len(standing) == 1:  # nearly every service: one source, so nothing to weigh
        return {fact.need: fact for fact in facts if fact.source in standing}
    for fact in facts:
        if fact.source not in standing:
            continue
        known = held.get(fact.need)
        day = editions[fact.source].as_of
        if known is None or (day, fact.source) > (editions[known.source].as_of, known.source):
            held[fact.need] = fact
        if known is not None and known.answer != fact.answer and editions[known.source].as_of == day:
            contested[fact.need] = day
    return {
        need: fact
        for need, fact in held.items()
        if need not in contested or editions[fact.source].as_of > contested[need]
    }
