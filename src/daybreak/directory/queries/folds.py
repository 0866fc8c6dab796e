"""Which places and services the public sees as one: for publishing, for exporting, and for old addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from daybreak.directory.models import Location, Match, Record, Service, ServiceAtLocation
from daybreak.directory.rules.folding import Offered, Pair, folded_services, joined_groups

_LONG_AGO = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Folds:
    """What is shown together; what stands alone is not in here.

    ``places`` is the place that stands → all its places, the one with the newest word first (its name, street and website
    are the ones to show); ``services`` is the service that stands → all its services. Which one stands does not depend on
    the order of loads: the one of the oldest list, so that its address stays when a newer list arrives. ``organizations`` is
    the place that stands → the organization to show there: that of its first service by id, which always goes out with it.
    """

    places: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    services: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    place_of: Mapping[UUID, UUID] = field(default_factory=dict)
    service_of: Mapping[UUID, UUID] = field(default_factory=dict)
    organizations: Mapping[UUID, UUID] = field(default_factory=dict)

    def place(self, location: UUID) -> UUID:
        """The place that stands for this one; itself where nothing is folded."""
        return self.place_of.get(location, location)

    def service(self, service: UUID) -> UUID:
        """The service that stands for this one; itself where nothing is folded."""
        return self.service_of.get(service, service)

    def places_at(self, location: UUID) -> tuple[UUID, ...]:
        """All places of the place that stands, the newest word first."""
        return self.places.get(location, (location,))

    def services_as(self, service: UUID) -> tuple[UUID, ...]:
        """All services of the service that stands."""
        return self.services.get(service, (service,))


def folds() -> Folds:
    """What is shown together today, as the rules and people decided."""
    groups = _shown(_groups())
    members = [member for group in groups for member in group]
    if not members:
        return Folds()
    words = _words(members)
    offered, elsewhere = _offered(members, words)
    places: dict[UUID, tuple[UUID, ...]] = {}
    services: dict[UUID, tuple[UUID, ...]] = {}
    for group in groups:
        stands = min(group, key=lambda member: words[member].age)
        newest = sorted(group, key=lambda member: words[member].age)
        newest.sort(key=lambda member: words[member].newest, reverse=True)
        places[stands] = tuple(newest)
        here = {s.id: s for member in group for s in offered.get(member, ()) if s.id not in elsewhere}
        for same in folded_services(here.values()):
            if len(same) > 1:
                ids = tuple(service.id for service in same if isinstance(service.id, UUID))
                services[ids[0]] = ids
    service_of = {member: stands for stands, group in services.items() for member in group}
    return Folds(
        places,
        services,
        {member: stands for stands, group in places.items() for member in group},
        service_of,
        _organizations(places, offered, service_of),
    )


def _organizations(
    places: Mapping[UUID, tuple[UUID, ...]],
    offered: Mapping[UUID, list[Offered]],
    service_of: Mapping[UUID, UUID],
) -> dict[UUID, UUID]:
    """The place that stands → the organization of its first service by id."""
    first: dict[UUID, UUID] = {}
    for stands, group in places.items():
        here = [s.id for member in group for s in offered.get(member, ()) if isinstance(s.id, UUID)]
        if here:
            first[stands] = min((service_of.get(service, service) for service in here), key=str)
    owners = dict(_in_parts(Service.objects, "id", list(first.values()), "id", "organization_id"))
    return {place: owners[service] for place, service in first.items()}


def _groups() -> list[list[UUID]]:
    pairs = Match.objects.exclude(state=Match.State.DOUBTFUL).values_list(
        "first_id", "second_id", "score", "decided_by", "state"
    )
    same: list[Pair] = []
    different: list[tuple[UUID, UUID]] = []
    for first, second, score, decided_by, state in pairs.iterator():
        if state == Match.State.SAME:
            same.append(Pair(first, second, score, bool(decided_by)))
        else:
            different.append((first, second))
    groups = joined_groups(same, different)
    return [[member for member in group if isinstance(member, UUID)] for group in groups]


def _shown(groups: list[list[UUID]]) -> list[list[UUID]]:
    """The groups without places whose every service is unpublished: what somebody once joined must not bring them out."""
    members = [member for group in groups for member in group]
    given = _in_parts(ServiceAtLocation.objects, "location_id", members, "location_id", "service__published")
    hidden = {place for place, _ in given} - {place for place, published in given if published}
    left = [[member for member in group if member not in hidden] for group in groups]
    return [group for group in left if len(group) > 1]


@dataclass(slots=True)
class _Words:
    """What lists say of a place: its sources by service, its oldest and newest day, and what tells it from others."""

    key: str
    oldest: date = date.max
    newest: date = _LONG_AGO

    @property
    def age(self) -> tuple[date, str]:
        return self.oldest, self.key


def _words(members: list[UUID]) -> dict[UUID, _Words]:
    found = {
        place: _Words(key) for place, key in _in_parts(Location.objects, "id", members, "id", "match_key")
    }
    days = _in_parts(Record.objects, "location_id", members, "location_id", "source__as_of")
    for place, day in days:
        found[place].oldest = min(found[place].oldest, day)
        found[place].newest = max(found[place].newest, day)
    return found


def _offered(
    members: list[UUID], words: Mapping[UUID, _Words]
) -> tuple[dict[UUID, list[Offered]], set[UUID]]:
    """The published services of each place, and those that are given at several places: these are never folded."""
    sources: dict[UUID, set[str]] = {}
    since: dict[UUID, date] = {}
    for service, slug, day in _in_parts(
        Record.objects, "location_id", members, "service_id", "source__slug", "source__as_of"
    ):
        sources.setdefault(service, set()).add(slug)
        since[service] = min(since.get(service, day), day)
    found: dict[UUID, list[Offered]] = {}
    times: dict[UUID, int] = {}
    shown = ServiceAtLocation.objects.filter(service__published=True).exclude(service__status="defunct")
    given = _in_parts(
        shown, "location_id", members, "location_id", "location__name", "service_id", "service__name"
    )
    for place, place_name, service, name in given:
        tie = f"{words[place].key} {name}"
        spoke = frozenset(sources.get(service, ()))
        found.setdefault(place, []).append(
            Offered(service, place, name, place_name, spoke, since.get(service, date.max), tie)
        )
    for (service,) in _in_parts(ServiceAtLocation.objects, "service_id", list(_ids(found)), "service_id"):
        times[service] = times.get(service, 0) + 1
    return found, {service for service, count in times.items() if count > 1}


def _ids(found: Mapping[UUID, list[Offered]]) -> set[UUID]:
    return {s.id for services in found.values() for s in services if isinstance(s.id, UUID)}


def _in_parts(rows: object, column: str, ids: list[UUID], *columns: str) -> list[tuple]:  # type: ignore[type-arg]
    """Values of the rows whose ``column`` is one of ``ids``: SQLite takes a limited number of them at once."""
    found: list[tuple] = []  # type: ignore[type-arg]
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        found += rows.filter(**{f"{column}__in": part}).values_list(*columns)  # type: ignore[attr-defined]
    return found
