"""A naive search over Listings, written from the semantics alone: loops and sets, no index, no bits."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import replace

from daybreak.finder.listings import Listings
from daybreak.finder.query import Answer, Condition, Hit, InCounty, InState, Near, NearMiss, Query

WIDER = (10.0, 25.0, 50.0, 100.0, 250.0, 500.0)
EARTH_RADIUS_KM = 6371.0088
KM_PER_MILE = 1.609344


def great_circle_miles(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Vincenty's formula on a sphere; good at every distance."""
    lat1, lat2 = math.radians(a[0]), math.radians(b[0])
    turn = math.radians(b[1] - a[1])
    across = math.cos(lat2) * math.sin(turn)
    along = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(turn)
    inward = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(turn)
    return EARTH_RADIUS_KM / KM_PER_MILE * math.atan2(math.hypot(across, along), inward)


def plain_words(text: str) -> list[str]:
    letters = []
    for letter in unicodedata.normalize("NFKD", text):
        if letter in "'\u2019\u2018`\u02bc" or unicodedata.combining(letter):
            continue
        letters.append(letter.casefold() if letter.isalnum() else " ")
    return "".join(letters).split()


class NaiveDirectory:
    def __init__(self, listings: Listings) -> None:
        self.given = listings
        m = len(listings.service_listing)
        self.yes: list[set[str]] = [set() for _ in range(m)]
        self.no: list[set[str]] = [set() for _ in range(m)]
        for service, column in listings.yes.tolist():
            self.yes[service].add(listings.columns[column])
        for service, column in listings.no.tolist():
            self.no[service].add(listings.columns[column])
        self.services: list[list[int]] = [[] for _ in listings.ids]
        for service, listing in enumerate(listings.service_listing.tolist()):
            self.services[listing].append(service)

    def point(self, listing: int) -> tuple[float, float] | None:
        latitude, longitude = float(self.given.latitude[listing]), float(self.given.longitude[listing])
        return None if math.isnan(latitude) else (latitude, longitude)

    def in_place(self, listing: int, query: Query) -> bool:
        place = query.place
        if place is None:
            return True
        if isinstance(place, InCounty):
            return self.given.counties[listing] == place.county
        if isinstance(place, InState):
            return self.given.states[listing] == place.state
        point = self.point(listing)
        if point is None:
            return False
        return great_circle_miles((place.latitude, place.longitude), point) <= place.radius_miles

    def is_named(self, listing: int, query: Query) -> bool:
        own = plain_words(self.given.names[listing])
        asked = [word for words in query.name_words for word in plain_words(words)]
        return all(any(word.startswith(prefix) for word in own) for prefix in asked)

    def unstated_by(self, service: int, query: Query) -> tuple[int, ...] | None:
        """Conditions that the service does not state; None if it does not meet the question."""
        silent = []
        for at, condition in enumerate(query.conditions):
            if any(need in self.yes[service] for need in condition.needs):
                continue
            if not condition.admit_unstated or any(need in self.no[service] for need in condition.needs):
                return None
            silent.append(at)
        if any(need in self.yes[service] for need in query.excluded):
            return None
        return tuple(silent)

    def match(self, listing: int, query: Query) -> tuple[int, int, tuple[int, ...]] | None:
        """(tier, given service, unstated) of the best service; None if the listing does not match."""
        if not self.in_place(listing, query) or not self.is_named(listing, query):
            return None
        found = []
        for service in self.services[listing]:
            silent = self.unstated_by(service, query)
            if silent is None:
                continue
            until = int(self.given.service_open_until[service])
            is_open = until > 0 and until >= query.now_minutes
            tier = 2 if silent else 0 if is_open else 1
            checked = int(self.given.service_checked_days[service])
            found.append((tier, len(silent), -checked, service, silent))
        if not found:
            return None
        best = min(found)
        return best[0], best[3], best[4]

    def total(self, query: Query) -> int:
        return sum(self.match(listing, query) is not None for listing in range(len(self.given.ids)))

    def hits(self, query: Query) -> list[tuple[str, Hit]]:
        """In order; ``row`` is the given listing and ``service`` the given service, not those of an index."""
        place = query.place
        origin = query.origin
        if origin is None and isinstance(place, Near):
            origin = (place.latitude, place.longitude)
        sortable = []
        for listing, listing_id in enumerate(self.given.ids):
            match = self.match(listing, query)
            if match is None:
                continue
            tier, service, silent = match
            checked = int(self.given.service_checked_days[service])
            age = 10.0 if checked < 0 else max(query.today_days - checked, 0) / 365.25
            point = self.point(listing)
            miles = great_circle_miles(origin, point) if origin and point else None
            far = 0.0 if origin is None else 12_500.0 if miles is None else miles
            score = math.floor((far + 1.5 * min(age, 10.0)) * 1000 + 0.5)
            hit = Hit(listing, listing_id, service, tier, miles, age, silent)
            sortable.append((tier, score, listing_id, hit))
        sortable.sort(key=lambda entry: entry[:3])
        return [(listing_id, hit) for _, _, listing_id, hit in sortable]

    def facets(self, query: Query) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = {}
        for group, needs in self.given.groups.items():
            others = tuple(c for c in query.conditions if not set(c.needs) <= set(needs))
            counts[group] = {
                need: self.total(replace(query, conditions=(*others, Condition((need,))))) for need in needs
            }
        return counts

    def near_misses(self, query: Query, total: int) -> list[NearMiss]:
        changes: list[tuple[str, int, str, float | None, Query]] = []
        conditions = query.conditions
        for at, condition in enumerate(conditions):
            without = conditions[:at] + conditions[at + 1 :]
            changes.append(("condition", at, "drop", None, replace(query, conditions=without)))
            admitting = (*conditions[:at], replace(condition, admit_unstated=True), *conditions[at + 1 :])
            changes.append(("condition", at, "admit-unstated", None, replace(query, conditions=admitting)))
        for at in range(len(query.excluded)):
            fewer = query.excluded[:at] + query.excluded[at + 1 :]
            changes.append(("excluded", at, "drop", None, replace(query, excluded=fewer)))
        place = query.place
        if isinstance(place, Near):
            wider = [miles for miles in WIDER if miles > place.radius_miles]
            if wider:
                more = replace(query, place=replace(place, radius_miles=wider[0]))
                changes.append(("place", 0, "radius", wider[0], more))
        elif isinstance(place, InCounty):
            changes.append(("place", 0, "state", None, replace(query, place=InState(place.county[:2]))))
        elif isinstance(place, InState):
            changes.append(("place", 0, "anywhere", None, replace(query, place=None)))
        changes.append(("name", 0, "drop", None, replace(query, name_words=())))
        misses = []
        for kind, at, change, radius, changed in changes:
            more_listings = self.total(changed) - total
            if more_listings:
                misses.append(NearMiss(kind, at, change, more_listings, radius))
        return misses

    def search(self, query: Query) -> Answer:
        hits = tuple(hit for _, hit in self.hits(query))
        return Answer(
            total=len(hits),
            hits=hits,
            facets=self.facets(query),
            near_misses=tuple(self.near_misses(query, len(hits))),
            unstated_total=sum(hit.tier == 2 for hit in hits),
        )
