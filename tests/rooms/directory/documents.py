"""HSDS documents for tests: small ones of our own, and what an export says of what was loaded."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from daybreak.directory.actions import Reconciliation, load_hsds
from daybreak.directory.queries import hsds
from tests.rooms.directory.sheets import AT

FIXTURES = Path(__file__).parents[2] / "fixtures"
SERVICE: dict[str, Any] = {
    "id": "00000000-0000-4000-8000-000000000001",
    "name": "Morning Program",
    "status": "active",
    "url": "https://example.org/morning",
    "minimum_age": 18,
    "eligibility_description": "Adults of the county",
    "assured_date": "2024-03-01",
    "last_modified": "2024-03-02T10:30:45.123Z",
    "phones": [{"id": "00000000-0000-4000-8000-000000000002", "number": "(859) 252-2002", "type": "voice"}],
    "schedules": [
        {"id": "00000000-0000-4000-8000-000000000003", "freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00",
         "closes_at": "17:00"},
    ],
    "service_at_locations": [{
        "id": "00000000-0000-4000-8000-000000000004",
        "location": {
            "id": "00000000-0000-4000-8000-000000000005", "location_type": "physical", "name": "Morning House",
            "latitude": 38.05, "longitude": -84.5,
            "addresses": [{
                "id": "00000000-0000-4000-8000-000000000006", "address_1": "1524 Versailles Road", "city": "Lexington",
                "state_province": "KY", "postal_code": "40504", "country": "US", "address_type": "physical",
            }],
        },
    }],
    "languages": [{"id": "00000000-0000-4000-8000-000000000007", "name": "Spanish", "code": "es"}],
    "organization": {
        "id": "00000000-0000-4000-8000-000000000008", "name": "Morning Inc.", "description": "An example",
        "phones": [{"id": "00000000-0000-4000-8000-000000000009", "number": "859-252-2003", "type": "Fax"}],
    },
    "attributes": [{
        "id": "00000000-0000-4000-8000-00000000000a", "value": "on request",
        "taxonomy_term": {
            "id": "00000000-0000-4000-8000-00000000000b", "code": "DT", "name": "Detoxification",
            "description": "Detoxification", "taxonomy": "SAMHSA 2012",
        },
    }],
}  # fmt: skip


def service(**changes: Any) -> dict[str, Any]:
    """The small service with some properties changed; None takes one away."""
    made = copy.deepcopy(SERVICE) | changes
    return {name: value for name, value in made.items() if value is not None}


def another(number: int, **changes: Any) -> dict[str, Any]:
    """A service of its own: every id of the small one is another."""
    text = json.dumps(service(**changes)).replace("00000000-0000-4000", f"{number:08x}-0000-4000")
    made: dict[str, Any] = json.loads(text)
    return made


def load(
    tmp_path: Path, content: Any, *, at: datetime = AT, name: str = "services.json", **options: Any
) -> Reconciliation:
    """Write a document and load it; bytes and text are written as they are."""
    path = tmp_path / name
    if isinstance(content, str | bytes):
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    else:
        path.write_text(json.dumps(content), "utf-8")
    return load_hsds(by="test", at=at, path=path, **{"as_of": date(2024, 3, 1), **options})


def counts(books: Reconciliation) -> tuple[int, int, int, int, int]:
    """(loaded, updated, unchanged, merged, quarantined)."""
    return books.loaded, books.updated, books.unchanged, books.merged, books.quarantined


def exported(*, at: datetime = AT) -> list[dict[str, Any]]:
    """Everything that the directory gives out, whole."""
    return [
        *hsds.services(at=at, full=True), *hsds.organizations(at=at, full=True), *hsds.taxonomies(), *hsds.taxonomy_terms(),
    ]  # fmt: skip


def _entities(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "id" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _entities(part)


def lost(given: Any, gave: Any) -> list[str]:
    """Every property of every entity in ``given`` whose value is nowhere in ``gave`` under the same id."""
    there: dict[str, list[dict[str, Any]]] = {}
    for entity in _entities(gave):
        there.setdefault(entity["id"], []).append(entity)
    missing = []
    for entity in _entities(given):
        for name, value in entity.items():
            if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
                continue
            if not any(_says(found, name, value) for found in there.get(entity["id"], ())):
                missing.append(f"{entity['id']} {name} = {value!r}")
    return missing


def _says(found: dict[str, Any], name: str, value: Any) -> bool:
    """Whether an entity gives a value out; what is old says so in front of its own words, which stand in x_daybreak."""
    return bool(found.get(name) == value or found.get("x_daybreak", {}).get(name) == value)
