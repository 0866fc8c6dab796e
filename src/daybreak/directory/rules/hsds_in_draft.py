"""What one object of an HSDS document puts into our tables, and how numbers and hours get there, whosever they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from daybreak.directory.rules.hsds_in_facts import TermSaid
from daybreak.directory.rules.hsds_in_parts import (
    Object,
    Row,
    Unfit,
    day,
    foreign_phone,
    has_voice,
    our_phone,
    part,
)
from daybreak.directory.rules.hsds_shapes import OURS


@dataclass(frozen=True, slots=True)
class SourceSaid:
    """A source as another Daybreak names it."""

    slug: str
    title: str
    family: str
    as_of: date
    citation: str


@dataclass(slots=True)
class Attributed:
    """That a source says that the service carries a term."""

    term: TermSaid | UUID
    source: str
    kept: dict[str, Any]
    pointer: str


@dataclass(slots=True)
class Draft:
    """What one object puts into our tables.

    ``rows`` are by entity, in the order of the document. ``scopes`` are (entity, column, id): all that the document says of
    this entity there, so that what else our tables hold there is gone. ``sources`` is empty in a list of somebody else: its
    own source says everything then. ``references`` are (pointer, entity, id) of what the document names and does not hold.
    """

    id: UUID
    entity: str
    digest: str
    rows: dict[str, list[Row]] = field(default_factory=dict)
    scopes: set[tuple[str, str, UUID]] = field(default_factory=set)
    sources: list[SourceSaid] = field(default_factory=list)
    attributes: list[Attributed] = field(default_factory=list)
    references: list[tuple[str, str, UUID]] = field(default_factory=list)
    whole: bool = True

    @property
    def ours(self) -> bool:
        """Whether it comes from another Daybreak."""
        return bool(self.sources)


def digest(value: Object) -> str:
    """SHA-256 of an object, whatever the order of its properties."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Drafter:
    """Reads one object. ``slug`` and ``as_of`` are the list's own, for what names no other source and day."""

    def __init__(self, value: Object, entity: str, *, slug: str, as_of: date) -> None:
        self.value, self.slug, self.as_of = value, slug, as_of
        self.confirmed_on = as_of
        self.draft = Draft(UUID(value["id"]), entity, digest(value))
        self.known: set[UUID] = {self.draft.id}
        self._once: set[tuple[Any, ...]] = set()

    def add(self, entity: str, row: Row, *same: Any) -> bool:
        """One more row; False where it stands already, by its owner and id or by ``same``."""
        owners = tuple(row.values.get(name) for name in ("service", "location", "organization"))
        keys = {(entity, *owners, row.id), *([(entity, "same", *same)] if same else [])}
        if keys & self._once:
            return False
        self._once |= keys
        self.draft.rows.setdefault(entity, []).append(row)
        return True

    def again(self, entity: str, row: Row) -> Row | None:
        """The row with this id that stands already, with what the new one adds to it."""
        held = next((known for known in self.draft.rows.get(entity, ()) if known.id == row.id), None)
        if held is not None:
            held.values |= {name: row.values[name] for name in row.given - held.given}
            held.given |= row.given
            held.kept = row.kept | held.kept
        return held

    def keep(self, within: Row, name: str, value: Object) -> None:
        """Keep an entry that has no row of its own with the entity in which it stands."""
        held = within.kept.setdefault(name, [])
        if value not in held:
            held.append(value)

    def phones(self, value: Object, pointer: str, within: Row, **owner: UUID) -> None:
        """Numbers; a fax is kept, but is no number to call."""
        for position, phone in enumerate(value.get("phones", ())):
            ours = phone.get(OURS, {})
            if "source" in ours and "confirmed_on" in ours:
                row = our_phone(phone, ours)
                row.values["source"] = str(ours["source"])
                if row.values["confirmed_on"] is None:
                    raise Unfit(
                        f"{pointer}/phones/{position}/{OURS}/confirmed_on", "must be a day such as 2026-11-22"
                    )
            elif not has_voice(phone):
                self.keep(within, "phones", phone)
                continue
            else:
                row = foreign_phone(phone, confirmed_on=self.confirmed_on, position=min(position, 32767))
                row.values["source"] = self.slug
            row.values |= {"service": None, "location": None, "organization": None} | owner
            for name in ("service", "location", "organization"):
                self._belongs(row, phone, name)
            told = [row.values[name] for name in _PHONE_SAME]
            if not self.add("phone", row, *told) and not self._stands("phone", row):
                self.keep(within, "phones", phone)

    def schedules(self, value: Object, within: Row, **owner: UUID) -> None:
        """Hours."""
        for schedule in value.get("schedules", ()):
            row = part("schedule", schedule, apart={"service_id", "location_id"})
            row.values |= {"service": None, "location": None} | owner
            for name in ("service", "location"):
                self._belongs(row, schedule, name)
            if not self.add("schedule", row) and not self._stands("schedule", row):
                self.keep(within, "schedules", schedule)

    def _stands(self, entity: str, row: Row) -> bool:
        return any(
            held.id == row.id and held.values == row.values for held in self.draft.rows.get(entity, ())
        )

    def _belongs(self, row: Row, value: Object, name: str) -> None:
        """Say whose it is where the entry itself does so; a name of what the document does not hold is kept."""
        named = value.get(f"{name}_id")
        if named is None:
            return
        if UUID(named) in self.known:
            row.values[name] = UUID(named)
        elif row.values[name] is None:
            row.kept[f"{name}_id"] = named
        else:
            row.came(f"{name}_id", str(row.values[name]), named)


_PHONE_SAME = ("service", "location", "organization", "number", "extension", "kind", "source")


def source_said(value: Object, pointer: str) -> SourceSaid:
    """A source of another Daybreak; raises Unfit where a part of it is missing."""
    texts = [value.get(name) for name in ("slug", "title", "family")]
    spoke = day(value.get("as_of"))
    if spoke is None or not all(isinstance(text, str) and 0 < len(text) <= 300 for text in texts):
        raise Unfit(pointer, "must have slug, title, family and as_of (a day such as 2026-11-22)")
    slug, title, family = map(str, texts)
    if not all(_is_slug(text) for text in (slug, family)):
        raise Unfit(pointer, "must have a slug and a family of letters, digits, - and _, at most 60 of them")
    return SourceSaid(slug, title, family, spoke, str(value.get("citation", "")))


def _is_slug(text: str) -> bool:
    return len(text) <= 60 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()


def is_object(value: object) -> bool:
    """Whether a value is a JSON object."""
    return isinstance(value, Mapping)
