"""Three programs for somebody on the phone: why each fits, what to ask it, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from daybreak.directory.published import finder
from daybreak.finder.index import Index
from daybreak.finder.query import Hit, InState, Near, Query
from daybreak.finder.search import search
from daybreak.public.queries.asking import Asked, understand
from daybreak.public.queries.cards import card, keeps_to, label, numbers, stated_fact, text_of
from daybreak.public.queries.question import Question
from daybreak.public.queries.shapes import Card, Choice, Number, Stated
from daybreak.public.rules.shorthand import Written, written_out
from daybreak.vocabulary.needs import needs
from daybreak.vocabulary.places import Ask, Found, Unknown
from daybreak.vocabulary.shorthand import shorthand

SHOWN = 3
# Enough to find those that leave the least to ask; a circle of 25 miles holds fewer nearly everywhere.
LOOKED_AT = 200
FAR_MILES = 100.0
# Who somebody is cannot give way: a program for men is no second best for a woman.
FIRM_GROUPS = frozenset({"sex", "age", "pregnancy", "children"})
KIND_GROUPS = frozenset({"care", "detox", "medication"})
# What keeps people out at the door, most often asked first.
BARRIERS = ("no-upfront-payment", "no-drug-test-to-enter", "keep-medicines", "no-health-limits")
MOST_BARRIERS_TO_ASK = 3


@dataclass(frozen=True, slots=True)
class Program:
    """One program as a counsellor reads it out.

    ``fits``: what was asked for and stated (a "no" among them is one that the caller wants). ``to_ask``: asked for and not
    stated. ``also_ask``: what keeps people out and is not stated. ``against``: what was asked for and denied, and what
    keeps people out. ``beyond`` says that it lies outside the circle that was asked for.
    """

    card: Card
    numbers: tuple[Number, ...]
    fits: tuple[Stated, ...]
    to_ask: tuple[Stated, ...]
    also_ask: tuple[str, ...]
    against: tuple[Stated, ...]
    beyond: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A program that was kept to compare and is not among the three."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """The answer to one line. ``state``: "empty", "found", "ask-place" (``choices``), "unknown-place"."""

    state: str
    total: int = 0
    asked_total: int = 0
    programs: tuple[Program, ...] = ()
    understood: tuple[tuple[str, str], ...] = ()
    not_understood: tuple[str, ...] = ()
    written_out: tuple[Written, ...] = ()
    place_label: str = ""
    radius: int = 0
    choices: tuple[Choice, ...] = ()
    kept: tuple[Kept, ...] = ()
    kept_count: int = 0
    gone: int = 0
    find_query: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One hit; ``beyond`` says that it lies outside the circle that was asked for."""

    hit: Hit
    beyond: bool = False


def call(question: Question, kept: tuple[str, ...], *, language: str, at: datetime) -> Call:
    """Three programs for what a counsellor typed; ``kept`` are the ids to compare, which stay ticked."""
    text, found = written_out(question.text, shorthand(language))
    asked = understand(replace(question, text=text, ask=("all",)), at=at)
    index = finder().index()
    kept_rows = {listing_id: index.row_of(listing_id) for listing_id in kept}
    here = Call(
        state="empty",
        kept_count=sum(row is not None for row in kept_rows.values()),
        gone=sum(row is None for row in kept_rows.values()),
    )
    if not question.text and not question.near:
        return replace(here, kept=_kept(index, kept_rows, set()))
    here = replace(
        here, understood=_understood(asked, language), not_understood=asked.not_understood, written_out=found
    )
    if isinstance(asked.place, (Ask, Unknown)):
        state, names = (
            ("ask-place", asked.place.choices)
            if isinstance(asked.place, Ask)
            else ("unknown-place", asked.place.nearest)
        )
        choices = tuple(Choice(name, f"?{question.query(near=name)}") for name in names)
        return replace(
            here,
            state=state,
            place_label=asked.place.text,
            choices=choices,
            kept=_kept(index, kept_rows, set()),
        )
    answer = search(index, asked.query, page_size=LOOKED_AT)
    chosen = list(islice(candidates(index, asked, answer.hits), SHOWN))
    shown = {one.hit.listing_id for one in chosen}
    return replace(
        here,
        state="found",
        total=answer.total,
        asked_total=answer.unstated_total,
        programs=tuple(
            _program(asked, index, one, kept, language=language, at=at, position=number)
            for number, one in enumerate(chosen, 1)
        ),
        place_label=asked.place.label,
        radius=round(asked.query.place.radius_miles) if isinstance(asked.query.place, Near) else 0,
        kept=_kept(index, kept_rows, shown),
        find_query=replace(question, text=text, ask=("all",)).query(),
    )


def _understood(asked: Asked, language: str) -> tuple[tuple[str, str], ...]:
    """What the line meant, as kind ("need", "not", "name") and label."""
    said = [("need", label(need, language)) for need in asked.needs]
    said += [("not", label(need, language)) for need in asked.excluded]
    if asked.name_words:
        said.append(("name", " ".join(asked.name_words)))
    return tuple(said)


