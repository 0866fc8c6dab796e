"""Chain the entries by their digests, those that exist too; the table never stands without its triggers after a commit."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import migrations, models

from daybreak.audit.rules.chain import START, digest_of, plain

append_only = import_module("daybreak.audit.migrations.0002_append_only")
no_replacing = import_module("daybreak.audit.migrations.0003_no_replacing")
NO_REPLACE = """CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry
    WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id OR public_id = NEW.public_id OR number = NEW.number)
    BEGIN SELECT RAISE(ABORT, 'audit entries are written once and never replaced'); END"""


def _unlock(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away for the length of this transaction."""
    vendor = schema_editor.connection.vendor
    statements = append_only.UNDO_SQLITE if vendor == "sqlite" else append_only.UNDO_POSTGRESQL
    if vendor == "sqlite":
        statements = [*statements, no_replacing.UNDO_SQLITE]
    for statement in statements:
        schema_editor.execute(statement)


def _lock(replace: str) -> Any:
    """Put them back. On SQLite they went with the old table, whatever was dropped before."""

    def run(apps: Any, schema_editor: Any) -> None:
        vendor = schema_editor.connection.vendor
        statements = [*append_only.SQLITE, replace] if vendor == "sqlite" else append_only.POSTGRESQL
        for statement in statements:
            schema_editor.execute(statement)

    return run


def _chain(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("audit", "Entry").objects
    previous = START
    for number, entry in enumerate(entries.order_by("id").iterator(), start=1):
        digest = digest_of(
            number=number, public_id=entry.public_id, at=entry.at, actor=entry.actor, action=entry.action,
            subject=entry.subject, detail=plain(entry.detail), previous=previous,
        )  # fmt: skip
        entries.filter(pk=entry.pk).update(number=number, previous=previous, digest=digest)
        previous = digest


def _nothing(apps: Any, schema_editor: Any) -> None:
    """The columns go, and the chain with them."""


class Migration(migrations.Migration):
    """Columns, the chain of what is there, then the columns are required."""

    dependencies = [("audit", "0003_no_replacing")]
    operations = [
        migrations.RunPython(_unlock, _lock(no_replacing.SQLITE)),
        migrations.AddField("entry", "number", models.PositiveBigIntegerField(null=True, editable=False)),
        migrations.AddField(
            "entry", "previous", models.CharField(max_length=64, blank=True, default="", editable=False)
        ),
        migrations.AddField("entry", "digest", models.CharField(max_length=64, default="", editable=False)),
        migrations.RunPython(_chain, _nothing),
        migrations.AlterField("entry", "number", models.PositiveBigIntegerField(unique=True, editable=False)),
        migrations.AlterField(
            "entry", "previous", models.CharField(max_length=64, blank=True, editable=False)
        ),
        migrations.AlterField("entry", "digest", models.CharField(max_length=64, editable=False)),
        migrations.AddIndex("entry", models.Index(fields=["actor", "-number"], name="audit_entry_actor")),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(condition=models.Q(number__gte=1), name="audit_entry_counts_from_one"),
        ),
        migrations.RunPython(_lock(NO_REPLACE), _unlock),
    ]
