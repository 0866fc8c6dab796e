"""Loading files into the directory: what is loaded, updated, left, merged, put aside – and what never changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from daybreak.audit.models import Entry
from daybreak.directory.actions import load_file
from daybreak.directory.models import (
    Accessibility,
    Attribute,
    Fact,
    Import,
    Language,
    Location,
    Organization,
    Phone,
    Program,
    Quarantined,
    Record,
    Repair,
    Service,
    Source,
)
from daybreak.directory.readers.tables import UnusableFile
from tests.rooms.directory.sheets import AT, HOPE, LATER, everything, five, load, place, samhsa
from tests.rooms.directory.test_survey2015 import WHO, survey

pytestmark = pytest.mark.django_db
OTHER = place(
    Name1="Oasis", Name2="", Address1="", City="Owensboro", ZIP_Code="42302", Longitude="", Latitude=""
)
NOWHERE = {"Name1": "Rivendell", "Keys": "SAF/SA/ORT/"}
LIST = b"who,street,zip,tel\nHope Center,1524 Versailles Rd.,40504,859-252-7881\n"
LIST_MAPPING = """
[source]
slug = "a-list"
title = "A list"
family = "lists"
as_of = 2024-05-01
[columns]
name = "who"
address_1 = "street"
zip = "zip"
phone = "tel"
[[facts]]
need = "free"
"""


def yes(service: Service) -> set[str]:
    return set(service.facts.filter(answer=True).values_list("need", flat=True))


def test_a_row_becomes_an_organization_a_place_a_service_and_what_is_said_of_it(tmp_path: Path) -> None:
    books = load(
        tmp_path, samhsa(place(Contact="(859)252-2002 Intake: (859)252-2019x3", Keys=HOPE["Keys"] + "SP/AH/"))
    )
    assert five(books) == (1, 0, 0, 0, 0)
    location = Location.objects.get()
    assert (location.name, location.county, location.point_from) == ("Hope Center", "KY/Fayette", "source")
    assert location.addresses.get().address_1 == "1524 Versailles Road"
    service = Service.objects.get()
    assert (service.name, service.organization.name) == ("Recovery Program for Women", "Hope Center")
    assert service.program is not None
    assert (service.program.name, service.published) == ("Recovery Program for Women", True)
    assert str(service.assured_date) == "2015-12-31"
    assert service.last_modified == AT
    assert {"residential", "medicaid", "women", "pregnant", "adults", "spanish", "deaf"} <= yes(service)
    assert not service.facts.filter(answer=False).exists()
    fact = service.facts.get(need="medicaid")
    assert (fact.said, str(fact.date), fact.source.slug) == ("MD", "2015-12-31", "samhsa-directory-2015")
    assert Language.objects.get().name == "Spanish"
    assert Accessibility.objects.get().location == location
    phones = list(Phone.objects.order_by("position").values_list("number", "extension", "kind", "readable"))
    assert phones == [("8592522002", "", "main", True), ("8592522019", "3", "intake", True)]
    assert {str(day) for day in Phone.objects.values_list("confirmed_on", flat=True)} == {"2015-12-31"}
    record = Record.objects.get()
    assert (record.row, record.line, record.service, record.location) == (1, 2, service, location)


def test_a_code_is_kept_with_its_edition_and_an_unknown_one_too(tmp_path: Path) -> None:
    load(tmp_path, samhsa(place(Keys="SAF/ORT/ADLT/QQZ/")))
    terms = {said.term.code: said.term for said in Attribute.objects.select_related("term__taxonomy")}
    assert terms["QQZ"].name == "Unknown code QQZ"
    assert terms["ADLT"].taxonomy.name == "SAMHSA service codes 2015"


def test_the_same_file_again_changes_nothing_at_all(tmp_path: Path) -> None:
    data = samhsa(place(), OTHER, place(), NOWHERE)
    assert five(load(tmp_path, data)) == (2, 0, 0, 1, 1)
    before, imports = everything(), list(Import.objects.values())
    aside = list(Quarantined.objects.values())
    assert five(load(tmp_path, data, at=LATER)) == (0, 0, 3, 0, 1)
    assert everything() == before
    assert list(Import.objects.values()) == imports
    assert list(Quarantined.objects.values()) == aside
    assert Entry.objects.filter(action="load-directory").count() == 2


def test_a_row_in_another_place_of_the_file_is_the_same_row(tmp_path: Path) -> None:
    load(tmp_path, samhsa(place(), OTHER))
    before = everything()
    assert five(load(tmp_path, samhsa(OTHER, place()), at=LATER)) == (0, 0, 2, 0, 0)
    assert everything() == before


def test_a_changed_row_replaces_what_its_source_said_and_leaves_the_others_alone(tmp_path: Path) -> None:
    load(tmp_path, samhsa(place(), OTHER))
    other = Service.objects.get(organization__name="Oasis")
    kept = Service.objects.exclude(id=other.id).get().id
    changed = place(Keys="SAF/SA/OP/ORT/ADLT/", Contact="(859)252-7881", Latitude="38.05")
    assert five(load(tmp_path, samhsa(changed, OTHER), at=LATER)) == (0, 1, 1, 0, 0)
    service = Service.objects.get(id=kept)
    assert yes(service) == {"outpatient", "adults"}
    assert set(service.attributes.values_list("term__code", flat=True)) == {"SAF", "SA", "OP", "ORT", "ADLT"}
    assert service.phones.get().number == "8592527881"
    assert service.last_modified == LATER
    assert service.at_locations.get().location.latitude == 38.05
    other.refresh_from_db()
    assert other.last_modified == AT
    assert five(load(tmp_path, samhsa(changed, OTHER))) == (0, 0, 2, 0, 0)


def test_rows_that_are_missing_from_a_file_are_counted_and_left(tmp_path: Path) -> None:
    load(tmp_path, samhsa(place(), OTHER))
    books = load(tmp_path, samhsa(OTHER))
    assert (five(books), books.absent) == ((0, 0, 1, 0, 0), 1)
    assert Service.objects.count() == 2


def test_an_exact_repeat_is_merged_and_its_phones_are_kept(tmp_path: Path) -> None:
    books = load(tmp_path, samhsa(place(), place(Contact="(859)252-7881")))
    assert five(books) == (1, 0, 0, 1, 0)
    service = Service.objects.get()
    assert set(service.phones.values_list("number", flat=True)) == {"8592522002", "8592527881"}
    assert list(Record.objects.order_by("row").values_list("merged", "service_id")) == [
        (False, service.id), (True, service.id),
    ]  # fmt: skip


def test_a_repeat_that_states_something_else_is_a_second_service_of_the_place(tmp_path: Path) -> None:
    books = load(tmp_path, samhsa(place(Keys="SAF/ORT/MD/AD/"), place(Keys="SAF/ORT/PI/ADLT/")))
    assert five(books) == (1, 0, 0, 1, 0)
    assert Location.objects.count() == 1
    assert sorted(map(sorted, map(yes, Service.objects.all()))) == [
        ["adults", "outpatient", "private-insurance"], ["medicaid", "outpatient", "teens"],
    ]  # fmt: skip
    assert five(load(tmp_path, samhsa(place(Keys="SAF/ORT/MD/AD/"), place(Keys="SAF/ORT/PI/ADLT/")))) == (
        0,
        0,
        2,
        0,
        0,
    )


def test_two_rows_that_said_the_same_and_part_ways_become_two_services(tmp_path: Path) -> None:
    same, other = place(Keys="SAF/ORT/MD/"), place(Keys="SAF/ORT/PI/")
    load(tmp_path, samhsa(same, same))
    assert five(load(tmp_path, samhsa(same, other), at=LATER)) == (0, 1, 1, 0, 0)
    assert sorted(map(sorted, map(yes, Service.objects.all()))) == [
        ["medicaid", "outpatient"], ["outpatient", "private-insurance"],
    ]  # fmt: skip
    assert five(load(tmp_path, samhsa(same, same), at=LATER)) == (0, 1, 1, 0, 0)
    assert [yes(service) for service in Service.objects.all()] == [{"medicaid", "outpatient"}]
    assert five(load(tmp_path, samhsa(same, same))) == (0, 0, 2, 0, 0)


def test_another_program_at_the_same_place_is_a_new_service_there(tmp_path: Path) -> None:
    books = load(tmp_path, samhsa(place(), place(Name2="Recovery Program for Men")))
    assert five(books) == (2, 0, 0, 0, 0)
    assert (Location.objects.count(), Organization.objects.count(), Program.objects.count()) == (1, 1, 2)
    assert Location.objects.get().services_here.count() == 2


def test_two_programs_without_a_street_are_not_one_place(tmp_path: Path) -> None:
    load(tmp_path, samhsa(place(Address1="", Name2="North Camp"), place(Address1="", Name2="South Camp")))
    assert (Location.objects.count(), Organization.objects.count()) == (2, 1)


def load_list(folder: Path, data: bytes = LIST) -> tuple[int, int, int, int, int]:
    mapping = folder / "list.toml"
    mapping.write_text(LIST_MAPPING)
    return five(load(folder, data, "csv", name="list.csv", mapping=str(mapping)))


def test_what_two_sources_know_of_one_service_stands_side_by_side(tmp_path: Path) -> None:
    load(tmp_path, samhsa(place(Name2="")))
    assert load_list(tmp_path) == (0, 0, 0, 1, 0)
    service = Service.objects.get()
    assert set(service.facts.values_list("source__slug", "need")) >= {
        ("a-list", "free"), ("samhsa-directory-2015", "medicaid"),
    }  # fmt: skip
    assert set(service.phones.values_list("number", "source__slug")) == {
        ("8592522002", "samhsa-directory-2015"), ("8592527881", "a-list"),
    }  # fmt: skip
    assert str(service.assured_date) == "2024-05-01"
    assert load_list(tmp_path) == (0, 0, 1, 0, 0)


def test_an_update_of_one_source_leaves_what_another_said(tmp_path: Path) -> None:
    load(tmp_path, samhsa(place(Name2="")))
    load_list(tmp_path)
    assert five(load(tmp_path, samhsa(place(Name2="", Keys="SAF/ORT/")), at=LATER)) == (0, 1, 0, 0, 0)
    service = Service.objects.get()
    assert yes(service) == {"outpatient", "free"}
    assert service.phones.filter(source__slug="a-list").count() == 1
    assert service.at_locations.get().location.addresses.get().address_1 == "1524 Versailles Road"


def test_a_new_program_from_another_source_is_loaded_at_the_known_place(tmp_path: Path) -> None:
    load(tmp_path, samhsa(place()))
    assert load_list(tmp_path) == (1, 0, 0, 0, 0)
    assert (Location.objects.count(), Service.objects.count()) == (1, 2)


def test_a_row_without_a_place_waits_with_its_line_its_text_and_the_reason(tmp_path: Path) -> None:
    books = load(tmp_path, samhsa(place(), NOWHERE))
    assert five(books) == (1, 0, 0, 0, 1)
    aside = Quarantined.objects.get()
    assert (aside.line, aside.raw[:10], aside.reason[:12]) == (3, "Rivendell,", "has no place")
    mended = samhsa(place(), NOWHERE | {"ZIP_Code": "42101"})
    assert five(load(tmp_path, mended)) == (1, 0, 1, 0, 0)
    assert not Quarantined.objects.exists()


def test_a_strict_load_is_all_or_nothing(tmp_path: Path) -> None:
    books = load(tmp_path, samhsa(place(), NOWHERE), strict=True)
    assert (five(books), books.applied) == ((1, 0, 0, 0, 1), False)
    for model in (Service, Location, Source, Import, Quarantined):
        assert not model.objects.exists()
    assert load(tmp_path, samhsa(place()), strict=True).applied


def test_repairs_are_recorded_with_what_stood_there(tmp_path: Path) -> None:
    books = load(
        tmp_path, samhsa(place(Latitude="0", Longitude="0"), OTHER | {"ZIP_Code": "2122", "State": "MA"})
    )
    assert books.repairs == {
        "coordinates-missing": 1,
        "coordinates-zero": 1,
        "street-missing": 1,
        "zip-lost-zeros": 1,
    }
    repair = Repair.objects.get(rule="zip-lost-zeros")
    assert (repair.field, repair.before, repair.after) == ("zip", "2122", "02122")
    assert repair.record.service.organization.name == "Oasis"


def test_a_solo_practitioner_of_the_survey_is_loaded_and_not_published(tmp_path: Path) -> None:
    books = load(
        tmp_path, survey(WHO | {"Q2": "Pat Doe, MD", "Q10_5": "1"}, WHO | {"Q10_1": "1"}), "survey2015"
    )
    assert (five(books), books.unpublished) == ((2, 0, 0, 0, 0), 1)
    assert dict(Service.objects.values_list("name", "published")) == {
        "Pat Doe, MD": False,
        "Hope Center": True,
    }


def test_the_audit_holds_counts_and_a_hash_and_no_ones_data(tmp_path: Path) -> None:
    load(tmp_path, samhsa(place(), NOWHERE))
    entry = Entry.objects.get(action="load-directory")
    assert (entry.actor, entry.subject, entry.at) == ("person:test", "samhsa-directory-2015", AT)
    assert entry.detail["read"] == 2
    assert set(entry.detail) == {
        "read", "loaded", "updated", "unchanged", "merged", "quarantined", "absent", "sha256",
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"Name1,Keys\n", b"a,b\n1,2\n", samhsa(), b"%PDF-1.4"])
def test_a_file_that_cannot_be_used_changes_nothing(tmp_path: Path, data: bytes) -> None:
    load(tmp_path, samhsa(place()))
    before = everything(), Import.objects.count(), Entry.objects.count()
    with pytest.raises(UnusableFile):
        load(tmp_path, data)
    assert (everything(), Import.objects.count(), Entry.objects.count()) == before


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="cannot be read: No such file"):
        load_file(by="person:test", at=AT, path=tmp_path / "gone.csv", reader="samhsa")


def test_a_load_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def fall(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(tmp_path, samhsa(place(), OTHER), progress=fall)
    assert not Service.objects.exists()
    assert not Source.objects.exists()


KENTUCKY_2015 = "samhsa/samhsa_directory_2015_geocoded.csv"


# Counted apart from this code, with csv.DictReader and sets of lower-cased names, streets and ZIPs.
@pytest.mark.parametrize(
    ("year", "rows", "codes", "places", "lexington", "buprenorphine", "medicaid"),
    [(2012, 296, 2877, 291, 23, 19, 107), (2015, 316, 5938, 314, 22, 28, 156)],
)
def test_kentucky_is_read_whole(
    tmp_path: Path,
    year: int,
    rows: int,
    codes: int,
    places: int,
    lexington: int,
    buprenorphine: int,
    medicaid: int,
) -> None:
    if year == 2012:
        data = (Path(settings.DATA) / "kentucky" / "samhsa_directory_2012_KY.csv").read_bytes()
    else:
        national = (Path(settings.DATA) / KENTUCKY_2015).read_bytes().splitlines(keepends=True)
        data = b"".join([national[0], *(line for line in national if b",KY," in line)])
    books = load(tmp_path, data)
    assert (books.source, five(books)) == (f"samhsa-directory-{year}", (rows, 0, 0, 0, 0))
    assert Attribute.objects.count() == codes
    assert Location.objects.count() == places
    assert Location.objects.filter(addresses__city="Lexington").count() == lexington
    assert Fact.objects.filter(need="buprenorphine", answer=True).count() == buprenorphine
    assert Fact.objects.filter(need="medicaid", answer=True).count() == medicaid
    assert not Fact.objects.filter(answer=False).exists()
    assert Location.objects.exclude(county__startswith="KY/").count() == 0
    before = everything()
    assert five(load(tmp_path, data, at=LATER)) == (0, 0, rows, 0, 0)
    assert everything() == before
