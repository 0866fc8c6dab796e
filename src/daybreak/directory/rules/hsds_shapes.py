"""How our values stand in HSDS 3.0: property order, what nobody confirmed, what HSDS has no property for (``x_daybreak``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import jsonschema_rs

from daybreak.vocabulary import hsds

OURS = "x_daybreak"
CONFIRMED_FOR = timedelta(days=365)
# In ``kept``: property → [what our column says of it, what the publisher wrote]. Where our column still says that (nobody has
# changed it since), the publisher's own words go out: "09:00" for 09:00:00, "+1 606-555-0100" for 6065550100.
AS_IT_CAME = "as_it_came"
_URI = jsonschema_rs.Draft202012Validator({"type": "string", "format": "uri"}, validate_formats=True)
Shape = dict[str, Any]


@lru_cache(maxsize=16384)
def is_uri(text: str) -> bool:
    """Whether a text is a URI as the schemas ask for: with a scheme, without blanks."""
    return _URI.is_valid(text) and not text.endswith(":")


def stated(entity: str, own: Mapping[str, Any], kept: Mapping[str, Any] | None) -> Shape:
    """Leave out what has no value and join what was kept of the publisher's own words, in the order of the schema.

    ``own`` stands in that order already. Of one property, our own value goes before a kept one; lists are joined.
    """
    held = {name: value for name, value in own.items() if value is not None and value != [] and value != {}}
    if not kept:
        return held
    for name, value in kept.items():
        mine = held.get(name)
        if name == AS_IT_CAME:
            continue
        if mine is None:
            held[name] = value
        elif isinstance(mine, list) and isinstance(value, list):
            held[name] = joined(mine, value)
        elif isinstance(mine, dict) and isinstance(value, dict):
            held[name] = _both(mine, value)
    for name, (column, said) in kept.get(AS_IT_CAME, {}).items():
        if column is None or held.get(name) == column:
            held[name] = said
    places = hsds.positions(entity)
    return dict(sorted(held.items(), key=lambda pair: (places.get(pair[0], len(places)), pair[0])))


def joined(mine: list[Any], kept: list[Any]) -> list[Any]:
    """Our entries, then those that were kept and are not among ours."""
    known = {_name(entry) for entry in mine}
    return [*mine, *(entry for entry in kept if _name(entry) not in known)]


def _name(entry: Any) -> str:
    return str(entry.get("id", entry)) if isinstance(entry, dict) else str(entry)


def _both(mine: Shape, kept: Shape) -> Shape:
    found = dict(mine)
    for name, value in kept.items():
        if isinstance(value, list) and isinstance(found.get(name), list):
            found[name] = sorted(joined(found[name], value), key=_name)
        else:
            found.setdefault(name, value)
    return found


def text(value: str | None) -> str | None:
    """A text that says something, else None."""
    return value or None


def listed(entity: str, shape: Mapping[str, Any]) -> Shape:
    """An entity as a list carries it: its texts and numbers, no entities within it."""
    plain = hsds.scalars(entity)
    return {name: value for name, value in shape.items() if name in plain}


def not_confirmed(day: date | None, today: date) -> bool:
    """Whether nobody confirmed this within a year; None = nobody ever did."""
    return day is None or today - day > CONFIRMED_FOR


def standing_state(status: str, alert: str, day: date | None, today: date) -> tuple[str, str]:
    """The status and the alert that go out: an active service that nobody confirmed for a year is not called active."""
    if status != "active" or not not_confirmed(day, today):
        return status, alert
    listing = f"Historic listing of {day.year}." if day else "Historic listing of an unknown year."
    return "inactive", " ".join(
        part for part in (listing, "Not confirmed since: do not rely on it.", alert) if part
    )


def phone_words(description: str, extension: str, confirmed_on: date, today: date) -> tuple[str, int | None]:
    """The description and the extension (a number in HSDS) that go out; an extension that is none is said in words."""
    number = int(extension) if _plain_number(extension) else None
    words = [description] if description else []
    if extension and number is None:
        words.insert(0, f"Extension {extension}")
    if not_confirmed(confirmed_on, today):
        words.insert(0, f"Listed {confirmed_on.year}, not confirmed since")
    return ". ".join(words), number


def _plain_number(extension: str) -> bool:
    """Whether a number says the same as the text: "110", but neither "007" nor "12a" nor what JSON cannot carry."""
    return (
        extension.isascii()
        and extension.isdigit()
        and len(extension) <= 15
        and str(int(extension)) == extension
    )


def ours(pairs: Iterable[tuple[str, Any]]) -> Shape:
    """Our own terms, those that say something; an empty text says something."""
    return {name: value for name, value in pairs if value is not None and value != []}
