"""Turns a search as a shell or a program puts it into the finder's question: "A,B" is A or B, repeated is and."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from daybreak.finder.query import MAX_RADIUS_MILES, Condition, Query
from daybreak.public.queries.asking import (
    Asked,
    by_alternatives,
    lexicon,
    name_said,
    people_told,
    place_said,
    said_together,
    wanted_words,
    where,
)
from daybreak.vocabulary import places
from daybreak.vocabulary.needs import alternative_of
from daybreak.vocabulary.needs import needs as known_needs
from daybreak.vocabulary.samhsa import codes as known_codes
from daybreak.vocabulary.states import STATES

ALL = "all"


class Refused(Exception):
    """A search that cannot be answered. ``kind`` is "value", "place" (nothing has this name) or "places" (several have
    it); ``choices`` are names that would do. ``got`` is for the person's own shell only: nothing else may repeat it."""

    def __init__(
        self,
        parameter: str,
        must: str,
        cure: str,
        *,
        got: str = "",
        kind: str = "value",
        choices: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"{parameter} must {must}. {cure}")
        self.parameter = parameter
        self.must = must
        self.cure = cure
        self.got = got
        self.kind = kind
        self.choices = choices


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it was put. ``needs`` are groups as written ("medicaid,free"): one of a group is enough, each group
    must be met. ``ask`` names sets of alternatives, needs or codes (or "all") for which a listing that does not say
    is welcome too. ``radius`` in miles, None = the site's own."""

    text: str = ""
    needs: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    name: str = ""
    near: str = ""
    county: str = ""
    state: str = ""
    radius: float | None = None
    ask: tuple[str, ...] = ()
    page: int = 1


@dataclass(frozen=True, slots=True)
class Requested:
    """A search as it was understood. ``said`` is need → the words it came from."""

    query: Query
    said: dict[str, str]
    place: places.Found


Choose = Callable[[places.Ask], str]


