"""Dates and times of somebody's file, in the formats and the time zone that the mapping states; nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from daybreak.intake.rules.problems import Refused
from daybreak.vocabulary.precision import start_of

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS = {
    "Y": r"(?P<Y>\d{4})", "y": r"(?P<y>\d{2})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})",
    "b": r"(?P<b>[A-Za-z]{3})[a-z]*\.?", "H": r"(?P<H>\d{1,2})", "I": r"(?P<I>\d{1,2})", "M": r"(?P<M>\d{2})",
    "S": r"(?P<S>\d{2})", "f": r"(?P<f>\d{1,9})", "p": r"(?P<p>[AaPp])\.?[Mm]\.?",
    "z": r"(?P<z>Z|[+-]\d{2}:?(?:\d{2})?)",
}  # fmt: skip
MIDNIGHT = time(0, 0)
_WITHIN_A_DAY = {"minute", "hour", "day"}
_PERIODS = (
    (re.compile(r"(?P<y>\d{4})[\s_-]*Q(?P<q>[1-4])", re.IGNORECASE), "quarter"),
    (re.compile(r"Q(?P<q>[1-4])[\s_-]*(?P<y>\d{4})", re.IGNORECASE), "quarter"),
    (re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})"), "month"),
    (re.compile(r"(?P<m>\d{1,2})[-/](?P<y>\d{4})"), "month"),
    (re.compile(r"(?P<b>[A-Za-z]{3})[a-z]*\.?[\s-]+(?P<y>\d{4})"), "month"),
    (re.compile(r"(?P<y>\d{4})[-\s]?W(?P<w>\d{1,2})"), "week"),
    (re.compile(r"(?P<y>\d{4})"), "year"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wall:
    """What a clock on the wall and the calendar beside it said. ``clock`` None = a day or longer.

    ``precision`` is a word of vocabulary.precision.TIMES; ``offset`` minutes from UTC where the file states them.
    """

    day: date
    clock: time | None
    precision: str
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class ClockRules:
    """Time zone of a file, and what becomes of local times that a change of the clock made twofold or left out.

    ``twice`` is refuse, first or second; ``skipped`` refuse or later. Moments outside ``earliest`` … ``latest`` (None = not
    checked) are refused: a birth date in the wrong column is the usual reason.
    """

    zone: str
    twice: str = "refuse"
    skipped: str = "refuse"
    earliest: date = date(1990, 1, 1)
    latest: datetime | None = None


@cache
def pattern_of(form: str) -> re.Pattern[str]:
    """The pattern of a date format such as "%m/%d/%Y %H:%M"; raises ValueError on a letter that is not known."""
    pieces: list[str] = []
    at = 0
    seen: set[str] = set()
    while at < len(form):
        if form[at] == "%":
            letter = "b" if form[at + 1 : at + 2] == "B" else form[at + 1 : at + 2]
            if letter not in _PARTS or letter in seen:
                raise ValueError(
                    f"A date format must be made of %Y %y %m %d %b %H %I %M %S %f %p %z, each once; got {form[:40]!r}."
                )
            seen.add(letter)
            pieces.append(_PARTS[letter])
            at += 2
        elif form[at].isspace():
            pieces.append(
                r"\s*" if form[at + 1 : at + 2] == "%" and form[at + 2 : at + 3] in {"p", "z"} else r"\s+"
            )
            at += 1
        else:
            pieces.append(re.escape(form[at]))
            at += 1
    if form == "%H%M":  # military time whose first zero a spreadsheet dropped: 905
        return re.compile(r"(?P<H>\d{1,2}?)(?P<M>\d{2})")
    return re.compile("".join(pieces))


def has_day(form: str) -> bool:
    """Whether the format names a whole day."""
    return (
        any(f"%{letter}" in form for letter in "Yy")
        and "%d" in form
        and re.search("%[mbB]", form) is not None
    )


def wall(text: str, forms: tuple[str, ...], pivot: int | None = None, midnight: str = "time") -> Wall:
    """A date, with or without a time, in the first of the formats that fits.

    ``pivot``: two-digit years up to it are 20yy, greater ones 19yy. ``midnight`` "day": 00:00 means that only the day is known
    (and no offset moves it). Raises Refused.
    """
    for form in forms:
        found = pattern_of(form).fullmatch(text)
        if found is not None:
            return _wall(found.groupdict(), pivot, midnight)
    raise Refused(
        f"must be a date written as {_shown(forms)}", "Correct the cell, or add its format to the mapping."
    )


def clock(text: str, forms: tuple[str, ...]) -> tuple[time, str]:
    """A time of day and its precision (minute or hour), in the first of the formats that fits; raises Refused."""
    for form in forms:
        found = pattern_of(form).fullmatch(text)
        if found is not None:
            parts = found.groupdict()
            return _clock(parts), "minute" if parts.get("M") else "hour"
    raise Refused(
        f"must be a time written as {_shown(forms)}", "Correct the cell, or add its format to the mapping."
    )


def _wall(parts: dict[str, str], pivot: int | None, midnight: str) -> Wall:
    if parts.get("y"):
        if pivot is None:
            raise Refused(
                "must have a year of four digits, because the mapping states no pivot",
                "State the pivot in the mapping.",
            )
        short = int(parts["y"])
        year = short + (2000 if short <= pivot else 1900)
    else:
        year = int(parts["Y"])
    month = _month(parts["b"]) if parts.get("b") else int(parts["m"])
    try:
        day = date(year, month, int(parts["d"]))
    except ValueError:
        raise Refused("must be a day of the calendar") from None
    if not (parts.get("H") or parts.get("I")):
        return Wall(day, None, "day")
    at = _clock(parts)
    if midnight == "day" and at == time(0, 0):
        return Wall(day, None, "day")
    return Wall(day, at, "minute" if parts.get("M") else "hour", _offset(parts.get("z")))


def _clock(parts: dict[str, str]) -> time:
    hour = int(parts.get("H") or parts.get("I") or 0)
    half = parts.get("p")
    if half or parts.get("I"):
        if not half or not 1 <= hour <= 12:
            raise Refused("must be an hour from 1 to 12 with AM or PM")
        hour = hour % 12 + (12 if half in "Pp" else 0)
    try:
        return time(hour, int(parts.get("M") or 0), int(parts.get("S") or 0))
    except ValueError:
        raise Refused("must be a time of day from 00:00 to 23:59") from None


def _offset(text: str | None) -> int | None:
    if not text:
        return None
    if text == "Z":
        return 0
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        raise Refused("must have an offset from UTC of at most 14 hours")
    return (-1 if text[0] == "-" else 1) * (hours * 60 + minutes)


def _month(name: str) -> int:
    folded = name[:3].casefold()
    if folded not in _MONTHS:
        raise Refused("must name a month in English, as Jul or July")
    return _MONTHS.index(folded) + 1


def month_number(text: str) -> int:
    """1 to 12 from "7", "07", "Jul" or "July"; raises Refused."""
    number = int(text) if text.isascii() and text.isdigit() else _month(text)
    if not 1 <= number <= 12:
        raise Refused("must be a month, 1 to 12 or its name")
    return number


def quarter_number(text: str) -> int:
    """1 to 4 from "Q3", "3" or "3rd"; raises Refused."""
    digits = text.strip("Qq ")[:1]
    if digits not in {"1", "2", "3", "4"} or len(text) > 12:
        raise Refused("must be a quarter, Q1 to Q4")
    return int(digits)


def year_number(text: str) -> int:
    """A year of four digits; raises Refused."""
    plain = text.removesuffix(".0")
    if not (plain.isascii() and plain.isdigit() and len(plain) == 4):
        raise Refused("must be a year of four digits")
    return int(plain)


def period(text: str) -> Wall:
    """A quarter, month, ISO week or year in one cell ("2016 Q3", "2016-07", "Jul 2016", "2016-W27", "2016"); raises Refused."""
    for pattern, precision in _PERIODS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        year = int(parts["y"])
        try:
            if precision == "week":
                return Wall(date.fromisocalendar(year, int(parts["w"]), 1), None, "week")
            month = 1
            if precision == "quarter":
                month = 3 * int(parts["q"]) - 2
            elif precision == "month":
                month = _month(parts["b"]) if parts.get("b") else int(parts["m"])
            return Wall(date(year, month, 1), None, precision)
        except ValueError:
            break
    raise Refused("must be a period such as 2016 Q3, 2016-07, Jul 2016 or 2016")


class Calendar:
    """Turns wall clocks of one zone into aware UTC, remembering for each day how far it is from UTC."""

    def __init__(self, rules: ClockRules) -> None:
        self._rules = rules
        self._zone = ZoneInfo(rules.zone)
        # Day → its distance from UTC, None where the clock changes on it.
        self._offsets: dict[date, timedelta | None] = {}

    def moment(self, said: Wall) -> datetime:
        """The moment in UTC; a day or longer begins at local midnight (or the first minute that there is). Raises Refused."""
        day = said.day
        if said.precision not in _WITHIN_A_DAY:
            day = start_of(day, said.precision)
        if day not in self._offsets:
            self._offsets[day] = self._offset_of(day)
        offset = self._offsets[day]
        at = said.clock or MIDNIGHT
        if said.offset is not None and said.clock is not None:
            found = datetime.combine(day, at, UTC) - timedelta(minutes=said.offset)
        elif offset is not None:
            found = datetime.combine(day, at, UTC) - offset
        else:
            found = self._on_a_change(datetime.combine(day, at), said.clock is None)
        latest = self._rules.latest
        if latest is not None and found > latest:
            raise Refused(
                "must not lie in the future",
                "Correct the date; look at its year and at the order of day and month.",
            )
        return found

    def _offset_of(self, day: date) -> timedelta | None:
        if day < self._rules.earliest:
            raise Refused(
                f"must be {self._rules.earliest.isoformat()} or later",
                "Correct the date, or set an earlier day in the mapping (earliest).",
            )
        if day >= date(9999, 12, 31):
            raise Refused("must be a day before the year 9999")
        first, last = (datetime.combine(one, MIDNIGHT, self._zone) for one in (day, day + timedelta(days=1)))
        return first.utcoffset() if first.utcoffset() == last.utcoffset() else None

    def _on_a_change(self, naive: datetime, whole_day: bool) -> datetime:
        first, second = (naive.replace(tzinfo=self._zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if first == second or whole_day:
            return first
        if first < second:  # clocks went back: the hour was there twice
            if self._rules.twice == "refuse":
                raise Refused(
                    "must say which, since clocks went back and this hour was there twice",
                    'Give the offset from UTC with the time, or set "twice" to first or second in the mapping.',
                )
            return first if self._rules.twice == "first" else second
        if self._rules.skipped == "refuse":
            raise Refused(
                "must be a time that there was, and clocks went forward over this hour",
                'Correct the time, or set "skipped" to later in the mapping.',
            )
        return first  # by a clock that nobody had put forward: 02:30 is 03:30


def _shown(forms: tuple[str, ...]) -> str:
    words = {"%Y": "YYYY", "%y": "YY", "%m": "MM", "%d": "DD", "%b": "Mon", "%B": "Month", "%H": "HH", "%I": "HH", "%M": "MM",
             "%S": "SS", "%f": "fff", "%p": "AM", "%z": "+HH:MM"}  # fmt: skip
    shown = []
    for form in forms:
        for code, word in words.items():
            form = form.replace(code, word)
        shown.append(form)
    return " or ".join(shown)
