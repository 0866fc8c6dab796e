"""Checks the CSV datapackage of HSDS: headers, what must be there, forms of values, ids that are one, keys that lead on."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jsonschema_rs import Draft202012Validator

from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.hsds_shapes import OURS
from daybreak.directory.rules.hsds_tables import columns, keys, required, tables
from daybreak.vocabulary import hsds

_KINDS = {"uuid": "a UUID", "uri": "an address such as https://example.org", "email": "an e-mail address"}
_MOMENTS: dict[str, tuple[Callable[[str], Any], str]] = {
    "date": (date.fromisoformat, "a day such as 2026-11-22"),
    "datetime": (datetime.fromisoformat, "a moment such as 2026-11-22T09:00:00Z"),
    "time": (time.fromisoformat, "a time such as 09:00:00"),
}


class Problem(NamedTuple):
    """What is wrong in a file, and where: a JSON pointer, or a row (the first below the header is 1) and its column."""

    file: str
    where: str
    reason: str


class Package:
    """The tables of a folder. ``rows`` counts the rows of each table that was checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, int] = {}
        self.files = {entity: folder / name for entity, name in tables().items() if (folder / name).is_file()}

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong, table by table. The tables are read twice: keys may lead to tables further down."""
        ids = {entity: self._ids(path) for entity, path in self.files.items()}
        for entity, path in self.files.items():
            self.rows[entity] = 0
            yield from self._table(entity, path, ids)

    def _ids(self, path: Path) -> set[str]:
        with _opened(path) as stream:
            rows = csv.reader(stream)
            header = _first(rows, path)
            if "id" not in header:
                return set()
            at = header.index("id")
            return {row[at] for row in rows if len(row) > at}

    def _table(self, entity: str, path: Path, ids: Mapping[str, set[str]]) -> Iterator[Problem]:
        met: set[str] = set()
        check = _Checks(entity)
        with _opened(path) as stream:
            rows = csv.reader(stream)
            header = _first(rows, path)
            faults = list(_header_faults(entity, header))
            yield from (Problem(path.name, "header", fault) for fault in faults)
            if faults:
                return
            for number, row in enumerate(rows, 1):
                self.rows[entity] = number
                where = f"row {number}"
                if len(row) != len(header):
                    yield Problem(
                        path.name, where, f"must have {len(header)} values as the header has; has {len(row)}"
                    )
                    continue
                held = {name: value for name, value in zip(header, row, strict=True) if value}
                for column, reason in check.faults(held, ids):
                    yield Problem(path.name, f"{where} {column}", reason)
                if (identifier := held.get("id", "")) in met:
                    yield Problem(
                        path.name, f"{where} id", "must stand in one row only; it stands in one before"
                    )
                met.add(identifier)


class _Checks:
    """What one table asks of its rows."""

    def __init__(self, entity: str) -> None:
        self.required, self.keys, self.fields = sorted(required(entity)), keys(entity), _fields(entity)
        self.plain = _row_validator(entity)

    def faults(self, held: Mapping[str, str], ids: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
        """(column, what is wrong) of one row without its empty values."""
        for column in self.required:
            if column not in held:
                yield column, "is empty; HSDS 3.0 requires it"
        if not self.plain.is_valid(held):
            for error in self.plain.iter_errors(held):
                column = str(error.instance_path[0])
                told = error.kind.as_dict()
                wanted = _KINDS.get(str(told.get("format", "")))
                options = ", ".join(map(str, told.get("options", ())))
                yield column, f"must be {wanted or f'one of {options}'}"
        for column, target in self.keys.items():
            if column in held and held[column] not in ids.get(target, ()):
                yield column, f"names no row of {tables()[target]}"
        for column in self.fields.keys() & held.keys():
            read, wanted = self.fields[column]
            try:
                read(held[column])
            except ValueError:
                yield column, f"must be {wanted}"


@cache
def _fields(entity: str) -> dict[str, tuple[Callable[[str], Any], str]]:
    """Columns that hold no plain text: how they are read, and what they must be."""
    resource = next(found for found in hsds.datapackage()["resources"] if found["name"] == entity)
    known = {"number": (float, "a number"), **_MOMENTS}
    return {
        field["name"]: known[field["type"]]
        for field in resource["schema"]["fields"]
        if field["type"] in known
    }


@cache
def _row_validator(entity: str) -> Draft202012Validator:
    resource = next(found for found in hsds.datapackage()["resources"] if found["name"] == entity)
    properties: dict[str, dict[str, Any]] = {}
    for field in resource["schema"]["fields"]:
        said: dict[str, Any] = {"format": field["format"]} if field.get("format") in _KINDS else {}
        if "enum" in field["constraints"]:
            said["enum"] = field["constraints"]["enum"]
        if said:
            properties[field["name"]] = said
    return Draft202012Validator({"properties": properties}, validate_formats=True)


def _header_faults(entity: str, header: list[str]) -> Iterator[str]:
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield f"the column {name[:40]!r} stands twice; leave one out"
    for name in sorted(required(entity) - set(header)):
        yield f"the column {name} is missing; HSDS 3.0 requires it"
    for name in header:
        if name not in columns(entity) and not name.startswith("x_"):
            yield f"the column {name[:40]!r} is not one of HSDS 3.0; columns of your own begin with x_, as {OURS} does"


def _opened(path: Path) -> Any:
    return path.open(encoding="utf-8-sig", newline="")


def _first(rows: Iterator[list[str]], path: Path) -> list[str]:
    try:
        header = next(rows, None)
    except (UnicodeError, csv.Error):
        header = None
    if not header:
        raise UnusableFile(
            f"{path.name} has no header. Write the table as CSV in UTF-8, its column names first."
        )
    return header
