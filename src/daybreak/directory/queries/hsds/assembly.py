"""Puts the services of a batch together: the rows of all that are one, what stands of them, and where they are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from daybreak.directory.queries.folds import Folds
from daybreak.directory.queries.hsds import reach
from daybreak.directory.queries.hsds.places import Places, programs_of
from daybreak.directory.queries.hsds.rows import (
    Row,
    as_day,
    as_kept,
    as_moment,
    grouped,
    moment_text,
    rows_of,
    stored_id,
    text_id,
)
from daybreak.directory.queries.hsds.statements import Statements
from daybreak.directory.queries.hsds.terms import Terms
from daybreak.directory.rules.hsds_shapes import (
    OURS,
    Shape,
    is_uri,
    listed,
    ours,
    standing_state,
    stated,
    text,
)

_SERVICES = (
    "SELECT id, organization_id, program_id, name, alternate_name, description, url, status, alert, assured_date, "
    "last_modified, kept FROM directory_service WHERE id IN (ids) AND published"
)


class Assembly:
    """One export's way of putting services together. ``at`` is the moment for which is spoken."""

    def __init__(self, *, at: datetime, together: Folds) -> None:
        self.at, self.today, self.folds = at, at.date(), together
        self.terms = Terms()
        self.places = Places(self.terms, together, self.today)

    def standing(self, service: Any) -> str:
        """The id of the service that stands for this one, from the database's own form."""
        return str(self.folds.service(service if isinstance(service, UUID) else UUID(service)))

    def stands(self, service: str) -> bool:
        """Whether a service goes out by itself."""
        return str(self.folds.service(UUID(service))) == service

    def services(self, standing: Sequence[str], *, full: bool) -> dict[str, Shape]:
        """Services by id, in the order given; unknown and unpublished ones are left out."""
        batch = Batch(self, standing, full=full)
        return {key: batch.shape(key) for key in standing if batch.rows.get(key)} if standing else {}


class Batch:
    """The rows of some services that stand, read once; ``full`` with what only whole services need."""

    def __init__(self, assembly: Assembly, standing: Sequence[str], *, full: bool) -> None:
        self.assembly = assembly
        members = {
            stored_id(str(member)): key
            for key in standing
            for member in assembly.folds.services_as(UUID(key))
        }
        held = {row[0]: row for row in rows_of(_SERVICES, list(members))}
        self.members = {key: members[key] for key in members if key in held}
        self.rows: dict[str, list[Row]] = {}
        for key, service in self.members.items():
            self.rows.setdefault(service, []).append(held[key])
        self.ids = list(self.members)
        self.said = Statements(assembly.terms, self.ids, self.members)
        owners = list({row[1] for group in self.rows.values() for row in group[:1]})
        self.organizations = assembly.places.organizations(owners, full=full)
        # A service that is folded into another brings its organization's website along, which nothing else would name.
        folded = list({row[1] for group in self.rows.values() for row in group if len(group) > 1})
        sites = rows_of(
            "SELECT id, website FROM directory_organization WHERE website <> '' AND id IN (ids)", folded
        )
        self.websites: dict[Any, str] = dict(sites)
        programs = list({row[2] for group in self.rows.values() for row in group[:1] if row[2]})
        self.programs = programs_of(programs)
        self.whole = Whole(self) if full else None

    def shape(self, service: str) -> Shape:
        """One service, with everything within it where this batch is ``full``."""
        own, kept, days = self._own(service)
        if self.whole is None:
            return self._listed(own, kept)
        within, numbers = self.whole.within(service)
        row = self.rows[service][0]
        spoke = self.said.spoke(service) | {shape[OURS]["source"] for shape in numbers}
        mine = ours([
            ("sources", self.said.sources(spoke)), ("records", self.said.records(service, self.whole.place_of)),
            *days, ("also", sorted(text_id(other[0]) for other in self.rows[service][1:])),
        ])  # fmt: skip
        program = self.programs.get(row[2])
        whole = own | within | {"organization": self.organizations[row[1]], "program": program, OURS: mine}
        order = ("phones", "schedules", "service_areas", "service_at_locations", "languages", "organization", "program",
                 "attributes", "metadata", "capacities", OURS)  # fmt: skip
        return stated("service", own | {name: whole[name] for name in order if name in whole}, kept)

    def _own(self, service: str) -> tuple[Shape, Shape | None, list[tuple[str, Any]]]:
        """The service's own texts, what was kept of it, and what the database says where it differs."""
        group = self.rows[service]
        _, organization, program, name, other, said, url, status, alert, *_ = group[0]
        said = next((row[5] for row in group if row[5]), said)
        url = next((row[6] for row in group if row[6]), url)
        newest = next((self.websites[row[1]] for row in reversed(group) if row[1] in self.websites), "")
        if not url and newest != self.websites.get(organization, ""):
            url = newest
        other = next((row[4] for row in group if row[4]), other)
        confirmed = max((day for row in group if (day := as_day(row[9])) is not None), default=None)
        day = confirmed or self.said.newest_day(service)
        shown_status, shown_alert = standing_state(status, alert, day, self.assembly.today)
        own: Shape = {
            "id": service, "organization_id": text_id(organization), "program_id": text_id(program) if program else None,
            "name": name, "alternate_name": text(other), "description": text(said), "url": url if is_uri(url) else None,
            "status": shown_status, "assured_date": day.isoformat() if day else None, "alert": text(shown_alert),
            "last_modified": moment_text(max(as_moment(row[10]) for row in group)),
        }  # fmt: skip
        differs = [
            ("url", text(url) if not is_uri(url) else None),
            ("status", status if status != shown_status else None),
            ("alert", alert if alert != shown_alert else None),
        ]
        return own, _kept(group), differs

    def _listed(self, own: Shape, kept: Shape | None) -> Shape:
        row = self.rows[own["id"]][0]
        whole = listed("service", stated("service", own, kept))
        whole["organization"] = listed("organization", self.organizations[row[1]])
        if row[2] in self.programs:
            whole["program"] = listed("program", self.programs[row[2]])
        return whole


