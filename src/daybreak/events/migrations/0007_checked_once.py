"""Agency and feed of events and tallies are their delivery's, which the database checks: it need not look again a row."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion as deletion
from django.db import migrations, models


class AlterOnPostgreSQL(migrations.AlterField):
    """SQLite would write a million rows anew to forget a check that costs it little: there it stays."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the constraint on PostgreSQL."""
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put it back on PostgreSQL."""
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


def _unchecked(model: str, field: str, to: str, on_delete: Any) -> AlterOnPostgreSQL:
    key = models.ForeignKey(to=to, on_delete=on_delete, related_name="+", db_index=False, db_constraint=False)
    return AlterOnPostgreSQL(model_name=model, name=field, field=key)


class Migration(migrations.Migration):
    """Four foreign keys whose parent is known through the delivery."""

    dependencies = (("accounts", "0005_withdrawn"), ("events", "0006_wider_substances"))
    operations = (
        _unchecked("tally", "agency", "accounts.agency", deletion.CASCADE),
        _unchecked("tally", "feed", "events.feed", deletion.CASCADE),
        _unchecked("event", "agency", "accounts.agency", deletion.PROTECT),
        _unchecked("event", "feed", "events.feed", deletion.PROTECT),
    )
