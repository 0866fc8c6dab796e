"""HSDS 3 documents in: what is kept, what is stated, what changes, and that every object is accounted for."""

from __future__ import annotations

import copy
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from daybreak.directory.actions import load_hsds, load_services
from daybreak.directory.actions.given import Given
from daybreak.directory.models import (
    Attribute,
    Fact,
    Import,
    Location,
    Organization,
    Phone,
    Quarantined,
    Record,
    Service,
    Source,
)
from daybreak.directory.publication import publish_index
from daybreak.directory.queries import published_listings
from daybreak.directory.readers.tables import UnusableFile
from daybreak.vocabulary.needs import codes_by_need
from tests.rooms.directory.documents import (
    FIXTURES,
    SERVICE,
    another,
    counts,
    exported,
    load,
    lost,
    service,
)
from tests.rooms.directory.sheets import AT, LATER

pytestmark = pytest.mark.django_db
EXAMPLES = sorted((FIXTURES / "hsds").glob("*.json"))
MOCKS = sorted(path for path in (FIXTURES / "oruk").glob("*/*.json"))
# What the validators' own folder means to fail (wrong formats, missing names) is refused; everything else loads.
REFUSED = {
    "V3.0-UK-Fail/service_full.json": 1, "V3.0-UK-Fail/service_list.json": 4, "V3.0-UK-Fail/taxonomy_term.json": 1,
    "V3.0-UK-Warn/taxonomy_term.json": 1, "V3.0-UK-Default/organization_list.json": 10,
    # One id on 128 entries: the first stands.
    "V3.0-UK-Test/service_list.json": 127,
}  # fmt: skip


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_value_of_the_examples_of_hsds_comes_out_again(path: Path) -> None:
    books = load_hsds(by="test", at=AT, path=path, as_of=date(2024, 1, 1))
    assert books.loaded == books.read > 0
    given = json.loads(path.read_bytes())
    assert lost(given.get("contents", given), exported()) == []
    again = load_hsds(by="test", at=LATER, path=path, as_of=date(2024, 1, 1))
    assert again.unchanged == again.read == books.read


