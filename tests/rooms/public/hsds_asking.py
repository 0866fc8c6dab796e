"""A small directory and how to ask /api/hsds/ about it, for the tests of that address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import orjson
from django.test import Client

from tests.rooms.public.conftest import AT, FRESH, OLD, Town

client = Client(headers={"Host": "localhost"})
KINDS = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")


def small_town() -> Town:
    """Four services at three places, one of them unpublished; not published to the finder, which is not asked here."""
    made = Town()
    lime = made.place("Limestone House", (38.05, -84.49))
    made.service(lime, "Detox", {"detox": True, "methadone": False}, codes="DT MD")
    clinic = made.service(lime, "Clínica", {"outpatient": True}, day=FRESH, codes="MM")
    clinic.description = "Methadone every morning"
    clinic.last_modified = AT + timedelta(days=1)
    clinic.save()
    made.phone(lime, "8595550101", OLD)
    river = made.place("Riverside", (38.20, -84.55), zip_code="40324")
    made.service(river, "Residential", {"residential": True, "methadone": True})
    hidden = made.service(river, "Hidden", {"detox": True}, codes="DT")
    hidden.published = False
    hidden.save()
    return made


def ask(path: str, **parameters: str) -> Any:
    """What stands at an address, as JSON, when the answer is 200."""
    answer = client.get(f"/api/hsds{path}?{urlencode(parameters)}")
    assert answer.status_code == 200, answer.content
    return orjson.loads(b"".join(answer) if answer.streaming else answer.content)