def requested(search: Search, *, at: datetime, choose: Choose | None = None) -> Requested:
    """What ``search`` asks of the finder at the moment ``at``; raises Refused.

    Of several places with one name the home state's is taken, the others stand in ``place.others``; ``choose`` may take another.
    """
    heard = lexicon().understand(search.text)
    wanted = wanted_words(heard)
    said = wanted | {found.need: found.said for found in heard.excluded}
    conditions = [tuple(_known("need", word) for word in _words("need", group)) for group in search.needs]
    conditions += [tuple(group) for group in by_alternatives(tuple(wanted), said_together(heard)).values()]
    ask = (*search.ask, *people_told(wanted))
    excluded = [_known("not", word) for group in search.excluded for word in _words("not", group)]
    excluded += [found.need for found in heard.excluded]
    for need in (*(need for group in conditions for need in group), *excluded):
        said.setdefault(need, need)
    place = _place(search, place_said(heard, settings.DAYBREAK_STATE), choose)
    names = tuple(search.name.split())
    if not names and not conditions and not excluded:
        names = name_said(search.text, heard, settings.DAYBREAK_STATE)
    query = Query(
        conditions=tuple(Condition(group, _admits(group, ask)) for group in conditions if group),
        excluded=tuple(dict.fromkeys(excluded)),
        place=where(place, _radius(search.radius)),
        name_words=names,
        now_minutes=int(at.timestamp() // 60),
        today_days=int(at.timestamp() // 86400),
    )
    return Requested(query, said, place)


def canonical(written: str) -> str:
    """A need or code as we write it, whatever its capitals: "bu" is BU, "Detox" is detox."""
    need = written.strip()
    return need.upper() if need.upper() in known_codes() and need not in known_needs() else need.lower()


def _words(parameter: str, group: str) -> list[str]:
    words = [word for word in group.split(",") if word.strip()]
    if not words:
        raise Refused(parameter, "name at least one need", "Take one, or leave it out.", got=group)
    return words


def _known(parameter: str, word: str) -> str:
    need = canonical(word)
    if need not in known_needs() and need not in known_codes():
        raise Refused(
            parameter,
            "be one of our names or a SAMHSA code",
            f"Names: {', '.join(known_needs())}.",
            got=need,
        )
    return need


def key_of(needs: tuple[str, ...]) -> str:
    """The name by which ``ask`` calls a condition: its set of alternatives, or the need itself; "" = it has none."""
    keys = {alternative_of().get(need, need) for need in needs}
    return keys.pop() if len(keys) == 1 else ""


def _admits(needs: tuple[str, ...], ask: tuple[str, ...]) -> bool:
    return ALL in ask or key_of(needs) in ask or any(need in ask for need in needs)


def _radius(given: float | None) -> float:
    radius = float(settings.DAYBREAK_RADIUS_MILES) if given is None else given
    if not (math.isfinite(radius) and 0 < radius <= MAX_RADIUS_MILES):
        raise Refused(
            "radius",
            f"be more than 0 and at most {MAX_RADIUS_MILES:g} miles",
            "Twenty-five is usual.",
            got=f"{radius:g}",
        )
    return radius


def _place(search: Search, heard: str, choose: Choose | None) -> places.Found:
    if search.near and (search.county or search.state):
        raise Refused("near", "stand alone", "Give near, or county and state, not both.")
    parameter = next(
        (
            name
            for name, value in (("near", search.near), ("county", search.county), ("state", search.state))
            if value
        ),
        "q",
    )
    wanted = search.near or search.state or heard or "anywhere"
    if search.county:
        county = search.county if "county" in search.county.casefold() else f"{search.county} County"
        wanted = f"{county}, {search.state}" if search.state else county
    found = places.resolve(wanted, home_state=settings.DAYBREAK_STATE)
    if isinstance(found, places.Ask):
        return _chosen(parameter, found, choose)
    if isinstance(found, places.Unknown):
        raise Refused(
            parameter, "be a ZIP in use, a town, a county, a state or latitude,longitude",
            f"Did you mean {' or '.join(found.nearest)}?" if found.nearest else "Look at its spelling.",
            got=found.text, kind="place", choices=found.nearest,
        )  # fmt: skip
    return found


def _chosen(parameter: str, asked: places.Ask, choose: Choose | None) -> places.Found:
    if choose is not None:
        choice = choose(asked)
    elif asked.choices[0].endswith(STATES[settings.DAYBREAK_STATE]):
        choice = asked.choices[0]
    else:
        choice = ""
    found = places.resolve(choice, home_state=settings.DAYBREAK_STATE) if choice else None
    if not isinstance(found, places.Found):
        raise Refused(
            parameter, "name one place; several have this name", "Add state.",
            got=asked.text, kind="places", choices=asked.choices,
        )  # fmt: skip
    return replace(found, others=tuple(other for other in asked.choices if other != choice))


def pairs_of(asked: Asked) -> list[tuple[str, str]]:
    """The parameters that ask here what a page's address asked there: the same conditions, the same place."""
    query = asked.query
    pairs = [("near", asked.question.near or _near(asked.place))]
    pairs += [("need", ",".join(condition.needs)) for condition in query.conditions]
    pairs += [("not", need) for need in query.excluded]
    pairs += [("name", " ".join(query.name_words))]
    pairs += [("radius", str(asked.question.radius or ""))]
    admitted = [
        key for key, condition in zip(asked.keys, query.conditions, strict=True) if condition.admit_unstated
    ]
    pairs += (
        [("ask", ALL)]
        if admitted and len(admitted) == len(asked.keys)
        else [("ask", key) for key in admitted]
    )
    return [(name, value) for name, value in pairs if value]


def _near(place: places.Found | places.Ask | places.Unknown) -> str:
    """A text that resolves to this place; "" for anywhere."""
    if not isinstance(place, places.Found) or place.kind == "anywhere":
        return ""
    return place.label.partition(" (")[0] if place.kind == "zip" else place.label
