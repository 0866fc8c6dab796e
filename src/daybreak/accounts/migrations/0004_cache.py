"""The table in which tries at signing in are counted, so that every worker counts the same."""

from __future__ import annotations

from typing import Any

from django.db import migrations

MOMENT = {"sqlite": "datetime", "postgresql": "timestamp with time zone"}


def _make(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(
        "CREATE TABLE accounts_cache (cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, "
        f"expires {MOMENT[schema_editor.connection.vendor]} NOT NULL)"
    )
    schema_editor.execute("CREATE INDEX accounts_cache_expires ON accounts_cache (expires)")


def _drop(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE accounts_cache")


class Migration(migrations.Migration):
    """What Django's database cache asks for."""

    dependencies = [("accounts", "0003_one_side")]
    operations = [migrations.RunPython(_make, _drop)]
