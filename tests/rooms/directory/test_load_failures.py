"""What a load does when others load too, when the disk is full, and when a list is not what it says it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from daybreak.directory.actions import NotWritten
from daybreak.directory.models import Organization, Record, Service, Source
from daybreak.directory.readers.tables import UnusableFile
from tests.rooms.directory.sheets import AT, five, load, place, samhsa

only_on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="PostgreSQL's own behaviour"
)
only_on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own behaviour")
LIST = b"who,zip\nHope Center,40504\n"
MAPPING = """
[source]
slug = "{slug}"
title = "{title}"
family = "{family}"
as_of = {as_of}
[columns]
name = "who"
zip = "zip"
"""


def mapping(folder: Path, **told: str) -> str:
    """The path of a mapping file that says so."""
    path = folder / "list.toml"
    whole = {"slug": "a-list", "title": "A list", "family": "lists", "as_of": "2024-05-01"} | told
    path.write_text(MAPPING.format(**whole))
    return str(path)


@pytest.mark.django_db
def test_a_list_of_tomorrow_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UnusableFile, match=r"2024-05-03, and that day has not come yet \(today is 2024-05-01\)"
    ):
        load(tmp_path, LIST, "csv", mapping=mapping(tmp_path, as_of="2024-05-03"))
    assert not Source.objects.exists()
    assert five(load(tmp_path, LIST, "csv", mapping=mapping(tmp_path, as_of="2024-05-01"))) == (1, 0, 0, 0, 0)


@pytest.mark.django_db
def test_a_slug_of_another_family_is_refused_and_its_list_stays_as_it_is(tmp_path: Path) -> None:
    load(tmp_path, LIST, "csv", mapping=mapping(tmp_path))
    stolen = mapping(tmp_path, family="others", title="Stolen", as_of="2023-01-01")
    with pytest.raises(
        UnusableFile, match=r"'a-list' belongs to 'A list' of the family 'lists'.*Choose another"
    ):
        load(tmp_path, LIST, "csv", mapping=stolen)
    source = Source.objects.get()
    assert (source.title, source.family, str(source.as_of)) == ("A list", "lists", "2024-05-01")


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["samhsa-directory-2015", "samhsa-directory-2029", "lexington-survey-2015"])
def test_a_slug_of_a_list_that_is_built_in_is_refused(tmp_path: Path, slug: str) -> None:
    with pytest.raises(UnusableFile, match=f"{slug}' belongs to a list that Daybreak reads by itself"):
        load(tmp_path, LIST, "csv", mapping=mapping(tmp_path, slug=slug, family="samhsa-directory"))
    assert not Source.objects.exists()


@pytest.mark.django_db
def test_what_no_database_keeps_is_said_without_the_text(tmp_path: Path) -> None:
    lone = "Hope \\ud800 Center"
    told = mapping(tmp_path)
    Path(told).write_text(Path(told).read_text() + '[file]\nencoding = "unicode_escape"\n')
    with pytest.raises(UnusableFile, match="half a character") as caught:
        load(tmp_path, f"who,zip\n{lone},40504\n".encode(), "csv", mapping=told)
    assert "Hope" not in str(caught.value)
    assert not Source.objects.exists()


@contextmanager
def no_more_room() -> Iterator[None]:
    """A database file that may not grow."""
    connection.ensure_connection()
    database: Any = connection.connection  # Django's own cursor refuses to work after an error
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        database.execute("PRAGMA max_page_count = 1073741823")


@only_on_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_said_and_nothing_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_bytes(samhsa(*(place(Name1=f"House {n}", Note="x" * 900) for n in range(1000))))
    with (
        no_more_room(),
        pytest.raises(CommandError, match=r"the disk that holds .* is full.*Free some space") as caught,
    ):
        call_command("load", "samhsa", str(path), "--no-publish")
    assert caught.value.returncode == 1
    assert "set-up" not in str(caught.value)
    assert not Source.objects.exists()
    call_command("load", "samhsa", str(path), "--no-publish", "--json")
    assert Record.objects.count() == 1000


@pytest.mark.django_db
def test_an_error_of_the_machine_while_loading_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise OSError(28, "No space left on device", "/var/full")

    monkeypatch.setattr("daybreak.directory.actions.bookkeeping.insert_rows", broken)
    with pytest.raises(
        NotWritten, match=r"The load could not be written: No space left on device \(/var/full\)"
    ):
        load(tmp_path, samhsa(place()))
    assert not Source.objects.exists()


@pytest.mark.django_db
def test_a_row_that_the_database_refuses_is_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(tmp_path, samhsa(place()))
    taken = Organization.objects.get().id
    monkeypatch.setattr("daybreak.directory.actions.catalogue.Catalogue.fresh", lambda *_: taken)
    with pytest.raises(UnusableFile, match=r"refused a row of this file \(\w+") as caught:
        load(tmp_path, samhsa(place(Name1="Pat Doe", ZIP_Code="40508")), name="other.csv")
    assert "Pat Doe" not in str(caught.value)
    assert str(taken) not in str(caught.value)
    assert caught.value.__suppress_context__
    assert Service.objects.count() == 1


@pytest.mark.django_db
def test_any_other_trouble_of_the_database_keeps_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise DatabaseError("no such table: directory_record")

    monkeypatch.setattr("daybreak.directory.actions.bookkeeping.insert_rows", broken)
    with pytest.raises(DatabaseError, match="no such table"):
        load(tmp_path, samhsa(place()))


@only_on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_lists_loaded_at_once_take_turns(tmp_path: Path) -> None:
    rows = [place(Name1=f"House {n}", Address1=f"{n} Main Street", Keys="SAF/SA/OP/ORT/") for n in range(300)]
    ends: list[object] = []
    start = threading.Barrier(2)

    def one(year: int) -> Callable[[], None]:
        def run() -> None:
            try:
                start.wait()
                folder = tmp_path / str(year)
                folder.mkdir()
                ends.append(five(load(folder, samhsa(*rows), edition=year)))
            except Exception as problem:
                ends.append(problem)
            finally:
                connection.close()

        return run

    threads = [threading.Thread(target=one(year)) for year in (2014, 2015)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert ends == [(300, 0, 0, 0, 0), (0, 0, 0, 300, 0)]
    assert Service.objects.count() == 300  # each place once, whichever list came first


@only_on_postgresql
@pytest.mark.django_db
def test_a_load_holds_the_lock_of_loads_while_it_writes(tmp_path: Path) -> None:
    held: list[int] = []

    def look(_: int, __: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            )
            held.append(cursor.fetchone()[0])

    load(tmp_path, samhsa(place()), at=AT, progress=look)
    assert held
    assert set(held) == {1}