@pytest.mark.parametrize("path", MOCKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_mocks_of_open_referral_uk_load_but_for_those_that_mean_to_fail(path: Path) -> None:
    books = load_hsds(by="test", at=AT, path=path, as_of=date(2024, 1, 1))
    assert books.quarantined == REFUSED.get(f"{path.parent.name}/{path.name}", 0)
    assert books.read == books.loaded + books.quarantined
    if not books.quarantined:
        given = json.loads(path.read_bytes())
        assert lost(given.get("contents", given), exported()) == []


def test_forty_real_services_come_in_with_their_codes_as_facts_and_go_out_whole() -> None:
    path = FIXTURES / "hsds" / "services_ky_2012.json"
    load_hsds(by="test", at=AT, path=path, as_of=date(2012, 12, 31), slug="hsds-ky", title="Kentucky 2012")
    assert Source.objects.get(slug="hsds-ky").title == "Kentucky 2012"
    given = json.loads(path.read_bytes())["contents"]
    assert lost(given, exported()) == []
    codes = set(codes_by_need()["detox"][True])
    detox = {s["id"] for s in given for a in s["attributes"] if a["taxonomy_term"]["code"] in codes}
    stated = Fact.objects.filter(need="detox", answer=True).values_list("service_id", flat=True)
    assert {str(key) for key in stated} == detox != set()
    assert Location.objects.filter(point_from="source", county="KY/Fayette").exists()


def test_the_small_service_becomes_rows_of_our_tables(tmp_path: Path) -> None:
    assert counts(load(tmp_path, [service()])) == (1, 0, 0, 0, 0)
    row = Service.objects.get()
    assert (row.name, row.status, row.assured_date) == ("Morning Program", "active", date(2024, 3, 1))
    assert row.last_modified == datetime(2024, 3, 2, 10, 30, 45, 123000, tzinfo=UTC)
    assert row.kept["eligibility_description"] == "Adults of the county"
    phone = Phone.objects.get()  # the fax is no number to call
    assert (phone.number, phone.readable, phone.confirmed_on) == ("8592522002", True, date(2024, 3, 1))
    facts = {fact.need: fact.answer for fact in Fact.objects.all()}
    assert facts == {"detox": True, "spanish": True, "teens": False, "young-adults": True, "adults": True}
    assert Record.objects.get().key == str(row.pk)
    assert Location.objects.get().match_key == f"hsds {Location.objects.get().pk}"
    assert lost([service()], exported()) == []


def test_one_missing_word_is_never_a_no(tmp_path: Path) -> None:
    load(tmp_path, [service(minimum_age=None, languages=None, attributes=None)])
    assert not Fact.objects.exists()


def test_what_comes_again_changes_nothing_and_leaves_one_import(tmp_path: Path) -> None:
    document = [service(), another(2)]
    load(tmp_path, document)
    before = exported()
    assert counts(load(tmp_path, document, at=LATER)) == (0, 0, 2, 0, 0)
    assert exported() == before
    assert Import.objects.count() == 1


def test_a_service_without_a_moment_of_its_last_change_gets_one_when_it_changes_and_only_then(
    tmp_path: Path,
) -> None:
    load(tmp_path, [service(last_modified=None)])
    assert Service.objects.get().last_modified == AT
    assert counts(load(tmp_path, [service(last_modified=None)], at=LATER)) == (0, 0, 1, 0, 0)
    assert Service.objects.get().last_modified == AT
    assert counts(load(tmp_path, [service(last_modified=None, phones=[])], at=LATER)) == (0, 1, 0, 0, 0)
    assert Service.objects.get().last_modified == LATER


def test_what_a_whole_service_does_not_say_any_more_is_gone(tmp_path: Path) -> None:
    load(tmp_path, [service()])
    books = load(tmp_path, [service(phones=None, attributes=None, languages=None, minimum_age=None)])
    assert counts(books) == (0, 1, 0, 0, 0)
    assert not Phone.objects.exists()
    assert not Attribute.objects.exists()
    assert not Fact.objects.exists()
    assert "minimum_age" not in Service.objects.get().kept


def test_an_entry_of_a_list_of_services_takes_nothing_from_the_whole_service(tmp_path: Path) -> None:
    load(tmp_path, [service()])
    entry = {name: SERVICE[name] for name in ("id", "name", "status")} | {
        "name": "Evening Program",
        "organization": {name: SERVICE["organization"][name] for name in ("id", "name", "description")},
    }
    assert counts(load(tmp_path, [entry])) == (0, 1, 0, 0, 0)
    assert Service.objects.get().name == "Evening Program"
    assert Phone.objects.count() == 1
    assert Fact.objects.filter(need="detox").exists()


def test_a_phone_under_two_services_stands_under_both(tmp_path: Path) -> None:
    shared = [another(2, phones=SERVICE["phones"]), another(3, phones=SERVICE["phones"])]
    load(tmp_path, shared)
    assert Phone.objects.filter(number="8592522002").count() == 2
    assert lost(shared, exported()) == []
    assert counts(load(tmp_path, shared[::-1], at=LATER)) == (0, 0, 2, 0, 0)


def test_a_service_that_names_no_place_gets_one_of_its_own_until_it_names_one(tmp_path: Path) -> None:
    load(tmp_path, [service(service_at_locations=None)])
    assert [place.name for place in published_listings(at=AT)] == ["Morning Program"]
    assert Location.objects.get().location_type == "virtual"
    load(tmp_path, [service()])
    assert [place.name for place in Location.objects.all()] == ["Morning House"]


def _nested(change: Any) -> dict[str, Any]:
    made = copy.deepcopy(SERVICE)
    change(made)
    return made


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (service(id="12"), "/0/id must be a UUID"),
        (service(status="open"), "/0/status must be one of active, inactive, defunct, temporarily closed"),
        (service(name=None), "/0/name is missing; HSDS 3.0 requires it"),
        (service(description=None, name=5), "/0/name must be string"),
        (service(assured_date="last spring"), "/0/assured_date must be a day such as 2026-11-22"),
        (service(organization=None), "/0/organization is missing; a service must say who offers it"),
        (
            service(organization=None, organization_id="00000000-0000-4000-8000-0000000000ff"),
            "/0/organization_id names a organization that neither this object nor the directory holds",
        ),
        (service(program_id="00000000-0000-4000-8000-0000000000ff"), "/0/program_id names a program"),
        (
            _nested(lambda s: s["attributes"][0].pop("taxonomy_term") and s["attributes"][0].update(
                taxonomy_term_id="00000000-0000-4000-8000-0000000000ff")),
            "/0/attributes/0/taxonomy_term_id names a term that is not known here",
        ),
        (
            _nested(lambda s: s["service_at_locations"][0].pop("location")),
            "/0/service_at_locations/0/location is missing; say where the service is given",
        ),
        (service(alert="a\0b"), "/0/alert must not hold the character NUL"),
        (service(x_daybreak={"sources": 5}), "/0/x_daybreak/sources must be array"),
        (service(x_daybreak={"sources": [{"slug": "a"}]}), "/0/x_daybreak/sources/0 must have slug, title, family and as_of"),
        ([], "/0 must be an object"),
        ({"a": 1}, "/0 is neither a service, an organization"),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_put_aside_with_the_place_and_the_cure(
    tmp_path: Path, changed: Any, reason: str
) -> None:
    books = load(tmp_path, [changed, another(2)])
    assert counts(books) == (1, 0, 0, 0, 1)
    assert reason in books.quarantine[0][1]
    assert Quarantined.objects.get().raw
    assert Service.objects.count() == 1


def test_an_id_twice_with_other_words_is_put_aside_and_the_same_words_are_one(tmp_path: Path) -> None:
    books = load(tmp_path, [service(), service(), service(name="Another")])
    assert counts(books) == (1, 0, 0, 1, 1)
    assert "/2/id also stands at /0, with other words" in books.quarantine[0][1]


def test_an_id_of_another_lists_service_is_refused_and_that_service_stands(tmp_path: Path) -> None:
    load(tmp_path, [service()], slug="hsds-one")
    before = exported()
    books = load(tmp_path, [service(name="Mine now")], slug="hsds-two")
    assert counts(books) == (0, 0, 0, 0, 1)
    assert "belongs to a service of another list already" in books.quarantine[0][1]
    assert exported() == before


def test_strict_loads_all_or_nothing(tmp_path: Path) -> None:
    books = load(tmp_path, [service(), service(id="12")], strict=True)
    assert not books.applied
    assert (books.loaded, books.quarantined) == (1, 1)
    assert not Service.objects.exists()
    assert not Source.objects.exists()


def test_organizations_with_their_services_load_those(tmp_path: Path) -> None:
    whole = SERVICE["organization"] | {"services": [service(organization=None)]}
    assert counts(load(tmp_path, [whole], name="organizations.json")) == (1, 0, 0, 0, 0)
    assert Service.objects.get().organization == Organization.objects.get()


def test_lines_load_and_a_spoilt_one_spoils_no_other(tmp_path: Path) -> None:
    text = "\n".join([json.dumps(service()), '{"id": ', json.dumps(another(2))])
    books = load(tmp_path, text, name="services.ndjson")
    assert counts(books) == (2, 0, 0, 0, 1)
    assert books.quarantine[0][0] == 2


def test_objects_from_elsewhere_load_the_same_way() -> None:
    given = Given("hsds-elsewhere", "Elsewhere", "hsds-elsewhere", date(2024, 3, 1), "", ())
    pages = (("page 1 /contents/0", service()), ("page 1 /contents/1", service(id="x")))
    books = load_services(by="test", at=AT, given=given, objects=iter(pages))
    assert counts(books) == (1, 0, 0, 0, 1)
    assert books.quarantine[0][1].startswith("page 1 /contents/1/id")


@pytest.mark.parametrize("packed", [False, True])
def test_the_tables_of_a_datapackage_are_joined_again(tmp_path: Path, packed: bool) -> None:
    path = FIXTURES / "hsds" / "csv"
    if packed:
        path = tmp_path / "package.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for table in (FIXTURES / "hsds" / "csv").glob("*.csv"):
                package.write(table, f"some folder/{table.name}")
    books = load_hsds(by="test", at=AT, path=path, as_of=date(2024, 1, 1), slug="hsds-tables")
    # The examples' attribute, metadata and table description name owners that the examples do not hold.
    assert (books.loaded, books.quarantined) == (3, 3)
    shape = next(entry for entry in exported() if entry.get("status"))
    assert shape["organization"]["programs"][0]["name"] == "Community Mental Health Support"
    assert shape["service_at_locations"][0]["location"]["addresses"][0]["region"] == "MyRegion"
    assert shape["cost_options"][0]["amount"] == 35
    assert [phone["number"] for phone in shape["phones"]] == ['"+44 1234 234567"']


def test_a_day_is_asked_for_where_the_document_names_none(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="--as-of"):
        load(tmp_path, [service(assured_date=None, last_modified=None)], as_of=None)
    load(tmp_path, [service(), another(2, assured_date="2024-04-05")], as_of=None)
    assert Source.objects.get().as_of == date(2024, 4, 5)


def test_numbers_of_a_service_and_of_its_organization_stand_at_each_of_its_places(tmp_path: Path) -> None:
    number = {"id": "00000000-0000-4000-8000-0000000000aa", "number": "+44 1234 234567"}
    load(tmp_path, [service(organization=SERVICE["organization"] | {"phones": [number]})])
    place = next(iter(published_listings(at=AT)))
    assert {(phone.number, phone.readable) for phone in place.phones} == {
        ("8592522002", True),
        ("+44 1234 234567", False),
    }


def test_places_abroad_are_published(tmp_path: Path) -> None:
    load_hsds(by="test", at=AT, path=FIXTURES / "hsds" / "service_full.json", as_of=date(2024, 1, 1))
    done = publish_index(by="test", at=AT, folder=tmp_path)
    assert (done["listings"], done["services"]) == (1, 1)
    place = next(iter(published_listings(at=AT)))
    assert (place.state, place.zip, place.latitude, place.point_from) == ("MyState", "ABC 1234", None, "none")
