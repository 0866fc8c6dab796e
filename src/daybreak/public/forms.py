"""Reads a search from an address: every value is checked here, once, and a wrong one is named with its cure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from daybreak.finder.query import MAX_CONDITIONS, MAX_RADIUS_MILES
from daybreak.public.queries.question import Question
from daybreak.public.rules import guide
from daybreak.vocabulary.needs import alternatives, needs
from daybreak.vocabulary.samhsa import codes

MOST_TEXT = 500
MOST_PAGE = 10_000


class BadQuestion(Exception):
    """A value that cannot be used. ``field`` is its name in the address; ``must`` is a key of the pages' sentences."""

    def __init__(self, field: str, must: str, got: str = "") -> None:
        super().__init__(f"{field} must be {must}; got {got[:40]!r}")
        self.field = field
        self.must = must
        self.got = got[:40]


class Values(Protocol):
    """What Django's QueryDict offers."""

    def get(self, key: str, /) -> str | None:
        """The last value of a name."""

    def getlist(self, key: str, /) -> list[str]:
        """All values of a name."""


def read_question(values: Values) -> Question:
    """The search that an address asks for; raises BadQuestion for the first value that cannot be used."""
    near = _line(values, "near") or _line(values, "county") or _line(values, "state")
    return Question(
        near=near,
        text=_line(values, "q"),
        name=_line(values, "name"),
        needs=_needs(values, "need"),
        excluded=_needs(values, "not"),
        radius=_number(values, "radius", int(MAX_RADIUS_MILES)),
        ask=_ask(values),
        page=_number(values, "page", MOST_PAGE) or 1,
    )


def _line(values: Values, field: str) -> str:
    text = values.get(field) or ""
    if "\x00" in text:
        raise BadQuestion(field, "plain-text", "")
    if len(text) > MOST_TEXT:
        raise BadQuestion(field, "shorter", "")
    return " ".join(text.split())


def _needs(values: Values, field: str) -> tuple[str, ...]:
    given = dict.fromkeys(value for value in values.getlist(field) if value)
    for value in given:
        if value not in needs() and value not in codes():
            raise BadQuestion(field, "known-need", value)
    if len(given) > MAX_CONDITIONS:
        raise BadQuestion(field, "fewer", str(len(given)))
    return tuple(given)


def _number(values: Values, field: str, most: int) -> int | None:
    text = (values.get(field) or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and 1 <= int(text) <= most):
        raise BadQuestion(field, "number", text)
    return int(text)


def _ask(values: Values) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(value for value in values.getlist("ask") if value))
    for value in given:
        if value not in {"all", "1"} and value not in alternatives() and value not in codes():
            raise BadQuestion("ask", "known-need", value)
    return ("all",) if "1" in given or "all" in given else given


@dataclass(frozen=True, slots=True)
class Answers:
    """The guided path so far: the question that comes now (1 is the first, 8 = all are done) and what was answered."""

    step: int
    chosen: dict[str, tuple[str, ...]]
    near: str

    @property
    def name(self) -> str:
        """The name of the question that comes now; "" = all are done."""
        return "" if self.done else guide.STEPS[self.step - 1]

    @property
    def done(self) -> bool:
        """Whether every question was answered or skipped."""
        return self.step > len(guide.STEPS)

    def kept(self, *, without_own: bool = True) -> list[tuple[str, str]]:
        """The answers as name and value; ``without_own`` leaves out those of the question that comes now."""
        own = guide.fields_of(self.name) if without_own else ()
        pairs = [
            (field, value) for field, found in self.chosen.items() if field not in own for value in found
        ]
        return pairs + ([("near", self.near)] if self.near and "near" not in own else [])

    def address(self, step: int, *, without_own: bool = False) -> str:
        """The address after the "?" of another question, with the answers in it."""
        return urlencode([*self.kept(without_own=without_own), ("step", str(step))])

    def question(self) -> Question:
        """The search that the answers make. A place that does not say is welcome: its card shows what to ask."""
        found = guide.needs_of(self.chosen)
        return Question(near=self.near, needs=found, ask=("all",) if found else ())


def read_answers(values: Values) -> Answers:
    """The answers that an address carries; raises BadQuestion for the first value that cannot be used."""
    text = (values.get("step") or "1").strip()
    last = len(guide.STEPS) + 1
    if not (text.isascii() and text.isdecimal() and len(text) < 3 and 1 <= int(text) <= last):
        raise BadQuestion("step", "step", text)
    chosen = {}
    for field, known in guide.ANSWERS.items():
        given = tuple(dict.fromkeys(value for value in values.getlist(field) if value))
        if any(value not in known for value in given):
            raise BadQuestion(field, "known-answer")
        if given:
            chosen[field] = given if field in guide.SEVERAL else given[-1:]
    return Answers(int(text), chosen, _line(values, "near"))
