"""A small directory, published: five places of which every search below can be worked out by hand."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from daybreak.directory import models
from daybreak.directory.publication import publish_index

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
FRESH = date(2026, 9, 1)
OLD = date(2015, 12, 31)


class Town:
    """Writes places with services into the directory."""

    def __init__(self) -> None:
        self.sources = {
            day: models.Source.objects.create(
                slug=f"list-{day.year}", title=f"List of {day.year}", family=f"list-{day.year}", as_of=day
            )
            for day in (OLD, FRESH)
        }
        self.taxonomy = models.Taxonomy.objects.create(name="Codes", description="Codes")
        self.ids: dict[str, str] = {}

    def place(
        self, name: str, point: tuple[float, float], *, zip_code: str = "40507", state: str = "KY"
    ) -> Any:
        """One place without services yet."""
        body = models.Organization.objects.create(name=name)
        county = "KY/Fayette" if state == "KY" else ""
        where = models.Location.objects.create(
            id=uuid.uuid5(uuid.NAMESPACE_URL, name), organization=body, name=name, latitude=point[0],
            longitude=point[1], point_from="source", county=county, match_key=name,
        )  # fmt: skip
        models.Address.objects.create(
            location=where,
            address_1="1 Main Street",
            city="Lexington",
            state_province=state,
            postal_code=zip_code,
        )
        self.ids[name] = str(where.id)
        return where

    def service(
        self, where: Any, name: str, facts: dict[str, bool], *, day: date = OLD, codes: str = ""
    ) -> Any:
        """One service there with what its source states."""
        source = self.sources[day]
        made = models.Service.objects.create(
            organization=where.organization, name=name, last_modified=AT, assured_date=day
        )
        models.ServiceAtLocation.objects.create(service=made, location=where)
        number = models.Record.objects.count() + 1
        models.Record.objects.create(
            source=source, key=str(number), digest="", row=number, line=number, service=made, location=where
        )
        for need, answer in facts.items():
            models.Fact.objects.create(service=made, need=need, answer=answer, source=source, date=day)
        for code in codes.split():
            term, _ = models.TaxonomyTerm.objects.get_or_create(taxonomy=self.taxonomy, code=code, name=code)
            models.Attribute.objects.create(service=made, term=term, source=source)
        return made

    def phone(self, where: Any, number: str, day: date) -> None:
        """One number and the day on which it was confirmed."""
        models.Phone.objects.create(location=where, number=number, confirmed_on=day, source=self.sources[day])


@pytest.fixture
def town(db: None, settings: LazySettings, tmp_path: Path) -> Town:
    settings.GENERATIONS = tmp_path / "generations"
    made = Town()
    lime = made.place("Limestone House", (38.05, -84.49))
    made.service(lime, "Detox", {"detox": True, "medicaid": True, "methadone": False}, codes="DT MD")
    made.service(lime, "Clinic", {"outpatient": True, "free": True})
    made.phone(lime, "8595550101", OLD)
    river = made.place("Riverside", (38.20, -84.55))
    made.service(river, "Detox", {"detox": True, "methadone": True}, day=FRESH, codes="DT MM")
    made.phone(river, "8595550102", FRESH)
    hill = made.place("Hilltop", (38.06, -84.50))
    made.service(
        hill, "Residential", {"residential": True, "medicaid": True, "women": True, "pregnant": False}
    )
    far = made.place("Far Away", (38.60, -84.50), zip_code="41010")
    made.service(far, "Detox", {"detox": True, "medicaid": True}, codes="DT MD")
    ohio = made.place("Over the River", (39.10, -84.51), zip_code="45202", state="OH")
    made.service(ohio, "Detox", {"detox": True, "medicaid": True})
    hidden = made.place("Hidden", (38.05, -84.50))
    service = made.service(hidden, "Detox", {"detox": True, "medicaid": True})
    service.published = False
    service.save()
    publish_index(by="command:test", at=AT)
    return made
