"""Any CSV by a saved mapping, and mappings that are wrong."""

from __future__ import annotations

import copy
import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest

from daybreak.directory.readers.csv import MappedList
from daybreak.directory.readers.mapping import mapping_from, saved_mapping
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.repairs import mended
from daybreak.directory.rules.rows import Listing, Row

DATA = Path(__file__).resolve().parents[3] / "data"
MAPPINGS = DATA / "mappings"
GOOD: dict[str, Any] = {
    "source": {"slug": "a-list", "title": "A list", "family": "lists", "as_of": "2024-05-01"},
    "columns": {"name": "who", "zip": "zip", "phone": ["tel 1", "tel 2"], "intake": "intake"},
    "constants": {"state": "KY"},
    "blank": ["NA"],
    "facts": [
        {"need": "methadone"},
        {"need": "women", "column": "sex", "values": ["F", "both"]},
        {"need": "free", "answer": False, "column": "free", "values": ["no"]},
        {"need": "free", "column": "free", "values": ["yes"]},
    ],
}
FILE = b"who,zip,tel 1,tel 2,intake,sex,free\nHope Center,40508,859-252-7881,NA,800-928-8000,f,no\nOasis,42302,,,,NA,\n"


def rows(document: dict[str, Any] = GOOD, data: bytes = FILE) -> list[Row]:
    return list(MappedList(data, mapping_from(document, "list.toml")).rows())


def without(*path: str) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    table: Any = document
    for key in path[:-1]:
        table = table[key]
    del table[path[-1]]
    return document


def with_(value: Any, *path: str) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    table: Any = document
    for key in path[:-1]:
        table = table.setdefault(key, {})
    table[path[-1]] = value
    return document


def test_columns_constants_and_facts_fill_a_row() -> None:
    first, second = rows()
    assert (first.name, first.zip, first.state) == ("Hope Center", "40508", "KY")
    assert first.contacts == (("main", "859-252-7881"), ("intake", "800-928-8000"))
    assert {said.need: (said.answer, said.said) for said in first.statements} == {
        "methadone": (True, "on this list"), "women": (True, "sex=f"), "free": (False, "free=no"),
    }  # fmt: skip
    assert {said.need for said in second.statements} == {"methadone"}


def test_an_address_in_one_cell_is_taken_apart() -> None:
    document = with_("where", "columns", "whole_address")
    data = b'who,zip,tel 1,tel 2,intake,sex,free,where\nDismas,,,,,,,"615 Carlton Dr., Owensboro, KY 42303"\n'
    (row,) = rows(document, data)
    assert (row.address_1, row.city, row.state, row.zip) == ("615 Carlton Dr.", "Owensboro", "KY", "42303")


def test_codes_of_samhsa_may_stand_in_a_column() -> None:
    document = with_("sex", "columns", "codes") | {"file": {"codes_edition": 2015}}
    (row,) = rows(document, b"who,zip,tel 1,tel 2,intake,sex,free\nHope,40508,,,,BU/MD,\n")
    assert row.codes == ("BU", "MD")


def test_a_list_may_hide_solo_practitioners() -> None:
    data = b"who,zip,tel 1,tel 2,intake,sex,free\nPat Doe MD,40508,,,,,\n"
    assert rows(data=data)[0].published
    assert not rows(with_(True, "rows", "solo_practitioners_unpublished"), data)[0].published


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ([], "must be a table"),
        (without("source", "slug"), r"source\.slug must be given"),
        (with_("A List", "source", "slug"), r"source\.slug must be lower-case"),
        (with_("May 2024", "source", "as_of"), r"source\.as_of must be the day.*'May 2024'"),
        (without("columns", "name"), r"columns\.name must name the column"),
        (without("columns", "zip"), r"columns\.zip must be given"),
        (with_("x", "columns", "fax"), r"columns\.fax is not a field; use one of"),
        (with_(3, "columns", "city"), r"columns\.city must be the heading"),
        (with_("x", "colums"), "colums is not known"),
        (
            with_([{"need": "hugs"}], "facts"),
            r"facts\[1\]\.need must be one of data/vocabulary/needs\.csv; got 'hugs'",
        ),
        (with_([{"need": "free", "answer": "no"}], "facts"), r"facts\[1\]\.answer must be true or false"),
        (
            with_([{"need": "free", "values": ["1"]}], "facts"),
            r"facts\[1\]\.column must be given where values are",
        ),
        (with_([{"need": "free", "colum": "x"}], "facts"), r"facts\[1\]\.colum is not known"),
        (with_("klingon", "file", "encoding"), r"file\.encoding must be an encoding"),
        (with_("sex", "columns", "codes"), r"file\.codes_edition must be the year"),
        (with_("NA", "blank"), "blank must be a list"),
        (with_(";;", "file", "delimiter"), r"file\.delimiter must be one character.*';;'"),
        (with_('"', "file", "delimiter"), r"file\.delimiter must be one character"),
        (with_("\n", "file", "delimiter"), r"file\.delimiter must be one character"),
        (with_("utf\0", "file", "encoding"), r"file\.encoding must not hold the character '\\x00'"),
        (with_("undefined", "file", "encoding"), r"file\.encoding must be an encoding"),
        (with_("base64", "file", "encoding"), r"file\.encoding must be an encoding"),
        (with_("latin-1", "file", "encodng"), r"file\.encodng is not known; \[file\] has codes_edition"),
        (with_(3, "facts"), r"facts must be a list of tables"),
        (with_([3], "facts"), r"facts\[1\] must be a table"),
        (with_([{"need": ["a"]}], "facts"), r"facts\[1\]\.need must be one of.*\['a'\]"),
        (with_("x" * 301, "source", "title"), r"source\.title must be at most 300 characters; it has 301"),
        (with_("A\0list", "source", "title"), r"source\.title must not hold the character"),
        (with_("A \ud800", "source", "citation"), r"source\.citation must not hold the character"),
        (with_("a\0", "constants", "city"), r"constants\.city must not hold the character"),
        (with_(True, "file", "codes_edition"), r"file\.codes_edition must be a year from 2005.*True"),
        (with_(-5, "file", "codes_edition"), r"file\.codes_edition must be a year from 2005.*-5"),
        (with_("2015", "file", "codes_edition"), r"file\.codes_edition must be a year"),
        (
            with_("no", "rows", "solo_practitioners_unpublished"),
            r"rows\.solo_practitioners_unpublished must be true or false; got 'no'",
        ),
        (with_(16**5000, "source", "as_of"), r"source\.as_of must be the day.*a huge number"),
    ],
)
def test_a_wrong_mapping_names_the_key_and_the_cure(document: Any, complaint: str) -> None:
    with pytest.raises(UnusableFile, match=complaint):
        mapping_from(document, "list.toml")


