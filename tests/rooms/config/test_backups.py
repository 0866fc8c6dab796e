"""The drill: back up while somebody writes, restore elsewhere, and find every row again; upgrade old data likewise."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from django.db import DatabaseError

from daybreak.config import readiness
from daybreak.config.backups import archive, sqlite
from daybreak.config.backups.holdings import Holding, holding_of
from daybreak.config.backups.manifest import SQLITE_FILE
from daybreak.config.backups.tables import lines
from tests.rooms.config.installations import BEFORE_THE_DESK, POSTGRESQL, Installation, Yard, driver

# Tables to which an upgrade itself adds rows; all old ones must still be there.
GROWING = {"django_migrations", "django_content_type", "auth_permission", "audit_entry"}
PAIR = (
    "INSERT INTO accounts_user (password, is_superuser, public_id, email, name, is_active, joined_at) "
    "VALUES ('!', {no}, '{id:032x}', 'synthetic-{number}@example.org', '', {no}, '2026-11-20 12:00:00')",
    "INSERT INTO auth_group (name) VALUES ('synthetic {number}')",
)


def test_data_of_the_commit_before_are_the_same_after_the_upgrade(
    upgraded: Installation, tmp_path: Path
) -> None:
    manifest = archive.unpack(BEFORE_THE_DESK, tmp_path)
    seen = 0
    with sqlite.opened(tmp_path / SQLITE_FILE) as old, upgraded.connected() as new:
        for table in manifest.tables:
            before = sorted(lines(old, table.name, table.columns))
            after = sorted(lines(new, table.name, table.columns))
            seen += len(before)
            if table.name in GROWING:
                assert set(before) <= set(after), table.name
            else:
                assert before == after, table.name
    assert seen == manifest.rows == 3336


def test_a_restored_database_still_refuses_to_change_the_audit(upgraded: Installation) -> None:
    with upgraded.connected() as connection, connection.cursor() as cursor:
        for statement in ("UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"):
            with pytest.raises(DatabaseError, match="written once"):
                cursor.execute(statement)


def test_new_rows_after_a_restore_get_numbers_that_nobody_had(upgraded: Installation, yard: Yard) -> None:
    copy = yard.new(like=upgraded)
    with copy.connected() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO auth_group (name) VALUES ('synthetic')")
        cursor.execute(PAIR[0].format(no="false", id=99, number=99))
        cursor.execute("SELECT id FROM accounts_user WHERE email = 'synthetic-99@example.org'")
        assert cursor.fetchone()[0] == 8, "the only account of the old data had the number 7"


@contextmanager
def somebody_writing(installation: Installation) -> Iterator[list[int]]:
    """Adds an account and a group in one transaction, again and again; yields the numbers that were committed."""
    written: list[int] = []
    stop = threading.Event()

    def write() -> None:
        database = driver(installation)
        while not stop.is_set():
            number = len(written) + 1000
            for statement in PAIR:
                database.execute(statement.format(no="false", id=number, number=number))
            database.commit()
            written.append(number)
            time.sleep(0.001)
        database.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not written and writer.is_alive():
            time.sleep(0.01)
        yield written
    finally:
        stop.set()
        writer.join(30)


def test_a_backup_under_writing_is_one_moment_and_comes_back_row_by_row(
    upgraded: Installation, yard: Yard, tmp_path: Path
) -> None:
    office = yard.new(like=upgraded)
    by_hand = driver(office)
    by_hand.execute("CREATE TABLE notes_of_the_office (id integer)")
    by_hand.commit()
    by_hand.close()
    with somebody_writing(office) as written:
        before = len(written)
        told = json.loads(office.done("backup", tmp_path, "--json"))
        after = len(written)
    assert after > before > 0, "the writer went on meanwhile"
    elsewhere = yard.new(embedded=True)  # on PostgreSQL, this is the way to the other engine
    outcome = json.loads(elsewhere.done("restore", told["file"], "--json"))
    assert outcome["tables"] == told["tables"]
    assert outcome["skipped"] == (["notes_of_the_office"] if POSTGRESQL else [])
    rows = elsewhere.rows()
    assert len(rows["accounts_user"]) - 1 == len(rows["auth_group"]), "each pair is in the backup, or neither"
    assert before <= len(rows["auth_group"]) <= after
    assert len(rows["directory_attribute"]) == 1497
    with elsewhere.connected() as connection, pytest.raises(DatabaseError, match="written once"):
        connection.cursor().execute("DELETE FROM audit_entry")


def test_what_is_restored_equals_what_was_there_and_the_audit_goes_on(
    upgraded: Installation, yard: Yard, tmp_path: Path
) -> None:
    office, elsewhere = yard.new(like=upgraded), yard.new()
    (office.home / "inbox").mkdir()
    (office.home / "inbox" / "half.csv").write_text("synthetic")
    file = Path(json.loads(office.done("backup", tmp_path, "--with-keys", "--json"))["file"])
    elsewhere.done("restore", file)
    here, there = office.rows(), elsewhere.rows()
    last = [json.loads(rows.pop("audit_entry")[-1]) for rows in (here, there)]
    assert here == there
    assert ["back-up" in last[0], "restore" in last[1]] == [True, True]
    assert "Whole" in elsewhere.done("audit", "verify")
    for name in ("inbox/half.csv", "secret-key"):
        assert (elsewhere.home / name).read_bytes() == (office.home / name).read_bytes()
    made = [file, *(path for path in elsewhere.home.rglob("*") if path.name != "half.csv")]
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []


def test_a_filled_installation_is_not_overwritten_unless_told_and_then_set_aside(
    upgraded: Installation, yard: Yard
) -> None:
    office = yard.new(like=upgraded)
    before = office.rows()
    refused = office.run("restore", BEFORE_THE_DESK)
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert office.rows() == before
    outcome = json.loads(office.done("restore", BEFORE_THE_DESK, "--replace", "--json"))
    aside = Path(outcome["aside"])
    assert aside.parent == office.home / "replaced"
    assert office.rows()["directory_record"] == before["directory_record"]
    if POSTGRESQL:
        kept = archive.unpack(next(aside.glob("*.tar.gz")), None)
        assert {table.name: table.rows for table in kept.tables} == {
            name: len(rows) for name, rows in before.items()
        }
    else:
        assert (aside / "daybreak.db").stat().st_size > 0
    assert (aside / "audit" / "anchors").exists()


def test_nothing_is_restored_under_a_running_server(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = yard.new()
    monkeypatch.setenv(readiness.RUN, "")
    held: list[IO[str]] = []
    monkeypatch.setattr(readiness, "_held", held)
    readiness.start(empty.home, workers=1)
    refused = empty.run("restore", BEFORE_THE_DESK)
    for file in held:
        file.close()
    assert refused.returncode == 1
    assert "Stop it first" in refused.stderr
    assert not empty.rows()


def test_a_damaged_backup_changes_nothing(yard: Yard, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tar.gz"
    whole = bytearray(BEFORE_THE_DESK.read_bytes())
    whole[len(whole) // 2] ^= 1
    damaged.write_bytes(whole)
    empty = yard.new()
    refused = empty.run("restore", damaged)
    assert refused.returncode == 1
    assert SQLITE_FILE in refused.stderr
    assert not empty.rows()
    assert not list(empty.home.glob(".daybreak-restore-*"))


def test_an_existing_file_is_never_written_over(upgraded: Installation, tmp_path: Path) -> None:
    file = tmp_path / "last.tar.gz"
    file.write_text("the only good one")
    refused = upgraded.run("backup", file)
    assert refused.returncode == 1
    assert "Choose another name" in refused.stderr
    assert file.read_text() == "the only good one"


def test_keys_stay_at_home_unless_told(upgraded: Installation, tmp_path: Path) -> None:
    told = json.loads(upgraded.done("backup", tmp_path, "--json"))
    manifest = archive.unpack(Path(told["file"]), None)
    assert "home/secret-key" not in {part.path for part in manifest.files}
    assert "--with-keys" in told["left_out"]["secret-key"]


@pytest.mark.parametrize("moment", ["database", "whole"])
def test_a_backup_killed_at_any_moment_leaves_no_half_file(
    upgraded: Installation, tmp_path: Path, moment: str
) -> None:
    wanted = moment if moment == "whole" else "rows" if POSTGRESQL else SQLITE_FILE
    target = tmp_path / "backup.tar.gz"
    command, variables = upgraded.command("backup", target)
    running = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None and not list(tmp_path.glob(f".daybreak-backup-*/{wanted}")):
        time.sleep(0.001)
    os.kill(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL, "it was killed in the middle, not at its end"
    assert not target.exists()
    assert list(tmp_path.iterdir()), "what a killed one leaves is hidden, and swept away by the next"
    made = json.loads(upgraded.done("backup", target, "--json"))
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert archive.unpack(target, None).rows == sum(table["rows"] for table in made["tables"].values())


@pytest.mark.parametrize(
    ("name", "holding"),
    [
        ("secret-key", Holding.KEY),
        ("token.key", Holding.KEY),
        ("keys", Holding.KEY),
        ("monkey", Holding.STATE),
        ("audit", Holding.STATE),
        ("something-new", Holding.STATE),
        ("daybreak.db-wal", Holding.DATABASE),
        ("generations", Holding.MADE_AGAIN),
        ("daybreak-20261123T074858Z.tar.gz", Holding.BACKUP),
    ],
)
def test_what_nobody_named_is_kept(name: str, holding: Holding) -> None:
    assert holding_of(name) is holding
