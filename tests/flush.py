"""Lets the test runner empty append-only tables between tests, which the product itself can never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as Postgres
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite

Flush = Callable[..., list[str]]


def without_postgres_triggers(original: Flush) -> Flush:
    """TRUNCATE while this session's triggers rest; only a superuser may say so, as the test cluster's owner is."""

    def sql_flush(self: Any, *rest: Any, **named: Any) -> list[str]:
        statements = original(self, *rest, **named)
        if not statements:
            return statements
        return [
            "SET session_replication_role = replica",
            *statements,
            "SET session_replication_role = DEFAULT",
        ]

    return sql_flush


def without_sqlite_triggers(original: Flush) -> Flush:
    """DELETE with the triggers taken away, and the same triggers put back after."""

    def sql_flush(self: Any, *rest: Any, **named: Any) -> list[str]:
        statements = original(self, *rest, **named)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drop = [f"DROP TRIGGER {self.quote_name(name)}" for name, _ in triggers]
        return [*drop, *statements, *(sql for _, sql in triggers)]

    return sql_flush


def allow_flush() -> None:
    """Patch both engines for the rest of this process."""
    Postgres.ops_class.sql_flush = without_postgres_triggers(Postgres.ops_class.sql_flush)
    Sqlite.ops_class.sql_flush = without_sqlite_triggers(Sqlite.ops_class.sql_flush)
