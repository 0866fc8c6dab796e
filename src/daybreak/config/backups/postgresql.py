"""Reads a PostgreSQL database as it is at one moment, empties one, and fills one with rows by COPY."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from daybreak.config.backups.canonical import decoder
from daybreak.config.backups.manifest import SavedTable
from daybreak.config.backups.sqlite import LinesOf


class RowRefused(Exception):
    """A row that the other engine had held and PostgreSQL does not take; the text names the table."""


@contextmanager
def snapshot(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """A second connection whose one transaction sees the database as it is now, whatever others write meanwhile.

    Nobody waits for it except those who would change the shape of a table.
    """
    from psycopg import IsolationLevel

    second = connection.copy()
    second.settings_dict["OPTIONS"] = {
        **second.settings_dict["OPTIONS"],
        "isolation_level": IsolationLevel.REPEATABLE_READ,
    }
    second.set_autocommit(False)
    try:
        with second.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            names = ", ".join(map(second.ops.quote_name, second.introspection.table_names(cursor)))
        yield from _locked(second, names)
    finally:
        second.rollback()
        second.close()


def _locked(second: BaseDatabaseWrapper, names: str) -> Iterator[BaseDatabaseWrapper]:
    if names:
        with second.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN ACCESS SHARE MODE")
    yield second


def last_number(cursor: Any, table: str, key: str) -> int | None:
    """The highest number that the key's sequence ever gave out; None where it never did."""
    cursor.execute(
        "SELECT pg_sequence_last_value(pg_get_serial_sequence(quote_ident(%s), %s)::regclass)", [table, key]
    )
    found = cursor.fetchone()
    return None if found is None or found[0] is None else int(found[0])


def wipe(connection: BaseDatabaseWrapper, present: Sequence[str]) -> None:
    """Remove the tables ``present`` and every function of this role in the present schema.

    Functions go too, because migrations make their triggers' functions anew; those of extensions stay.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for name in present:
            cursor.execute(f"DROP TABLE IF EXISTS {quote(name)} CASCADE")
        cursor.execute(
            """SELECT p.oid::regprocedure::text FROM pg_proc p
               WHERE p.pronamespace = current_schema()::regnamespace AND p.proowner = current_user::regrole
                 AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""
        )
        for (signature,) in cursor.fetchall():
            cursor.execute(f"DROP ROUTINE IF EXISTS {signature} CASCADE")


def fill(
    connection: BaseDatabaseWrapper, present: Sequence[str], tables: Sequence[SavedTable], lines_of: LinesOf
) -> None:
    """Replace all rows of the tables ``present`` by those of ``tables``; runs inside the caller's transaction.

    Triggers rest meanwhile, which the tables' owner may order for its own tables.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for name in present:
            cursor.execute(f"ALTER TABLE {quote(name)} DISABLE TRIGGER USER")
        if present:
            cursor.execute(f"TRUNCATE {', '.join(map(quote, present))}")
        for table in tables:
            names = ", ".join(quote(column.name) for column in table.columns)
            decode = decoder(table.columns, vendor="postgresql")
            try:
                with cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
                    for line in lines_of(table):
                        copy.write_row(decode(line))
            except DatabaseError as refusal:  # its text may hold a value
                raise RowRefused(
                    f"PostgreSQL refused a row of table {table.name} ({type(refusal).__name__}): SQLite had allowed "
                    "what does not fit its column."
                ) from None
        # Foreign keys are checked at the end of a transaction; a table with checks to come cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in present:
            cursor.execute(f"ALTER TABLE {quote(name)} ENABLE TRIGGER USER")


def set_number(cursor: Any, table: str, key: str, number: int) -> None:
    """Let the key's sequence go on after ``number``, so that no number is given twice."""
    cursor.execute("SELECT setval(pg_get_serial_sequence(quote_ident(%s), %s), %s)", [table, key, number])
