"""Places and organizations of a batch in HSDS form; places that are one appear as one, under the id that stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from daybreak.directory.queries.folds import Folds
from daybreak.directory.queries.hsds import reach
from daybreak.directory.queries.hsds.rows import Row, as_kept, grouped, rows_of, stored_id, text_id
from daybreak.directory.queries.hsds.terms import Terms
from daybreak.directory.rules.hsds_shapes import OURS, Shape, is_uri, ours, stated, text

# What has services goes out where one of them is published; what has none was published for its own sake.
SHOWN_ORGANIZATION = (
    "(EXISTS (SELECT 1 FROM directory_service s WHERE s.organization_id = directory_organization.id AND s.published) OR "
    "NOT EXISTS (SELECT 1 FROM directory_service s WHERE s.organization_id = directory_organization.id))"
)
SHOWN_PROGRAM = SHOWN_ORGANIZATION.replace("organization", "program")
_SHOWN_PLACE = (
    "(EXISTS (SELECT 1 FROM directory_serviceatlocation a JOIN directory_service s ON s.id = a.service_id "
    "WHERE a.location_id = directory_location.id AND s.published) OR "
    "NOT EXISTS (SELECT 1 FROM directory_serviceatlocation a WHERE a.location_id = directory_location.id))"
)
_WITHOUT_SERVICE = (
    "NOT EXISTS (SELECT 1 FROM directory_serviceatlocation a WHERE a.location_id = directory_location.id)"
)


class Places:
    """Reads locations and organizations for one export. ``today`` is the day for which is spoken."""

    def __init__(self, terms: Terms, folds: Folds, today: date) -> None:
        self.terms, self.folds, self.today = terms, folds, today

    def standing(self, location: Any) -> str:
        """The id of the place that stands for this one, from the database's own form."""
        known = location if isinstance(location, UUID) else UUID(location)
        return str(self.folds.place(known))

    def locations(self, standing: Iterable[str]) -> dict[str, Shape]:
        """Locations with all that stands within them, by id."""
        members = {
            stored_id(str(member)): place
            for place in dict.fromkeys(standing)
            for member in self.folds.places_at(UUID(place))
        }
        ids = list(members)
        held = {
            row[0]: row
            for row in rows_of(
                "SELECT id, organization_id, location_type, name, latitude, longitude, point_from, county, match_key, kept "
                "FROM directory_location WHERE id IN (ids)",
                ids,
            )
        }
        addresses = _addresses(ids)
        helps = grouped(
            rows_of(
                "SELECT location_id, id, description, kept FROM directory_accessibility WHERE location_id IN (ids)",
                ids,
            )
        )
        numbers, hours = reach.phone_rows("location_id", ids), reach.schedule_rows("location_id", ids)
        found = {}
        for place in dict.fromkeys(members.values()):
            group = [stored_id(str(m)) for m in self.folds.places_at(UUID(place))]
            group = [member for member in group if member in held]
            if not group:
                continue
            own = _location(
                place, [held[member] for member in group], self.folds.organizations.get(UUID(place))
            )
            own["addresses"] = next((addresses[m] for m in group if m in addresses), None)
            own["accessibility"] = _accessibility(place, [row for m in group for row in helps.get(m, ())])
            own["phones"] = reach.phones(
                [row for m in group for row in numbers.get(m, ())],
                terms=self.terms, today=self.today, standing=members,
            )  # fmt: skip
            own["schedules"] = reach.schedules(
                [row for m in group for row in hours.get(m, ())], standing=members
            )
            for shape in own["addresses"] or ():
                shape["location_id"] = place
            places_last = {OURS: own.pop(OURS)}
            found[place] = stated("location", own | places_last, as_kept(held[group[0]][9]))
        return found

    def organizations(self, ids: Sequence[Any], *, full: bool) -> dict[Any, Shape]:
        """Organizations by the database's own form of their id, without their locations and services."""
        if full:
            programs = self.programs(ids)
            numbers = reach.phone_rows("organization_id", ids)
            named = grouped(
                rows_of(
                    "SELECT organization_id, id, identifier_type, identifier, kept FROM directory_organizationidentifier "
                    "WHERE organization_id IN (ids)",
                    ids,
                )
            )
        found = {}
        for key, name, other, said, website, kept in rows_of(
            "SELECT id, name, alternate_name, description, website, kept FROM directory_organization WHERE id IN (ids)",
            ids,
        ):
            address = is_uri(website)
            own: Shape = {
                "id": text_id(key), "name": name, "alternate_name": text(other), "description": said or name,
                "website": website if address else None,
            }  # fmt: skip
            if full:
                own["phones"] = reach.phones(
                    numbers.get(key, ()), terms=self.terms, today=self.today, standing={}
                )
                own["programs"] = programs.get(key)
                own["organization_identifiers"] = _identifiers(text_id(key), named.get(key, ()))
            own[OURS] = ours([("website", text(website) if not address else None)])
            found[key] = stated("organization", own, as_kept(kept))
        return found

    def programs(self, organizations: Sequence[Any]) -> dict[Any, list[Shape]]:
        """Programs by organization, in the order of their ids."""
        found: dict[Any, list[Shape]] = {}
        sql = (
            "SELECT organization_id, id, name, description, kept FROM directory_program "  # noqa: S608 - our own literals
            f"WHERE organization_id IN (ids) AND {SHOWN_PROGRAM} ORDER BY id"
        )
        for organization, *row in rows_of(sql, organizations):
            found.setdefault(organization, []).append(_program(organization, *row))
        return found

    def placed(self, organizations: Sequence[Any], *, without_service: bool) -> dict[Any, list[str]]:
        """Ids of the places that stand, by organization; with ``without_service`` those where no service is given."""
        shown = _WITHOUT_SERVICE if without_service else _SHOWN_PLACE
        found: dict[Any, list[str]] = {}
        sql = (
            f"SELECT organization_id, id FROM directory_location WHERE organization_id IN (ids) AND {shown} "  # noqa: S608
            "ORDER BY id"
        )
        for organization, key in rows_of(sql, organizations):
            place = self.standing(key)
            first = str(self.folds.places_at(UUID(place))[0]) == text_id(key)
            own = self.folds.organizations.get(UUID(place))
            if first if own is None else str(own) == text_id(organization):
                there = found.setdefault(organization, [])
                if place not in there:
                    there.append(place)
        return {organization: sorted(there) for organization, there in found.items()}


