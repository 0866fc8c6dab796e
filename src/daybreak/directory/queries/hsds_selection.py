"""Which entities an HSDS request selects: ids in order, for the public; every condition given must hold (AND)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any
from uuid import UUID

from daybreak.directory.models import Service
from daybreak.directory.queries.folds import Folds, folds
from daybreak.directory.queries.hsds.places import SHOWN_ORGANIZATION
from daybreak.directory.queries.hsds.rows import rows, text_id
from daybreak.directory.queries.hsds.terms import Terms
from daybreak.directory.queries.hsds_carrying import Carrying
from daybreak.directory.rules.hsds_ids import NEEDS_STATED_NO
from daybreak.directory.rules.hsds_shapes import Shape
from daybreak.vocabulary.gazetteer import miles_between, zip_centre

METRES_PER_MILE = 1609.344
_WORD = re.compile(r"[^\W_]+")


class UnknownPostcode(Exception):
    """A ZIP that is not in use, so that nothing can be measured from its middle."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold. Ids are UUIDs in lower case; ``postcode`` is a ZIP of five digits; ``proximity_m`` is in metres."""

    search: str = ""
    taxonomy_term_id: str | None = None
    taxonomy_id: str | None = None
    organization_id: str | None = None
    parent_id: str | None = None
    modified_after: datetime | None = None
    postcode: str | None = None
    proximity_m: float | None = None
    top_only: bool = False


