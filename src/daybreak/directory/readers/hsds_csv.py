"""Joins the tables of an HSDS CSV datapackage, a folder or a .zip, into the objects that the JSON form would hold."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from daybreak.directory.readers.hsds_json import Found, not_text, unfit
from daybreak.directory.readers.tables import UnusableFile
from daybreak.vocabulary import hsds

LARGEST_TABLE = 1_000_000_000
LARGEST_PACKAGE = 2_000_000_000
MOST_TABLES = 200
# A row with several owners stands with the first of them.
_OWNERS = ("service_at_location", "service", "location", "organization", "contact", "phone")
_BY_ID = {"attribute": ("link_id", "link_entity"), "metadata": ("resource_id", "resource_type")}
_ALONE = frozenset({"taxonomy", "taxonomy_term"})


def _entities() -> dict[str, str]:
    """File name without .csv → entity, in the spellings that publishers use."""
    found: dict[str, str] = {}
    for entity in hsds.entities():
        plural = (
            f"{entity[:-1]}ies"
            if entity.endswith("y")
            else f"{entity}es"
            if entity.endswith("s")
            else f"{entity}s"
        )
        found |= {entity: entity, plural: entity}
    return found


@dataclass(slots=True)
class Tables:
    """The tables of a package by entity; ``archive`` is the .zip that holds them."""

    paths: list[Path]
    names: dict[str, str] = field(default_factory=dict)
    archive: Path | None = None

    @contextmanager
    def joined(self) -> Iterator[Iterator[Found]]:
        """The objects: taxonomies, terms, services whole, then organizations without a service, then what belongs to nothing."""
        with TemporaryDirectory(prefix="daybreak-hsds-") as folder:
            join = _Join(Path(folder) / "join.db")
            try:
                for entity, name in self.names.items():
                    with self._opened(name) as stream:
                        join.read(entity, name, stream)
                join.settle()
                yield join.objects()
            finally:
                join.close()

    @contextmanager
    def _opened(self, name: str) -> Iterator[TextIO]:
        if self.archive is None:
            with (self.paths[0].parent / name).open(encoding="utf-8-sig", newline="") as stream:
                yield stream
            return
        with zipfile.ZipFile(self.archive) as package, package.open(name) as raw:
            yield io.TextIOWrapper(io.BufferedReader(_Limited(raw, name)), encoding="utf-8-sig", newline="")


class _Limited(io.RawIOBase):
    """Reads no more of a packed file than a table may have, whatever its heading says."""

    def __init__(self, raw: Any, name: str) -> None:
        self._raw, self._name, self._left = raw, name, LARGEST_TABLE

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Some bytes more."""
        part = self._raw.read(len(buffer))
        self._left -= len(part)
        if self._left < 0:
            raise UnusableFile(
                f"{self._name} unpacks to more than {LARGEST_TABLE:,} bytes. Nothing was changed."
            )
        buffer[: len(part)] = part
        return len(part)


def unpacked(folder: Path) -> Tables:
    """The package in a folder."""
    known = _entities()
    paths = sorted(path for path in folder.glob("*.csv") if path.stem in known)
    return Tables(paths, {known[path.stem]: path.name for path in paths})


def zipped(path: Path) -> Tables:
    """The package in a .zip; raises UnusableFile where it is none, or larger than a package may be."""
    known = _entities()
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as problem:
        raise UnusableFile(f"The .zip cannot be opened ({type(problem).__name__}). Is it whole?") from None
    tables = [
        one for one in members if one.filename.endswith(".csv") and PurePosixPath(one.filename).stem in known
    ]
    if len(members) > MOST_TABLES or sum(one.file_size for one in tables) > LARGEST_PACKAGE:
        raise UnusableFile(
            f"The .zip may hold {MOST_TABLES} files and unpack to {LARGEST_PACKAGE:,} bytes; this one is larger."
        )
    if any(one.flag_bits & 1 for one in tables):
        raise UnusableFile("The .zip is locked with a password. Unpack it and load the folder.")
    names = {known[PurePosixPath(one.filename).stem]: one.filename for one in tables}
    if "service" not in names:
        raise UnusableFile("The .zip has no services.csv. Give a CSV datapackage of HSDS 3.0.")
    return Tables([path], names, path)


