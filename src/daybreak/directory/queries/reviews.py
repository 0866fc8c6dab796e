"""Pairs of places as a person sees them who decides whether they are the same: both sides, and what speaks for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from daybreak.directory.models import Location, Match, Phone, Record, ServiceAtLocation


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two places. ``phones`` are (number, year in which it was listed), ``sources`` titles of lists."""

    id: str
    name: str
    services: tuple[str, ...]
    street: str
    town: str
    phones: tuple[tuple[str, int], ...]
    website: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """One pair: ``state`` doubtful, same or different; ``decided_by`` "" where the rules speak."""

    id: int
    state: str
    score: float
    reasons: tuple[dict[str, Any], ...]
    decided_by: str
    decided_on: str
    first: Side
    second: Side


def waiting() -> int:
    """How many pairs wait for a person."""
    return Match.objects.filter(state=Match.State.DOUBTFUL).count()


def reviews(*, state: str = Match.State.DOUBTFUL, region: str = "", limit: int = 0) -> list[Review]:
    """The pairs in a state, the likeliest first; ``region`` is a state of the country ("KY"), "" = all; 0 = no limit."""
    found = Match.objects.filter(state=state).order_by("-score", "id")
    if region:
        found = found.filter(first__addresses__state_province=region).distinct()
    return _drawn(found[:limit] if limit else found)


def review(number: int) -> Review | None:
    """One pair, whatever its state."""
    return next(iter(_drawn(Match.objects.filter(pk=number))), None)


def _drawn(matches: Iterable[Match]) -> list[Review]:
    known = list(matches)
    sides = _sides({member for match in known for member in (match.first_id, match.second_id)})
    return [
        Review(
            match.pk, match.state, match.score, tuple(match.reasons), match.decided_by,
            match.decided_at.date().isoformat() if match.decided_at else "", sides[match.first_id], sides[match.second_id],
        )
        for match in known
    ]  # fmt: skip


def _sides(ids: set[UUID]) -> dict[UUID, Side]:
    found: dict[UUID, Side] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        found |= _some_sides(wanted[start : start + 500])
    return found


def _some_sides(ids: list[UUID]) -> dict[UUID, Side]:
    services: dict[UUID, dict[str, None]] = {}
    given = ServiceAtLocation.objects.filter(location__in=ids, service__published=True)
    for place, name in given.order_by("service__name").values_list("location_id", "service__name"):
        services.setdefault(place, {})[name] = None
    phones: dict[UUID, dict[tuple[str, int], None]] = {}
    numbers = Phone.objects.filter(location__in=ids).order_by("-confirmed_on", "position", "number")
    for place, number, day in numbers.values_list("location_id", "number", "confirmed_on"):
        if place is not None:
            phones.setdefault(place, {})[number, day.year] = None
    sources: dict[UUID, dict[str, None]] = {}
    spoke = Record.objects.filter(location__in=ids).order_by("-source__as_of", "source__slug")
    for place, title in spoke.values_list("location_id", "source__title"):
        sources.setdefault(place, {})[title] = None
    found = {}
    for location in (
        Location.objects.filter(pk__in=ids).select_related("organization").prefetch_related("addresses")
    ):
        address = next((a for a in location.addresses.all() if a.address_type == "physical"), None)
        lines = (address.address_1, address.address_2) if address else ()
        town = (address.city, f"{address.state_province} {address.postal_code}".strip()) if address else ()
        found[location.pk] = Side(
            str(location.pk), location.name, tuple(name for name in services.get(location.pk, {}) if name != location.name),
            ", ".join(filter(None, lines)), ", ".join(filter(None, town)), tuple(phones.get(location.pk, {})),
            location.organization.website, tuple(sources.get(location.pk, {})),
        )  # fmt: skip
    return found
