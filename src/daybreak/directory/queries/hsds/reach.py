"""Phones, hours, languages and openings of some services, places and organizations, in HSDS form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from daybreak.directory.queries.hsds.rows import (
    Row,
    as_day,
    as_kept,
    grouped,
    moment_text,
    rows_of,
    stored_id,
    text_id,
    time_text,
)
from daybreak.directory.queries.hsds.terms import Terms
from daybreak.directory.rules.hsds_ids import unit_id
from daybreak.directory.rules.hsds_shapes import OURS, Shape, ours, phone_words, stated, text

_PHONES = (
    "SELECT {owner}, id, location_id, service_id, organization_id, number, extension, kind, description, readable, "
    "confirmed_on, source_id, position, kept FROM directory_phone WHERE {owner} IN (ids) AND {rest}"
)
_SCHEDULES = (
    "SELECT {owner}, id, location_id, service_id, byday, opens_at, closes_at, description, kept FROM directory_schedule "
    "WHERE {owner} IN (ids) AND {rest}"
)
# Where an entry stands in a document: with its service, else with its place, else with its organization.
_OWNERS = {
    "service_id": "1 = 1",
    "location_id": "service_id IS NULL",
    "organization_id": "service_id IS NULL AND location_id IS NULL",
}


def phone_rows(owner: str, ids: Sequence[Any]) -> dict[Any, list[Row]]:
    """Rows of phones by what they belong to, "service_id", "location_id" or "organization_id"."""
    return grouped(rows_of(_PHONES.format(owner=owner, rest=_OWNERS[owner]), ids))


def phones(
    found: Sequence[Row],
    *,
    terms: Terms,
    today: date,
    standing: Mapping[Any, str],
    service: str | None = None,
) -> list[Shape]:
    """The newest first; one number said twice by one source (at two places that are one) goes out once."""
    shapes: list[tuple[Any, ...]] = []
    for row in found:
        (
            _,
            key,
            place,
            of_service,
            organization,
            number,
            extension,
            kind,
            said,
            readable,
            day,
            source,
            position,
            kept,
        ) = row
        confirmed_on = as_day(day) or date.min
        slug = terms.sources[source].slug
        words, plain = phone_words(said, extension, confirmed_on, today)
        own = {
            "id": text_id(key),
            "location_id": (standing.get(place) or text_id(place)) if place else None,
            "service_id": (service or text_id(of_service)) if of_service else None,
            "organization_id": text_id(organization) if organization else None,
            "number": number,
            "extension": plain,
            "description": text(words),
            OURS: ours([
                ("source", slug), ("confirmed_on", confirmed_on.isoformat()), ("kind", kind), ("readable", bool(readable)),
                ("position", position), ("extension", extension if extension and plain is None else None),
                ("description", said if said != words else None),
            ]),
        }  # fmt: skip
        shapes.append(
            (
                -confirmed_on.toordinal(), slug, position, number, extension, kind, own["location_id"] or "", own["id"],
                stated("phone", own, as_kept(kept)),
            )
        )  # fmt: skip
    shapes.sort(key=lambda entry: entry[:-1])
    once = {
        (slug, number, extension, kind, place): shape
        for _, slug, _, number, extension, kind, place, _, shape in reversed(shapes)
    }
    return list(reversed(once.values()))


def schedule_rows(owner: str, ids: Sequence[Any]) -> dict[Any, list[Row]]:
    """Rows of schedules by what they belong to, "service_id" or "location_id"."""
    return grouped(rows_of(_SCHEDULES.format(owner=owner, rest=_OWNERS[owner]), ids))


def schedules(
    found: Sequence[Row], *, standing: Mapping[Any, str], service: str | None = None
) -> list[Shape]:
    """Hours, in the order of their ids."""
    shapes = []
    for _, key, place, of_service, byday, opens_at, closes_at, said, kept in found:
        own = {
            "id": text_id(key),
            "service_id": (service or text_id(of_service)) if of_service else None,
            "location_id": (standing.get(place) or text_id(place)) if place else None,
            "byday": text(byday), "description": text(said),
            "opens_at": time_text(opens_at), "closes_at": time_text(closes_at),
        }  # fmt: skip
        shapes.append(stated("schedule", own, as_kept(kept)))
    return sorted(shapes, key=lambda shape: str(shape["id"]))


def languages(members: Sequence[Any]) -> dict[Any, list[Row]]:
    """Rows of languages by service."""
    return grouped(
        rows_of(
            "SELECT service_id, id, name, code, kept FROM directory_language WHERE service_id IN (ids)",
            members,
        )
    )


def language_shapes(found: Sequence[Row], service: str) -> list[Shape]:
    """Each language once, by its name."""
    shapes: dict[str, Shape] = {}
    for _, key, name, code, kept in sorted(found, key=lambda row: (row[2], text_id(row[1]))):
        own = {"id": text_id(key), "service_id": service, "name": name, "code": text(code)}
        shapes.setdefault(name, stated("language", own, as_kept(kept)))
    return list(shapes.values())


def capacities(members: Sequence[Any], at: datetime) -> dict[Any, list[Row]]:
    """Rows of openings that may still be believed, by service."""
    sql = (
        "SELECT service_id, id, unit, available, maximum, description, updated, expires_at, kept "
        "FROM directory_servicecapacity WHERE service_id IN (ids) AND expires_at > %s ORDER BY updated, id"
    )
    return grouped(rows_of(sql, members, at))


def capacity_shapes(found: Sequence[Row], service: str) -> list[Shape]:
    """Openings in the form of HSDS 3.1."""
    shapes = []
    for _, key, unit, available, maximum, said, updated, expires_at, kept in found:
        own = {
            "id": text_id(key), "service_id": service, "unit": {"id": unit_id(unit), "name": unit}, "available": available,
            "maximum": maximum, "description": text(said), "updated": moment_text(updated),
            OURS: {"expires_at": moment_text(expires_at)},
        }  # fmt: skip
        shapes.append(stated("service_capacity", own, as_kept(kept)))
    return shapes


def stored(ids: Sequence[str]) -> list[Any]:
    """Ids in the database's own form."""
    return [stored_id(identifier) for identifier in ids]
