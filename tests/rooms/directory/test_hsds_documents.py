"""HSDS documents that are broken: a clear refusal, nothing changed, and books that add up whatever comes."""

from __future__ import annotations

import copy
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybreak.directory.models import Import, Service, Source
from daybreak.directory.readers import hsds_csv
from daybreak.directory.readers.hsds import Document, Item
from daybreak.directory.readers.tables import UnusableFile
from tests.rooms.directory.documents import FIXTURES, SERVICE, another, counts, load, service

DEEP = "[" * 100_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "must stand"),
        ("hello", "must stand"),
        ("[" + json.dumps(SERVICE), "the end of the file"),
        ("[" + json.dumps(SERVICE)[:200], "is no JSON"),
        (json.dumps([SERVICE]) + "x", "must end here"),
        ('{"contents": [], "contents": []}', "contents stands twice"),
        ('{"contents": []}', "holds no object"),
        ("[" + DEEP, "nested deeper"),
        (json.dumps([SERVICE]).encode("utf-16-le"), "Line 1"),
        (json.dumps([service(name="Café")], ensure_ascii=False).encode("latin-1"), "not in UTF-8"),
        (b"\x1f\x8b\x08\x00binary", "not in UTF-8"),
        (b"PK\x03\x04 no package", "cannot be opened"),
    ],
    ids=str,
)
def test_what_is_no_document_is_refused_and_nothing_changes(
    tmp_path: Path, content: Any, reason: str
) -> None:
    with pytest.raises(UnusableFile, match=reason):
        load(tmp_path, content)
    assert not Service.objects.exists()
    assert not Source.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('"minimum_age": 18', '"minimum_age": NaN', "NaN is no number of JSON"),
        ('"minimum_age": 18', '"minimum_age": -Infinity', "-Infinity is no number of JSON"),
        ('"minimum_age": 18', '"minimum_age": 1e999', "a number is too large"),
        ('"minimum_age": 18', f'"minimum_age": {"9" * 5000}', "a number has 5,000 digits; it may have 18"),
        ('"minimum_age": 18', '"minimum_age": 18, "name": "Twice"', "'name' stands twice in one object"),
        ('"minimum_age": 18', '"minimum_age": 18, "fees": "\\ud800"', "/0/fees holds half a character"),
        (
            '"minimum_age": 18',
            f'"minimum_age": 18, "own": {"[" * 60 + "]" * 60}',
            "is nested deeper than 40 levels",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_json_lets_pass_and_no_database_keeps_is_put_aside(
    tmp_path: Path, before: str, after: str, reason: str
) -> None:
    text = json.dumps([SERVICE, another(2)]).replace(before, after, 1)
    books = load(tmp_path, text)
    assert counts(books) == (1, 0, 0, 0, 1)
    assert reason in books.quarantine[0][1]


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_at_the_beginning_does_no_harm(tmp_path: Path, encoding: str) -> None:
    assert load(tmp_path, json.dumps([service(name="Café")], ensure_ascii=False).encode(encoding)).loaded == 1
    assert Service.objects.get().name == "Café"


def test_a_reason_never_repeats_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "services.json"
    path.write_text(json.dumps([service(email="jane.roe at example"), service(status="Jane Roe")]), "utf-8")
    told = [item.fault for item in Document(path).items()]
    assert all(told)
    assert not any("jane" in fault.casefold() for fault in told)


def test_a_package_that_would_fill_the_disk_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("services.csv", "id,name\n" + "x" * 3_000_000)
    monkeypatch.setattr(hsds_csv, "LARGEST_PACKAGE", 1_000_000)
    with pytest.raises(UnusableFile, match="this one is larger"):
        Document(path)
    monkeypatch.setattr(hsds_csv, "LARGEST_PACKAGE", 10_000_000)
    monkeypatch.setattr(hsds_csv, "LARGEST_TABLE", 1_000_000)
    with pytest.raises(UnusableFile, match="unpacks to more than"):
        list(Document(path).items())


def test_a_cell_too_many_and_an_owner_that_is_missing_are_told_by_file_and_line(tmp_path: Path) -> None:
    for table in (FIXTURES / "hsds" / "csv").glob("*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    with (tmp_path / "phones.csv").open("a", encoding="utf-8") as table:
        table.write(
            "\n00000000-0000-4000-8000-0000000000ff,,00000000-0000-4000-8000-0000000000fe,,,,123,,,\n"
        )
    with (tmp_path / "funding.csv").open("a", encoding="utf-8") as table:
        table.write("\n00000000-0000-4000-8000-0000000000fd,,ac148810-d857-441c-9679-408f346de14b,Fund,1,2\n")
    told = {item.fault for item in Document(tmp_path).items()} - {""}
    assert "phones.csv line 4 belongs to nothing in these tables; correct the id of its owner" in told
    assert "funding.csv line 4 has more cells than there are columns" in told


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, part in parts for place in _places(part, (*path, name)))]


@st.composite
def _mutated(draw: st.DrawFn) -> Any:
    made = copy.deepcopy(SERVICE) | {"x_daybreak": {"sources": [
        {"slug": "other", "title": "Other", "family": "other", "as_of": "2024-01-01"}], "records": []}}  # fmt: skip
    if draw(st.booleans()):
        del made["x_daybreak"]
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(_places(made)[1:]))
        inner = made
        for step in place[:-1]:
            inner = inner[step]
        if draw(st.booleans()):
            inner[place[-1]] = draw(JSON)
        else:
            del inner[place[-1]]
    return made


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changed=_mutated())
def test_whatever_stands_in_a_service_the_books_add_up(changed: Any) -> None:
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        books = load(Path(folder), [changed, another(2)])
        assert books.read == sum(counts(books)) == 2
        assert books.loaded + books.quarantined == 2
        assert Service.objects.count() == books.loaded == Import.objects.get().loaded
        transaction.set_rollback(True)


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet='{}[]",:0123eE.-\\ntrufals \n', max_size=60) | st.binary(max_size=60))
def test_garbage_is_read_or_refused_and_never_crashes(text: str | bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "services.json"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        try:
            items = list(Document(path).items())
        except UnusableFile:
            return
    assert all(isinstance(item, Item) and (item.fault or item.value) for item in items)
