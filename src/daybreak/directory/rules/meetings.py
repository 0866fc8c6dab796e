"""Reads one meeting of a Meeting Guide feed: when, where or over which line, and what must not be kept of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from daybreak.vocabulary import gazetteer
from daybreak.vocabulary.states import STATES

DAYS = 7
# A person's name, line or purse. A group's website and the line of the meeting itself are not.
PERSONAL = re.compile(
    r"contact_.*|email|phone|feedback_emails?|mailing_address|venmo|square|paypal|author|.*_email"
)
_LONGEST = {
    "name": 300,
    "place_name": 300,
    "street": 300,
    "city": 150,
    "online_url": 1000,
    "online_phone": 80,
    "url": 500,
}
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?")
_WEB = re.compile(r"https?://[\w.-]+(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
_STATE_ZIP = re.compile(r"\b([A-Z]{2})\b(?:\s+(\d{5})(?:-\d{4})?)?")
_USED = frozenset({
    "slug", "id", "name", "day", "time", "end_time", "timezone", "types", "location", "formatted_address", "address", "city",
    "state", "postal_code", "country", "latitude", "longitude", "conference_url", "conference_phone", "conference_url_notes",
    "conference_phone_notes", "notes", "location_notes", "url", "updated", "attendance_option", "approximate",
})  # fmt: skip


class NoMeeting(Exception):
    """This entry of the feed cannot be shown as a meeting; the text says why, and never what a person wrote."""


@dataclass(slots=True)
class Drafted:
    """One weekly meeting, ready for the table: ``columns`` by the names of the table's columns. ``dropped``: fields not kept."""

    key: str
    columns: dict[str, Any]
    dropped: tuple[str, ...] = field(default=())


def meetings_of(value: Any) -> Iterator[Drafted]:
    """One draft for each day of the week on which the entry says that it meets; raises NoMeeting."""
    if not isinstance(value, Mapping):
        raise NoMeeting("must be an object with name, slug, day and time")
    slug = _text(value, "slug") or _text(value, "id")
    if not slug:
        raise NoMeeting("slug must be given: it names the meeting when the feed is read again")
    if len(slug) > 190:
        raise NoMeeting("slug must have at most 190 letters")
    columns, days = _columns(value), _days(value.get("day"))
    dropped = tuple(sorted(name for name in value if PERSONAL.fullmatch(name.casefold()) and value[name]))
    for day in days:
        key = slug if len(days) == 1 else f"{slug}#{day}"
        yield Drafted(key, columns | {"day": day}, dropped)


def _columns(value: Mapping[str, Any]) -> dict[str, Any]:
    name = _text(value, "name")
    if not name:
        raise NoMeeting("name must be given")
    street, city, state, zip_code = _address(value)
    point = _point(value)
    in_person, online = _ways(value, street)
    area = gazetteer.zip_area(zip_code) if zip_code else None
    county = (gazetteer.county_of_point(*point) if point else "") or (area.county if area else "") or ""
    notes = [_text(value, part) for part in ("notes", "location_notes")]
    online_notes = [_text(value, part) for part in ("conference_url_notes", "conference_phone_notes")]
    columns: dict[str, Any] = {
        "name": name, "opens_at": _time(value, "time"), "ends_at": _time(value, "end_time"),
        "time_zone": _zone(value), "types": _types(value.get("types")), "in_person": in_person, "online": online,
        "place_name": _text(value, "location"), "street": street, "city": city, "state": state, "zip": zip_code,
        "county": county, "latitude": point[0] if point else None, "longitude": point[1] if point else None,
        "online_url": _address_of_page(value, "conference_url"), "online_phone": _text(value, "conference_phone"),
        "online_notes": "\n".join(filter(None, online_notes)), "notes": "\n".join(filter(None, notes)),
        "url": _address_of_page(value, "url"), "updated": _moment(_text(value, "updated")), "kept": _rest(value),
    }  # fmt: skip
    for column, longest in _LONGEST.items():
        if len(columns[column]) > longest:
            raise NoMeeting(f"{column.replace('_', ' ')} must have at most {longest} letters")
    return columns


