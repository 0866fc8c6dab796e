"""`daybreak restore`: put a backup back, or only find out whether it could be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from daybreak.audit.actions import record
from daybreak.config import readiness
from daybreak.config.backups import archive
from daybreak.config.backups.canonical import UnreadableRow
from daybreak.config.backups.making import NoBackup
from daybreak.config.backups.manifest import DamagedBackup, NewerBackup
from daybreak.config.backups.restoring import NotRestored, Restored, restore_backup
from daybreak.config.backups.tables import known_migrations
from daybreak.config.preparation import alone

_REFUSED = (DamagedBackup, NewerBackup, NotRestored, NoBackup, UnreadableRow)


class Command(BaseCommand):
    """The target is what DAYBREAK_HOME and DATABASE_URL name; the engine may differ from the backup's."""

    help = "Put a backup back into the home folder and database that the settings name."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """Which file, and how far to go."""
        parser.add_argument("file", type=Path, help="a file that daybreak backup wrote")
        parser.add_argument(
            "--replace", action="store_true", help="set aside what the installation holds, then restore"
        )
        parser.add_argument(
            "--verify-only", action="store_true", help="check every byte of the file and change nothing"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the outcome as JSON")

    def handle(self, *, file: Path, replace: bool, verify_only: bool, as_json: bool, **_: Any) -> None:
        """Verify, restore, tell the audit, say what is left to do."""
        say = self.stderr.write if as_json else self.stdout.write
        try:
            if verify_only:
                outcome = Restored(archive.unpack(file, None), None)
                outcome.manifest.refuse_newer(known_migrations())
            else:
                outcome = self._restore(file, replace=replace, say=say)
        except _REFUSED as problem:
            raise CommandError(str(problem)) from None
        except OSError as problem:
            raise CommandError(
                f"{file} could not be read or restored: {problem.strerror or problem}."
            ) from None
        if as_json:
            self.stdout.write(json.dumps(_outcome(outcome, verify_only)))
            return
        manifest = outcome.manifest
        self.stdout.write(
            f"The backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC is whole: {len(manifest.tables)} tables with "
            f"{manifest.rows:,} rows."
        )
        if outcome.aside is not None:
            self.stdout.write(f"What stood here before lies in {outcome.aside}.")
        if outcome.skipped:
            self.stderr.write(
                f"No migration makes these tables, so their rows are in the backup only: {', '.join(outcome.skipped)}."
            )
        if not verify_only:
            if not manifest.keys:
                self.stdout.write(
                    "Keys were not in the backup: put yours back now, before the site is served."
                )
            self.stdout.write("Restored. Now: daybreak set-up, then daybreak check")

    def _restore(self, file: Path, *, replace: bool, say: Any) -> Restored:
        at = timezone.now()
        home: Path = settings.HOME
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(say):
            if readiness.is_serving(home):
                raise NotRestored(f"A server is running on {home}. Stop it first; nothing was changed.")
            restored = restore_backup(
                connection=connection, home=home, file=file, at=at, replace=replace, say=say
            )
        record(
            by="command:restore",
            at=at,
            action="restore",
            subject=file.name[:200],
            detail={"made_at": restored.manifest.made_at.isoformat(), "rows": restored.manifest.rows},
        )
        return restored


def _outcome(outcome: Restored, verify_only: bool) -> dict[str, Any]:
    manifest = outcome.manifest
    return {
        "made_at": manifest.made_at.isoformat(),
        "version": manifest.version,
        "engine": manifest.engine,
        "keys": manifest.keys,
        "restored": not verify_only,
        "aside": None if outcome.aside is None else str(outcome.aside),
        "skipped": list(outcome.skipped),
        "tables": {table.name: {"rows": table.rows, "checksum": table.checksum} for table in manifest.tables},
    }
