"""Reads the directory for those who publish it: everybody may see what is published, so the viewer is the public."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from daybreak.directory.models import Organization, ServiceCapacity, Source
from daybreak.directory.queries.folds import Folds, folds
from daybreak.directory.rules.standing import Edition, Said, standing_facts, standing_sources

_FIELD, _ITEM = "\x1f", "\x1e"
# A number of a service, or of an organization, is one of all places where that service, or one of its services, is given.
_PHONES = (
    "SELECT p.location_id, p.number, p.extension, p.kind, p.readable, p.confirmed_on, p.position FROM directory_phone p "
    "LEFT JOIN directory_service s ON s.id = p.service_id "
    "WHERE p.location_id IS NOT NULL AND (p.service_id IS NULL OR s.published) UNION ALL "
    "SELECT a.location_id, p.number, p.extension, p.kind, p.readable, p.confirmed_on, p.position FROM directory_phone p "
    "JOIN directory_service s ON s.id = p.service_id AND s.published "
    "JOIN directory_serviceatlocation a ON a.service_id = s.id WHERE p.location_id IS NULL UNION ALL "
    "SELECT a.location_id, p.number, p.extension, p.kind, p.readable, p.confirmed_on, p.position FROM directory_phone p "
    "JOIN directory_service s ON s.organization_id = p.organization_id AND s.published "
    "JOIN directory_serviceatlocation a ON a.service_id = s.id WHERE p.location_id IS NULL AND p.service_id IS NULL "
    "ORDER BY 6 DESC, 7, 2"
)


@dataclass(slots=True)
class PublishedService:
    """One service as the public may see it: what stands of what was said, and when it was last listed or checked.

    ``codes`` is code → the source that states it.
    """

    id: str
    name: str
    alert: str
    facts: dict[str, Said]
    codes: dict[str, str]
    checked_on: date | None
    open_until: datetime | None = None
    opening: tuple[int, str, datetime] | None = None
    website: str = ""


@dataclass(slots=True)
class PublishedPhone:
    """One number with its own day of confirmation."""

    number: str
    extension: str
    kind: str
    readable: bool
    confirmed_on: date
    position: int = 0


@dataclass(slots=True)
class PublishedListing:
    """One place with its services, numbers and the rows that it was made from (source slug, row).

    ``also`` are the ids of the places that are folded into it, ``also_called`` what they and their organizations are called.
    """

    id: str
    name: str
    organization: str
    website: str
    street: str
    street_2: str
    city: str
    state: str
    zip: str
    county: str
    latitude: float | None
    longitude: float | None
    point_from: str
    services: list[PublishedService] = field(default_factory=list)
    phones: list[PublishedPhone] = field(default_factory=list)
    rows: list[tuple[str, int]] = field(default_factory=list)
    also: list[str] = field(default_factory=list)
    also_called: list[str] = field(default_factory=list)


def editions() -> dict[str, Edition]:
    """Every source by slug."""
    return {s.slug: Edition(s.slug, s.family, s.as_of) for s in Source.objects.all()}


def source_titles() -> dict[str, str]:
    """Slug → title."""
    return dict(Source.objects.values_list("slug", "title"))


def published_listings(*, at: datetime) -> Iterator[PublishedListing]:
    """Every location with at least one published service that is not defunct, in the order of their ids.

    Places that are the same (queries/folds.py) are one listing with the services, numbers and rows of all. Openings that
    expired before ``at`` are left out. Read below the ORM: 12,000 listings in about a second.
    """
    known = editions()
    folded = folds()
    services = _services(known, at, folded)
    places = _places(known)
    here: dict[Any, list[PublishedService]] = {}
    for location, service in _rows("SELECT location_id, service_id FROM directory_serviceatlocation"):
        if service in services:
            here.setdefault(location, []).append(services[service])
    _fold_places(places, here, folded)
    for location in sorted(here.keys() & places.keys(), key=str):
        listing = places[location]
        listing.services = sorted(here[location], key=lambda service: (service.name, service.id))
        listing.website = next((s.website for s in listing.services if s.website), listing.website)
        listing.phones = _each_once(listing.phones)
        listing.rows.sort(key=lambda row: (-known[row[0]].as_of.toordinal(), *row))
        yield listing


def _each_once(phones: list[PublishedPhone]) -> list[PublishedPhone]:
    """Each number once, as it was confirmed last; the newest first."""
    newest = sorted(
        phones, key=lambda p: (-p.confirmed_on.toordinal(), p.position, p.number, p.kind, p.extension)
    )
    return list({(p.number, p.extension, p.kind): p for p in reversed(newest)}.values())[::-1]


def _places(known: dict[str, Edition]) -> dict[Any, PublishedListing]:
    """Listings without their services, by the database's own form of their id."""
    addresses = {
        row[0]: row[1:]
        for row in _rows(
            "SELECT location_id, address_1, address_2, city, state_province, postal_code FROM directory_address "
            "ORDER BY CASE WHEN address_type = 'physical' THEN 1 ELSE 0 END, id"  # the last one counts
        )
    }
    found: dict[Any, PublishedListing] = {}
    for row in _rows(
        "SELECT l.id, l.name, o.name, o.website, l.county, l.latitude, l.longitude, l.point_from "
        "FROM directory_location l JOIN directory_organization o ON o.id = l.organization_id"
    ):
        place, name, organization, website, county, latitude, longitude, point_from = row
        street, street_2, city, state, zip_code = addresses.get(place, ("", "", "", "", ""))
        found[place] = PublishedListing(
            _text(place), name, organization, website, street, street_2, city, state, zip_code, county,
            latitude, longitude, point_from,
        )  # fmt: skip
    for place, number, extension, kind, readable, confirmed_on, position in _rows(_PHONES):
        day = confirmed_on if isinstance(confirmed_on, date) else date.fromisoformat(confirmed_on)
        found[place].phones.append(PublishedPhone(number, extension, kind, bool(readable), day, position))
    rows = _rows(
        "SELECT r.location_id, s.slug, r.row FROM directory_record r JOIN directory_source s ON s.id = r.source_id "
        "ORDER BY r.row"
    )
    for place, slug, number in rows:
        found[place].rows.append((slug, number))
    return found


