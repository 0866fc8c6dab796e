"""`daybreak backup`: copy the installation into one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from daybreak.audit.actions import record
from daybreak.config.backups.canonical import UnreadableRow
from daybreak.config.backups.making import Made, NoBackup, make_backup
from daybreak.config.backups.sqlite import DamagedDatabase
from daybreak.config.backups.tables import UnknownColumn


class Command(BaseCommand):
    """Works while the site is served and people write."""

    help = "Copy database and state into one checked, compressed file, while the site goes on."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """Where to, and whether keys go with it."""
        parser.add_argument(
            "to", type=Path, help="a new file, or a folder that gets a file named by the moment"
        )
        parser.add_argument(
            "--with-keys",
            action="store_true",
            help="include keys: whoever holds the file then holds them too",
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the outcome as JSON")

    def handle(self, *, to: Path, with_keys: bool, as_json: bool, **_: Any) -> None:
        """Back up, tell the audit, say what was done and what is not in the file."""
        at = timezone.now()
        try:
            made = make_backup(
                connection=connection, home=settings.HOME, to=to.expanduser(), at=at, with_keys=with_keys
            )
        except (NoBackup, DamagedDatabase, UnreadableRow, UnknownColumn) as problem:
            raise CommandError(str(problem)) from None
        except OSError as problem:
            raise CommandError(f"The backup could not be written: {problem.strerror}.") from None
        told = _tell_audit(made)
        if as_json:
            self.stdout.write(json.dumps(_outcome(made, told)))
            return
        manifest = made.manifest
        self.stdout.write(
            f"{made.path}: {len(manifest.tables)} tables with {manifest.rows:,} rows, {made.size:,} bytes, "
            f"SHA-256 {made.sha256}."
        )
        if not with_keys:
            self.stdout.write("The keys are not in it. Keep a copy of them apart from it.")
        if not told:
            self.stderr.write("The audit has no entry of it: the database is not at the present schema.")


def _tell_audit(made: Made) -> bool:
    """A backup before an upgrade meets an older schema, in which an entry cannot be written."""
    try:
        record(
            by="command:backup",
            at=made.manifest.made_at,
            action="back-up",
            subject=made.path.name[:200],
            detail={"sha256": made.sha256, "rows": made.manifest.rows, "keys": made.manifest.keys},
        )
    except DatabaseError:
        return False
    return True


def _outcome(made: Made, told: bool) -> dict[str, Any]:
    manifest = made.manifest
    return {
        "file": str(made.path),
        "bytes": made.size,
        "sha256": made.sha256,
        "engine": manifest.engine,
        "keys": manifest.keys,
        "tables": {table.name: {"rows": table.rows, "checksum": table.checksum} for table in manifest.tables},
        "left_out": dict(manifest.left_out),
        "in_audit": told,
    }
