"""Turns one HSDS service with all that stands within it into rows of our tables, and refuses one that cannot stand there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from daybreak.directory.rules.hsds_ids import attribute_id, hsds_id, metadata_id
from daybreak.directory.rules.hsds_in_draft import Attributed, Draft, source_said
from daybreak.directory.rules.hsds_in_facts import need_of, stated_by, term_said
from daybreak.directory.rules.hsds_in_parts import Object, Row, Unfit, day, moment, part
from daybreak.directory.rules.hsds_in_places import PlaceDrafter
from daybreak.directory.rules.hsds_shapes import AS_IT_CAME, OURS

_LISTS = ("phones", "schedules", "service_at_locations", "languages", "attributes", "capacities")
_APART = frozenset({*_LISTS, "organization", "organization_id", "program", "program_id", "metadata", OURS})
# What stands within a service, and is gone where a whole service comes without it.
WITHIN = ("phone", "schedule", "service_at_location", "language", "capacity", "attribute", "fact", "record")
_OURS_APART = frozenset({"sources", "records", "status", "alert", "url"})
_LARGEST = 2**31 - 1


class ServiceDrafter(PlaceDrafter):
    """Reads one service."""

    def service(self, *, partial: bool = False, row: int = 0, line: int = 0) -> Draft:
        """The rows of a service; ``partial``: what the object leaves out is not gone (it names one place of several, say)."""
        value, draft, ours = self.value, self.draft, self.value.get(OURS, {})
        draft.sources = [
            source_said(source, f"/{OURS}/sources/{n}") for n, source in enumerate(ours.get("sources", ()))
        ]
        draft.whole = not partial and (draft.ours or any(name in value for name in _LISTS))
        if draft.whole:
            draft.scopes |= {(entity, "service", draft.id) for entity in WITHIN}
        self.confirmed_on = _said_on(value) or self.as_of
        owner = self._owner()
        own = part("service", value, apart=_APART, organization=owner, program=self._program(owner))
        places = self._places(own, owner)
        self._own(own, ours)
        self.phones(value, "", own, service=draft.id)
        self.schedules(value, own, service=draft.id)
        self._languages(own)
        self._attributes(own)
        self._capacities(own)
        draft.rows["service"] = [own]
        if draft.ours:
            self._records(ours, places)
            return draft
        if not places and draft.whole:
            places = [self._stand_in(owner)]
        for said in stated_by(value):
            self._fact(said.need, said.answer, self.slug, said.said, self.as_of)
        if places:
            self._record(
                {"source": self.slug, "key": str(draft.id), "digest": draft.digest, "row": row, "line": line},
                places[0],
            )
        return draft

    def organization(self) -> Draft:
        """The rows of an organization with its places."""
        self.draft.whole = False
        self.organization_row(self.value, "")
        return self.draft

    def _own(self, row: Row, ours: Object) -> None:
        """What is left to say of the service itself."""
        value = self.value
        if value.get("assured_date") and row.values["assured_date"] is None:
            raise Unfit("/assured_date", "must be a day such as 2026-11-22")
        if self.draft.ours:
            for name in ("status", "alert", "url"):
                if name in ours:
                    row.values[name] = str(ours[name])[:500] if name == "url" else str(ours[name])
                    row.kept.pop(name, None)
            if row.values["status"] not in _STATES:
                raise Unfit(f"/{OURS}/status", f"must be one of {', '.join(sorted(_STATES))}")
        derived = {metadata_id(value["id"], source.slug) for source in self.draft.sources}
        if metadata := [entry for entry in value.get("metadata", ()) if entry["id"] not in derived]:
            row.kept["metadata"] = metadata
        if left := {name: said for name, said in ours.items() if name not in _OURS_APART}:
            row.kept[OURS] = left

    def _owner(self) -> UUID:
        whole, named = self.value.get("organization"), self.value.get("organization_id")
        if isinstance(whole, Mapping):
            if named is not None and UUID(named) != UUID(whole["id"]):
                raise Unfit(
                    "/organization_id",
                    "names another organization than /organization/id; correct one of them",
                )
            return self.organization_row(whole, "/organization")
        if named is None:
            raise Unfit(
                "/organization", "is missing; a service must say who offers it, here or as organization_id"
            )
        self.draft.references.append(("/organization_id", "organization", UUID(named)))
        return UUID(named)

    def _program(self, owner: UUID) -> UUID | None:
        whole, named = self.value.get("program"), self.value.get("program_id")
        if isinstance(whole, Mapping):
            return self.program_row(whole, owner)
        if named is None:
            return None
        if all(row.id != UUID(named) for row in self.draft.rows.get("program", ())):
            self.draft.references.append(("/program_id", "program", UUID(named)))
        return UUID(named)

    def _places(self, own: Row, owner: UUID) -> list[UUID]:
        found: list[UUID] = []
        for number, value in enumerate(self.value.get("service_at_locations", ())):
            pointer = f"/service_at_locations/{number}"
            if UUID(value.get("service_id", self.value["id"])) != self.draft.id:
                raise Unfit(f"{pointer}/service_id", "names another service than the one that it stands in")
            whole, named = value.get("location"), value.get("location_id")
            if isinstance(whole, Mapping):
                if named is not None and UUID(named) != UUID(whole["id"]):
                    raise Unfit(
                        f"{pointer}/location_id", "names another location than its own; correct one of them"
                    )
                place = self.place_row(whole, f"{pointer}/location", owner)
            elif named is not None:
                place = UUID(named)
                self.known.add(place)
                self.draft.references.append((f"{pointer}/location_id", "location", place))
            else:
                raise Unfit(
                    f"{pointer}/location",
                    "is missing; say where the service is given, here or as location_id",
                )
            row = part(
                "service_at_location", value, apart={"service_id", "location_id", "location", "phones", "schedules"},
                service=self.draft.id, location=place,
            )  # fmt: skip
            if place in found:
                self.keep(own, "service_at_locations", value)
                continue
            found.append(place)
            self.add("service_at_location", row)
            self.phones(value, pointer, row, service=self.draft.id, location=place)
            self.schedules(value, row, service=self.draft.id, location=place)
        return found

    def _stand_in(self, owner: UUID) -> UUID:
        """A place for a service that names none, so that it has a page: by phone or over a line, for all we know."""
        place = stand_in_id(self.draft.id)
        self.place_row(
            {
                "id": str(place),
                "location_type": "virtual",
                "name": self.value["name"],
                OURS: {"stands_in": True},
            },
            "",
            owner,
        )
        pair = {"id": hsds_id("stand-in pair", str(self.draft.id))}
        self.add(
            "service_at_location", part("service_at_location", pair, service=self.draft.id, location=place)
        )
        return place

    def _languages(self, own: Row) -> None:
        for language in self.value.get("languages", ()):
            apart = {"service_id"} if language.get("service_id") == self.value["id"] else set()
            row = part("language", language, apart=apart, service=self.draft.id)
            name = row.values["name"]
            if not name or not self.add("language", row, self.draft.id, name):
                self.keep(own, "languages", language)

    def _attributes(self, own: Row) -> None:
        for number, value in enumerate(self.value.get("attributes", ())):
            term, named = value.get("taxonomy_term"), value.get("taxonomy_term_id")
            ours = value.get(OURS, {}) if self.draft.ours else {}
            source = str(ours.get("source", self.slug))
            if isinstance(term, Mapping) and (pair := need_of(term)):
                if not self.draft.ours:  # stated_by reads it; its own words are kept beside that
                    self.keep(own, "attributes", value)
                    continue
                spoke = {said.slug: said.as_of for said in self.draft.sources}
                self._fact(
                    *pair, source, str(ours.get("said", ""))[:200], day(ours.get("date")) or spoke.get(source)
                )
                continue
            if not isinstance(term, Mapping) and named is None:
                self.keep(own, "attributes", value)
                continue
            said = (
                term_said(term, unnamed=f"Terms of {self.slug}") if isinstance(term, Mapping) else UUID(named)
            )
            key = said if isinstance(said, UUID) else said.id
            if ("attribute", key, source) in self._once:
                self.keep(own, "attributes", value)
                continue
            self._once.add(("attribute", key, source))
            kept = {name: word for name, word in value.items() if name not in _ATTRIBUTE_APART}
            if value["id"] != attribute_id(self.value["id"], str(key), source):
                kept["id"] = value["id"]
            for name, expected in (
                ("link_id", self.value["id"]), ("link_entity", "service"), ("taxonomy_term_id", str(key)),
            ):  # fmt: skip
                if name in value and value[name] != expected:
                    kept.setdefault(AS_IT_CAME, {})[name] = [expected, value[name]]
            self.draft.attributes.append(Attributed(said, source, kept, f"/attributes/{number}"))

    def _fact(self, need: str, answer: bool, source: str, said: str, spoke: date | None) -> None:
        if spoke is None:
            raise Unfit("/attributes", f"name the source {source[:60]!r}, which is not among /{OURS}/sources")
        values = {
            "service": self.draft.id,
            "need": need[:60],
            "answer": answer,
            "source": source,
            "date": spoke,
            "said": said,
        }
        self._plain("fact", values, need, source)

    def _plain(self, entity: str, values: dict[str, Any], *key: str) -> None:
        """A row that has no id of its own."""
        if (entity, *key) not in self._once:
            self._once.add((entity, *key))
            self.draft.rows.setdefault(entity, []).append(Row(values))

    def _capacities(self, own: Row) -> None:
        """Openings of another Daybreak, which says until when they may be believed; of others they are kept as they came."""
        for value in self.value.get("capacities", ()):
            expires, updated = moment(value.get(OURS, {}).get("expires_at")), moment(value["updated"])
            numbers = [value["available"], value.get("maximum", 0)]
            whole = all(number == int(number) and 0 <= number <= _LARGEST for number in numbers)
            if not self.draft.ours or not expires or not updated or expires <= updated or not whole:
                self.keep(own, "capacities", value)
                continue
            apart = {"id", "service_id", "unit", "available", "maximum", "description", "updated", OURS}
            kept = {name: said for name, said in value.items() if name not in apart}
            self.add("capacity", Row({
                "id": UUID(value["id"]), "service": self.draft.id, "unit": value["unit"]["name"][:100],
                "available": int(numbers[0]), "maximum": int(numbers[1]) if "maximum" in value else None,
                "description": value.get("description", ""), "updated": updated, "expires_at": expires,
            }, kept))  # fmt: skip

    def _records(self, ours: Object, places: list[UUID]) -> None:
        for number, value in enumerate(ours.get("records", ())):
            try:
                place = UUID(str(value["location_id"]))
                self._record(value, place)
            except (KeyError, TypeError, ValueError, AttributeError):
                raise Unfit(
                    f"/{OURS}/records/{number}",
                    "must have source, key, digest, row, line, merged and location_id",
                ) from None
            if place not in places:
                raise Unfit(
                    f"/{OURS}/records/{number}/location_id", "names a place where this service is not given"
                )

    def _record(self, value: Object, place: UUID) -> None:
        row, line = int(value["row"]), int(value["line"])
        if not (0 <= row <= _LARGEST and 0 <= line <= _LARGEST):
            raise ValueError
        values = {
            "source": str(value["source"]), "key": str(value["key"])[:64], "digest": str(value["digest"])[:64], "row": row,
            "line": line, "service": self.draft.id, "location": place, "merged": bool(value.get("merged", False)),
        }  # fmt: skip
        self._plain("record", values, str(value["source"]), str(value["key"]))


_STATES = frozenset({"active", "inactive", "defunct", "temporarily closed"})
_ATTRIBUTE_APART = frozenset({"id", "link_id", "link_entity", "taxonomy_term", "taxonomy_term_id", OURS})


def stand_in_id(service: UUID) -> UUID:
    """The id of the place that stands in for the one that a service does not name."""
    return UUID(hsds_id("stand-in place", str(service)))


def _said_on(value: Object) -> date | None:
    """The day on which the publisher last spoke of the service."""
    if found := day(value.get("assured_date")):
        return found
    changed: datetime | None = moment(value.get("last_modified"))
    return changed.date() if changed else None
