"""Answers a search with everything that the result page shows."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings

from daybreak.directory.published import finder
from daybreak.finder.index import Index
from daybreak.finder.query import Answer, NearMiss
from daybreak.finder.search import search
from daybreak.public.queries.asking import Asked, understand
from daybreak.public.queries.cards import card, label
from daybreak.public.queries.helplines import helpline
from daybreak.public.queries.question import Question
from daybreak.public.queries.requested import pairs_of
from daybreak.public.queries.shapes import Chip, Choice, Facet, NearMissLine, Option, Results
from daybreak.vocabulary.needs import groups, needs
from daybreak.vocabulary.places import Ask, Found, Unknown
from daybreak.vocabulary.states import STATES

RADII = (5, 10, 25, 50, 100, 250)
OPEN_GROUPS = frozenset({"care", "payment"})


def results(question: Question, *, language: str, at: datetime) -> Results:
    """The page of results for ``question``; where the place is not clear, what to choose from."""
    asked = understand(question, at=at)
    if isinstance(asked.place, Ask):
        return _which_place(asked, asked.place.choices, "ask-place", language)
    if isinstance(asked.place, Unknown):
        return _which_place(asked, asked.place.nearest, "unknown-place", language)
    index = finder().index()
    size = settings.DAYBREAK_PAGE_SIZE
    answer = search(index, asked.query, page=question.page, page_size=size)
    return _found(asked, asked.place, index, answer, size, language, at)


def find_address(asked: Asked, language: str) -> str:
    """/find in the reader's language."""
    return "/es/find" if language == "es" else "/find"


def _plain(asked: Asked) -> Question:
    """The search with its words replaced by the needs that they were understood as, so that each can be changed alone."""
    question = asked.question
    place = question.near
    if not place and isinstance(asked.place, Found) and question.text:
        place = _place_text(asked.place)
    return Question(
        near=place, name=" ".join(asked.name_words), needs=asked.needs, excluded=asked.excluded,
        radius=question.radius, ask=question.ask, both=question.both,
    )  # fmt: skip


def _place_text(place: Found) -> str:
    return place.label.partition(" (")[0] if place.kind == "zip" else place.label


