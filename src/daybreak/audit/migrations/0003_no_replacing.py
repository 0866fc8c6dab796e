"""Refuse INSERT OR REPLACE: SQLite deletes the entry that stands in its way without running the delete trigger."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# PostgreSQL has no such statement: its ON CONFLICT DO UPDATE meets the update trigger.
SQLITE = """CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry
    WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id OR public_id = NEW.public_id)
    BEGIN SELECT RAISE(ABORT, 'audit entries are written once and never replaced'); END"""
UNDO_SQLITE = "DROP TRIGGER audit_entry_no_replace"


def _run(statement: str) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    """One trigger more on SQLite."""

    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunPython(_run(SQLITE), _run(UNDO_SQLITE))]
