"""The directory as it stands, and where each listing of a file belongs in it: which place, which service, new or known."""

from __future__ import annotations

import enum
import itertools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from daybreak.directory.models import (
    Location,
    Organization,
    Program,
    Record,
    Service,
    ServiceAtLocation,
    Source,
)
from daybreak.directory.rules import identity
from daybreak.directory.rules.rows import Listing


class Outcome(enum.Enum):
    """What became of a row."""

    LOADED = "loaded"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Known:
    """A record that an earlier load of this source left."""

    id: int
    digest: str
    service: uuid.UUID
    location: uuid.UUID


# What a row has until its service is settled.
_UNSETTLED = uuid.UUID(int=0)


@dataclass(slots=True)
class Placed:
    """One listing with its place and service. ``joined``: the service is another row's, here or in another source."""

    listing: Listing
    key: str
    digest: str
    known: Known | None
    location: uuid.UUID
    service: uuid.UUID = _UNSETTLED
    new_location: bool = False
    new_service: bool = False
    outcome: Outcome = Outcome.UNCHANGED

    @property
    def stays(self) -> bool:
        """Whether its record is known and still at the same place; one that went elsewhere is another service there."""
        return self.known is not None and self.known.location == self.location

    @property
    def moved(self) -> bool:
        """Whether its record must point to another service than before."""
        return self.known is not None and self.known.service != self.service


@dataclass(slots=True)
class Shared:
    """Rows of one file that make up one service."""

    rows: list[Placed]
    changed: bool


