"""Up to three places side by side, need by need: yes, no or not stated, and since when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from daybreak.directory.published import finder
from daybreak.finder.index import Index
from daybreak.public.queries.asking import Asked, understand
from daybreak.public.queries.calls import answer_of
from daybreak.public.queries.cards import label, stated_fact, text_of
from daybreak.public.queries.listing import listing
from daybreak.public.queries.question import Question
from daybreak.public.queries.shapes import ListingView, Stated
from daybreak.public.rules.shorthand import written_out
from daybreak.vocabulary.gazetteer import miles_between
from daybreak.vocabulary.needs import groups
from daybreak.vocabulary.shorthand import shorthand

MOST = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What one service of a place says; ``service`` is its name where the services of the place differ, else ""."""

    stated: Stated
    service: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One need across the places. ``differs``: the places do not all say the same."""

    need: str
    label: str
    cells: tuple[tuple[Said, ...], ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The needs of one group; the first part is what the caller asked for, with ``label`` ""."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole table. ``left_out`` are the places beyond three, ``gone`` counts ids that are no longer listed."""

    places: tuple[ListingView, ...]
    miles: tuple[float | None, ...]
    parts: tuple[Part, ...]
    rows: int
    differing: int
    left_out: tuple[str, ...]
    gone: int
    only_differences: bool
    all_query: str
    different_query: str
    back_query: str
    place_label: str = ""


def comparison(
    question: Question, kept: tuple[str, ...], *, only_differences: bool, language: str, at: datetime
) -> Comparison:
    """The places in ``kept``, the first three of them side by side; the needs of ``question`` stand on top."""
    text, _ = written_out(question.text, shorthand(language))
    asked = understand(replace(question, text=text, ask=("all",)), at=at)
    index = finder().index()
    found = [view for view in (listing(one, language=language, at=at) for one in kept) if view is not None]
    places = tuple(found[:MOST])
    services = [_services(index, place.id) for place in places]
    first = tuple(need for condition in asked.query.conditions for need in condition.needs) + asked.excluded
    parts = [Part("", tuple(_row(need, services, language) for need in first))] if first else []
    for group in groups().values():
        rows = tuple(
            _row(need, services, language)
            for need in group.needs
            if need not in first and any(need in service["facts"] for of in services for service in of)
        )
        parts += [Part(group.es if language == "es" else group.en, rows)] if rows else []
    every = [row for part in parts for row in part.rows]
    if only_differences:
        parts = [replace(part, rows=tuple(row for row in part.rows if row.differs)) for part in parts]
    pairs = question.query()
    ids = "&".join(f"place={one}" for one in kept)
    both = f"{pairs}&{ids}" if pairs and ids else pairs or ids
    return Comparison(
        places=places,
        miles=_miles(asked, places),
        parts=tuple(part for part in parts if part.rows),
        rows=len(every),
        differing=sum(row.differs for row in every),
        left_out=tuple(view.name for view in found[MOST:]),
        gone=len(kept) - len(found),
        only_differences=only_differences,
        all_query=both,
        different_query=f"{both}&rows=different",
        back_query=both,
    )


def _services(index: Index, listing_id: str) -> list[dict[str, Any]]:
    row = index.row_of(listing_id)
    return [] if row is None else list(text_of(index, row)["services"])


def _row(need: str, services: list[list[dict[str, Any]]], language: str) -> Row:
    cells = tuple(_cell(need, of, language) for of in services)
    answers = {frozenset(said.stated.answer for said in cell) for cell in cells}
    return Row(need, label(need, language), cells, len(answers) > 1)


def _cell(need: str, services: list[dict[str, Any]], language: str) -> tuple[Said, ...]:
    """One answer where the services that speak agree; else each of them with its name."""
    said = [
        (service["name"], stated_fact(service, need, language))
        for service in services
        if answer_of(service, need) != "ask"
    ]
    if not said:
        return (Said(Stated(need, label(need, language), "ask")),)
    if len({(fact.answer, fact.year) for _, fact in said}) == 1:
        return (Said(said[0][1]),)
    return tuple(Said(fact, name) for name, fact in said)


def _miles(asked: Asked, places: tuple[ListingView, ...]) -> tuple[float | None, ...]:
    """How far each place is from the place of the search, by the finder's own measure; None = no point or not known."""
    point = getattr(asked.place, "point", None)
    if point is None or not places:
        return (None,) * len(places)
    return tuple(_distance(point, place) for place in places)


def _distance(point: tuple[float, float], place: ListingView) -> float | None:
    if place.extra["latitude"] is None:
        return None
    return miles_between(*point, float(place.extra["latitude"]), float(place.extra["longitude"]))