def _rest(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """What no column holds, without what belongs to persons."""
    rest = {
        name: part
        for name, part in value.items()
        if name not in _USED and not PERSONAL.fullmatch(name.casefold()) and part
    }
    return rest or None


def _text(value: Mapping[str, Any], name: str) -> str:
    part = value.get(name)
    if part is None or isinstance(part, (dict, list, bool)):
        return ""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(part)).split())


def _days(given: Any) -> list[int | None]:
    if given is None or given == "" or given == []:
        return [None]
    listed = given if isinstance(given, list) else [given]
    days: dict[int | None, None] = {}
    for one in listed:
        try:
            number = int(str(one))
        except ValueError:
            raise NoMeeting("day must be 0 (Sunday) to 6 (Saturday), or a list of these") from None
        if not 0 <= number < DAYS:
            raise NoMeeting("day must be 0 (Sunday) to 6 (Saturday), or a list of these")
        days[number] = None
    return list(days)


def _time(value: Mapping[str, Any], name: str) -> time | None:
    text = _text(value, name)
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if not found:
        raise NoMeeting(f"{name} must be a time such as 19:30")
    return time(int(found[1]), int(found[2]))


def _zone(value: Mapping[str, Any]) -> str:
    name = _text(value, "timezone")
    try:
        return ZoneInfo(name).key if name else ""
    except (ValueError, OSError, KeyError):  # no such zone; an odd name can look like a path
        return ""


def _types(given: Any) -> list[str]:
    if not isinstance(given, list):
        return []
    return sorted({code.strip().upper()[:20] for code in given if isinstance(code, str) and code.strip()})


def _address(value: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Street, town, state, ZIP: from their own fields, else from the address in one line."""
    street, city = _text(value, "address"), _text(value, "city")
    state, zip_code = _text(value, "state").upper(), _text(value, "postal_code")[:5]
    parts = [part.strip() for part in _text(value, "formatted_address").split(",") if part.strip()]
    if parts and parts[-1].casefold() in {"usa", "us", "united states"}:
        parts.pop()
    if parts and (found := _STATE_ZIP.fullmatch(parts[-1])) and found[1] in STATES:
        state, zip_code = state or found[1], zip_code or found[2] or ""
        parts.pop()
        city = city or (parts.pop() if parts else "")
        street = street or ", ".join(parts)
    if not re.fullmatch(r"\d{5}", zip_code):
        zip_code = ""
    return street, city, state if state in STATES else "", zip_code


def _point(value: Mapping[str, Any]) -> tuple[float, float] | None:
    try:
        latitude, longitude = float(_text(value, "latitude")), float(_text(value, "longitude"))
    except ValueError:
        return None
    on_the_globe = (
        math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    )
    return (latitude, longitude) if on_the_globe and (latitude or longitude) else None


def _ways(value: Mapping[str, Any], street: str) -> tuple[bool, bool]:
    """(in person, online): as the feed says, else by what it gives: a street that is open, a line to join."""
    option = _text(value, "attendance_option").casefold()
    if option == "inactive":
        raise NoMeeting("the feed says that it is not held at present (attendance_option inactive)")
    known = {"in_person": (True, False), "online": (False, True), "hybrid": (True, True)}
    if option in known:
        return known[option]
    types = _types(value.get("types"))
    line = bool(_text(value, "conference_url") or _text(value, "conference_phone") or "ONL" in types)
    about = _text(value, "approximate").casefold() in {"yes", "true", "1"} or value.get("approximate") is True
    place = bool(street) and "TC" not in types and not about
    if not (place or line):
        raise NoMeeting(
            "must say where it meets (address) or how to join it (conference_url, conference_phone)"
        )
    return place, line


def _address_of_page(value: Mapping[str, Any], name: str) -> str:
    """A web address, or nothing: a link of any other kind is never shown."""
    text = _text(value, name)
    return text if _WEB.match(text) else ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
