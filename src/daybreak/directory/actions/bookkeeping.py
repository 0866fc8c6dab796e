"""Writes what a load changes into the directory's tables, thousands of rows at a time."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from daybreak.directory.actions.catalogue import Catalogue, Outcome, Placed, Shared
from daybreak.directory.actions.inserts import insert_rows, update_rows
from daybreak.directory.models import (
    Accessibility,
    Address,
    Attribute,
    Fact,
    Language,
    Location,
    Organization,
    Phone,
    Program,
    Record,
    Repair,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from daybreak.directory.rules import identity
from daybreak.directory.rules.rows import Listing
from daybreak.vocabulary import samhsa

BATCH = 500
DEAF = "Sign language or other help for people who are deaf or hard of hearing"
# What is written by the hundred thousand, and in which order its values come.
COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Organization: ("id", "name", "alternate_name", "description", "website"),
    Program: ("id", "organization", "name", "description"),
    Location: (
        "id", "organization", "location_type", "name", "latitude", "longitude", "point_from", "county", "match_key",
    ),
    Service: (
        "id", "organization", "program", "name", "alternate_name", "description", "url", "status", "alert", "assured_date",
        "last_modified", "published",
    ),
    Record: ("source", "key", "digest", "row", "line", "service", "location", "merged"),
    Address: (
        "id", "location", "address_1", "address_2", "city", "state_province", "postal_code", "country", "address_type",
    ),
    ServiceAtLocation: ("id", "service", "location"),
    Fact: ("service", "need", "answer", "source", "date", "said"),
    Attribute: ("service", "term", "source"),
    Language: ("id", "service", "name", "code"),
    Phone: (
        "id", "location", "service", "number", "extension", "kind", "description", "readable", "confirmed_on", "source",
        "position",
    ),
}  # fmt: skip
# What a load changes in rows that stand already: (table, the column that names a row) → columns. In this order.
CHANGES: dict[tuple[type[models.Model], str], tuple[str, ...]] = {
    (Location, "id"): ("name", "latitude", "longitude", "point_from", "county", "match_key"),
    (Address, "location"): ("address_1", "address_2", "city", "state_province", "postal_code"),
    (Service, "id"): ("program", "name", "description", "url", "published", "assured_date", "last_modified"),
    (Record, "id"): ("digest", "row", "line", "service", "location"),
}
Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Lists of at most ``size`` items."""
    held: list[Item] = []
    for item in items:
        held.append(item)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