def programs_of(ids: Sequence[Any]) -> dict[Any, Shape]:
    """Programs by the database's own form of their id."""
    return {
        row[1]: _program(*row)
        for row in rows_of(
            "SELECT organization_id, id, name, description, kept FROM directory_program WHERE id IN (ids)",
            ids,
        )
    }


def _program(organization: Any, key: Any, name: str, said: str, kept: Any) -> Shape:
    own = {
        "id": text_id(key), "organization_id": text_id(organization), "name": name, "description": said or name,
    }  # fmt: skip
    return stated("program", own, as_kept(kept))


def _location(place: str, group: Sequence[Row], shown: UUID | None) -> Shape:
    """The newest word's name and key, the organization to show; the list's own point of whoever has one, else the first."""
    _, organization, kind, name, *_, county, key, _ = group[0]
    pointed = next((row for row in group if row[6] == "source"), None)
    pointed = pointed or next((row for row in group if row[4] is not None), group[0])
    return {
        "id": place, "location_type": kind, "organization_id": text_id(shown or organization), "name": text(name),
        "latitude": pointed[4], "longitude": pointed[5],
        OURS: ours([
            ("point_from", pointed[6]), ("county", text(pointed[7]) or text(county)), ("match_key", key),
            ("also", sorted(text_id(row[0]) for row in group if text_id(row[0]) != place)),
        ]),
    }  # fmt: skip


def _addresses(ids: Sequence[Any]) -> dict[Any, list[Shape]]:
    found: dict[Any, list[Shape]] = {}
    for place, key, street, more, city, state, zip_code, country, kind, kept in rows_of(
        "SELECT location_id, id, address_1, address_2, city, state_province, postal_code, country, address_type, kept "
        "FROM directory_address WHERE location_id IN (ids) ORDER BY id",
        ids,
    ):
        own = {
            "id": text_id(key), "location_id": text_id(place), "address_1": street, "address_2": text(more), "city": city,
            "state_province": state, "postal_code": zip_code, "country": country, "address_type": kind,
        }  # fmt: skip
        found.setdefault(place, []).append(stated("address", own, as_kept(kept)))
    return found


def _accessibility(place: str, found: Sequence[Row]) -> list[Shape]:
    """Each said once, though places that are one may each say it."""
    shapes: dict[str, Shape] = {}
    for _, key, said, kept in sorted(found, key=lambda row: text_id(row[1])):
        own = {"id": text_id(key), "location_id": place, "description": text(said)}
        shapes.setdefault(said, stated("accessibility", own, as_kept(kept)))
    return list(shapes.values())


def _identifiers(organization: str, found: Sequence[Row]) -> list[Shape]:
    shapes = []
    for _, key, kind, name, kept in sorted(found, key=lambda row: text_id(row[1])):
        own = {
            "id": text_id(key),
            "organization_id": organization,
            "identifier_type": kind,
            "identifier": name,
        }
        shapes.append(stated("organization_identifier", own, as_kept(kept)))
    return shapes
