"""The directory as HSDS 3.0: what goes out, that it is valid, the same every day, and whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import CommandError, call_command

from daybreak.audit.models import Entry
from daybreak.directory.actions import NotWritten
from daybreak.directory.actions.exporting import export_hsds
from daybreak.directory.models import (
    Address,
    Attribute,
    Fact,
    Organization,
    Phone,
    Service,
    ServiceCapacity,
    Taxonomy,
    TaxonomyTerm,
)
from daybreak.directory.queries import hsds
from daybreak.directory.readers.hsds_check import Check
from daybreak.directory.rules.hsds_ids import NEEDS, NEEDS_STATED_NO
from daybreak.vocabulary import hsds as standard
from tests.rooms.directory.sheets import AT, HOPE, load, place, samhsa

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "oruk"


def exported(**options: Any) -> list[dict[str, Any]]:
    return list(hsds.services(**{"at": AT, "full": True, **options}))


@pytest.fixture
def loaded(tmp_path: Path) -> Service:
    """The Hope Center of 2015, with an extension that is a number, one that is none, no MOUD, and Spanish."""
    keys = HOPE["Keys"] + "NMOA/SP/AH/"
    load(tmp_path, samhsa(place(Contact="(859)252-2002x12 Intake: (859)252-2019", Keys=keys)))
    return Service.objects.get()


def test_a_service_goes_out_with_all_that_stands_within_it(loaded: Service) -> None:
    (found,) = exported()
    assert (found["id"], found["name"]) == (str(loaded.pk), "Recovery Program for Women")
    assert found["organization"]["name"] == "Hope Center"
    here = found["service_at_locations"][0]["location"]
    assert here["addresses"][0]["postal_code"] == "40504"
    assert (here["latitude"], here["longitude"]) == (38.048456, -84.530654)
    assert here["x_daybreak"]["point_from"] == "source"
    assert {language["code"] for language in found["languages"]} == {"es"}
    assert [source["slug"] for source in found["x_daybreak"]["sources"]] == ["samhsa-directory-2015"]
    assert [record["row"] for record in found["x_daybreak"]["records"]] == [1]
    assert found["metadata"][0]["updated_by"] == "samhsa-directory-2015"


def test_what_nobody_confirmed_for_a_year_is_not_called_active(loaded: Service) -> None:
    (found,) = exported()
    assert (found["status"], found["assured_date"]) == ("inactive", "2015-12-31")
    assert found["alert"] == "Historic listing of 2015. Not confirmed since: do not rely on it."
    assert (found["x_daybreak"]["status"], found["x_daybreak"]["alert"]) == ("active", "")
    for phone in found["phones"]:
        assert phone["description"].startswith("Listed 2015, not confirmed since")
    Service.objects.update(assured_date=AT.date() - timedelta(days=365), alert="Ask for Ann.")
    Phone.objects.update(confirmed_on=AT.date())
    (found,) = exported()
    assert (found["status"], found["alert"]) == ("active", "Ask for Ann.")
    assert "status" not in found["x_daybreak"]
    assert all("description" not in phone for phone in found["phones"])


def test_an_extension_that_is_no_number_is_said_in_words(loaded: Service) -> None:
    Phone.objects.filter(kind="intake").update(extension="12a", confirmed_on=AT.date())
    main, intake = sorted(
        exported()[0]["phones"], key=lambda phone: phone["x_daybreak"]["kind"], reverse=True
    )
    assert main["extension"] == 12
    assert "extension" not in intake
    assert (intake["description"], intake["x_daybreak"]["extension"]) == ("Extension 12a", "12a")


def test_a_stated_no_is_a_term_of_another_taxonomy_than_a_yes(loaded: Service) -> None:
    terms = [attribute["taxonomy_term"] for attribute in exported()[0]["attributes"]]
    yes = {term["code"] for term in terms if term["taxonomy_id"] == NEEDS}
    no = {term["code"] for term in terms if term["taxonomy_id"] == NEEDS_STATED_NO}
    assert yes == set(Fact.objects.filter(answer=True).values_list("need", flat=True))
    assert no == {f"no-{need}" for need in Fact.objects.filter(answer=False).values_list("need", flat=True)}
    assert no
    assert not yes & no


def test_only_what_stands_goes_out(loaded: Service, tmp_path: Path) -> None:
    """A newer edition of a family replaces the older one; what it no longer says is not stated."""
    newer = place(Keys="SA/OP/ADLT/", Contact=HOPE["Contact"])
    load(tmp_path, samhsa(newer), name="newer.csv", edition=2016)
    (found,) = exported()
    assert {a["x_daybreak"]["source"] for a in found["attributes"]} == {"samhsa-directory-2016"}
    assert {s["slug"] for s in found["x_daybreak"]["sources"]} == {
        "samhsa-directory-2015",
        "samhsa-directory-2016",
    }


def test_unpublished_services_and_what_is_theirs_alone_stay_in(loaded: Service) -> None:
    Service.objects.update(published=False)
    assert exported() == []
    assert list(hsds.service_at_locations(at=AT, full=True)) == []
    assert list(hsds.organizations(at=AT, full=True)) == []
    assert exported(ids=[str(loaded.pk)]) == []


def test_a_taxonomy_that_may_not_be_shared_stays_in(loaded: Service) -> None:
    before = len(exported()[0]["attributes"])
    Taxonomy.objects.update(shared=False)
    after = exported()[0]["attributes"]
    assert len(after) == before - Attribute.objects.count()
    assert {term["taxonomy_id"] for term in hsds.taxonomy_terms()} == {NEEDS, NEEDS_STATED_NO}
    assert TaxonomyTerm.objects.exists()


def test_openings_go_out_until_they_expire(loaded: Service) -> None:
    ServiceCapacity.objects.create(
        service=loaded, available=2, maximum=9, updated=AT - timedelta(hours=1), expires_at=AT + timedelta(hours=1)
    )  # fmt: skip
    (capacity,) = exported()[0]["capacities"]
    assert (capacity["available"], capacity["maximum"], capacity["unit"]["name"]) == (2, 9, "Bed")
    jsonschema.Draft202012Validator(
        {key: part for key, part in standard.schema("unit").items() if key in {"type", "required"}}
    ).validate(capacity["unit"])
    assert set(standard.schema("service_capacity")["required"]) <= capacity.keys()
    assert "capacities" not in exported(at=AT + timedelta(hours=1))[0]


def test_a_website_that_is_none_stands_in_our_own_words(loaded: Service) -> None:
    Organization.objects.update(website="www.example.org")
    Service.objects.update(url="https://example.org/help")
    (found,) = exported()
    assert found["url"] == "https://example.org/help"
    assert "website" not in found["organization"]
    assert found["organization"]["x_daybreak"]["website"] == "www.example.org"


def test_what_a_publisher_said_beyond_our_columns_goes_out_in_its_place(loaded: Service) -> None:
    Service.objects.update(
        kept={"email": "help@example.org", "service_areas": [{"id": "381c64f1-a724-4884-9c21-ac96c21cca3e"}]}
    )
    (found,) = exported()
    names = [name for name in found if name in standard.positions("service")]
    assert found["email"] == "help@example.org"
    assert found["service_areas"][0]["id"].startswith("381c64f1")
    assert names == sorted(names, key=lambda name: standard.positions("service")[name])


def test_lists_carry_texts_and_numbers_and_lead_to_the_whole(loaded: Service) -> None:
    (short,) = exported(full=False)
    assert not any(isinstance(value, list) for value in short.values())
    assert short["organization"]["name"] == "Hope Center"
    (pair,) = hsds.service_at_locations(at=AT, full=False)
    assert pair["service"]["id"] == short["id"]
    assert pair["location"]["location_type"] == "physical"
    (whole,) = hsds.organizations(at=AT, full=True)
    assert whole["services"] == [{name: short[name] for name in ("id", "name", "status")}]
    assert [place["id"] for place in whole["locations"]] == [pair["location_id"]]


def test_unknown_ids_are_passed_over(loaded: Service) -> None:
    ids = ["no id", "00000000-0000-4000-8000-000000000000", str(loaded.pk)]
    assert [found["id"] for found in exported(ids=ids)] == [str(loaded.pk)]


def test_an_export_is_valid_and_the_same_every_time(loaded: Service, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "deep" / "second"
    done = export_hsds(by="test", at=AT, folder=first)
    export_hsds(by="test", at=AT + timedelta(hours=1), folder=second)
    files = {path.relative_to(first): path.read_bytes() for path in first.rglob("*") if path.is_file()}
    assert files == {
        path.relative_to(second): path.read_bytes() for path in second.rglob("*") if path.is_file()
    }
    assert {str(name) for name in files} >= {"services.json", "manifest.json", "csv/datapackage.json"}
    check = Check(first)
    assert list(check.problems()) == []
    assert check.counts["services.json"] == check.counts["csv/services.csv"] == done.counts["services"] == 1
    assert json.loads(files[Path("services.json")])["contents"] == exported()
    assert Entry.objects.filter(action="export-hsds", subject="first").exists()


def test_a_required_cell_of_which_nothing_is_known_says_so(loaded: Service, tmp_path: Path) -> None:
    Address.objects.update(address_1="")
    export_hsds(by="test", at=AT, folder=tmp_path / "out")
    (row,) = csv.DictReader(io.StringIO((tmp_path / "out" / "csv" / "addresses.csv").read_text()))
    assert (row["address_1"], json.loads(row["x_daybreak"])) == ("not stated", {"not_stated": ["address_1"]})
    assert list(Check(tmp_path / "out").problems()) == []


def test_a_folder_with_anything_else_in_it_is_never_replaced(loaded: Service, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    for force, words in ((False, "is not empty"), (True, "holds no export")):
        with pytest.raises(NotWritten, match=words):
            export_hsds(by="test", at=AT, folder=folder, force=force)
    assert [path.name for path in tmp_path.iterdir() if path.name != "file.csv"] == ["mine"]
    with pytest.raises(NotWritten, match="is none"):
        export_hsds(by="test", at=AT, folder=folder / "letter.txt")


def test_force_replaces_an_export(loaded: Service, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export_hsds(by="test", at=AT, folder=folder)
    with pytest.raises(NotWritten, match="--force"):
        export_hsds(by="test", at=AT, folder=folder)
    Service.objects.update(name="Renamed")
    export_hsds(by="test", at=AT, folder=folder, force=True)
    assert json.loads((folder / "services.json").read_bytes())["contents"][0]["name"] == "Renamed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.csv", "out"]


def test_an_export_that_fails_leaves_nothing_and_takes_nothing(
    loaded: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    export_hsds(by="test", at=AT, folder=folder)
    before = (folder / "services.json").read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("daybreak.directory.actions.exporting._manifest", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        export_hsds(by="test", at=AT, folder=folder, force=True)
    assert (folder / "services.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.csv", "out"]


def test_the_commands_export_and_check(loaded: Service, tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("export", "hsds", str(tmp_path / "out"), stdout=out)
    assert "Exported 1 services and 1 organizations" in out.getvalue()
    out = io.StringIO()
    call_command("check_hsds", str(tmp_path / "out"), stdout=out)
    assert "services.json: 1 checked, 0 problems" in out.getvalue()
    with pytest.raises(CommandError, match="is not empty"):
        call_command("export", "hsds", str(tmp_path / "out"), stdout=out)


def test_an_empty_directory_is_a_valid_export(tmp_path: Path) -> None:
    done = export_hsds(by="test", at=datetime(2026, 1, 1, tzinfo=UTC), folder=tmp_path / "out")
    assert (done.counts["services"], done.counts["taxonomies"]) == (0, 2)
    assert json.loads((tmp_path / "out" / "services.json").read_bytes())["empty"] is True
    assert list(Check(tmp_path / "out").problems()) == []
    assert date.fromisoformat(json.loads((tmp_path / "out" / "manifest.json").read_bytes())["as_of"]) == date(
        2026, 1, 1
    )