class _Join:
    """The rows of all tables on the disk, found again by their owners, so that memory does not grow with the package."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path)
        self._base.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE part(entity TEXT, id TEXT, file TEXT, line INTEGER, value TEXT, fault TEXT);"
            "CREATE TABLE link(child INTEGER, entity TEXT, owner TEXT, want TEXT, rank INTEGER);"
            "CREATE INDEX part_id ON part(id, entity); CREATE INDEX link_owner ON link(owner, entity);"
        )

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def read(self, entity: str, name: str, stream: TextIO) -> None:
        """Take in one table, by the names of its columns."""
        try:
            reader = csv.reader(stream)
            header = [cell.strip() for cell in next(reader, [])]
            if "id" not in header or len(set(header)) < len(header):
                raise UnusableFile(
                    f"{name}: the first line must name the columns, each once, and id among them."
                )
            for cells in reader:
                if any(cells):
                    self._row(entity, name, reader.line_num, header, cells)
        except UnicodeError as problem:
            raise not_text(problem) from None
        except (csv.Error, zipfile.BadZipFile) as problem:
            raise UnusableFile(f"{name}: {problem}. Is the file whole? Nothing was changed.") from None

    def _row(self, entity: str, name: str, line: int, header: list[str], cells: list[str]) -> None:
        fault = "has more cells than there are columns" if any(cells[len(header) :]) else ""
        value: dict[str, Any] = {}
        schema = hsds.schema(entity)["properties"]
        for column, cell in zip(header, cells, strict=False):
            if cell == "" and column != "id":
                continue
            try:
                value[column] = _typed(column, cell, schema.get(column, {}))
            except (ValueError, RecursionError):
                fault = fault or f"{column} must be JSON"
        text = json.dumps(value, ensure_ascii=True)
        row = self._base.execute(
            "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)",
            (entity, value["id"], name, line, text, fault or unfit(value)),
        ).lastrowid
        self._base.executemany(
            "INSERT INTO link VALUES (?, ?, ?, ?, ?)",
            ((row, entity, owner, want, rank) for rank, (owner, want) in enumerate(_owners(entity, value))),
        )

    def settle(self) -> None:
        """Give each row the first of its owners that there is."""
        self._base.executescript(
            "DELETE FROM link WHERE NOT EXISTS (SELECT 1 FROM part p WHERE p.id = link.owner AND link.want IN ('', p.entity));"
            "CREATE INDEX link_child ON link(child, rank);"
            "DELETE FROM link WHERE entity NOT IN ('service', 'service_at_location') "
            "AND EXISTS (SELECT 1 FROM link l WHERE l.child = link.child AND l.rank < link.rank);"
        )

    def objects(self) -> Iterator[Found]:
        """Every object that stands alone."""
        for entity in ("taxonomy", "taxonomy_term"):
            for row in self._rows("entity = ?", entity):
                yield self._found(entity, row)
        for row in self._rows("entity = 'service'"):
            yield self._found("service", row)
        without = "entity = 'organization' AND NOT EXISTS (SELECT 1 FROM link l WHERE l.owner = part.id AND l.entity = 'service')"
        for row in self._rows(without):
            yield self._found("organization", row)
        for row in self._rows(
            "entity NOT IN ('service', 'organization', 'taxonomy', 'taxonomy_term', 'program', 'unit') AND NOT EXISTS "
            "(SELECT 1 FROM link l WHERE l.child = part.rowid) AND NOT EXISTS "
            "(SELECT 1 FROM link l WHERE l.owner = part.id AND l.want = part.entity AND l.entity = 'service_at_location')"
        ):
            where = f"{row[1]} line {row[2]}"
            told = "describes a table, for which Daybreak has no place" if row[0] == "meta_table_description" else (
                "belongs to nothing in these tables; correct the id of its owner"
            )  # fmt: skip
            yield Found(where, row[2], row[3], None, f"{where} {told}")

    def _rows(self, condition: str, *values: str) -> Iterator[tuple[str, str, int, str, str]]:
        sql = f"SELECT entity, file, line, value, fault FROM part WHERE {condition} ORDER BY rowid"  # noqa: S608 - literals
        yield from self._base.execute(sql, values)

    def _found(self, entity: str, row: tuple[str, str, int, str, str]) -> Found:
        faults: list[str] = []
        value = self._whole(entity, row, faults, set())
        return Found(f"{row[1]} line {row[2]} ", row[2], row[3], value, faults[0] if faults else "")

    def _whole(
        self, entity: str, row: tuple[str, str, int, str, str], faults: list[str], above: set[str]
    ) -> dict[str, Any]:
        """One row with all that it owns."""
        value: dict[str, Any] = json.loads(row[3])
        if row[4]:
            faults.append(f"{row[1]} line {row[2]} {row[4]}")
        above = above | {entity}
        for name, (child, many) in hsds.parts(entity).items():
            if child in above or (child in _ALONE and entity not in {"attribute", "taxonomy_term"}):
                continue
            if many:
                within = [
                    self._whole(child, one, faults, above)
                    for one in self._owned(entity, child, value["id"], above)
                ]
                if within:
                    value[name] = within
            elif (key := value.get("taxonomy_id" if name == "taxonomy_detail" else f"{name}_id")) is not None:
                for one in self._rows("id = ? AND entity = ?", key, child):
                    value[name] = self._whole(child, one, faults, above)
        if entity == "service" and (
            found := list(self._owned(entity, "service_capacity", value["id"], above))
        ):
            value["capacities"] = [self._capacity(one, faults) for one in found]
        return value

    def _capacity(self, row: tuple[str, str, int, str, str], faults: list[str]) -> dict[str, Any]:
        value = self._whole("service_capacity", row, faults, set())
        value.pop("unit_id", None)
        return value

    def _owned(
        self, entity: str, child: str, key: str, above: set[str]
    ) -> list[tuple[str, str, int, str, str]]:
        sql = (
            "SELECT part.entity, file, line, value, fault FROM link JOIN part ON part.rowid = link.child "
            "WHERE link.owner = ? AND link.entity = ? AND link.want IN ('', ?)"
        )
        if child == "location" and "service" in above:  # those with a service stand with it
            sql += " AND NOT EXISTS (SELECT 1 FROM link l WHERE l.owner = part.id AND l.entity = 'service_at_location')"
        return list(self._base.execute(f"{sql} ORDER BY part.rowid", (key, child, entity)))


def _typed(column: str, cell: str, schema: dict[str, Any]) -> Any:
    """A cell as the schema wants it; what is no number stays text, and the schema says so."""
    if column == "x_daybreak":
        return json.loads(cell)
    if schema.get("type") != "number":
        return cell
    try:
        number = float(cell)
        return int(cell) if cell.lstrip("-").isdigit() and len(cell) <= 18 else number
    except ValueError:
        return cell


def _owners(entity: str, value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(id, entity) of what a row belongs to."""
    if entity in _BY_ID:
        key, kind = _BY_ID[entity]
        want = str(value.get(kind, ""))
        if key in value:
            yield str(value[key]), want if want in hsds.entities() else ""
        return
    if entity == "service_at_location":
        yield from (
            (str(value[f"{name}_id"]), name) for name in ("service", "location") if f"{name}_id" in value
        )
        return
    for name in _OWNERS:
        if name != entity and f"{name}_id" in value:
            yield str(value[f"{name}_id"]), name
