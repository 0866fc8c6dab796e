"""Writes one row of any table as one line of JSON that is the same on both engines, and reads it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any
from uuid import UUID

import orjson

Value = str | int | float | bool | None
# SQLite keeps a decimal number as a double where it can; Django trusts 15 digits of it, and so do we.
_DOUBLE = Context(prec=15)


class UnreadableRow(Exception):
    """A stored value that does not fit its column; the text names table, column and the row's place, never the value."""


@dataclass(frozen=True)
class Column:
    """A column as rows are compared: ``kind`` is a word of KINDS, ``places`` the digits after a decimal's point."""

    name: str
    kind: str
    places: int = 0


@dataclass
class Tally:
    """How many rows a table has, and a sum that any changed, lost or added row changes, in whatever order they come.

    The sum adds the SHA-256 of each canonical line modulo 2**256. It proves equality against accidents; against
    somebody who forges rows the audit chain stands, not this.
    """

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        """Count one more canonical line."""
        self.rows += 1
        self.total += int.from_bytes(hashlib.sha256(line).digest(), "big")

    @property
    def checksum(self) -> str:
        """64 hexadecimal digits."""
        return f"{self.total % 2**256:064x}"


def encoder(table: str, columns: Sequence[Column]) -> Callable[[Sequence[Any]], bytes]:
    """A function from a row as either engine's driver hands it over to its canonical line, without a line end.

    None stays null. Raises UnreadableRow for a value that its column cannot hold.
    """
    writers = [_WRITERS[column.kind](column) for column in columns]

    def encode(row: Sequence[Any]) -> bytes:
        try:
            return orjson.dumps(
                [None if value is None else write(value) for write, value in zip(writers, row, strict=True)]
            )
        except (ValueError, TypeError, ArithmeticError):
            raise UnreadableRow(_where(table, columns, writers, row)) from None

    return encode


def decoder(columns: Sequence[Column], *, vendor: str) -> Callable[[bytes], list[Any]]:
    """A function from a canonical line to the values that ``vendor``'s driver takes ("sqlite" or "postgresql")."""
    readers = [_READERS[vendor].get(column.kind) for column in columns]

    def decode(line: bytes) -> list[Any]:
        values: list[Value] = orjson.loads(line)
        return [
            value if value is None or read is None else read(value)
            for read, value in zip(readers, values, strict=True)
        ]

    return decode


def _where(table: str, columns: Sequence[Column], writers: Sequence[Callable[[Any], Value]], row: Any) -> str:
    for column, write, value in zip(columns, writers, row, strict=True):
        try:
            orjson.dumps(None if value is None else write(value))
        except (ValueError, TypeError, ArithmeticError):
            return (
                f"Column {column.name} of table {table} must hold {column.kind}; the row whose first column is "
                f"{_first(row)} holds something else ({type(value).__name__}). Correct that row first."
            )
    return f"A row of table {table} could not be written."


def _first(row: Sequence[Any]) -> str:
    return str(row[0]) if isinstance(row[0], int | UUID) else "not a number"


def _decimal(column: Column) -> Callable[[Any], str]:
    step = Decimal(1).scaleb(-column.places)

    def write(value: Any) -> str:
        exact = _DOUBLE.create_decimal_from_float(value) if isinstance(value, float) else Decimal(value)
        fixed = exact.quantize(
            step, context=Context(prec=max(28, len(exact.as_tuple().digits) + column.places))
        )
        return format(abs(fixed) if fixed.is_zero() else fixed, "f")

    return write


def _moment(value: Any) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return str(aware.isoformat(" "))


def _date(value: Any) -> str:
    return (date.fromisoformat(value) if isinstance(value, str) else value).isoformat()


def _time(value: Any) -> str:
    return (time.fromisoformat(value) if isinstance(value, str) else value).isoformat()


def _microseconds(value: Any) -> int:
    return value // timedelta(microseconds=1) if isinstance(value, timedelta) else int(value)


def _json(value: Any) -> str:
    """Sorted, without spaces: jsonb forgets the order of keys, text does not."""
    document = json.loads(value) if isinstance(value, str) else value
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _uuid(value: Any) -> str:
    return str(value if isinstance(value, UUID) else UUID(value))


def _whole(value: Any) -> int:
    if isinstance(value, str | float):
        raise TypeError
    return int(value)


def _yes_or_no(value: Any) -> bool:
    if value not in (0, 1):
        raise ValueError
    return bool(value)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        raise TypeError
    return str(value)


def _real(value: Any) -> float:
    return float(value)


_WRITERS: dict[str, Callable[[Column], Callable[[Any], Value]]] = {
    "whole number": lambda _: _whole,
    "yes or no": lambda _: _yes_or_no,
    "text": lambda _: _text,
    "real number": lambda _: _real,
    "decimal": _decimal,
    "moment": lambda _: _moment,
    "date": lambda _: _date,
    "time": lambda _: _time,
    "duration": lambda _: _microseconds,
    "uuid": lambda _: _uuid,
    "json": lambda _: _json,
    "bytes": lambda _: lambda value: bytes(value).hex(),
}
KINDS = frozenset(_WRITERS)
# Kinds that are not named here are taken as they stand. PostgreSQL reads text by its column's type.
_READERS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "sqlite": {
        "yes or no": int,
        "moment": lambda value: value.removesuffix("+00:00"),
        "uuid": lambda value: value.replace("-", ""),
        "bytes": bytes.fromhex,
    },
    "postgresql": {
        "duration": lambda value: timedelta(microseconds=value),
        "bytes": bytes.fromhex,
    },
}