def _fold_places(
    places: dict[Any, PublishedListing], here: dict[Any, list[PublishedService]], folded: Folds
) -> None:
    """Put the places of each group into the one that stands; the newest word gives its name and street."""
    names = _organizations(set(folded.organizations.values()))
    for stands, members in folded.places.items():
        ids = [native for native in map(_native, members) if native in places and native in here]
        if len(ids) < 2:
            continue
        face, whole = places[ids[0]], [places[native] for native in ids]
        point = next((place for place in whole if place.point_from == "source"), None)
        point = point or next((place for place in whole if place.latitude is not None), face)
        offered = {service.id: service for native in ids for service in here[native]}
        organization = folded.organizations.get(stands)
        listing = replace(
            face,
            id=str(stands),
            organization=names[organization] if organization else face.organization,
            county=point.county, latitude=point.latitude, longitude=point.longitude, point_from=point.point_from,
            phones=[phone for place in whole for phone in place.phones],
            rows=[row for place in whole for row in place.rows],
            also=sorted(place.id for place in whole if place.id != str(stands)),
            also_called=list(dict.fromkeys(name for place in whole for name in (place.name, place.organization))),
        )  # fmt: skip
        for native in ids:
            del here[native], places[native]
        here[_native(stands)], places[_native(stands)] = list(offered.values()), listing


def _organizations(ids: set[UUID]) -> dict[UUID, str]:
    """Name by id."""
    wanted = Organization.objects.values_list("id", "name")
    return {key: name for key, name in wanted.iterator() if key in ids} if ids else {}


