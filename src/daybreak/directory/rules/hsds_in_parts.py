"""Turns one HSDS entity into the values of our columns; what has no column, or no form that fits one, is kept as it came."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

from daybreak.directory.rules import phones
from daybreak.directory.rules.hsds_shapes import AS_IT_CAME, OURS, phone_words

Object = Mapping[str, Any]
_VOICELESS = re.compile(r"\b(?:fax|pager|modem|textphone|video)\b", re.IGNORECASE)
_QUOTES = " \t\"'“”"


class Unfit(Exception):
    """A service that cannot stand in the directory; ``pointer`` says where in the object, the text why and what to do."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer} {reason}".strip())
        self.pointer, self.reason = pointer, reason


@dataclass(slots=True)
class Row:
    """One row on its way: ``values`` by column, ``given`` the columns that the document speaks of, ``kept`` the rest."""

    values: dict[str, Any]
    kept: dict[str, Any] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    @property
    def id(self) -> UUID:
        """The row's id."""
        found: UUID = self.values["id"]
        return found

    def came(self, name: str, column: Any, said: Any) -> None:
        """Keep what the publisher wrote beside what our export would make of the column."""
        self.kept.setdefault(AS_IT_CAME, {})[name] = [column, said]


@dataclass(frozen=True, slots=True)
class Column:
    """How a property becomes a column: ``read`` gives its value, or None where the text must be kept instead."""

    name: str
    read: Callable[[Any], Any]
    longest: int = 0


def _text(value: Any) -> Any:
    return value if isinstance(value, str) and value else None


def day(value: Any) -> date | None:
    """A day: 2026-11-22, or a moment of that day; None where it is none."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def moment(value: Any) -> datetime | None:
    """An aware moment in UTC; a moment without a zone is taken as UTC."""
    try:
        found = datetime.fromisoformat(str(value))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def clock(value: Any) -> time | None:
    """A time of day; one with a zone is kept as text, since our column has none."""
    try:
        found = time.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is None else None


def _texts(longest: int, *names: str) -> dict[str, Column]:
    return {name: Column(name, _text, longest) for name in names}


# Property → column, by entity; what stands in no list goes to ``kept``.
COLUMNS: dict[str, dict[str, Column]] = {
    "organization": _texts(300, "name", "alternate_name") | _texts(0, "description") | _texts(500, "website"),
    "organization_identifier": _texts(100, "identifier_type") | _texts(200, "identifier"),
    "program": _texts(300, "name") | _texts(0, "description"),
    "service": _texts(300, "name", "alternate_name") | _texts(0, "description", "alert") | _texts(500, "url")
    | _texts(20, "status") | {"assured_date": Column("assured_date", day), "last_modified": Column("last_modified", moment)},
    "location": _texts(10, "location_type") | _texts(300, "name"),
    "address": _texts(300, "address_1", "address_2") | _texts(150, "city") | _texts(100, "state_province")
    | _texts(20, "postal_code") | _texts(10, "address_type"),
    "accessibility": _texts(300, "description"),
    "service_at_location": {},
    "schedule": _texts(200, "byday") | _texts(0, "description")
    | {"opens_at": Column("opens_at", clock), "closes_at": Column("closes_at", clock)},
    "language": _texts(100, "name") | _texts(10, "code"),
}  # fmt: skip
_NOT_TEXT = {"assured_date", "last_modified", "opens_at", "closes_at"}


def part(entity: str, value: Object, *, apart: Collection[str] = (), **own: Any) -> Row:
    """The row of one entity. ``apart`` names properties that have a place of their own; ``own`` are columns known already."""
    columns = COLUMNS[entity]
    row = Row({column.name: None if column.name in _NOT_TEXT else "" for column in columns.values()} | own)
    row.values["id"] = UUID(value["id"])
    for name, said in value.items():
        column = columns.get(name)
        if name == "id" or name in apart:
            continue
        if column is None:
            row.kept[name] = said
            continue
        row.given.add(column.name)
        read = column.read(said)
        if read is not None:
            row.values[column.name] = read[: column.longest] if column.longest else read
        if read is None:
            row.kept[name] = said
        elif (ours := _exported(row.values[column.name])) != said:
            row.came(name, ours, said)
    return row


def _exported(value: Any) -> Any:
    """A column's value as our export writes it."""
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("+00:00") + "Z"
    return value.isoformat() if isinstance(value, date | time) else value


@lru_cache(maxsize=16384)
def readable_number(text: str) -> tuple[str, str] | None:
    """The ten digits and the extension of a text that is one number of the North American plan, else None."""
    found = phones.numbers_in(text.strip(_QUOTES))
    if len(found) != 1 or not found[0].readable:
        return None
    return found[0].number, found[0].extension


def has_voice(value: Object) -> bool:
    """Whether somebody can talk on it: a fax machine is no number to call."""
    return not _VOICELESS.search(str(value.get("type", "")))


def phone_kind(value: Object) -> str:
    """What a number is for, as far as its type says so."""
    said = str(value.get("type", "")).casefold()
    if "hotline" in said or "crisis" in said:
        return "hotline"
    return "intake" if "intake" in said or "admission" in said else "main"


_PHONE_APART = frozenset(
    {"id", "number", "extension", "description", "service_id", "location_id", "organization_id", OURS}
)


def foreign_phone(value: Object, *, confirmed_on: date, position: int) -> Row:
    """A number of somebody else's list."""
    said, description = value["number"], value.get("description", "")
    read = readable_number(said)
    number, extension = read or (said.strip(_QUOTES)[:80], "")
    given = value.get("extension")
    if given is not None and given == int(given):
        extension = str(int(given))[:20]
    row = Row({
        "id": UUID(value["id"]), "number": number, "extension": extension, "kind": phone_kind(value),
        "description": description[:200], "readable": read is not None, "confirmed_on": confirmed_on, "position": position,
    })  # fmt: skip
    row.kept = {name: word for name, word in value.items() if name not in _PHONE_APART}
    if given is not None and phone_words("", extension, confirmed_on, confirmed_on)[1] != given:
        row.kept["extension"] = given
    if said != number:
        row.came("number", number, said)
    if description[:200] != description:
        row.kept[OURS] = {"description_in_full": description}
    return row


def our_phone(value: Object, ours: Object) -> Row:
    """A number of another Daybreak, as it stood there."""
    said, extension = value["number"], ours.get("extension", value.get("extension", ""))
    readable = ours.get("readable", False)
    read = readable_number(said) if readable else None
    row = Row({
        "id": UUID(value["id"]), "number": read[0] if read else said[:80], "extension": str(extension)[:20],
        "kind": ours.get("kind", "main"), "description": ours.get("description", value.get("description", ""))[:200],
        "readable": readable, "confirmed_on": day(ours.get("confirmed_on")), "position": ours.get("position", 0),
    })  # fmt: skip
    row.kept = {name: word for name, word in value.items() if name not in _PHONE_APART}
    if said != row.values["number"]:
        row.came("number", row.values["number"], said)
    if "description_in_full" in ours:
        row.kept[OURS] = {"description_in_full": ours["description_in_full"]}
    return row