def _found(
    asked: Asked, place: Found, index: Index, answer: Answer, size: int, language: str, at: datetime
) -> Results:
    plain = _plain(asked)
    path = find_address(asked, language)
    page = asked.question.page
    pages = max(1, -(-answer.total // size))
    radius = asked.question.radius or settings.DAYBREAK_RADIUS_MILES
    has_point = place.point is not None
    return Results(
        state="found",
        total=answer.total,
        asked_total=answer.unstated_total,
        cards=tuple(
            card(asked, index, hit, language=language, at=at, position=(page - 1) * size + number)
            for number, hit in enumerate(answer.hits, 1)
        ),
        facets=_facets(asked, answer, language),
        chips=_chips(asked, plain, path, language),
        near=tuple(_near(asked, plain, place, miss, path, language) for miss in answer.near_misses),
        place_label=place.label,
        place_kind=place.kind,
        other_places=tuple(Choice(other, f"{path}?{plain.query(near=other)}") for other in place.others[:12]),
        not_understood=asked.not_understood,
        radius=radius if has_point else 0,
        radius_choices=RADII if has_point else (),
        page=page,
        pages=pages,
        previous_url=f"{path}?{asked.question.query(page=page - 1)}" if 1 < page <= pages else "",
        next_url=f"{path}?{asked.question.query(page=page + 1)}" if page < pages else "",
        map_url=f"{path}/map.svg?{asked.question.query(page=page)}" if answer.hits and has_point else "",
        data_query=urlencode(pairs_of(asked)) if answer.hits else "",
        feed_query=asked.question.query(),
        fields=_fields(asked, plain),
        helpline=helpline(place.state, language),
    )


def _fields(asked: Asked, plain: Question) -> dict[str, list[str]]:
    question = asked.question
    return {
        "near": [plain.near],
        "q": [question.text],
        "name": [plain.name] if plain.name else [],
        "need": list(question.needs),
        "code": [need for need in plain.needs if need not in needs()],
        "not": list(plain.excluded),
        "radius": [str(question.radius)] if question.radius else [],
        "ask": list(question.ask),
        "both": list(question.both),
    }


def _facets(asked: Asked, answer: Answer, language: str) -> tuple[Facet, ...]:
    chosen = set(asked.needs)
    counts: dict[str, int] = {}
    for members in answer.facets.values():
        counts |= members
    found = []
    for group in groups().values():
        options = tuple(
            Option(
                need,
                needs()[need].label(language),
                counts.get(need, 0),
                need in chosen,
            )
            for need in group.needs
            if counts.get(need, 0) or need in chosen
        )
        if options:
            ticked = any(option.on for option in options)
            found.append(
                Facet(
                    group.name,
                    group.es if language == "es" else group.en,
                    options,
                    ticked or group.name in OPEN_GROUPS,
                )
            )
    return tuple(found)


def _chips(asked: Asked, plain: Question, path: str, language: str) -> tuple[Chip, ...]:
    chips = [
        Chip(
            "need",
            label(need, language),
            f"{path}?{plain.query(needs=tuple(n for n in plain.needs if n != need))}",
            asked.said.get(need, ""),
        )
        for need in asked.needs
    ]
    chips += [
        Chip(
            "not",
            label(need, language),
            f"{path}?{plain.query(excluded=tuple(n for n in plain.excluded if n != need))}",
            asked.said.get(need, ""),
        )
        for need in asked.excluded
    ]
    if asked.name_words:
        chips.append(Chip("name", " ".join(asked.name_words), f"{path}?{plain.query(name='')}"))
    return tuple(chips)


def _near(
    asked: Asked, plain: Question, place: Found, miss: NearMiss, path: str, language: str
) -> NearMissLine:
    """One near miss as a line: what to change, in words of the reader, and the address that changes it."""
    if miss.kind == "condition":
        members = asked.query.conditions[miss.position].needs
        said = " / ".join(label(need, language) for need in members)
        if miss.change == "drop":
            changed = plain.query(needs=tuple(need for need in plain.needs if need not in members))
        else:
            changed = plain.query(ask=(*plain.ask, asked.keys[miss.position]))
        return NearMissLine(miss.kind, miss.change, said, miss.more, f"{path}?{changed}")
    if miss.kind == "excluded":
        need = asked.excluded[miss.position]
        changed = plain.query(excluded=tuple(other for other in plain.excluded if other != need))
        return NearMissLine(miss.kind, miss.change, label(need, language), miss.more, f"{path}?{changed}")
    if miss.kind == "name":
        return NearMissLine(miss.kind, miss.change, plain.name, miss.more, f"{path}?{plain.query(name='')}")
    if miss.change == "radius":
        radius = round(miss.radius_miles or 0)
        changed = plain.query(radius=radius)
        return NearMissLine(miss.kind, miss.change, place.label, miss.more, f"{path}?{changed}", radius)
    wider = STATES.get(place.state, "") if miss.change == "state" else "anywhere"
    changed = plain.query(near=wider, radius=None)
    return NearMissLine(miss.kind, miss.change, wider, miss.more, f"{path}?{changed}")


def _which_place(asked: Asked, choices: tuple[str, ...], state: str, language: str) -> Results:
    path = find_address(asked, language)
    return Results(
        state=state,
        place_label=asked.question.near or asked.place.text if not isinstance(asked.place, Found) else "",
        choices=tuple(Choice(choice, f"{path}?{asked.question.query(near=choice)}") for choice in choices),
        chips=_chips(asked, _plain(asked), path, language),
        fields=_fields(asked, _plain(asked)),
        helpline=helpline(settings.DAYBREAK_STATE, language),
    )