class Whole:
    """What only whole services need: phones, hours, places, languages, codes and answers, openings."""

    def __init__(self, batch: Batch) -> None:
        self.batch, assembly = batch, batch.assembly
        batch.said.read_all()
        ids = batch.ids
        self.numbers = reach.phone_rows("service_id", ids)
        self.hours = reach.schedule_rows("service_id", ids)
        self.spoken = reach.languages(ids)
        self.openings = reach.capacities(ids, assembly.at)
        self.pairs = grouped(
            rows_of(
                "SELECT service_id, id, location_id, kept FROM directory_serviceatlocation WHERE service_id IN (ids)",
                ids,
            )
        )
        met = {row[2] for group in self.pairs.values() for row in group}
        met |= {row[2] for group in self.numbers.values() for row in group if row[2]}
        self.place_of: dict[Any, str] = {place: assembly.places.standing(place) for place in met}
        here = {self.place_of[row[2]] for group in self.pairs.values() for row in group}
        self.locations = assembly.places.locations(sorted(here))
        self._place_organizations()

    def within(self, service: str) -> tuple[Shape, list[Shape]]:
        """All that stands within one service, and its phones."""
        batch, assembly = self.batch, self.batch.assembly
        members = [row[0] for row in batch.rows[service]]
        numbers = reach.phones(
            _all(self.numbers, members), terms=assembly.terms, today=assembly.today, standing=self.place_of,
            service=service,
        )  # fmt: skip
        return {
            "phones": numbers,
            "schedules": reach.schedules(_all(self.hours, members), standing=self.place_of, service=service),
            "service_at_locations": self._given_at(service, members),
            "languages": reach.language_shapes(_all(self.spoken, members), service),
            "attributes": batch.said.attributes(service),
            "metadata": batch.said.metadata(service),
            "capacities": reach.capacity_shapes(_all(self.openings, members), service),
        }, numbers

    def _given_at(self, service: str, members: Sequence[Any]) -> list[Shape]:
        """Where the service is given, each place once, in the order of ids; the standing service's own row goes before."""
        first: dict[str, Shape] = {}
        pairs = [row for member in members for row in sorted(self.pairs.get(member, ()), key=_second)]
        for _, key, place, kept in pairs:
            at = self.place_of[place]
            if at in first:
                continue
            own = {
                "id": text_id(key), "service_id": service, "location_id": at, "location": self.locations.get(at),
            }  # fmt: skip
            first[at] = stated("service_at_location", own, as_kept(kept))
        return sorted(first.values(), key=lambda shape: str(shape["id"]))

    def _place_organizations(self) -> None:
        """Give the organizations their places where no service is given: nothing else would name them."""
        batch, places = self.batch, self.batch.assembly.places
        placed = places.placed(list(batch.organizations), without_service=True)
        locations = places.locations(place for there in placed.values() for place in there)
        for key, there in placed.items():
            own = {"locations": [locations[place] for place in there]}
            batch.organizations[key] = stated("organization", own, batch.organizations[key])


def _second(row: Row) -> str:
    return text_id(row[1])


def _all(found: Mapping[Any, list[Row]], members: Sequence[Any]) -> list[Row]:
    return [row for member in members for row in found.get(member, ())]


def _kept(group: Sequence[Row]) -> Shape | None:
    """What was kept of the service that stands, then of the others that are one with it, where it has nothing."""
    words: Shape | None = None
    for row in group:
        held = as_kept(row[11])
        if held:
            words = held if words is None else held | words
    return words