class Catalogue:
    """What the database knows, as far as a load of ``source`` needs it; read once, in a handful of queries."""

    def __init__(self, source: Source, as_of: date) -> None:
        self.source, self.as_of = source, as_of
        self.records: dict[str, Known] = {}
        self._ids: set[uuid.UUID] = set()
        for model in (Location, Organization, Program, Service):
            self._ids.update(model._default_manager.values_list("id", flat=True).iterator())
        self.sources_of_service: dict[uuid.UUID, set[int]] = {}
        self.sources_at_location: dict[uuid.UUID, set[int]] = {}
        self.records_at: dict[uuid.UUID, int] = {}
        self._keys_of_service: dict[uuid.UUID, set[str]] = {}
        everything = Record.objects.values_list(
            "id", "source_id", "key", "digest", "service_id", "location_id"
        )
        for number, source_id, key, digest, service, location in everything.iterator():
            self.sources_of_service.setdefault(service, set()).add(source_id)
            self.sources_at_location.setdefault(location, set()).add(source_id)
            self.records_at[location] = self.records_at.get(location, 0) + 1
            if source_id == source.pk:
                self.records[key] = Known(number, digest, service, location)
                self._keys_of_service.setdefault(service, set()).add(key)
        self._read_places()
        self.abandoned: set[uuid.UUID] = set()
        self._taken: set[uuid.UUID] = set()
        self.renamed = False

    def _read_places(self) -> None:
        self.locations: dict[str, uuid.UUID] = {}
        self._match_keys: dict[uuid.UUID, str] = {}
        self.organization_at: dict[uuid.UUID, uuid.UUID] = {}
        self.organizations: dict[tuple[str, str], uuid.UUID] = {}
        places = Location.objects.values_list(
            "id", "match_key", "organization_id", "organization__name", "addresses__state_province"
        )
        for location, match_key, organization, name, state in places.iterator():
            self.locations[match_key] = location
            self._match_keys[location] = match_key
            self.organization_at[location] = organization
            self.organizations.setdefault(identity.organization_key(name, state or ""), organization)
        self.services_here: dict[tuple[uuid.UUID, str, bool], list[uuid.UUID]] = {}
        given = ServiceAtLocation.objects.order_by("service__last_modified", "service_id").values_list(
            "location_id", "service_id", "service__name", "service__published"
        )
        for location, service, name, published in given.iterator():
            self.services_here.setdefault((location, identity.service_key(name), published), []).append(
                service
            )
        self.programs: dict[tuple[uuid.UUID, str], uuid.UUID] = {
            (organization, identity.fold_name(name)): program
            for program, organization, name in Program.objects.values_list(
                "id", "organization_id", "name"
            ).iterator()
        }

    def fresh(self, *parts: str) -> uuid.UUID:
        """An id that no row has, made from what the new row is; counted on where a row that was renamed has it still."""
        ordinals = itertools.count()
        found = next(one for at in ordinals if (one := identity.made_id(*parts, str(at))) not in self._ids)
        self._ids.add(found)
        return found

    def place(self, listings: Iterable[Listing]) -> list[Shared]:
        """Every listing with its place and service, grouped by service."""
        groups: dict[tuple[str, str, bool], list[Placed]] = {}
        ordinals: dict[str, int] = {}
        for listing in listings:
            first = identity.record_key(listing, 0)
            ordinal = ordinals[first] = ordinals.get(first, -1) + 1
            key = identity.record_key(listing, ordinal) if ordinal else first
            match_key = identity.location_key(listing)
            known = self.records.get(key)
            location = self.locations.get(match_key) or self._renamed(known)
            new = location is None
            location = self.locations[match_key] = location or self.fresh("place", match_key)
            self._taken.add(location)
            row = Placed(listing, key, listing.digest(self.as_of), known, location, new_location=new)
            group = (match_key, identity.service_key(listing.service_name), listing.published)
            groups.setdefault(group, []).append(row)
        self.present = {row.key for rows in groups.values() for row in rows}
        return [shared for (_, name, _), rows in groups.items() for shared in self._settle(name, rows)]

    def _renamed(self, known: Known | None) -> uuid.UUID | None:
        """The place of a row that its source knows by a key of its own, where nobody else speaks of that place: it is the same
        place under another name or address.
        """
        if known is None or self.records_at.get(known.location) != 1 or known.location in self._taken:
            return None
        self.renamed = True
        self.locations.pop(self._match_keys[known.location], None)  # another row may be there now
        return known.location

    def _settle(self, name: str, rows: list[Placed]) -> list[Shared]:
        """Give each row of one named service of one place its service: one for each set of statements.

        Rows that say the same are one service; a row that says something else is another one, so that no service states
        a mix that nobody offers. Known rows keep their service; a new one joins what another source has there.
        """
        by_statement: dict[object, list[Placed]] = {}
        for row in rows:
            by_statement.setdefault(row.listing.stated, []).append(row)
        owned = {row.known.service for row in rows if row.known}
        here = self.services_here.get((rows[0].location, name, rows[0].listing.published), [])
        # A service for which this source has a row that is missing from this file is left alone.
        free = [s for s in here if s not in owned and not self._keys_of_service.get(s, set()) - self.present]
        claimed: set[uuid.UUID] = set()
        settled = sorted(
            by_statement.values(),
            key=lambda same: not any(r.known and r.known.digest == r.digest for r in same),
        )
        for same in settled:
            kept = next(
                (r.known.service for r in same if r.known and r.stays and r.known.service not in claimed),
                None,
            )
            joined = next((s for s in free if s not in claimed), None) if kept is None else None
            service = kept or joined or self.fresh("service", str(rows[0].location), name)
            claimed.add(service)
            for row in same:
                row.service, row.new_service = service, not (kept or joined)
                row.outcome = self._outcome(row, first=row is rows[0])
        self.abandoned |= owned - claimed
        changed = any(row.outcome is not Outcome.UNCHANGED or row.moved for row in rows)
        return [Shared(same, changed) for same in by_statement.values()]

    @staticmethod
    def _outcome(row: Placed, *, first: bool) -> Outcome:
        if row.known is not None:
            return Outcome.UNCHANGED if row.known.digest == row.digest else Outcome.UPDATED
        return Outcome.LOADED if first and row.new_service else Outcome.MERGED

    @property
    def absent(self) -> int:
        """How many records of this source are not in the file."""
        return len(self.records.keys() - self.present)

    def alone(self, sources: set[int] | None) -> bool:
        """Whether no other source speaks of it."""
        return not (sources or set()) - {self.source.pk}
