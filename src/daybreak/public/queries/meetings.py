"""Recovery meetings as the page shows them: by day from today on, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_time, get_day_names
from django.conf import settings

from daybreak.directory.models import Meeting
from daybreak.directory.queries.meetings import MetHere, meetings_found, meetings_known
from daybreak.public import speech
from daybreak.vocabulary import places
from daybreak.vocabulary.meetings import meeting_types

WAYS = ("in-person", "online")
# Babel counts weekdays from Monday; Meeting Guide counts from Sunday.
_SUNDAY_IN_BABEL = 6
MOST_TYPES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class MeetingQuestion:
    """What the address asks for. ``day`` is 0 for Sunday to 6, None = the whole week from today on."""

    near: str = ""
    day: int | None = None
    way: str = ""
    types: tuple[str, ...] = ()
    radius: int | None = None

    def query(self) -> str:
        """The same question as an address, behind the "?"."""
        pairs = [("near", self.near), ("day", "" if self.day is None else str(self.day)), ("way", self.way)]
        pairs += [("type", code) for code in self.types] + [("radius", str(self.radius or ""))]
        return urlencode([pair for pair in pairs if pair[1]])


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One meeting as a line; ``told`` is the day on which its feed last said so."""

    name: str
    begins: str
    ends: str
    place: str
    miles: float | None
    about: bool
    in_person: bool
    online: bool
    types: tuple[str, ...]
    notes: str
    online_notes: str
    join_url: str
    join_phone: str
    url: str
    feed: str
    told: date


@dataclass(frozen=True, slots=True)
class MeetingDay:
    """The meetings of one weekday; ``name`` "" = by appointment, at no fixed day."""

    name: str
    today: bool
    lines: tuple[MeetingLine, ...]


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """Everything that the page shows. ``feeds`` is empty where no feed was ever loaded here."""

    question: MeetingQuestion
    state: str
    place: str
    choices: tuple[tuple[str, str], ...]
    days: tuple[MeetingDay, ...]
    total: int
    cut: bool
    radius: int
    feeds: tuple[tuple[str, date], ...]
    day_names: tuple[tuple[int, str], ...]
    type_names: tuple[tuple[str, str], ...]


def meeting_page(question: MeetingQuestion, *, language: str, at: datetime) -> MeetingPage:
    """The meetings that ``question`` asks for, as of the moment ``at``."""
    names = _day_names(language)
    today = (at.astimezone(ZoneInfo(settings.DAYBREAK_TIME_ZONE)).weekday() + 1) % 7
    radius = question.radius or settings.DAYBREAK_RADIUS_MILES
    home = settings.DAYBREAK_STATE
    found = places.resolve(question.near or home, home_state=home)
    page = MeetingPage(
        question, "found", "", (), (), 0, False, radius, tuple(sorted(meetings_known().items())),
        tuple(sorted(names.items(), key=lambda day: (day[0] - today) % 7)),
        tuple(sorted(((code, t.label(language)) for code, t in meeting_types().items()), key=lambda pair: pair[1].casefold())),
    )  # fmt: skip
    if not isinstance(found, places.Found):
        offered = found.choices if isinstance(found, places.Ask) else found.nearest
        path = f"{speech.PREFIX[language]}/meetings?"
        choices = tuple((name, path + replace(question, near=name).query()) for name in offered)
        return replace(
            page, state="ask-place" if isinstance(found, places.Ask) else "no-place", choices=choices
        )
    met = meetings_found(
        place=found, miles=radius, first_day=today, day=question.day, way=question.way, types=question.types
    )
    days: dict[int | None, list[MeetingLine]] = {}
    label = _labels(language)
    for each in met.met:
        days.setdefault(each.meeting.day, []).append(_line(each, language, label))
    drawn = tuple(
        MeetingDay("" if day is None else names[day], day == today, tuple(lines))
        for day, lines in days.items()
    )
    return replace(page, place=found.label, days=drawn, total=len(met.met), cut=met.cut)


def _labels(language: str) -> Callable[[str], str]:
    known = meeting_types()
    return lambda code: known[code].label(language) if code in known else code


def _line(met: MetHere, language: str, label: Callable[[str], str]) -> MeetingLine:
    meeting = met.meeting
    shown = [code for code in meeting.types if code not in {"ONL", "TC"}]
    updated = meeting.updated.date() if meeting.updated else None
    return MeetingLine(
        meeting.name, _clock(meeting.opens_at, language), _clock(meeting.ends_at, language), _place(meeting), met.miles,
        met.about, meeting.in_person, meeting.online, tuple(map(label, shown[:MOST_TYPES_SHOWN])),
        meeting.notes, meeting.online_notes, meeting.online_url, meeting.online_phone, meeting.url, meeting.source.title,
        updated or meeting.source.as_of,
    )  # fmt: skip


def _place(meeting: Meeting) -> str:
    town = " ".join(filter(None, (meeting.state, meeting.zip)))
    return ", ".join(filter(None, (meeting.place_name, meeting.street, meeting.city, town)))


def _clock(moment: time | None, language: str) -> str:
    if moment is None:
        return ""
    return format_time(moment, "short", locale="es_US" if language == "es" else "en_US").replace(
        "\u202f", " "
    )


def _day_names(language: str) -> dict[int, str]:
    """0 = Sunday … 6 = Saturday, with a capital."""
    said = get_day_names("wide", locale="es_US" if language == "es" else "en_US", context="stand-alone")
    return {(number - _SUNDAY_IN_BABEL) % 7: name[:1].upper() + name[1:] for number, name in said.items()}
