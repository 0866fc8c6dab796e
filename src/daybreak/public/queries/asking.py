"""Turns a person's search into the finder's question: words become needs, a place's name becomes a place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from django.conf import settings

from daybreak.directory.published import finder
from daybreak.finder.kept import read_kept
from daybreak.finder.query import Condition, InCounty, InState, Near, Place, Query
from daybreak.finder.search import search
from daybreak.finder.words import Lexicon, Understanding
from daybreak.public.queries.question import Question
from daybreak.vocabulary import files, gazetteer, places
from daybreak.vocabulary.needs import alternative_of

LARGE_TOWN_ZIPS = 3
MOST_NAME_WORDS = 5
AGE, SEX, DETOX, ADULTS, TEENS, ADULT_YEARS = "age", "sex", "detox", "adults", "teens", 18
_NOTHING = Understanding(needs=(), excluded=(), zip_code=None, place_words=None, left=())


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was understood. ``said`` is need → the person's own words; ``keys`` name the sets of alternatives
    (or the code) of the query's conditions, position by position."""

    question: Question
    query: Query
    keys: tuple[str, ...]
    needs: tuple[str, ...]
    excluded: tuple[str, ...]
    said: dict[str, str]
    place: places.Found | places.Ask | places.Unknown
    not_understood: tuple[str, ...]
    name_words: tuple[str, ...]


@cache
def lexicon() -> Lexicon:
    """The lexicon of this process."""
    return read_kept(files.folder() / "vocabulary" / "lexicon.csv", settings.HOME / "words")


def by_alternatives(needs: tuple[str, ...], both: Collection[str] = ()) -> dict[str, list[str]]:
    """Needs that are alternatives to each other stand together; the others, codes, and needs of ``both``, stand alone."""
    found: dict[str, list[str]] = {}
    for need in needs:
        found.setdefault(need if need in both else alternative_of().get(need, need), []).append(need)
    return found


def understand(question: Question, *, at: datetime) -> Asked:
    """What ``question`` asks of the finder at the moment ``at``."""
    heard = lexicon().understand(question.text) if question.text else _NOTHING
    wanted = wanted_words(heard)
    needed = dict.fromkeys((*question.needs, *wanted))
    question = replace(
        question,
        ask=(*question.ask, *people_told(wanted, question)),
        both=tuple(dict.fromkeys((*question.both, *said_together(heard)))),
    )
    excluded = dict.fromkeys((*question.excluded, *(found.need for found in heard.excluded)))
    needs = tuple(need for need in needed if need not in question.excluded)
    place, deaf = _place(question, heard)
    by_key = by_alternatives(needs, question.both)
    names = tuple(question.name.split())
    unheard = heard.left if question.near else words_left(heard, settings.DAYBREAK_STATE)
    left = (*unheard, *deaf)
    if not names and not needs and not excluded:
        names = name_said(question.text, heard, settings.DAYBREAK_STATE)
        left = left if not names else deaf
    return Asked(
        question=question,
        query=Query(
            conditions=tuple(
                Condition(tuple(members), admit_unstated="all" in question.ask or key in question.ask)
                for key, members in by_key.items()
            ),
            excluded=tuple(excluded),
            place=where(place, question.radius or settings.DAYBREAK_RADIUS_MILES),
            name_words=names,
            now_minutes=int(at.timestamp() // 60),
            today_days=int(at.timestamp() // 86400),
        ),
        keys=tuple(by_key),
        needs=needs,
        excluded=tuple(excluded),
        said=wanted | {found.need: found.said for found in heard.excluded},
        place=place,
        not_understood=left,
        name_words=names,
    )


def wanted_words(heard: Understanding) -> dict[str, str]:
    """Need → the words that said it; an age that has no need of its own ("47 yo") asks for a program that takes adults."""
    found = {understood.need: understood.said for understood in heard.needs}
    grown = next((said for years, said in heard.ages if years >= ADULT_YEARS), "")
    if grown and not any(alternative_of().get(need) == AGE for need in found):
        found[ADULTS] = grown
    return found


def said_together(heard: Understanding) -> tuple[str, ...]:
    """Kinds of help that a person wants both: "detox and residential" is not met by one of the two.

    Only with detox, which comes before something else; "outpatient and residential" names what somebody would take.
    """
    pairs = (pair for pair in heard.together if DETOX in pair)
    wanted = {understood.need for understood in heard.needs}
    care = (need for pair in pairs for need in pair if alternative_of().get(need) == alternative_of()[DETOX])
    found = tuple(dict.fromkeys(need for need in care if need in wanted))
    return found if len(found) > 1 else ()


def people_told(wanted: Collection[str], question: Question | None = None) -> tuple[str, ...]:
    """The conditions of age and sex that were told in words and not ticked: there silence is let through as *ask*.

    A list that does not say whom a place takes must hide it from no adult, and must not pass for a yes either. Of
    minors a list that takes them says so: a child is not sent to ask at places for adults.
    """
    if TEENS in wanted:
        return ()
    ticked = question.needs if question else ()
    already = question.ask if question else ()
    keys = (alternative_of().get(need, need) for need in wanted if need not in ticked)
    return tuple(dict.fromkeys(key for key in keys if key in {AGE, SEX} and key not in already))


def _place(
    question: Question, heard: Understanding
) -> tuple[places.Found | places.Ask | places.Unknown, tuple[str, ...]]:
    """The place of the search, and the words for a place in the free text that no place has."""
    home = settings.DAYBREAK_STATE
    if question.near:
        return places.resolve(question.near, home_state=home), ()
    words = place_said(heard, home)
    if not words:
        return places.resolve(home, home_state=home), ()
    found = places.resolve(words, home_state=home)
    if isinstance(found, places.Unknown):
        return places.resolve(home, home_state=home), (words,)
    return found, ()


def place_said(heard: Understanding, home_state: str) -> str:
    """The words for a place in free text: a ZIP, "near …", "in …", or the bare name of a town of the home state.

    A single leftover word is taken for a town only where the town is large: "Hope" is a town too.
    """
    named = heard.zip_code or heard.place_words
    if named:
        return named
    whole = " ".join(heard.left)
    if whole and gazetteer.town(whole, home_state):
        return whole
    large = (
        word
        for word in heard.left
        if (town := gazetteer.town(word, home_state)) and town.zips >= LARGE_TOWN_ZIPS
    )
    return next(large, "")


def words_left(heard: Understanding, home_state: str) -> tuple[str, ...]:
    """The words of free text that are neither needs nor a place: the name of a program, perhaps."""
    place = place_said(heard, home_state).split()
    return tuple(word for word in heard.left if word not in place)


def name_said(text: str, heard: Understanding, home_state: str) -> tuple[str, ...]:
    """The name of a program in a text that asks for no need: all of a few words where a listing has them ("hope center"),
    else the words that meant nothing."""
    place = {*place_said(heard, home_state).split(), heard.zip_code}
    words = tuple(word for word in text.replace(",", " ").split() if word not in place)
    if 0 < len(words) <= MOST_NAME_WORDS and search(finder().index(), Query(name_words=words)).total:
        return words
    return words_left(heard, home_state)


def where(place: places.Found | places.Ask | places.Unknown, radius: float) -> Place | None:
    """The finder's place for a place that was understood; None = anywhere."""
    if not isinstance(place, places.Found) or place.kind == "anywhere":
        return None
    if place.point is not None:
        return Near(*place.point, float(radius))
    return InCounty(place.county) if place.county else InState(place.state)
