"""Copies an embedded database while others write to it, opens the copy, and fills a new database with rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from daybreak.config.backups.canonical import decoder
from daybreak.config.backups.manifest import SavedTable

LinesOf = Callable[[SavedTable], Iterable[bytes]]
_BUSY_SECONDS = 60
_ROWS_AT_ONCE = 5000


class DamagedDatabase(Exception):
    """A database file whose pages contradict each other."""


def copy_online(database: str, copy: Path) -> None:
    """Copy the database as it is at one moment; writers go on meanwhile and are not in the copy.

    Raises DamagedDatabase where the copy does not hold together, because then the original does not either.
    """
    copy.touch(mode=0o600, exist_ok=False)
    with (
        closing(sqlite3.connect(database, timeout=_BUSY_SECONDS, uri=database.startswith("file:"))) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        try:
            # All pages in one step: one read transaction, which in WAL mode no writer waits for.
            source.backup(target, pages=-1)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
            found = target.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as problem:
            found = str(problem)
    if found != "ok":
        raise DamagedDatabase(
            f"The database is damaged ({found}), so a backup of it would be of no use. See: daybreak check"
        )


@contextmanager
def opened(path: Path) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own to a database file that lies by itself."""
    settings = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"timeout": _BUSY_SECONDS},
    }
    connection = ConnectionHandler({"default": settings})["default"]
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def pointed_at(connection: BaseDatabaseWrapper, path: Path) -> Iterator[None]:
    """Let the process's own connection mean another file for a while, so that migrations run there."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def last_number(cursor: Any, table: str) -> int | None:
    """The highest number that an AUTOINCREMENT table ever gave out, deleted rows included."""
    cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
    if cursor.fetchone() is None:
        return None
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    found = cursor.fetchone()
    return int(found[0]) or None if found else None


def fill(
    connection: BaseDatabaseWrapper, present: Sequence[str], tables: Sequence[SavedTable], lines_of: LinesOf
) -> None:
    """Replace all rows of the tables ``present`` by those of ``tables``; runs inside the caller's transaction.

    Triggers rest meanwhile: they guard what people do later, and would refuse to have a table emptied.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {quote(name)}")
        for name in present:
            cursor.execute(f"DELETE FROM {quote(name)}")  # noqa: S608 - quoted, from the schema
        for table in tables:
            names = ", ".join(quote(column.name) for column in table.columns)
            marks = ", ".join(["%s"] * len(table.columns))
            insert = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"  # noqa: S608 - quoted, from the schema
            decode = decoder(table.columns, vendor="sqlite")
            rows = map(decode, lines_of(table))
            while some := list(islice(rows, _ROWS_AT_ONCE)):
                cursor.executemany(insert, some)
            if table.last_number:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, table.last_number]
                )
        for _, sql in triggers:
            cursor.execute(sql)
