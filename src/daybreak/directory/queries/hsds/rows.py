"""Reads rows below the ORM, a batch of ids at a time, in the form that both databases share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

BATCH = 500
Row = tuple[Any, ...]


def text_id(identifier: Any) -> str:
    """An id as text with dashes: PostgreSQL gives a UUID, SQLite 32 digits."""
    if isinstance(identifier, UUID):
        return str(identifier)
    digits: str = identifier
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def stored_id(identifier: str) -> Any:
    """An id in the database's own form."""
    known = UUID(identifier)
    return known.hex if connection.vendor == "sqlite" else known


def is_id(identifier: str) -> bool:
    """Whether a text is an id as we write them: 36 characters, lower case."""
    try:
        return str(UUID(identifier)) == identifier
    except ValueError:
        return False


def as_day(value: Any) -> date | None:
    """A day, which SQLite keeps as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def as_moment(value: Any) -> datetime:
    """An aware moment in UTC, which SQLite keeps as text without a zone."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment_text(value: Any) -> str:
    """A moment as HSDS writes it: 2026-11-22T21:44:43.678214Z."""
    return as_moment(value).isoformat().removesuffix("+00:00") + "Z"


def time_text(value: Any) -> str | None:
    """A time of day: 09:00:00."""
    return value.isoformat() if isinstance(value, time) else value


def as_kept(value: Any) -> dict[str, Any] | None:
    """What was kept of the publisher's own words, names in order: PostgreSQL keeps an order of its own."""
    if value is None:
        return None
    held = value if isinstance(value, dict) else orjson.loads(value)
    found: dict[str, Any] | None = orjson.loads(orjson.dumps(held, option=orjson.OPT_SORT_KEYS))
    return found


def rows(sql: str, values: Sequence[Any] = ()) -> list[Row]:
    """All rows of one statement, whose every part is a literal of this package."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def rows_of(sql: str, ids: Sequence[Any], *more: Any) -> list[Row]:
    """The rows of a statement in which "(ids)" stands for these ids; ``more`` fills the marks after them."""
    if not ids:
        return []
    return rows(sql.replace("(ids)", f"({', '.join(['%s'] * len(ids))})"), [*ids, *more])


def grouped(found: Iterable[Row]) -> dict[Any, list[Row]]:
    """Rows by their first value."""
    groups: dict[Any, list[Row]] = {}
    for row in found:
        groups.setdefault(row[0], []).append(row)
    return groups


def id_batches(table: str, condition: str, ids: Iterable[str] | None) -> Iterator[list[Any]]:
    """Ids of a table in the database's own form, by the batch: all that meet the condition in order, or those asked for."""
    if ids is not None:
        wanted = (stored_id(identifier) for identifier in ids if is_id(identifier))
        while batch := [identifier for _, identifier in zip(range(BATCH), wanted, strict=False)]:
            sql = f"SELECT id FROM {table} WHERE id IN (ids) AND {condition}"  # noqa: S608 - literals of this package
            there = {row[0] for row in rows_of(sql, batch)}
            yield [identifier for identifier in batch if identifier in there]
        return
    after: Any = stored_id("00000000-0000-0000-0000-000000000000")
    first = ">="
    while True:
        sql = f"SELECT id FROM {table} WHERE id {first} %s AND {condition} ORDER BY id LIMIT {BATCH}"  # noqa: S608
        batch = [row[0] for row in rows(sql, [after])]
        if not batch:
            return
        yield batch
        after, first = batch[-1], ">"