def candidates(
    index: Index, asked: Asked, hits: tuple[Hit, ...], *, only_farther: bool = False
) -> Iterator[Candidate]:
    """The hits that leave the least to ask, then what comes nearest where there are too few.

    Whether there is detox at all weighs more than who pays for it. The finder's order is kept among those that leave
    equally much to ask. ``only_farther``: no wish gives way.
    """
    seen = set()
    kind = _kinds_of_help(asked.query)
    for hit in sorted(
        hits, key=lambda one: (one.tier, len(kind.intersection(one.unstated)), len(one.unstated))
    ):
        seen.add(hit.row)
        yield Candidate(hit)
    for query, beyond in _second_best(asked):
        if only_farther and not beyond:
            return
        for hit in sorted(search(index, query, page_size=LOOKED_AT).hits, key=lambda one: len(one.unstated)):
            if hit.row not in seen:
                seen.add(hit.row)
                yield Candidate(hit, beyond)


def _kinds_of_help(query: Query) -> frozenset[int]:
    """The positions of the conditions that say what kind of help is looked for."""
    return frozenset(
        position
        for position, condition in enumerate(query.conditions)
        if any(need in needs() and needs()[need].group in KIND_GROUPS for need in condition.needs)
    )


def _second_best(asked: Asked) -> Iterator[tuple[Query, bool]]:
    """The same search farther away, then with one wish less: first the last one said."""
    query, place = asked.query, asked.place
    if isinstance(query.place, Near) and isinstance(place, Found):
        point = (query.place.latitude, query.place.longitude)
        if query.place.radius_miles < FAR_MILES:
            yield replace(query, place=Near(*point, FAR_MILES)), True
        if place.state:
            yield replace(query, place=InState(place.state), origin=point), True
    if len(query.conditions) < 2:
        return
    for position in reversed(range(len(query.conditions))):
        groups = {needs()[need].group for need in query.conditions[position].needs if need in needs()}
        if not groups & FIRM_GROUPS:
            rest = (*query.conditions[:position], *query.conditions[position + 1 :])
            yield replace(query, conditions=rest), False


def _program(
    asked: Asked,
    index: Index,
    one: Candidate,
    kept: tuple[str, ...],
    *,
    language: str,
    at: datetime,
    position: int,
) -> Program:
    text = text_of(index, one.hit.row)
    service = text["services"][one.hit.service - index.services_of(one.hit.row).start]
    fits, to_ask, against = weighed(asked, service, language)
    told = {fact.need for fact in (*fits, *to_ask, *against)}
    barriers = [need for need in BARRIERS if need not in told]
    against += [
        stated_fact(service, need, language)
        for need in barriers
        if need in service["facts"] and not service["facts"][need][0]
    ]
    against += [stated_fact(service, need, language) for need in keeps_to(service) if need not in told]
    open_barriers = [need for need in barriers if need not in service["facts"]]
    return Program(
        card=card(asked, index, one.hit, language=language, at=at, position=position),
        numbers=tuple({number.shown: number for number in reversed(numbers(text, at))}.values())[::-1],
        fits=tuple(fits),
        to_ask=tuple(to_ask),
        also_ask=tuple(open_barriers[:MOST_BARRIERS_TO_ASK]),
        against=tuple(against),
        beyond=one.beyond,
        kept=text["id"] in kept,
    )


def weighed(
    asked: Asked, service: dict[str, Any], language: str
) -> tuple[list[Stated], list[Stated], list[Stated]]:
    """What the service says to each wish: met, not stated, denied."""
    fits: list[Stated] = []
    to_ask: list[Stated] = []
    against: list[Stated] = []
    for condition in asked.query.conditions:
        answers = {need: answer_of(service, need) for need in condition.needs}
        met = [need for need, answer in answers.items() if answer == "yes"]
        if met:
            fits += [stated_fact(service, need, language) for need in met]
            continue
        for need, answer in answers.items():
            if answer == "ask":
                to_ask.append(Stated(need, label(need, language), "ask"))
            else:
                against.append(stated_fact(service, need, language))
    for need in asked.query.excluded:
        if answer_of(service, need) == "no":
            fits.append(stated_fact(service, need, language))
        else:
            to_ask.append(Stated(need, label(need, language), "ask"))
    return fits, to_ask, against


def answer_of(service: dict[str, Any], need: str) -> str:
    """What a service says to one need or code: "yes", "no" or "ask" (it does not say)."""
    fact = service["facts"].get(need)
    if fact is not None:
        return "yes" if fact[0] else "no"
    return "yes" if need in service["codes"] else "ask"


def _kept(index: Index, rows: dict[str, int | None], shown: set[str]) -> tuple[Kept, ...]:
    return tuple(
        Kept(listing_id, text_of(index, row)["name"])
        for listing_id, row in rows.items()
        if row is not None and listing_id not in shown
    )