class Selection:
    """The directory as one request sees it: what stands is worked out once."""

    def __init__(self, *, together: Folds | None = None) -> None:
        self.together = together or folds()

    def services(self, asked: Conditions) -> list[str]:
        """Published services that stand, in the order of their ids."""
        return sorted(self._where(asked, self._by_service(asked, {})))

    def service(self, service_id: str) -> str:
        """The service that stands for this one; itself where nothing is folded."""
        return str(self.together.service(UUID(service_id)))

    def service_at_locations(self, asked: Conditions) -> list[str]:
        """Which published service is given where, in the order of ids."""
        near = self._near(asked)
        found = self._by_service(asked, self._texts_of_places if asked.search else {})
        services = {service for service, _ in found} & self._where(asked, None)
        return sorted(
            key
            for (service, place), key in self._pairs.items()
            if service in services
            and (near is None or place in near)
            and ((service, "") in found or (service, place) in found)
        )

    def service_at_location(self, pair_id: str) -> str:
        """The pair that stands for this one; itself where nothing is folded or nothing is known of it."""
        known = self._place_of_pair.get(pair_id)
        return self._pairs[known] if known else pair_id

    def organizations(self, asked: Conditions) -> list[str]:
        """Organizations that have a published service, or none at all."""
        columns = "id, name, alternate_name, description"
        sql = f"SELECT {columns} FROM directory_organization WHERE {SHOWN_ORGANIZATION} ORDER BY id"  # noqa: S608
        found = rows(sql)
        words = _words(asked.search)
        return [text_id(row[0]) for row in found if not asked.search or _says(words, _folded(*row[1:]))]

    def taxonomies(self, asked: Conditions) -> list[str]:
        """Taxonomies that may be shared."""
        return _matching(self.terms.taxonomies, asked.search, ("name", "description"))

    def taxonomy_terms(self, asked: Conditions) -> list[str]:
        """Terms of those taxonomies."""
        shapes = {
            key: shape
            for key, shape in self.terms.terms.items()
            if (asked.taxonomy_id is None or shape.get("taxonomy_id") == asked.taxonomy_id)
            and (asked.parent_id is None or shape.get("parent_id") == asked.parent_id)
            and not (asked.top_only and "parent_id" in shape)
        }
        return _matching(shapes, asked.search, ("code", "name", "description"))

    @cached_property
    def terms(self) -> Terms:
        """Taxonomies, terms and sources."""
        return Terms()

    @cached_property
    def _standing(self) -> dict[Any, str]:
        """Every published service in the database's own form → the service that stands for it."""
        folded = {service.hex: str(stands) for service, stands in self.together.service_of.items()}
        found = rows("SELECT id FROM directory_service WHERE published")
        return {key: folded.get(_hex(key)) or text_id(key) for (key,) in found}

    @cached_property
    def _carrying(self) -> Carrying:
        return Carrying(self.terms, self._standing, self.together)

    @cached_property
    def _place_of_pair(self) -> dict[str, tuple[str, str]]:
        """Every shown pair → the service and the place that stand for it."""
        places = {place.hex: str(stands) for place, stands in self.together.place_of.items()}
        found = {}
        for key, service, place in rows(
            "SELECT id, service_id, location_id FROM directory_serviceatlocation"
        ):
            if service in self._standing:
                stands = places.get(_hex(place)) or text_id(place)
                found[text_id(key)] = (self._standing[service], stands)
        return found

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], str]:
        """Service and place that stand → the pair that goes out: of the members' pairs the first, in their order."""
        turn = {str(s): turn for group in self.together.services.values() for turn, s in enumerate(group)}
        service_of = (
            {
                text_id(key): text_id(service)
                for key, service in rows("SELECT id, service_id FROM directory_serviceatlocation")
            }
            if turn
            else {}
        )
        best: dict[tuple[str, str], tuple[int, str]] = {}
        for key, pair in self._place_of_pair.items():
            rank = (turn.get(service_of.get(key, ""), 0), key)
            if pair not in best or rank < best[pair]:
                best[pair] = rank
        return {pair: key for pair, (_, key) in best.items()}

    def _where(self, asked: Conditions, found: set[tuple[str, str]] | None) -> set[str]:
        """The services for which every condition but the place holds; ``found`` are those of the search."""
        kept = set(self._standing.values()) if found is None else {service for service, _ in found}
        if asked.organization_id is not None:
            own = Service.objects.filter(published=True, organization_id=asked.organization_id)
            kept &= {str(key) for key in own.values_list("id", flat=True)}
        if asked.modified_after is not None:
            newer = Service.objects.filter(published=True, last_modified__gte=asked.modified_after)
            kept &= {self.service(str(key)) for key in newer.values_list("id", flat=True)}
        if asked.taxonomy_term_id is not None:
            kept &= self._carrying.any_of([asked.taxonomy_term_id])
        if asked.taxonomy_id is not None:
            kept &= self._carrying.any_in(asked.taxonomy_id)
        return kept

    def _by_service(self, asked: Conditions, places: Mapping[str, str]) -> set[tuple[str, str]]:
        """What the search finds: (service, "") = wherever it is given, (service, place) = there only.

        Every word must begin a word of the service's texts, of a term that it carries, or of its place's texts.
        """
        if not asked.search:
            return {(service, "") for service in self._standing.values()}
        found: set[tuple[str, str]] | None = None
        for word in _telling(_words(asked.search)):
            # What a word before did not find is not looked at again: 200 words must not cost 200 times one word.
            left = self._texts.keys() if found is None else {service for service, _ in found}
            if not left:
                break
            whole = {service for service in left if f" {word}" in self._texts[service]}
            if len(whole) < len(left):
                whole |= left & self._carrying.any_of(self._terms_that_say(word))
            met = {(service, "") for service in whole}
            there = {place for place, text in places.items() if f" {word}" in text}
            if there:
                met |= {(s, place) for s, place in self._pairs if place in there and s in left}
            found = met if found is None else _both(found, met)
        return found or set()

    def _terms_that_say(self, word: str) -> list[str]:
        """Terms with a word that begins so; a stated no is not what anybody looks for."""
        return [key for key, text in self._texts_of_terms.items() if f" {word}" in text]

    @cached_property
    def _texts_of_terms(self) -> dict[str, str]:
        """Term → its code and name, folded for search."""
        return {
            key: _folded(shape.get("code"), shape["name"])
            for key, shape in self.terms.terms.items()
            if shape.get("taxonomy_id") != NEEDS_STATED_NO
        }

    @cached_property
    def _texts(self) -> dict[str, str]:
        """The service that stands → what it and its organization are called and say, folded for search."""
        found: dict[str, str] = {}
        for key, *texts in rows(
            "SELECT s.id, s.name, s.alternate_name, s.description, o.name, o.alternate_name FROM directory_service s "
            "JOIN directory_organization o ON o.id = s.organization_id WHERE s.published"
        ):
            service = self._standing[key]
            found[service] = found.get(service, "") + _folded(*texts)
        return found

    @cached_property
    def _texts_of_places(self) -> dict[str, str]:
        """The place that stands → its name, street, town, state and ZIP, folded for search."""
        found: dict[str, str] = {}
        for key, *texts in rows(
            "SELECT l.id, l.name, a.address_1, a.city, a.state_province, a.postal_code FROM directory_location l "
            "LEFT JOIN directory_address a ON a.location_id = l.id"
        ):
            place = self._place(key)
            found[place] = found.get(place, "") + _folded(*texts)
        return found

    def _place(self, key: Any) -> str:
        return str(self.together.place(key if isinstance(key, UUID) else UUID(key)))

    def _near(self, asked: Conditions) -> set[str] | None:
        """The places that stand within the postcode, or within so many metres of its middle; None = anywhere."""
        if asked.postcode is None:
            return None
        if asked.proximity_m is None:
            return self._in_zip(asked.postcode)
        middle = zip_centre(asked.postcode)
        if middle is None:
            raise UnknownPostcode
        miles = asked.proximity_m / METRES_PER_MILE
        points = self._points()
        return {place for place, point in points.items() if miles_between(*middle, *point) <= miles}

    def _in_zip(self, postcode: str) -> set[str]:
        """Places whose address, as it goes out, has this ZIP: of places that are one, the first that has an address."""
        found = rows("SELECT location_id, postal_code FROM directory_address")
        zips: dict[str, set[str]] = {}
        for key, code in found:
            zips.setdefault(text_id(key), set()).add(code[:5])
        stands = {self._place(UUID(key)) for key, codes in zips.items() if postcode in codes}
        return {
            place
            for place in stands
            if postcode in next((zips[key] for key in self._members(place) if key in zips), ())
        }

    def _points(self) -> dict[str, tuple[float, float]]:
        """The place that stands → the point that goes out: of places that are one, the first that has one."""
        points = {
            text_id(key): (latitude, longitude)
            for key, latitude, longitude in rows(
                "SELECT id, latitude, longitude FROM directory_location WHERE latitude IS NOT NULL"
            )
        }
        found = {}
        for key in points:
            place = self._place(UUID(key))
            if place not in found:
                found[place] = next(points[member] for member in self._members(place) if member in points)
        return found

    def _members(self, place: str) -> Iterable[str]:
        return (str(member) for member in self.together.places_at(UUID(place)))


