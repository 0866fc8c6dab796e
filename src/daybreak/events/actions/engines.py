"""Values as the two engines keep them, for rows by the hundred thousand that are written and read below the ORM."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connections, models, router

from daybreak.events.models import Event


@dataclass(frozen=True, slots=True)
class Engine:
    """``moment`` and ``day`` turn a value into what its column holds; digests are told as 32 hexadecimal digits on both.

    ``among`` is SQL for "one of these digests", ``list`` makes its one parameter, ``digits`` is SQL for a digest's digits.
    ``joined`` is SQL for a column's texts with commas between them, in no certain order.
    """

    moment: Callable[[datetime], Any]
    day: Callable[[date], Any]
    among: str
    list: Callable[[Sequence[str]], Any]
    digits: str
    joined: str


def digits(digest: UUID | str) -> str:
    """A digest as 32 hexadecimal digits."""
    return digest if isinstance(digest, str) else digest.hex


def _utc_text(moment: datetime) -> str:
    """An aware moment as Django writes it into SQLite: UTC, without the zone."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _as_it_is(value: Any) -> Any:
    return value


_SQLITE = Engine(
    moment=_utc_text,
    day=date.isoformat,
    among="IN (SELECT value FROM json_each(%s))",
    list=json.dumps,
    digits="{}",
    joined="group_concat({})",
)
_POSTGRESQL = Engine(
    moment=_as_it_is,
    day=_as_it_is,
    among="= ANY(%s::uuid[])",
    list=list,
    digits="encode(uuid_send({}), 'hex')",
    joined="string_agg({}, ',')",
)


def write_rows(model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows whose values an Engine has turned already; one COPY on PostgreSQL, a prepared statement on SQLite."""
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(model._meta.get_field(name).column)) for name in fields)  # type: ignore[union-attr]
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = "".join(["\t".join([_COPIED[type(value)](value) for value in row]) + "\n" for row in rows])
            # Django does not look at what a COPY raises; unwrapped, it would be nobody's DatabaseError.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write(text)
            return
        marks = ", ".join(["%s"] * len(fields))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - our own names


def _copied_text(text: str) -> str:
    """A text in PostgreSQL's COPY format, where a backslash, a tab and line ends are said otherwise."""
    if text.isalnum():
        return text
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


# Five times as fast as psycopg's own row writer, which looks up each value's type anew.
_COPIED: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "\\N",
    bool: lambda value: "t" if value else "f",
    str: _copied_text,
    int: str,
    float: repr,
    Decimal: str,
    UUID: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
}


def engine() -> Engine:
    """That of the database to which events are written."""
    return _POSTGRESQL if connections[router.db_for_write(Event)].vendor == "postgresql" else _SQLITE


@contextmanager
def much_to_write() -> Iterator[None]:
    """Around hundreds of thousands of rows: SQLite may hold more pages and copy its log back less often; then as before.

    The random digests of records touch every page of their indexes; with 16 MB of pages a million rows take twice as long.
    """
    connection = connections[router.db_for_write(Event)]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in _ROOM]
        for name, value in _ROOM.items():
            cursor.execute(f"PRAGMA {name}={value}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name, value in zip(_ROOM, before, strict=True):
                cursor.execute(f"PRAGMA {name}={value}")


def room_to_work() -> None:
    """For the rest of the transaction: PostgreSQL sorts a year of events in memory, and compiles no query that is run once.

    Compiling takes a tenth of a second to a second, for a batch's question and for a year's count each.
    """
    connection = connections[router.db_for_write(Event)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")


def renew_statistics(*tables: type[models.Model]) -> None:
    """After hundreds of thousands of rows: PostgreSQL plans by what it last counted, which it would do itself minutes later."""
    connection = connections[router.db_for_write(Event)]
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")


_ROOM = {"cache_size": -256_000, "wal_autocheckpoint": 16_000}
