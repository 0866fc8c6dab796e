"""Which of our tables holds which HSDS entity, in which columns, and whose each row is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from daybreak.directory.actions.inserts import insert_rows
from daybreak.directory.models import (
    Accessibility,
    Address,
    Attribute,
    Fact,
    Language,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    Program,
    Record,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
)

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: ``columns`` are all that a load writes, ``owners`` those that say whose a row is, ``key`` names a row."""

    model: type[models.Model]
    columns: tuple[str, ...]
    owners: tuple[str, ...] = ()
    key: tuple[str, ...] = ("id",)

    def insert(self, rows: list[Values]) -> None:
        """Insert rows, whose foreign keys are ids."""
        found = [tuple(_stored(name, row.get(name)) for name in self.columns) for row in rows]
        insert_rows(self.model, self.columns, found)

    def held(self, **where: Any) -> list[Values]:
        """Rows of the database that meet the condition, with their primary key as "pk"."""
        names = ["pk", *(self._column(name) for name in self.columns)]
        found = self.model._default_manager.filter(**where).order_by("pk").values_list(*names)
        return [dict(zip(("pk", *self.columns), row, strict=True)) for row in found.iterator(chunk_size=5000)]

    def _column(self, name: str) -> str:
        field = self.model._meta.get_field(name)
        return f"{name}_id" if isinstance(field, models.ForeignKey) else name

    def named(self, row: Values) -> tuple[Any, ...]:
        """What names the row in its table."""
        return tuple(row[name] for name in self.key)

    def owner(self, row: Values) -> UUID | None:
        """Whose it is: its service's, else its place's, else its organization's."""
        return next((row[name] for name in self.owners if row.get(name) is not None), None)


def _stored(name: str, value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if name == "kept" and value is not None else value


SHARED = {
    "organization": Table(Organization, ("id", "name", "alternate_name", "description", "website", "kept")),
    "program": Table(Program, ("id", "organization", "name", "description", "kept")),
    "location": Table(
        Location,
        (
            "id",
            "organization",
            "location_type",
            "name",
            "latitude",
            "longitude",
            "point_from",
            "county",
            "match_key",
            "kept",
        ),
    ),
}
SERVICE = Table(
    Service,
    (
        "id", "organization", "program", "name", "alternate_name", "description", "url", "status", "alert", "assured_date",
        "last_modified", "published", "kept",
    ),
)  # fmt: skip
WITHIN = {
    "organization_identifier": Table(
        OrganizationIdentifier, ("id", "organization", "identifier_type", "identifier", "kept"), ("organization",)
    ),
    "address": Table(
        Address,
        ("id", "location", "address_1", "address_2", "city", "state_province", "postal_code", "country", "address_type", "kept"),
        ("location",),
    ),
    "accessibility": Table(Accessibility, ("id", "location", "description", "kept"), ("location",)),
    "service_at_location": Table(ServiceAtLocation, ("id", "service", "location", "kept"), ("service",)),
    "schedule": Table(
        Schedule, ("id", "service", "location", "byday", "opens_at", "closes_at", "description", "kept"), ("service", "location")
    ),
    "language": Table(Language, ("id", "service", "name", "code", "kept"), ("service",)),
    "phone": Table(
        Phone,
        (
            "id", "location", "service", "organization", "number", "extension", "kind", "description", "readable",
            "confirmed_on", "source", "position", "kept",
        ),
        ("service", "location", "organization"),
    ),
    "capacity": Table(
        ServiceCapacity,
        ("id", "service", "unit", "available", "maximum", "description", "updated", "expires_at", "kept"),
        ("service",),
    ),
    "attribute": Table(Attribute, ("service", "term", "source", "kept"), ("service",), ("service", "term", "source")),
    "fact": Table(
        Fact, ("service", "need", "answer", "source", "date", "said"), ("service",), ("service", "need", "source")
    ),
    "record": Table(
        Record, ("source", "key", "digest", "row", "line", "service", "location", "merged"), ("service",), ("source", "key")
    ),
}  # fmt: skip
# Of these each source says its own, and a load takes away only what its own sources said.
SAID = frozenset({"phone", "attribute", "fact", "record"})
