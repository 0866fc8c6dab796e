"""A search in as few letters as possible: five places in a page that stays below 5 kB whatever was asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from daybreak.directory.published import finder
from daybreak.finder.index import Index
from daybreak.finder.query import Hit, Near
from daybreak.finder.search import search
from daybreak.public.queries.asking import Asked, understand
from daybreak.public.queries.calls import weighed
from daybreak.public.queries.cards import keeps_to, label, numbers, text_of
from daybreak.public.queries.question import Question
from daybreak.public.queries.shapes import Number
from daybreak.public.rules.cutting import MARK, cut_for_wire
from daybreak.vocabulary.places import Ask, Unknown

PAGE_SIZE = 5
MOST_TEXT = 100
MOST_NEAR = 60
MOST_NAME = 52
MOST_ADDRESS = 56
MOST_FACTS = 60
MOST_SAID = 100
MOST_CHOICES = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One place in a few lines; ``only`` is to whom it keeps, ``yes`` and ``ask`` are the labels of what was asked for."""

    id: str
    position: int
    name: str
    address: str
    miles: float | None
    about: bool
    only: str
    yes: str
    ask: str
    call: Number | None
    year: int


@dataclass(frozen=True, slots=True)
class Brief:
    """The answer. ``state``: "empty", "found", "ask-place" or "unknown-place" (``choices``).

    ``cut`` says that the text was longer than is read here, ``cut_names`` that something below was cut short.
    """

    state: str
    text: str = ""
    near: str = ""
    cut: bool = False
    total: int = 0
    asked_total: int = 0
    place_label: str = ""
    radius: int = 0
    understood: str = ""
    not_understood: str = ""
    places: tuple[Line, ...] = ()
    cut_names: bool = False
    page: int = 1
    pages: int = 1
    choices: tuple[str, ...] = ()
    more_choices: int = 0


def brief(question: Question, *, language: str, at: datetime) -> Brief:
    """Five places for what somebody typed. Only the first letters of a long text are read, and the page says so."""
    text, near = question.text[:MOST_TEXT], question.near[:MOST_NEAR]
    cut = (text, near) != (question.text, question.near)
    here = Brief("empty", text=text, near=near, cut=cut, page=question.page)
    if not text and not near:
        return here
    asked = understand(replace(question, text=text, near=near, ask=("all",)), at=at)
    if isinstance(asked.place, (Ask, Unknown)):
        names = asked.place.choices if isinstance(asked.place, Ask) else asked.place.nearest
        state = "ask-place" if isinstance(asked.place, Ask) else "unknown-place"
        few = names[:MOST_CHOICES]
        return replace(here, state=state, near="", choices=few, more_choices=len(names) - len(few))
    index = finder().index()
    answer = search(index, asked.query, page=question.page, page_size=PAGE_SIZE)
    first = (question.page - 1) * PAGE_SIZE
    places = tuple(
        _line(asked, index, hit, first + number, language, at) for number, hit in enumerate(answer.hits, 1)
    )
    understood = cut_for_wire(_understood(asked, language), MOST_SAID)
    not_understood = cut_for_wire(", ".join(asked.not_understood), MOST_NEAR)
    every = [understood, not_understood]
    every += [text for one in places for text in (one.name, one.address, one.only, one.yes, one.ask)]
    return replace(
        here,
        state="found",
        total=answer.total,
        asked_total=answer.unstated_total,
        place_label=asked.place.label,
        radius=round(asked.query.place.radius_miles) if isinstance(asked.query.place, Near) else 0,
        understood=understood,
        not_understood=not_understood,
        places=places,
        cut_names=any(text.endswith(MARK) for text in every),
        pages=max(1, -(-answer.total // PAGE_SIZE)),
    )


def _understood(asked: Asked, language: str) -> str:
    words = [label(need, language) for need in asked.needs]
    words += [f"≠ {label(need, language)}" for need in asked.excluded]
    return ", ".join([*words, *asked.name_words])


def _line(asked: Asked, index: Index, hit: Hit, position: int, language: str, at: datetime) -> Line:
    text = text_of(index, hit.row)
    service: dict[str, Any] = text["services"][hit.service - index.services_of(hit.row).start]
    fits, to_ask, _ = weighed(asked, service, language)
    street = f"{text['street']}, " if text["street"] else ""
    return Line(
        id=text["id"],
        position=position,
        name=cut_for_wire(text["name"], MOST_NAME),
        address=cut_for_wire(f"{street}{text['city']}, {text['state']}", MOST_ADDRESS),
        miles=hit.miles,
        about=text["point_from"] == "zip",
        only=cut_for_wire(", ".join(label(need, language) for need in keeps_to(service)), MOST_FACTS),
        yes=cut_for_wire(", ".join(fact.label for fact in fits if fact.answer == "yes"), MOST_FACTS),
        ask=cut_for_wire(", ".join(fact.label for fact in to_ask), MOST_FACTS),
        call=next((number for number in numbers(text, at) if number.href), None),
        year=int(service["checked"][:4]) if service["checked"] else 0,
    )