def _both(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Where two words are both met; a word met by the service is met at each of its places."""
    found = one & other
    for mine, theirs in ((one, other), (other, one)):
        found |= {pair for pair in mine if pair[1] and (pair[0], "") in theirs}
    return found


def _hex(key: Any) -> str:
    return key.hex if isinstance(key, UUID) else str(key)


def _folded(*texts: str | None) -> str:
    """Texts as words behind blanks, without capitals and accents: " st jude s clinic"."""
    return "".join(f" {word}" for text in texts if text for word in _words(text))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text)
    return _WORD.findall("".join(mark for mark in plain if not unicodedata.combining(mark)).casefold())


def _telling(words: list[str]) -> list[str]:
    """The words that say something of their own: whoever is found by "detox" is found by "det" and by "detox" again."""
    once = sorted(set(words), reverse=True)
    begun = {word for before, word in pairwise(once) if before.startswith(word)}
    return [word for word in dict.fromkeys(words) if word not in begun]


def _says(words: list[str], text: str) -> bool:
    """Whether every word begins a word of the text; no words at all (only marks) are found nowhere."""
    return bool(words) and all(f" {word}" in text for word in dict.fromkeys(words))


def _matching(shapes: Mapping[str, Shape], search: str, properties: tuple[str, ...]) -> list[str]:
    words = _words(search)
    return [
        key
        for key, shape in shapes.items()
        if not search or _says(words, _folded(*(shape.get(name) for name in properties)))
    ]
