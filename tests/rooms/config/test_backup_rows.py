"""One row is one line, whichever engine it was read from, and the line leads back to the row."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.config.backups.canonical import KINDS, Column, Tally, UnreadableRow, decoder, encoder
from daybreak.config.backups.sqlite import opened
from daybreak.config.backups.tables import tables_of

ID = UUID("12345678-1234-5678-1234-567812345678")
AT = datetime(2013, 7, 15, 12, 30, tzinfo=UTC)
# kind → as SQLite stores it, as PostgreSQL's driver gives it, as it stands in the line
BOTH: dict[str, tuple[Any, Any, str]] = {
    "whole number": (7, 7, "7"),
    "yes or no": (1, True, "true"),
    "text": ("ñ", "ñ", '"ñ"'),
    "real number": (0.1, 0.1, "0.1"),
    "decimal": (1179.501, Decimal("1179.5010"), '"1179.5010"'),
    "moment": (
        "2013-07-15 12:30:00",
        AT.astimezone(timezone(timedelta(hours=-4))),
        '"2013-07-15 12:30:00+00:00"',
    ),
    "date": ("2013-07-15", date(2013, 7, 15), '"2013-07-15"'),
    "time": ("12:30:00", time(12, 30), '"12:30:00"'),
    "duration": (90_000_000, timedelta(seconds=90), "90000000"),
    "uuid": (ID.hex, ID, f'"{ID}"'),
    "json": ('{"b": 1, "a": [1.0, null]}', '{"a": [1.0, null], "b": 1}', '"{\\"a\\":[1.0,null],\\"b\\":1}"'),
    "bytes": (b"\x00\xff", memoryview(b"\x00\xff"), '"00ff"'),
}


def test_every_kind_is_tried() -> None:
    assert set(BOTH) == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_both_engines_give_one_line(kind: str) -> None:
    column = Column("c", kind, 4 if kind == "decimal" else 0)
    stored, handed, line = BOTH[kind]
    encode = encoder("t", [column])
    assert encode([stored]) == encode([handed]) == f"[{line}]".encode()
    assert encode([None]) == b"[null]"
    assert decoder([column], vendor="sqlite")(encode([handed]))[0] in (
        stored,
        "1179.5010",
        _spaceless(stored),
    )


def _spaceless(value: Any) -> Any:
    try:
        return json.dumps(json.loads(value), sort_keys=True, separators=(",", ":"))
    except (ValueError, TypeError):
        return value


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False))
def test_a_decimal_survives_the_way_through_sqlites_double(value: Decimal) -> None:
    column = Column("c", "decimal", 4)
    encode = encoder("t", [column])
    assert encode([float(value)]) == encode([value])
    assert Decimal(decoder([column], vendor="postgresql")(encode([value]))[0]) == value


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - as SQLite has it
def test_a_moment_survives_with_its_microseconds(moment: datetime) -> None:
    column = Column("c", "moment")
    stored = str(moment)
    assert decoder([column], vendor="sqlite")(encoder("t", [column])([stored])) == [stored]


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none() | st.booleans()))
def test_json_is_the_same_in_whatever_order_it_is_kept(document: dict[str, Any]) -> None:
    encode = encoder("t", [Column("c", "json")])
    turned = dict(reversed(document.items()))
    line = encode([json.dumps(document)])
    assert line == encode([json.dumps(turned, ensure_ascii=False, indent=2)])
    assert json.loads(json.loads(line)[0]) == document


def test_null_in_json_is_not_nothing() -> None:
    encode = encoder("t", [Column("c", "json")])
    assert encode(["null"]) != encode([None])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("whole number", "12 Main St"),
        ("moment", "yesterday"),
        ("yes or no", 2),
        ("uuid", "12"),
        ("text", b"x"),
    ],
)
def test_a_value_that_does_not_fit_its_column_is_named_but_not_shown(kind: str, value: Any) -> None:
    encode = encoder("place", [Column("id", "whole number"), Column("said", kind)])
    with pytest.raises(UnreadableRow) as raised:
        encode([41, value])
    assert "Column said of table place" in str(raised.value)
    assert "first column is 41" in str(raised.value)
    assert "Main" not in str(raised.value)
    assert "yesterday" not in str(raised.value)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=8), st.randoms())
def test_the_sum_does_not_depend_on_order_but_on_every_row(lines: list[bytes], chance: Any) -> None:
    turned = lines.copy()
    chance.shuffle(turned)
    assert _sum(lines) == _sum(turned)
    assert _sum(lines) != _sum(lines[1:])
    assert _sum(lines) != _sum([*lines, lines[0]])
    assert _sum(lines) != _sum([lines[0] + b"!", *lines[1:]])


def _sum(lines: list[bytes]) -> str:
    counted = Tally()
    for line in lines:
        counted.add(line)
    return counted.checksum


@pytest.mark.django_db
def test_what_the_engine_counted_for_itself_is_no_row_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "counted.db"
    with closing(sqlite3.connect(file)) as made:
        made.executescript(
            "CREATE TABLE sheep (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX named ON sheep (name);"
            "INSERT INTO sheep (name) VALUES ('one'); ANALYZE;"
        )
        assert made.execute("SELECT count(*) FROM sqlite_stat1").fetchone()[0] > 0
    with opened(file) as connection:
        assert [table.name for table in tables_of(connection)] == ["sheep"]
