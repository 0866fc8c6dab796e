"""`daybreak check` says well of a well installation, and names each thing that was broken on purpose."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from daybreak.audit.actions import record
from daybreak.config.backups import sqlite
from daybreak.config.examination import audit, files
from daybreak.config.examination.database import database
from daybreak.config.examination.findings import Verdict
from tests.rooms.config.installations import POSTGRESQL, Installation, Yard, driver

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOOKED_AT = {
    "settings", "integrity", "references", "migrations", "columns", "append-only", "audit chain", "last backup",
    "files", "index",
}  # fmt: skip


def examined(installation: Installation) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code, and the first finding of each kind that is not well, else the one that is."""
    ended = installation.run("check", "--json")
    document = json.loads(ended.stdout)
    found: dict[str, dict[str, Any]] = {}
    for finding in document["findings"]:
        if found.get(finding["looked_at"], {"verdict": "well"})["verdict"] == "well":
            found[finding["looked_at"]] = finding
    assert document["well"] == (ended.returncode == 0)
    return ended.returncode, found


def test_a_restored_installation_lacks_its_index_and_nothing_else(upgraded: Installation) -> None:
    code, found = examined(upgraded)
    assert set(found) == LOOKED_AT
    wrong = {name: finding["cure"] for name, finding in found.items() if finding["verdict"] == "problem"}
    assert wrong == {"index": "daybreak publish"}
    assert code == 1


def test_each_thing_that_was_broken_is_named(upgraded: Installation, yard: Yard) -> None:
    broken = yard.new(like=upgraded)
    bare = driver(broken)
    if POSTGRESQL:
        bare.execute("SET session_replication_role = replica")
        bare.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    else:
        bare.execute("DROP TRIGGER audit_entry_no_update")
    bare.execute("UPDATE audit_entry SET actor = 'person:somebody' WHERE id = 2")
    bare.execute(
        "INSERT INTO auth_permission (name, content_type_id, codename) VALUES ('synthetic', 98765, 'x')"
    )
    bare.execute("DELETE FROM django_migrations WHERE app = 'directory' AND name LIKE '0002%'")
    bare.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '0999_future', '2026-11-23')"
    )
    bare.execute("ALTER TABLE directory_meeting RENAME TO directory_gone")
    bare.commit()
    bare.close()
    (broken.home / "secret-key").chmod(0o644)
    code, found = examined(broken)
    said = {name: finding["says"] for name, finding in found.items() if finding["verdict"] == "problem"}
    assert code == 1
    assert "auth_permission.content_type_id (1 rows)" in said["references"]
    assert "directory 0002" in said["migrations"]
    assert "table directory_meeting" in said["columns"]
    assert "let an audit entry be changed" in said["append-only"]
    assert "edited" in said["audit chain"]
    assert "secret-key" in said["files"]
    assert ("audit_entry" in said["integrity"]) if POSTGRESQL else ("integrity" not in said)


@pytest.mark.skipif(POSTGRESQL, reason="pages of a file")
def test_a_damaged_page_is_found_and_refuses_a_backup(
    upgraded: Installation, yard: Yard, tmp_path: Path
) -> None:
    broken = yard.new(like=upgraded)
    with broken.file.open("r+b") as file:
        # Far behind the schema: write over the heads of many pages of tables and indexes.
        for page in range(150, 250):
            file.seek(page * 4096)
            file.write(b"\xff" * 16)
    with broken.connected() as connection:
        found = next(finding for finding in database(connection) if finding.looked_at == "integrity")
    assert found.verdict is Verdict.PROBLEM
    with pytest.raises(sqlite.DamagedDatabase):
        sqlite.copy_online(str(broken.file), tmp_path / "copy")


def test_a_database_that_cannot_be_reached_is_one_finding(yard: Yard) -> None:
    nowhere = Installation(Path(), "postgresql://nobody:x@127.0.0.1:1/nothing")
    with nowhere.connected() as connection:
        found = list(database(connection))
    assert [(finding.looked_at, finding.verdict) for finding in found] == [("database", Verdict.PROBLEM)]
    assert "cannot be reached" in found[0].says
    assert "nobody:x" not in found[0].says


@pytest.mark.django_db
def test_a_backup_that_is_old_or_was_never_made_is_a_warning() -> None:
    from django.db import connection

    def verdict() -> Verdict:
        return next(audit.last_backup(connection, at=AT)).verdict

    assert verdict() is Verdict.WARNING
    record(by="command:backup", at=AT - timedelta(days=7), action="back-up")
    assert verdict() is Verdict.WARNING
    record(by="command:backup", at=AT - timedelta(days=6), action="back-up")
    assert verdict() is Verdict.WELL


@pytest.mark.parametrize(
    ("name", "mode", "verdict"),
    [
        ("secret-key", 0o600, Verdict.WELL),
        ("secret-key", 0o640, Verdict.PROBLEM),
        ("daybreak.db", 0o604, Verdict.PROBLEM),
        ("something-new", 0o660, Verdict.PROBLEM),
        ("ready.json", 0o644, Verdict.WELL),
    ],
)
def test_state_and_keys_must_be_closed_and_what_is_made_again_need_not(
    tmp_path: Path, name: str, mode: int, verdict: Verdict
) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / name).touch()
    (tmp_path / name).chmod(mode)
    assert [finding.verdict for finding in files.files(tmp_path)] == [verdict]


def test_a_home_that_others_can_look_into_is_a_warning(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert [finding.verdict for finding in files.files(tmp_path)] == [Verdict.WARNING]
    assert [finding.verdict for finding in files.files(tmp_path / "gone")] == [Verdict.PROBLEM]
