"""Services, organizations, services at locations, taxonomies and terms, one after the other, as HSDS objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from daybreak.directory.queries.folds import Folds, folds
from daybreak.directory.queries.hsds.assembly import Assembly
from daybreak.directory.queries.hsds.places import SHOWN_ORGANIZATION
from daybreak.directory.queries.hsds.rows import id_batches, rows_of, text_id
from daybreak.directory.queries.hsds.terms import Terms, chosen
from daybreak.directory.rules.hsds_shapes import OURS, Shape, listed, stated

_SHOWN_SERVICE = "published"
_SHOWN_PAIR = "EXISTS (SELECT 1 FROM directory_service s WHERE s.id = directory_serviceatlocation.service_id AND s.published)"


def services(
    *, at: datetime, ids: Iterable[str] | None = None, full: bool, together: Folds | None = None
) -> Iterator[Shape]:
    """Published services. A service that is folded into another goes out with that one, not by itself."""
    assembly = Assembly(at=at, together=together or folds())
    for batch in id_batches("directory_service", _SHOWN_SERVICE, ids):
        standing = [key for key in map(text_id, batch) if assembly.stands(key)]
        yield from map(assembly.terms.open_part, assembly.services(standing, full=full).values())


def standing_ids(*, together: Folds | None = None) -> Iterator[str]:
    """The ids of all services that go out, in order."""
    merged = together or folds()
    for batch in id_batches("directory_service", _SHOWN_SERVICE, None):
        yield from (key for key in map(text_id, batch) if str(merged.service(UUID(key))) == key)


def organizations(
    *, at: datetime, ids: Iterable[str] | None = None, full: bool, together: Folds | None = None
) -> Iterator[Shape]:
    """Organizations that have a published service, or none at all; ``full`` with their places and programs."""
    assembly = Assembly(at=at, together=together or folds())
    places = assembly.places
    for batch in id_batches("directory_organization", SHOWN_ORGANIZATION, ids):
        shapes = places.organizations(batch, full=full)
        if not full:
            listed_only = (_list_entry("organization", shapes[key]) for key in batch)
            yield from map(assembly.terms.open_part, listed_only)
            continue
        placed = places.placed(batch, without_service=False)
        locations = places.locations(place for there in placed.values() for place in there)
        offered = _offered(batch, assembly)
        for key in batch:
            there = [locations[place] for place in placed.get(key, ())]
            shape = stated("organization", {"locations": there}, shapes[key])
            whole = shape | {"services": offered[key]} if key in offered else shape
            yield assembly.terms.open_part(whole)


def service_at_locations(
    *, at: datetime, ids: Iterable[str] | None = None, full: bool, together: Folds | None = None
) -> Iterator[Shape]:
    """Which published service is given where; ``full`` with all of the service but its other places."""
    assembly = Assembly(at=at, together=together or folds())
    for batch in id_batches("directory_serviceatlocation", _SHOWN_PAIR, ids):
        pairs: dict[Any, Any] = dict(
            rows_of("SELECT id, service_id FROM directory_serviceatlocation WHERE id IN (ids)", batch)
        )
        standing = list(dict.fromkeys(assembly.standing(service) for service in pairs.values()))
        held = assembly.services(standing, full=True)
        for key in batch:
            service = held.get(assembly.standing(pairs[key]))
            places = service.get("service_at_locations", ()) if service else ()
            place = next((shape for shape in places if shape["id"] == text_id(key)), None)
            if service is None or place is None:
                continue
            yield assembly.terms.open_part(_at_location(place, service, full=full))


def _at_location(place: Shape, service: Shape, *, full: bool) -> Shape:
    offered = {name: value for name, value in service.items() if name != "service_at_locations"}
    if full:
        return {**place, "service": offered}
    shape = listed("service_at_location", place)
    if "location" in place:
        shape["location"] = _list_entry("location", place["location"])
    shape["service"] = {
        **listed("service", offered),
        **{name: listed(name, offered[name]) for name in ("organization", "program") if name in offered},
    }
    return shape


def _list_entry(entity: str, shape: Shape) -> Shape:
    """Texts and numbers, and our own terms beside them."""
    entry = listed(entity, shape)
    return entry | {OURS: shape[OURS]} if OURS in shape else entry


def _offered(batch: list[Any], assembly: Assembly) -> dict[Any, list[Shape]]:
    """Id, name and state of the services that stand, by organization."""
    sql = "SELECT organization_id, id FROM directory_service WHERE organization_id IN (ids) AND published ORDER BY id"
    owners = {text_id(key): owner for owner, key in rows_of(sql, batch)}
    shapes = assembly.services([key for key in owners if assembly.stands(key)], full=False)
    found: dict[Any, list[Shape]] = {}
    for key, shape in shapes.items():
        found.setdefault(owners[key], []).append({name: shape[name] for name in ("id", "name", "status")})
    return found


def taxonomies(ids: Iterable[str] | None = None) -> Iterator[Shape]:
    """Taxonomies that may be shared, and the two of our needs."""
    yield from chosen(Terms().taxonomies, ids)


def taxonomy_terms(ids: Iterable[str] | None = None) -> Iterator[Shape]:
    """Terms of those taxonomies."""
    yield from chosen(Terms().terms, ids)
