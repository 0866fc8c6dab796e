"""What to offer where nothing matches and no single change helps: the same needs, asked more widely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from daybreak.directory.published import finder
from daybreak.finder.search import search
from daybreak.public.queries.asking import understand
from daybreak.public.queries.question import Question
from daybreak.public.queries.results import find_address
from daybreak.public.queries.shapes import NearMissLine
from daybreak.vocabulary.places import Found
from daybreak.vocabulary.states import STATES

FAR_MILES = 100
MOST = 3


def wider(question: Question, *, language: str, at: datetime) -> tuple[NearMissLine, ...]:
    """Up to three wider searches that find something, the smallest step first.

    ``change``: "ask" (places that do not say), "radius", "state", or "state-ask" (both).
    """
    asked = understand(question, at=at)
    if not isinstance(asked.place, Found):
        return ()
    lines: list[NearMissLine] = []
    for change, tried, label in _steps(question, asked.place):
        total = search(finder().index(), understand(tried, at=at).query, page_size=1).total
        if total:
            url = f"{find_address(asked, language)}?{tried.query()}"
            lines.append(
                NearMissLine("wider", change, label, total, url, FAR_MILES if change == "radius" else 0)
            )
        if len(lines) == MOST:
            break
    return tuple(lines)


def _steps(question: Question, place: Found) -> Iterator[tuple[str, Question, str]]:
    first = replace(question, page=1)
    state = STATES.get(place.state, "")
    yield "ask", replace(first, ask=("all",)), ""
    if place.point is not None and (question.radius or 0) < FAR_MILES:
        yield "radius", replace(first, radius=FAR_MILES), ""
    if state and place.kind != "state":
        yield "state", replace(first, near=state, radius=None), state
        yield "state-ask", replace(first, near=state, radius=None, ask=("all",)), state
