"""Reads a search from an address: every value is checked here, once, and a wrong one is named with its cure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from daybreak.finder.query import MAX_CONDITIONS, MAX_RADIUS_MILES
from daybreak.public.queries.meetings import WAYS, MeetingQuestion
from daybreak.public.queries.question import Question
from daybreak.public.queries.requested import Refused, Search
from daybreak.public.rules import guide
from daybreak.public.speech import LANGUAGES
from daybreak.vocabulary.meetings import meeting_types
from daybreak.vocabulary.needs import alternatives, needs
from daybreak.vocabulary.samhsa import codes

MOST_TEXT = 500
MOST_PAGE = 10_000
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
        both=_needs(values, "both"),
        page=_number(values, "page", MOST_PAGE) or 1,
    )


def read_kept(values: Values) -> tuple[str, ...]:
    """The ids of the places that a counsellor keeps to compare; raises BadQuestion for one that is no id."""
    given = tuple(dict.fromkeys(value for value in values.getlist("place") if value))
    for value in given:
        if not _ID.fullmatch(value):
            raise BadQuestion("place", "listing-id")
    if len(given) > MAX_CONDITIONS:
        raise BadQuestion("place", "fewer-places")
    return given


def read_page(values: Values) -> int:
    """The page that an address asks for, 1 where it names none; raises BadQuestion."""
    return _number(values, "page", MOST_PAGE) or 1


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
        known = value in alternatives() or value in needs() or value in codes()
        if value not in {"all", "1"} and not known:
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


SCHEMES = ("auto", "light", "dark")
HEIGHTS = (320, 560, 1200)


@dataclass(frozen=True, slots=True)
class Frame:
    """How a finder inside another page looks: its language ("" = the page's own), colours and height in pixels."""

    language: str
    scheme: str
    height: int


def read_frame(values: Values) -> Frame:
    """How the frame looks; raises BadQuestion for the first value that cannot be used. HEIGHTS: least, usual, most."""
    language = values.get("language") or ""
    scheme = values.get("scheme") or "auto"
    least, usual, most = HEIGHTS
    try:
        height = _number(values, "height", most) or usual
    except BadQuestion:
        height = 0
    if language not in {"", *LANGUAGES}:
        raise BadQuestion("language", "known-choice")
    if scheme not in SCHEMES:
        raise BadQuestion("scheme", "known-choice")
    if height < least:
        raise BadQuestion("height", "height")
    return Frame(language, scheme, height)


# What /api/find takes, and how often: once, or as often as there are conditions.
ONCE = ("q", "near", "name", "county", "state", "radius", "page")
OFTEN = ("need", "not", "ask")
_DECIMAL = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?", re.ASCII)


def read_search(given: Mapping[str, list[str]], *, paged: bool = True) -> Search:
    """The search that a program asks for; raises Refused for the first value that cannot be used."""
    names = tuple(name for name in (*ONCE, *OFTEN) if paged or name != "page")
    for name, values in given.items():
        if name not in names:
            raise Refused("", f"be one of {', '.join(names)}", "Leave out what has another name.")
        if name in ONCE and len(values) > 1:
            raise Refused(name, "be given once", "Leave out all but one.")
        if any("\x00" in value for value in values):
            raise Refused(name, "be plain text", "Leave out what is no text.")
        if any(len(value) > MOST_TEXT for value in values):
            raise Refused(name, f"have at most {MOST_TEXT} characters", "Use fewer words.")
        if len(values) > MAX_CONDITIONS:
            raise Refused(name, f"be given at most {MAX_CONDITIONS} times", "Leave some out.")
    text = {name: " ".join(given.get(name, [""])[0].split()) for name in ONCE}
    return Search(
        text=text["q"],
        needs=tuple(given.get("need", ())),
        excluded=tuple(given.get("not", ())),
        name=text["name"],
        near=text["near"],
        county=text["county"],
        state=text["state"],
        radius=_miles(given["radius"][0]) if "radius" in given else None,
        ask=_welcome(given.get("ask", ())),
        page=_page(given["page"][0]) if "page" in given else 1,
    )


def _miles(text: str) -> float:
    miles = float(text) if _DECIMAL.fullmatch(text) else math.nan
    if not (math.isfinite(miles) and 0 < miles <= MAX_RADIUS_MILES):
        raise Refused(
            "radius",
            f"be a number of miles above 0 and at most {MAX_RADIUS_MILES:g}",
            "Twenty-five is usual.",
        )
    return miles


def _page(text: str) -> int:
    page = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    if not 1 <= page <= MOST_PAGE:
        raise Refused("page", f"be a whole number from 1 to {MOST_PAGE:,}", "The first page is 1.")
    return page


def _welcome(values: Iterable[str]) -> tuple[str, ...]:
    known = {"1", "all", *alternatives(), *needs(), *codes()}
    if any(value not in known for value in values):
        raise Refused("ask", "be all, a set of alternatives, a need or a code", "ask=all is usual.")
    return tuple("all" if value == "1" else value for value in values)


def read_meetings(values: Values) -> MeetingQuestion:
    """The recovery meetings that an address asks for; raises BadQuestion for the first value that cannot be used."""
    way = (values.get("way") or "").strip()
    day = (values.get("day") or "").strip()
    types = tuple(dict.fromkeys(code for code in values.getlist("type") if code))
    if way and way not in WAYS:
        raise BadQuestion("way", "known-answer")
    if day and (len(day) > 1 or day not in "0123456"):
        raise BadQuestion("day", "known-answer")
    if any(code not in meeting_types() for code in types):
        raise BadQuestion("type", "known-answer")
    if len(types) > MAX_CONDITIONS:
        raise BadQuestion("type", "fewer")
    return MeetingQuestion(
        near=_line(values, "near"), day=int(day) if day else None, way=way, types=types,
        radius=_number(values, "radius", int(MAX_RADIUS_MILES)),
    )  # fmt: skip
