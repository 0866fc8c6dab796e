"""What must never leave an installation stays in, whatever somebody else's document says around it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from daybreak.directory.actions.matching import decide_match
from daybreak.directory.actions.taxonomies import import_taxonomy
from daybreak.directory.models import Location, Match, Phone, Service, Taxonomy, TaxonomyTerm
from daybreak.directory.queries import hsds, published_listings
from daybreak.directory.readers.tables import UnusableFile
from tests.rooms.directory.documents import SERVICE, another, exported, load, service
from tests.rooms.directory.sheets import AT

pytestmark = pytest.mark.django_db
LIST = b"code,name\nZZ-SECRET-CODE,Zz Secret Term\n"


def license_list() -> TaxonomyTerm:
    import_taxonomy(by="test", at=AT, data=LIST, name="Zz Secret List", shared=False)
    return TaxonomyTerm.objects.get(code="ZZ-SECRET-CODE")


def named(term: TaxonomyTerm, number: int) -> dict[str, Any]:
    """An attribute with the whole term in it, as its publisher writes it."""
    return {
        "id": f"00000000-0000-4000-8000-0000000001{number:02}",
        "taxonomy_term": {
            "id": str(term.id).upper() if number % 2 else str(term.id),
            "code": term.code, "name": term.name, "description": term.name, "taxonomy": "Zz  secret list",
            "taxonomy_detail": {"id": str(term.taxonomy_id), "name": "Zz Secret List", "description": "Zz Secret"},
        },
    }  # fmt: skip


def everything() -> str:
    """All that goes out: both depths, every kind, and what pages are made from."""
    out = [
        *exported(),
        *hsds.service_at_locations(at=AT, full=True),
        *hsds.service_at_locations(at=AT, full=False),
    ]
    out += [*hsds.services(at=AT, full=False), *hsds.organizations(at=AT, full=False)]
    return json.dumps([out, [repr(listing) for listing in published_listings(at=AT)]])


def test_a_licensed_term_leaves_neither_by_its_code_nor_in_words_kept_as_they_came(tmp_path: Path) -> None:
    term = license_list()
    own = [*SERVICE["attributes"], named(term, 10), named(term, 11), named(term, 12)]
    where = {**SERVICE["service_at_locations"][0], "attributes": [named(term, 13)]}
    where["location"] = {**where["location"], "attributes": [named(term, 14)]}
    phones = [{**SERVICE["phones"][0], "attributes": [named(term, 15)]}]
    body = {**SERVICE["organization"], "attributes": [named(term, 16)]}
    books = load(
        tmp_path, service(attributes=own, service_at_locations=[where], phones=phones, organization=body)
    )
    assert (books.loaded, books.quarantine) == (1, ())
    assert term.attributes.exists()
    assert "secret" not in everything().casefold()
    assert "Detoxification" in everything()


def test_a_licensed_list_is_not_opened_by_an_import_that_forgets_to_say_so() -> None:
    license_list()
    with pytest.raises(UnusableFile, match="--licensed"):
        import_taxonomy(by="test", at=AT, data=LIST, name="Zz Secret List")
    assert not Taxonomy.objects.get(name="Zz Secret List").shared


def test_a_place_that_was_joined_to_a_public_one_and_is_unpublished_stays_in(tmp_path: Path) -> None:
    load(tmp_path, [service(), another(7, name="Zz Hidden", alternate_name="Zz Hidden")])
    hidden = Service.objects.get(name="Zz Hidden")
    place = hidden.at_locations.get().location
    Location.objects.filter(pk=place.pk).update(name="Zz Hidden House")
    Phone.objects.create(
        location=place,
        number="8592529999",
        confirmed_on=date(2024, 3, 1),
        source=hidden.records.first().source,  # type: ignore[union-attr]
    )
    first, second = sorted(Location.objects.values_list("id", flat=True))
    match = Match.objects.create(
        first_id=first, second_id=second, state=Match.State.DOUBTFUL, score=0.5, reasons=[], found_at=AT
    )
    decide_match(by="Ann", at=AT, match=match.pk, same=True)
    assert "8592529999" in everything()
    Service.objects.filter(pk=hidden.pk).update(published=False)
    for told in ("8592529999", "Zz Hidden", str(place.pk)):
        assert told not in everything()


def test_a_number_that_an_unpublished_service_has_at_a_shared_place_stays_in(tmp_path: Path) -> None:
    at_place = {**SERVICE["service_at_locations"][0], "phones": [
        {"id": "00000000-0000-4000-8000-000000000077", "number": "859-252-8888", "type": "voice"},
    ]}  # fmt: skip
    there = {**at_place, "id": "00000000-0000-4000-8000-000000000078", "phones": []}
    other = service(
        id="00000000-0000-4000-8000-000000000079", name="Open Program", phones=None, schedules=None, languages=None,
        attributes=None, service_at_locations=[there],
    )  # fmt: skip
    load(tmp_path, [service(service_at_locations=[at_place]), other])
    assert "8592528888" in everything()
    Service.objects.filter(name="Morning Program").update(published=False)
    assert "Open Program" in everything()
    assert "8592528888" not in everything()


@pytest.mark.parametrize("when", ["2062-01-01", "2026-12-24"])
def test_a_day_that_has_not_come_yet_makes_no_number_current_for_ever(tmp_path: Path, when: str) -> None:
    books = load(tmp_path, [service(assured_date=when), another(3)])
    assert (books.loaded, books.quarantined) == (1, 1)
    assert "not come yet" in books.quarantine[0][1]


def test_marks_that_part_our_own_lists_break_no_publication(tmp_path: Path) -> None:
    term = {**SERVICE["attributes"][0]["taxonomy_term"], "code": "A\x1fB\x1eC\x1fD"}
    load(tmp_path, service(attributes=[{**SERVICE["attributes"][0], "taxonomy_term": term}]))
    (listing,) = published_listings(at=AT)
    assert list(listing.services[0].codes) == ["A B C D"]