class Bookkeeper:
    """Writes the changed services of one load. ``at`` is the load's one moment, ``edition`` the year of its codes."""

    def __init__(self, catalogue: Catalogue, *, at: datetime, edition: int | None) -> None:
        self.catalogue, self.at, self.edition = catalogue, at, edition
        self.source = catalogue.source
        self._waiting: dict[type[models.Model], list[tuple[Any, ...]]] = {}
        self._changes: dict[tuple[type[models.Model], str], list[tuple[Any, ...]]] = {}
        self._places: dict[uuid.UUID, Location] = {}
        self._services: dict[uuid.UUID, Service] = {}
        self._mended: list[Record] = []
        self._repairs: list[Repair] = []
        self._terms: dict[str, TaxonomyTerm] = {}
        self._placed: set[uuid.UUID] = set()

    def write(self, shares: Sequence[Shared]) -> Iterator[int]:
        """Write the changed ones in batches; yields how many rows are done so far."""
        changed = [share for share in shares if share.changed]
        if self.catalogue.renamed:  # a new place may stand where a renamed one stood
            new = {share.rows[0].location for share in changed if share.rows[0].new_location}
            changed.sort(key=lambda share: share.rows[0].location in new)
        done = sum(len(share.rows) for share in shares if not share.changed)
        yield done
        for batch in batches(changed):
            self._terms_for(row.listing for share in batch for row in share.rows)
            self._clear(batch)
            self._read(batch)
            for share in batch:
                self._share(share)
            self._flush()
            self._hearing(batch)
            done += sum(len(share.rows) for share in batch)
            yield done
        self._drop_abandoned()

    def _clear(self, batch: list[Shared]) -> None:
        """Take away what this source said of the services that are written anew, and nothing that others said."""
        services = [share.rows[0].service for share in batch if not share.rows[0].new_service]
        for model in (Phone, Attribute, Fact):
            model._default_manager.filter(source=self.source, service_id__in=services).delete()
        records = [row.known.id for share in batch for row in share.rows if row.known]
        for some in batches(records):
            Repair.objects.filter(record_id__in=some).delete()
        only_ours = [s for s in services if self.catalogue.alone(self.catalogue.sources_of_service.get(s))]
        Language.objects.filter(service_id__in=only_ours).delete()
        held = set(services) - set(only_ours)
        self._spoken = set(Language.objects.filter(service_id__in=held).values_list("service_id", "name"))

    def _read(self, batch: list[Shared]) -> None:
        """Fetch the places and services that stand already, so that nothing is asked row by row."""
        leads = [share.rows[0] for share in batch]
        places = {row.location for row in leads if not row.new_location} - self._placed
        self._places = Location.objects.in_bulk(list(places))
        self._services = Service.objects.in_bulk([row.service for row in leads if not row.new_service])

    def _share(self, share: Shared) -> None:
        lead = share.rows[0]
        self._place(lead)
        self._service(share)
        self._said(share)
        for row in share.rows:
            self._record(row)

    def _place(self, row: Placed) -> None:
        listing, catalogue = row.listing, self.catalogue
        if row.location in self._placed:
            return
        self._placed.add(row.location)
        if not row.new_location:
            self._mend_place(row)
            return
        organization = self._organization(listing)
        catalogue.organization_at[row.location] = organization
        self._one(Location, (
            row.location, organization, "physical", listing.name, listing.latitude, listing.longitude, listing.point_from,
            listing.county, identity.location_key(listing),
        ))  # fmt: skip
        self._one(Address, (
            uuid.uuid4(), row.location, listing.address_1, listing.address_2, listing.city, listing.state, listing.zip, "US",
            "physical",
        ))  # fmt: skip

    def _mend_place(self, row: Placed) -> None:
        """A known place: rewritten where no other source speaks of it, else only its gaps are filled."""
        listing = row.listing
        place = self._places[row.location]
        alone = self.catalogue.alone(self.catalogue.sources_at_location.get(row.location))
        if alone or (place.point_from != "source" and listing.point_from == "source"):
            place.latitude, place.longitude = listing.latitude, listing.longitude
            place.point_from, place.county = listing.point_from, listing.county
        if alone:
            place.name, place.match_key = listing.name, identity.location_key(listing)
            self._change(Address, "location", (
                listing.address_1, listing.address_2, listing.city, listing.state, listing.zip, row.location,
            ))  # fmt: skip
        self._change(Location, "id", (
            place.name, place.latitude, place.longitude, place.point_from, place.county, place.match_key, row.location,
        ))  # fmt: skip

    def _organization(self, listing: Listing) -> uuid.UUID:
        key = identity.organization_key(listing.name, listing.state)
        known = self.catalogue.organizations.get(key)
        if known is None:
            known = self.catalogue.organizations[key] = self.catalogue.fresh("organization", *key)
            self._one(Organization, (known, listing.name, "", "", listing.website))
        return known

    def _program(self, organization: uuid.UUID, name: str) -> uuid.UUID | None:
        if not name:
            return None
        key = (organization, identity.fold_name(name))
        known = self.catalogue.programs.get(key)
        if known is None:
            known = self.catalogue.programs[key] = self.catalogue.fresh("program", *map(str, key))
            self._one(Program, (known, organization, name, ""))
        return known

    def _service(self, share: Shared) -> None:
        row = share.rows[0]
        listing, as_of = row.listing, self.catalogue.as_of
        organization = self.catalogue.organization_at[row.location]
        if row.new_service:
            self._one(Service, (
                row.service, organization, self._program(organization, listing.program), listing.service_name[:300], "",
                listing.note, listing.website, Service.Status.ACTIVE.value, "", as_of, self.at, listing.published,
            ))  # fmt: skip
            self._one(ServiceAtLocation, (uuid.uuid4(), row.service, row.location))
            return
        service = self._services[row.service]
        if self.catalogue.alone(self.catalogue.sources_of_service.get(row.service)):
            service.name, service.description, service.url = (
                listing.service_name[:300],
                listing.note,
                listing.website,
            )
            service.published, service.assured_date = listing.published, as_of
            service.program_id = self._program(organization, listing.program)
        else:
            service.description = service.description or listing.note
            service.url = service.url or listing.website
            service.assured_date = max(as_of, service.assured_date or as_of)
        self._change(Service, "id", (
            service.program_id, service.name, service.description, service.url, service.published, service.assured_date,
            self.at, row.service,
        ))  # fmt: skip

    def _said(self, share: Shared) -> None:
        """Facts, codes, languages and phones of one service, from all of its rows."""
        row = share.rows[0]
        as_of, source, service = self.catalogue.as_of, self.source.pk, row.service
        self._put(Fact, [(service, f.need, f.answer, source, as_of, f.said) for f in row.listing.statements])
        self._put(Attribute, [(service, self._terms[code].pk, source) for code in row.listing.codes])
        spoken = [pair for pair in row.listing.languages if (service, pair[0]) not in self._spoken]
        self._put(Language, [(uuid.uuid4(), service, name, iso) for name, iso in spoken])
        numbers = {(n.number, n.extension, n.kind): n for member in share.rows for n in member.listing.phones}
        self._put(Phone, [
            (
                uuid.uuid4(), row.location, service, n.number, n.extension, n.kind, n.description, n.readable, as_of, source,
                position,
            )
            for position, n in enumerate(numbers.values())
        ])  # fmt: skip

    def _record(self, row: Placed) -> None:
        listing, merged = row.listing, row.outcome is Outcome.MERGED
        if row.known:
            if row.outcome is Outcome.UPDATED or row.moved:
                self._change(Record, "id", (
                    row.digest, listing.row, listing.line, row.service, row.location, row.known.id,
                ))  # fmt: skip
            record = Record(id=row.known.id)
        elif not listing.mends:
            self._one(Record, (
                self.source.pk, row.key, row.digest, listing.row, listing.line, row.service, row.location, merged,
            ))  # fmt: skip
            return
        else:
            record = Record(
                source=self.source, key=row.key, digest=row.digest, row=listing.row, line=listing.line,
                service_id=row.service, location_id=row.location, merged=merged,
            )  # fmt: skip
            self._mended.append(record)
        self._repairs.extend(
            Repair(record=record, field=mend.field, before=mend.before, after=mend.after, rule=mend.rule)
            for mend in listing.mends
        )

    def _terms_for(self, listings: Iterable[Listing]) -> None:
        """Make the terms that these listings carry and that the database does not know yet."""
        missing = sorted({code for listing in listings for code in listing.codes} - self._terms.keys())
        if not missing or self.edition is None:
            return
        taxonomy, _ = Taxonomy.objects.get_or_create(
            name=f"SAMHSA service codes {self.edition}",
            defaults={
                "description": f"Codes of SAMHSA's directory of {self.edition}. Codes change between editions.",
                "version": str(self.edition),
            },
        )
        self._terms |= {term.code: term for term in TaxonomyTerm.objects.filter(taxonomy=taxonomy)}
        for code in missing:
            if code not in self._terms:
                label = samhsa.label(code, edition=self.edition) or f"Unknown code {code}"
                self._terms[code] = TaxonomyTerm.objects.create(
                    taxonomy=taxonomy, code=code, name=label[:300]
                )

    def _hearing(self, batch: list[Shared]) -> None:
        """A place helps deaf people exactly where one of its services says so."""
        places = [share.rows[0].location for share in batch]
        given = ServiceAtLocation.objects.filter(location_id__in=places)
        at: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        for service, place in given.values_list("service_id", "location_id"):
            at[service].add(place)
        helped: set[uuid.UUID] = set()
        # Asked by service: by need alone, each batch would read the facts of all that was ever loaded.
        for some in batches(at):
            deaf = Fact.objects.filter(service_id__in=some, need="deaf", answer=True)
            helped.update(*(at[service] for service in deaf.values_list("service_id", flat=True)))
        said = Accessibility.objects.filter(location_id__in=places, description=DEAF)
        known = set(said.values_list("location_id", flat=True))
        said.exclude(location_id__in=helped).delete()
        Accessibility.objects.bulk_create(
            Accessibility(location_id=at, description=DEAF) for at in sorted(helped - known)
        )

    def _drop_abandoned(self) -> None:
        """Services whose last row went over to another one."""
        for some in batches(sorted(self.catalogue.abandoned)):
            Service.objects.filter(id__in=some, records__isnull=True).delete()

    def _one(self, model: type[models.Model], row: tuple[Any, ...]) -> None:
        self._waiting.setdefault(model, []).append(row)

    def _change(self, model: type[models.Model], key: str, row: tuple[Any, ...]) -> None:
        self._changes.setdefault((model, key), []).append(row)

    def _put(self, model: type[models.Model], rows: Iterable[tuple[Any, ...]]) -> None:
        self._waiting.setdefault(model, []).extend(rows)

    def _flush(self) -> None:
        """Write what waits: changes first, then what is new, and of that what others point to first."""
        for (table, key), columns in CHANGES.items():
            update_rows(table, columns, self._changes.pop((table, key), []), key=key)
        for model, columns in COLUMNS.items():
            insert_rows(model, columns, self._waiting.pop(model, []))
        Record.objects.bulk_create(self._mended)
        Repair.objects.bulk_create(self._repairs)
        self._mended, self._repairs = [], []
