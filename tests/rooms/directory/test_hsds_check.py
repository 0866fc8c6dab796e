"""Checking HSDS: mutated copies fail where they were mutated, other people's files fail where they should."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import CommandError, call_command
from referencing import Registry, Resource

from daybreak.directory.actions.exporting import export_hsds
from daybreak.directory.readers.hsds_check import Check
from daybreak.directory.readers.hsds_schemas import faults
from daybreak.directory.readers.tables import UnusableFile
from daybreak.vocabulary import hsds
from tests.rooms.directory.sheets import AT, load, place, samhsa

ORUK = Path(__file__).resolve().parents[2] / "fixtures" / "oruk"
REFUSED = {
    "V3.0-UK-Fail/service_full.json": 2,
    "V3.0-UK-Fail/service_list.json": 11,
    "V3.0-UK-Fail/taxonomy_term.json": 2,
    "V3.0-UK-Warn/taxonomy_term.json": 2,
}


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Path:
    load(tmp_path, samhsa(place(), place(Name1="Oasis", Address1="1 Main Street", Contact="(859)252-2003")))
    export_hsds(by="test", at=AT, folder=tmp_path / "out")
    return tmp_path / "out"


@pytest.mark.parametrize(
    "path", sorted(ORUK.rglob("*.json")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_other_peoples_files_are_refused_where_they_are_wrong(path: Path) -> None:
    found = list(Check(path).problems())
    assert len(found) == REFUSED.get(f"{path.parent.name}/{path.name}", 0), found


def _set(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda service: service.__setitem__(name, value)


def _drop(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda service: service.pop(name) and None


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (_set("status", "open"), "/status"),
        (_set("id", "12"), "/id"),
        (_drop("name"), "/name"),
        (_set("url", "www.example.org"), "/url"),
        (_set("minimum_age", "12"), "/minimum_age"),
        (_set("last_modified", "yesterday"), "/last_modified"),
        (lambda service: service["phones"][0].pop("number"), "/phones/0/number"),
        (lambda service: service["phones"][0].update(extension="12a"), "/phones/0/extension"),
        (
            lambda service: service["service_at_locations"][0]["location"].update(location_type="moon"),
            "/service_at_locations/0/location/location_type",
        ),
        (lambda service: service["attributes"][3]["taxonomy_term"].pop("description"),
         "/attributes/3/taxonomy_term/description"),
        (lambda service: service.update(capacities=[{"id": service["id"]}]), "/capacities/0/unit"),
    ],
)  # fmt: skip
def test_a_mutated_copy_fails_where_it_was_mutated(
    folder: Path, change: Callable[[dict[str, Any]], None], pointer: str
) -> None:
    page = json.loads((folder / "services.json").read_bytes())
    change(page["contents"][1])
    copy = folder.parent / "services.json"
    copy.write_text(json.dumps(page))
    told = [problem.where for problem in Check(copy).problems()]
    assert f"/contents/1{pointer}" in told
    assert all(where.startswith("/contents/1/") for where in told)


def test_our_validator_and_the_reference_one_agree(folder: Path) -> None:
    """jsonschema, with every format checked, finds nothing in what goes out either."""
    registry: Registry[Any] = Registry().with_resources(
        (
            f"https://schemas.example/{entity}.json",
            Resource.from_contents(hsds.schema(entity), default_specification=_draft()),
        )
        for entity in hsds.entities()
    )
    validator = jsonschema.Draft202012Validator(
        {"$ref": "https://schemas.example/service.json"}, registry=registry,
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )  # fmt: skip
    contents = json.loads((folder / "services.json").read_bytes())["contents"]
    assert len(contents) == 2
    assert [error.message for service in contents for error in validator.iter_errors(service)] == []
    contents[0]["id"] = "12"
    assert [error.validator for error in validator.iter_errors(contents[0])] == ["format"]
    assert [fault.pointer for fault in faults("service", contents[0])] == ["/id"]


def _draft() -> Any:
    from referencing.jsonschema import DRAFT202012

    return DRAFT202012


def rewrite(path: Path, change: Callable[[list[list[str]]], None]) -> None:
    """Change the rows of a table, header first."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


@pytest.mark.parametrize(
    ("table", "change", "where", "words"),
    [
        ("services.csv", lambda rows: rows[0].__setitem__(3, "nom"), "header", "column name is missing"),
        ("services.csv", lambda rows: rows[1].__setitem__(3, ""), "row 1 name", "requires it"),
        ("services.csv", lambda rows: rows[1].__setitem__(8, "open"), "row 1 status", "one of active"),
        ("services.csv", lambda rows: rows[1].__setitem__(18, "2015"), "row 1 assured_date", "a day such as"),
        ("services.csv", lambda rows: rows.append(rows[1]), "row 3 id", "one row only"),
        ("services.csv", lambda rows: rows[1].append("x"), "row 1", "must have 24 values"),
        ("phones.csv", lambda rows: rows[1].__setitem__(7, "12a"), "row 1 extension", "a number"),
        ("locations.csv", lambda rows: rows[1].__setitem__(0, "12"), "row 1 id", "a UUID"),
        ("locations.csv", lambda rows: rows.pop(1), "organization_id", ""),
        ("organizations.csv", lambda rows: rows.pop(1), "row 1 organization_id", "no row of organizations.csv"),
    ],
)  # fmt: skip
def test_a_mutated_table_fails_where_it_was_mutated(
    folder: Path, table: str, change: Callable[[list[list[str]]], None], where: str, words: str
) -> None:
    rewrite(folder / "csv" / table, change)
    found = list(Check(folder / "csv").problems())
    assert found
    if table != "locations.csv" or words:
        assert any(problem.where == where and words in problem.reason for problem in found), found
    else:
        assert any(problem.reason == "names no row of locations.csv" for problem in found), found


def test_a_file_changed_after_the_export_is_noticed(folder: Path) -> None:
    path = folder / "services.json"
    path.write_bytes(path.read_bytes().replace(b"Hope Center", b"Hope Centre"))
    (folder / "csv" / "phones.csv").unlink()
    told = {(problem.file, problem.where) for problem in Check(folder).problems()}
    assert ("services.json", "") in told
    assert ("manifest.json", "/files/csv~1phones.csv") in told


@pytest.mark.parametrize("cut", [b"\n]}\n", b'"status"'])
def test_a_list_that_is_cut_off_is_not_called_valid(folder: Path, cut: bytes) -> None:
    path = folder.parent / "services.json"
    whole = (folder / "services.json").read_bytes()
    path.write_bytes(whole[: whole.rindex(cut)])
    with pytest.raises(UnusableFile, match="whole"):
        list(Check(path).problems())


def test_lines_are_checked_one_by_one(folder: Path) -> None:
    path = folder.parent / "services.ndjson"
    service = json.loads((folder / "services.json").read_bytes())["contents"][0]
    path.write_text("\n".join([json.dumps(service), "{", json.dumps(service | {"status": "open"})]))
    check = Check(path)
    assert [problem.where for problem in check.problems()] == ["line 2", "line 3/status"]
    assert check.counts == {"services.ndjson": 3}


def test_the_command_says_what_is_wrong_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=r"2 problems\.") as failed:
        call_command("check_hsds", str(ORUK / "V3.0-UK-Fail" / "service_full.json"))
    assert failed.value.returncode == 1
    assert "service_full.json /" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_where_there_is_nothing_to_check_the_command_ends_with_2(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError) as failed:
        call_command("check_hsds", str(tmp_path / name))
    assert failed.value.returncode == 2
