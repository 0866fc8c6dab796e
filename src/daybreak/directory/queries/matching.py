"""Reads the places of the directory as matching needs them: everything that is shown to the public, and nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from daybreak.directory.rules.identity import fold_name
from daybreak.directory.rules.matching import Place

_SHOWN = (
    "FROM directory_serviceatlocation g JOIN directory_service s ON s.id = g.service_id "
    "WHERE s.published AND s.status <> 'defunct'"
)


def places_to_match() -> list[Place]:
    """Every place with a published service, in the order of match keys: read below the ORM, 12,000 in a second."""
    services: dict[Any, list[str]] = {}
    for location, name in _rows(f"SELECT DISTINCT g.location_id, s.name {_SHOWN} ORDER BY 1, 2"):
        services.setdefault(location, []).append(name)
    sources: dict[Any, set[str]] = {}
    for location, slug in _rows(
        "SELECT DISTINCT r.location_id, s.slug FROM directory_record r JOIN directory_source s ON s.id = r.source_id"
    ):
        sources.setdefault(location, set()).add(slug)
    phones: dict[Any, set[str]] = {}
    for location, number in _rows("SELECT location_id, number FROM directory_phone WHERE readable"):
        if location is not None:
            phones.setdefault(location, set()).add(number)
    addresses = {
        row[0]: row[1:]
        for row in _rows(
            "SELECT location_id, address_1, address_2, city, state_province, postal_code FROM directory_address "
            "WHERE address_type = 'physical'"
        )
    }
    found = []
    for place, name, organization, latitude, longitude, point_from in _rows(
        "SELECT l.id, l.name, o.name, l.latitude, l.longitude, l.point_from FROM directory_location l "
        "JOIN directory_organization o ON o.id = l.organization_id ORDER BY l.match_key"
    ):
        if place not in services:
            continue
        called = {fold_name(name), fold_name(organization)}
        programs = [name] if fold_name(name) != fold_name(organization) else []
        programs += [service for service in services[place] if fold_name(service) not in called]
        street, street_2, city, state, zip_code = addresses.get(place, ("", "", "", "", ""))
        found.append(
            Place(
                place if isinstance(place, UUID) else UUID(hex=place),
                organization,
                tuple(programs),
                street,
                street_2,
                city,
                state,
                zip_code[:5],
                latitude,
                longitude,
                point_from == "source",
                frozenset(phones.get(place, ())),
                frozenset(sources.get(place, ())),
            )
        )
    return found


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