def _services(known: dict[str, Edition], at: datetime, folded: Folds) -> dict[Any, PublishedService]:
    """Published services by the database's own form of their id; a folded one stands under each of its ids."""
    source = "JOIN directory_source s ON s.id = r.source_id"
    spoke = _grouped("directory_record", "s.slug", source)
    answer = f"{_plain('r.need')} || '{_FIELD}' || CASE WHEN r.answer THEN '1' ELSE '0' END"
    facts = _grouped(
        "directory_fact", f"{answer} || '{_FIELD}' || s.slug || '{_FIELD}' || {_plain('r.said')}", source
    )
    # A list that is licensed to this installation alone does not leave it, not even by its codes.
    term = (
        "JOIN directory_taxonomyterm t ON t.id = r.term_id "
        f"JOIN directory_taxonomy x ON x.id = t.taxonomy_id AND x.shared {source}"
    )
    codes = _grouped("directory_attribute", f"{_plain('t.code')} || '{_FIELD}' || s.slug", term)
    openings = _openings(at, folded)
    for group in folded.services.values():
        ids = [_native(member) for member in group]
        for stated in (spoke, facts, codes):
            whole = [item for native in ids for item in stated.get(native, ())]
            stated.update((native, whole) for native in ids)
    found: dict[Any, PublishedService] = {}
    for service, name, alert, assured, url, website in _rows(
        "SELECT r.id, r.name, r.alert, r.assured_date, r.url, o.website FROM directory_service r "
        "JOIN directory_organization o ON o.id = r.organization_id WHERE r.published AND r.status <> 'defunct'"
    ):
        standing = standing_sources(spoke.get(service, ()), known)
        said = (
            Said(n, a == "1", s, w) for n, a, s, w in (row.split(_FIELD, 3) for row in facts.get(service, ()))
        )
        stated_codes = (row.split(_FIELD) for row in codes.get(service, ()))
        days = [known[slug].as_of for slug in standing]
        if assured:
            days.append(assured if isinstance(assured, date) else date.fromisoformat(assured))
        found[service] = PublishedService(
            id=_text(service),
            name=name,
            alert=alert,
            facts=standing_facts(said, standing, known),
            codes=_newest_code(stated_codes, standing, known),
            checked_on=max(days, default=None),
            website=url or website,
        )
        stands = str(folded.service(UUID(found[service].id)))
        if stands in openings:
            found[service].open_until, found[service].opening = openings[stands]
    for stands_for, group in folded.services.items():
        _fold_service(found, str(stands_for), [_native(member) for member in group])
    return found


def _fold_service(found: dict[Any, PublishedService], stands: str, ids: list[Any]) -> None:
    """One service under all of its ids: the name that was said last, every alert, the last day on which it was listed."""
    shown = [found[native] for native in ids if native in found]
    if not shown:
        return
    alerts = dict.fromkeys(service.alert for service in shown if service.alert)
    days = [service.checked_on for service in shown if service.checked_on]
    website = next((service.website for service in reversed(shown) if service.website), "")
    whole = replace(
        shown[0], id=stands, alert=" ".join(alerts), checked_on=max(days, default=None), website=website
    )
    found.update({native: whole for native in ids if native in found})


def _newest_code(
    stated: Iterable[list[str]], standing: frozenset[str], known: dict[str, Edition]
) -> dict[str, str]:
    """Code → the newest standing source that states it, in the order of the codes."""
    found: dict[str, str] = {}
    for code, slug in stated:
        if slug in standing and (code not in found or known[slug].as_of > known[found[code]].as_of):
            found[code] = slug
    return dict(sorted(found.items()))


def _openings(at: datetime, folded: Folds) -> dict[str, tuple[datetime, tuple[int, str, datetime]]]:
    """Service id → until when the newest word about its openings may be believed, and that word."""
    return {
        str(folded.service(row.service_id)): (row.expires_at, (row.available, row.unit, row.updated))
        for row in ServiceCapacity.objects.filter(available__gt=0, expires_at__gt=at).order_by("updated")
    }


def _grouped(table: str, item: str, join: str) -> dict[Any, list[str]]:
    """All items of each service in one row from the database: 15 times fewer rows to carry than one an item."""
    joined = "group_concat" if connection.vendor == "sqlite" else "string_agg"
    # Every part is a literal of this module.
    sql = f"SELECT r.service_id, {joined}({item}, '{_ITEM}') FROM {table} r {join} GROUP BY r.service_id"  # noqa: S608
    return {service: items.split(_ITEM) for service, items in _rows(sql)}


def _plain(column: str) -> str:
    """A column of somebody's own words without our two marks: one of them would break every listing."""
    return f"replace(replace({column}, '{_FIELD}', ' '), '{_ITEM}', ' ')"


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _native(identifier: UUID) -> Any:
    """An id in the database's own form."""
    return identifier.hex if connection.vendor == "sqlite" else identifier


def _text(identifier: Any) -> str:
    """An id as text with dashes: PostgreSQL gives a UUID, SQLite 32 digits."""
    if isinstance(identifier, UUID):
        return str(identifier)
    digits: str = identifier
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
