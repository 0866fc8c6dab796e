"""What a backup says of itself: versions, migrations, tables with row counts and checksums, files with hashes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from daybreak.config.backups.canonical import KINDS, Column

FORMAT = 1
NAME = "manifest.json"
SUMS = "SHA256SUMS"
SQLITE_FILE = "database.sqlite3"
ROWS_FOLDER = "rows"
HOME_FOLDER = "home"


class DamagedBackup(Exception):
    """A backup that is not what it says; the text names the part that is wrong."""


class NewerBackup(Exception):
    """A backup of a later version than the one that should restore it."""


@dataclass(frozen=True)
class SavedTable:
    """A table as it was; ``last_number`` is the highest number that its key was given, or None where none was."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    checksum: str
    last_number: int | None


@dataclass(frozen=True)
class SavedFile:
    """A part of the backup: its path in there, size and SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """All that a restore must know before it touches anything. ``engine`` is "sqlite" or "postgresql"."""

    made_at: datetime
    version: str
    engine: str
    migrations: tuple[tuple[str, str], ...]
    tables: tuple[SavedTable, ...]
    files: tuple[SavedFile, ...]
    left_out: tuple[tuple[str, str], ...]
    keys: bool

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(table.rows for table in self.tables)

    def to_json(self) -> bytes:
        """As it stands in the file."""
        document = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()

    def refuse_newer(self, known: Iterable[tuple[str, str]]) -> None:
        """Raise NewerBackup where this code does not know a migration that the backup has had."""
        strange = sorted(set(self.migrations) - set(known))
        if strange:
            app, name = strange[0]
            raise NewerBackup(
                f"The backup was made by Daybreak {self.version} and has {len(strange)} migration(s) that this "
                f"version does not know, the first {app} {name}. Restore it with that version or a later one; "
                "nothing was changed."
            )


def from_json(text: bytes) -> Manifest:
    """Read a manifest. Raises NewerBackup for a later format, DamagedBackup for anything that is no manifest."""
    try:
        document = json.loads(text)
        number = document["format"]
        if isinstance(number, int) and number > FORMAT:
            raise NewerBackup(
                f"The backup has format {number}; this version of Daybreak reads formats up to {FORMAT}. Restore it "
                "with a later version; nothing was changed."
            )
        return _read(document)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DamagedBackup(f"{NAME} must be the manifest of a Daybreak backup; it cannot be read.") from None


def _read(document: dict[str, Any]) -> Manifest:
    tables = tuple(
        SavedTable(
            str(table["name"]),
            tuple(Column(str(c["name"]), str(c["kind"]), int(c["places"])) for c in table["columns"]),
            int(table["rows"]),
            str(table["checksum"]),
            None if table["last_number"] is None else int(table["last_number"]),
        )
        for table in document["tables"]
    )
    if any(column.kind not in KINDS for table in tables for column in table.columns):
        raise ValueError
    if document["engine"] not in {"sqlite", "postgresql"}:
        raise ValueError
    return Manifest(
        made_at=datetime.fromisoformat(document["made_at"]),
        version=str(document["version"]),
        engine=document["engine"],
        migrations=tuple((str(app), str(name)) for app, name in document["migrations"]),
        tables=tables,
        files=tuple(SavedFile(str(f["path"]), int(f["size"]), str(f["sha256"])) for f in document["files"]),
        left_out=tuple((str(name), str(why)) for name, why in document["left_out"]),
        keys=bool(document["keys"]),
    )
