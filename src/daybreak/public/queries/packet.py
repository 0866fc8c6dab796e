"""What stands on a printed sheet: the places for a need near a place, what to ask them, and how old all of it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from daybreak.directory.published import finder
from daybreak.finder.index import Index
from daybreak.finder.query import Near
from daybreak.finder.search import search
from daybreak.public.queries.asking import Asked, understand
from daybreak.public.queries.calls import LOOKED_AT, Candidate, candidates, weighed
from daybreak.public.queries.cards import keeps_to, label, numbers, text_of
from daybreak.public.queries.helplines import helpline
from daybreak.public.queries.question import Question
from daybreak.public.queries.shapes import Choice, Helpline, Number
from daybreak.public.rules.cutting import cut_short
from daybreak.public.rules.sheets import SHEETS, fitting
from daybreak.vocabulary.places import Ask, Found, Unknown

MOST_NAME = 62
MOST_ADDRESS = 90
MOST_ASKED = 3


@dataclass(frozen=True, slots=True)
class Printed:
    """One place on paper. ``only`` is to whom it keeps.

    ``call`` is a number that somebody confirmed within a year; else the helpline stands for it.
    """

    name: str
    address: str
    miles: float | None
    about: bool
    beyond: bool
    only: str
    ask: str
    call: Number | None
    year: int


@dataclass(frozen=True, slots=True)
class Packet:
    """One sheet. ``state``: "found", "ask-place" (``choices``), "unknown-place" (``choices`` are near spellings).

    ``total`` places match near there, ``years`` are those that the printed places were listed in.
    """

    state: str
    kind: str
    place_label: str = ""
    needs: str = ""
    places: tuple[Printed, ...] = ()
    total: int = 0
    years: tuple[int, ...] = ()
    helpline: Helpline | None = None
    choices: tuple[Choice, ...] = ()
    live_query: str = ""


def packet(kind: str, question: Question, *, language: str, at: datetime) -> Packet:
    """The sheet of ``kind`` for a place and needs; raises KeyError where there is no such sheet."""
    sheet = SHEETS[kind]
    wished = replace(question, needs=question.needs or sheet.needs, ask=("all",), page=1)
    asked = understand(wished, at=at)
    if isinstance(asked.place, (Ask, Unknown)):
        found = isinstance(asked.place, Ask)
        names = asked.place.choices if isinstance(asked.place, Ask) else asked.place.nearest
        pairs = f"&for={kind}"
        return Packet(
            state="ask-place" if found else "unknown-place",
            kind=kind,
            place_label=asked.place.text,
            choices=tuple(Choice(name, f"?{question.query(near=name)}{pairs}") for name in names),
        )
    index = finder().index()
    answer = search(index, asked.query, page_size=LOOKED_AT)
    most: list[Printed] = []
    for one in candidates(index, asked, answer.hits, only_farther=True):
        if len(most) == sheet.places:
            break
        most.append(_printed(asked, index, one, language=language, at=at))
    wishes = " · ".join(label(need, language) for need in asked.needs)
    blocks = [(place.name, f"{place.address} · 100 miles", place.only, _line(place)) for place in most]
    places = tuple(most[: fitting(wishes, blocks, sheet, language)])
    return Packet(
        state="found",
        kind=kind,
        place_label=asked.place.label,
        needs=wishes,
        places=places,
        total=answer.total,
        years=tuple(sorted({place.year for place in places if place.year})),
        helpline=helpline(asked.place.state, language),
        live_query=_live(asked, asked.place).query(),
    )


def _line(place: Printed) -> str:
    return f"Ask: {place.ask} · not checked since 2015" if place.ask or not place.call else place.call.shown


def _live(asked: Asked, place: Found) -> Question:
    """The shortest search that gives the same list: a code with fewer modules is read from farther away."""
    near = place.label.partition(" (")[0] if place.kind == "zip" else place.label
    return Question(
        near=near, needs=asked.needs, excluded=asked.excluded, radius=asked.question.radius, ask=("all",),
        both=asked.question.both,
    )  # fmt: skip


def _printed(asked: Asked, index: Index, one: Candidate, *, language: str, at: datetime) -> Printed:
    text = text_of(index, one.hit.row)
    service: dict[str, Any] = text["services"][one.hit.service - index.services_of(one.hit.row).start]
    _, to_ask, _ = weighed(asked, service, language)
    street = f"{text['street']}, " if text["street"] else ""
    near = isinstance(asked.query.place, Near)
    return Printed(
        name=cut_short(text["name"], MOST_NAME),
        address=cut_short(f"{street}{text['city']}, {text['state']} {text['zip']}", MOST_ADDRESS),
        miles=one.hit.miles if near else None,
        about=text["point_from"] == "zip",
        beyond=one.beyond,
        only=", ".join(label(need, language) for need in keeps_to(service)),
        ask=", ".join(fact.label for fact in to_ask[:MOST_ASKED]),
        call=next((number for number in numbers(text, at) if number.href), None),
        year=int(service["checked"][:4]) if service["checked"] else 0,
    )
