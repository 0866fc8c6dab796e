"""Organizations with their programs, and places with their addresses, on their way from HSDS into our tables."""

from __future__ import annotations

from uuid import UUID

from daybreak.directory.rules.hsds_in_draft import Drafter
from daybreak.directory.rules.hsds_in_parts import Object, part
from daybreak.directory.rules.hsds_shapes import OURS
from daybreak.vocabulary import gazetteer
from daybreak.vocabulary.states import STATES

_ORGANIZATION_APART = frozenset(
    {"phones", "programs", "locations", "organization_identifiers", "services", OURS}
)
_PLACE_APART = frozenset(
    {"addresses", "accessibility", "phones", "schedules", "latitude", "longitude", "organization_id", OURS}
)
_PLACE_LISTS = {
    "addresses": "address",
    "accessibility": "accessibility",
    "phones": "phone",
    "schedules": "schedule",
}
_UNITED_STATES = frozenset({"US", "USA", ""})


class PlaceDrafter(Drafter):
    """Reads organizations and locations, alone or within a service."""

    def organization_row(self, value: Object, pointer: str) -> UUID:
        """An organization with its programs, identifiers, numbers and places; its services stand elsewhere."""
        key, ours = UUID(value["id"]), value.get(OURS, {})
        self.known.add(key)
        row = part("organization", value, apart=_ORGANIZATION_APART)
        if (
            value["description"] == value["name"]
        ):  # HSDS wants one; our export says the name where there is none
            row.values["description"] = ""
        if "website" in ours:
            row.values["website"] = str(ours["website"])[:500]
            row.given.add("website")
        if left := {name: said for name, said in ours.items() if name != "website"}:
            row.kept[OURS] = left
        self.add("organization", row)
        self.known |= {UUID(place["id"]) for place in value.get("locations", ())}
        for program in value.get("programs", ()):
            self.program_row(program, key)
        for identifier in value.get("organization_identifiers", ()):
            child = part("organization_identifier", identifier, apart={"organization_id"}, organization=key)
            if not self.add("organization_identifier", child, key, *_identity(child.values)):
                self.keep(row, "organization_identifiers", identifier)
        self.phones(value, pointer, row, organization=key)
        for number, place in enumerate(value.get("locations", ())):
            self.place_row(place, f"{pointer}/locations/{number}", key)
        return key

    def program_row(self, value: Object, owner: UUID) -> UUID:
        """A program of an organization."""
        row = part("program", value, apart={"organization_id"}, organization=owner)
        if value["description"] == value["name"]:
            row.values["description"] = ""
        if self.again("program", row) is None:
            self.add("program", row)
        return row.id

    def place_row(self, value: Object, pointer: str, owner: UUID) -> UUID:
        """A location with its addresses, numbers, hours and accessibility."""
        key, ours = UUID(value["id"]), value.get(OURS, {})
        self.known.add(key)
        row = part("location", value, apart=_PLACE_APART, organization=owner)
        if value.get("organization_id") is not None:
            row.values["owner"] = UUID(value["organization_id"])
            row.given.add("organization")
        latitude, longitude, origin, county = point_of(value)
        mine = {"point_from": origin, "county": county, "match_key": f"hsds {key}"}
        mine |= {name: str(ours[name]) for name in mine if name in ours}
        row.values |= {"latitude": latitude, "longitude": longitude, **mine}
        row.given |= {"latitude", "longitude", "point_from", "county"} | (mine.keys() & ours.keys())
        for name, column in (("latitude", latitude), ("longitude", longitude)):
            if name in value and column is None:
                row.kept[name] = value[name]
            elif name in value and column != value[name]:
                row.came(name, column, value[name])
        if left := {name: said for name, said in ours.items() if name not in mine}:
            row.kept[OURS] = left
        row = self.again("location", row) or row
        self.add("location", row)
        for address in value.get("addresses", ()):
            country = address["country"]
            child = part(
                "address", address, apart={"location_id", "country"}, location=key, country=country[:2]
            )
            if len(country) > 2:
                child.came("country", country[:2], country)
            self.add("address", child)
        for access in value.get("accessibility", ()):
            child = part("accessibility", access, apart={"location_id"}, location=key)
            if not self.add("accessibility", child, key, child.values["description"]):
                self.keep(row, "accessibility", access)
        self.phones(value, pointer, row, location=key)
        self.schedules(value, row, location=key)
        self.draft.scopes |= {
            (entity, "location", key) for name, entity in _PLACE_LISTS.items() if name in value
        }
        return key


def _identity(values: dict[str, object]) -> tuple[object, object]:
    return values["identifier_type"], values["identifier"]


def point_of(value: Object) -> tuple[float | None, float | None, str, str]:
    """(latitude, longitude, where the point comes from, county) of a location.

    A point off the globe, or at 0, 0, gives way to the centre of the ZIP area, where the address is an American one.
    """
    addresses: list[Object] = [*value.get("addresses", ()), {}]
    address = next((entry for entry in addresses if entry.get("address_type") == "physical"), addresses[0])
    state = str(address.get("state_province", ""))
    here = str(address.get("country", "")).upper() in _UNITED_STATES and (state in STATES or not state)
    area = gazetteer.zip_area(str(address.get("postal_code", ""))[:5]) if here else None
    if area and state and area.state != state:
        area = None
    latitude, longitude = value.get("latitude"), value.get("longitude")
    if latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180 and (
        latitude or longitude
    ):  # fmt: skip
        county = (gazetteer.county_of_point(latitude, longitude) if state in {"KY", ""} else None) or ""
        return float(latitude), float(longitude), "source", county or (area.county if area else "")
    centre = gazetteer.zip_centre(area.zip) if area else None
    if area and centre and centre != (0.0, 0.0):
        return centre[0], centre[1], "zip", area.county
    return None, None, "none", area.county if area else ""
