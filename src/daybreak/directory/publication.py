"""Publishes the directory: derives the finder's index and the text of every listing from the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from django.conf import settings
from django.db import transaction

from daybreak.audit.actions import record
from daybreak.directory.actions.changes import write_changes
from daybreak.directory.queries import (
    PublishedListing,
    PublishedService,
    editions,
    published_listings,
    source_titles,
)
from daybreak.finder.generations import DamagedGeneration, Finder, NotPublished, open_generation, publish
from daybreak.finder.index import Index
from daybreak.finder.listings import Listings
from daybreak.vocabulary.needs import alternatives, needs
from daybreak.vocabulary.samhsa import codes as samhsa_codes

_EPOCH = date(1970, 1, 1)


def publish_index(*, by: str, at: datetime, folder: Path | None = None) -> dict[str, Any]:
    """Write a new generation of the index from the database; returns its name and its counts of listings and services.

    What it changed against the generation before is kept for feeds (actions/changes.py).
    """
    home = folder or settings.GENERATIONS
    before = _in_force(home)
    with transaction.atomic():
        listings = list(published_listings(at=at))
        arrays = arrays_of(listings)
        name = publish(arrays, home, built_at_minutes=int(at.timestamp() // 60))
        counts = {"generation": name, "listings": len(listings), "services": len(arrays.service_listing)}
        record(by=by, at=at, action="publish-index", subject=name, detail=counts)
    write_changes(before, open_generation(home, name), home)
    return counts


def _in_force(folder: Path) -> Index | None:
    """The generation that readers have until now; None where there is none that can be read."""
    try:
        return Finder(folder).index()
    except (NotPublished, DamagedGeneration):
        return None


def arrays_of(listings: list[PublishedListing]) -> Listings:
    """The finder's arrays for these listings: one row a listing, one a service, one column a need or code."""
    columns = _columns(listings)
    at = {name: position for position, name in enumerate(columns)}
    titles = source_titles()
    years = {slug: edition.as_of.year for slug, edition in editions().items()}
    service_listing: list[int] = []
    checked: list[int] = []
    open_until: list[int] = []
    yes: list[tuple[int, int]] = []
    no: list[tuple[int, int]] = []
    for row, listing in enumerate(listings):
        for service in listing.services:
            number = len(service_listing)
            service_listing.append(row)
            checked.append((service.checked_on - _EPOCH).days if service.checked_on else -1)
            open_until.append(int(service.open_until.timestamp() // 60) if service.open_until else 0)
            yes += [(number, at[need]) for need, fact in service.facts.items() if fact.answer]
            yes += [(number, at[code]) for code in service.codes]
            no += [(number, at[need]) for need, fact in service.facts.items() if not fact.answer]
    return Listings(
        ids=[listing.id for listing in listings],
        latitude=np.array([_degrees(listing.latitude) for listing in listings], np.float64),
        longitude=np.array([_degrees(listing.longitude) for listing in listings], np.float64),
        counties=[listing.county if listing.county[:2] == listing.state else "" for listing in listings],
        states=[_postal_code(listing.state) for listing in listings],
        names=[_names(listing) for listing in listings],
        payloads=[orjson.dumps(_text(listing, titles, years)) for listing in listings],
        service_listing=np.array(service_listing, np.int32),
        service_checked_days=np.array(checked, np.int32),
        service_open_until=np.array(open_until, np.int64),
        columns=columns,
        groups=alternatives(),
        yes=_pairs(yes),
        no=_pairs(no),
        aliases=[(alias, row) for row, listing in enumerate(listings) for alias in listing.also],
    )


def _columns(listings: Iterable[PublishedListing]) -> list[str]:
    met = {code for listing in listings for service in listing.services for code in service.codes}
    return [*needs(), *sorted(met | set(samhsa_codes()))]


def _degrees(value: float | None) -> float:
    return float("nan") if value is None else value


def _postal_code(state: str) -> str:
    """A state's two letters; one that is written otherwise ("Ontario") stands in the text alone."""
    return state if len(state) == 2 and state.isascii() and state.isalpha() and state.isupper() else ""


def _pairs(pairs: list[tuple[int, int]]) -> Any:
    return np.array(pairs, np.int32) if pairs else np.zeros((0, 2), np.int32)


def _names(listing: PublishedListing) -> str:
    """Every name by which people may look for it, those of the places folded into it too."""
    called = (listing.name, listing.organization, *(s.name for s in listing.services), *listing.also_called)
    return " ".join(dict.fromkeys(called))


def _text(listing: PublishedListing, titles: dict[str, str], years: dict[str, int]) -> dict[str, Any]:
    """What pages show of one listing; services stand in the order of the index's services of this listing."""
    return {
        "id": listing.id,
        "name": listing.name,
        "organization": listing.organization,
        "website": listing.website,
        "street": listing.street,
        "street_2": listing.street_2,
        "city": listing.city,
        "state": listing.state,
        "zip": listing.zip,
        "county": listing.county,
        "latitude": listing.latitude,
        "longitude": listing.longitude,
        "point_from": listing.point_from,
        "services": [_service_text(service, years) for service in listing.services],
        "phones": [
            [p.number, p.extension, p.kind, p.readable, p.confirmed_on.isoformat()] for p in listing.phones
        ],
        "sources": [[slug, row, titles[slug], years[slug]] for slug, row in listing.rows],
    }


def _service_text(service: PublishedService, years: dict[str, int]) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "alert": service.alert,
        "facts": {
            need: [int(fact.answer), years[fact.source], fact.source, fact.said]
            for need, fact in service.facts.items()
        },
        "codes": {code: years[slug] for code, slug in service.codes.items()},
        "checked": service.checked_on.isoformat() if service.checked_on else "",
        "opening": (
            [service.opening[0], service.opening[1], service.opening[2].isoformat()]
            if service.opening
            else None
        ),
    }