def test_a_column_that_the_file_lacks_is_named() -> None:
    with pytest.raises(UnusableFile, match=r"'free', 'intake'.*it has 'who', 'zip'"):
        rows(data=b"who,zip,tel 1,tel 2,sex\nHope,40508,,,f\n")


def test_an_unknown_mapping_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="samhsa-otp-2022"):
        saved_mapping("no-such-list", MAPPINGS)
    broken = tmp_path / "broken.toml"
    broken.write_text("[source\n")
    with pytest.raises(UnusableFile, match=r"broken\.toml cannot be read"):
        saved_mapping(str(broken), MAPPINGS)


@pytest.mark.parametrize("suffix", ["json", "toml"])
def test_a_mapping_of_fifty_thousand_brackets_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"deep.{suffix}"
    path.write_text(("x = " if suffix == "toml" else "") + "[" * 50_000)
    with pytest.raises(UnusableFile, match=r"deep\.\w+ cannot be read: its brackets are nested too deeply"):
        saved_mapping(str(path), MAPPINGS)


def test_a_name_too_long_for_a_file_is_no_mapping() -> None:
    with pytest.raises(UnusableFile, match="must name a saved mapping"):
        saved_mapping("x" * 5000 + ".toml", MAPPINGS)


def test_the_county_column_of_the_list_of_2021_outvotes_points_elsewhere() -> None:
    """Richmond geocoded into Lexington, Ashland to Lawrence, Elizabethtown to Grayson."""
    path = DATA / "kentucky" / "samhsa_sa_2021_KY.csv"
    found = {}
    for row in MappedList(path.read_bytes(), saved_mapping("samhsa-sa-2021", MAPPINGS)).rows():
        listing = mended(row)
        assert isinstance(listing, Listing)
        if any(mend.rule == "coordinates-outside-county" for mend in listing.mends):
            found[row.row] = (listing.zip, listing.county, listing.point_from)
    assert found[20] == ("40475", "KY/Madison", "zip")
    assert found[319] == ("41101", "KY/Boyd", "zip")
    assert found[370] == ("42701", "KY/Hardin", "zip")
    assert len(found) == 8


def test_a_mapping_may_be_written_in_json(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text('{"source": {"slug": "a", "title": "A", "family": "a", "as_of": "2024-05-01"}, '
                    '"columns": {"name": "who", "city": "town"}}')  # fmt: skip
    assert saved_mapping(str(path), MAPPINGS).slug == "a"


def bundle() -> list[dict[str, str]]:
    with (DATA / "bundle.csv").open(encoding="utf-8", newline="") as lines:
        return [entry for entry in csv.DictReader(lines) if entry["reader"] == "csv"]


@pytest.mark.parametrize("entry", bundle(), ids=lambda entry: entry["mapping"])
def test_every_bundled_list_is_read_by_its_mapping(entry: dict[str, str]) -> None:
    mapping = saved_mapping(entry["mapping"], MAPPINGS)
    found = list(MappedList((DATA / entry["path"]).read_bytes(), mapping).rows())
    assert len(found) > 20
    assert all(row.name and row.published for row in found)


def test_corrections_programs_state_only_what_their_kind_says() -> None:
    path = DATA / "kentucky" / "ky_doc_recovery_centers.csv"
    found = {
        (row.name, row.address_1): {said.need for said in row.statements}
        for row in MappedList(path.read_bytes(), saved_mapping("kentucky-doc-2024", MAPPINGS)).rows()
    }
    assert len(found) == 33
    assert found["Brighton Recovery Center for Women", "375 Weaver Rd."] == {"residential", "women"}
    assert found["CTS Russell", "1407 W Jefferson St."] == set()
    assert found["Shepherd's House", "635 Maxwelton Court"] == {
        "residential",
        "intensive-outpatient",
        "outpatient",
    }
    assert found["Invictus4Core", "3150 Custer Drive, Suite 101"] == {"intensive-outpatient", "outpatient"}


def test_the_example_in_the_mappings_readme_is_a_good_mapping() -> None:
    example = (MAPPINGS / "README.md").read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    mapping = mapping_from(tomllib.loads(example), "README.md")
    assert (mapping.slug, len(mapping.facts), mapping.solo_unpublished) == ("my-list-2024", 3, True)
