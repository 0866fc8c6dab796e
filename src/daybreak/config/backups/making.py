"""Makes a backup: files of the home folder first, then the database as it is at one moment, then one file."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

import daybreak
from daybreak.config.backups import archive, postgresql, sqlite
from daybreak.config.backups.canonical import Tally
from daybreak.config.backups.holdings import MADE_AGAIN, Holding, files_under, held
from daybreak.config.backups.manifest import HOME_FOLDER, ROWS_FOLDER, SQLITE_FILE, Manifest, SavedTable
from daybreak.config.backups.tables import Table, applied_migrations, lines, tables_of, tally

_STAGING = ".daybreak-backup-"


class NoBackup(Exception):
    """A backup that cannot be made as asked; the text says why, and the cure."""


@dataclass(frozen=True)
class Made:
    """A finished backup: where it is, its size in bytes and its SHA-256."""

    path: Path
    size: int
    sha256: str
    manifest: Manifest


def make_backup(
    *, connection: BaseDatabaseWrapper, home: Path, to: Path, at: datetime, with_keys: bool = False
) -> Made:
    """Back up the database and the state under ``home`` into ``to``: a new file, or a folder that gets one.

    The file appears whole or not at all. Raises NoBackup, sqlite.DamagedDatabase, canonical.UnreadableRow, OSError.
    """
    target = _target(to, at)
    with staging_in(target.parent, _STAGING) as root:
        # Files first: what the audit has anchored in them must not be newer than the database beside them.
        left_out = _copy_home(home, root, target.parent, with_keys=with_keys)
        tables, migrations = _copy_database(connection, root)
        parts = [str(path.relative_to(root)) for path in files_under(root) if path.parent != root]
        if (root / SQLITE_FILE).exists():
            parts.insert(0, SQLITE_FILE)
        manifest = Manifest(
            made_at=at,
            version=daybreak.__version__,
            engine=connection.vendor,
            migrations=tuple(sorted(migrations)),
            tables=tables,
            files=tuple(archive.saved_file(root, part) for part in parts),
            left_out=tuple(left_out),
            keys=with_keys,
        )
        whole = root / "whole"
        sha256 = archive.pack(manifest, root, whole)
        if target.exists():
            raise NoBackup(f"{target} must be a new file; somebody made it meanwhile. Choose another name.")
        whole.rename(target)
        _keep(target.parent)
    return Made(target, target.stat().st_size, sha256, manifest)


@contextmanager
def staging_in(folder: Path, prefix: str) -> Iterator[Path]:
    """A folder for unfinished work, for the owner alone; what dead predecessors left of theirs is swept away."""
    for old in folder.glob(f"{prefix}*"):
        with (old / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(old)
    root = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    with (root / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield root
        finally:
            shutil.rmtree(root, ignore_errors=True)


def _target(to: Path, at: datetime) -> Path:
    target = to / f"daybreak-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar.gz" if to.is_dir() else to
    if target.exists():
        raise NoBackup(f"{target} must be a new file or a folder; it is there already. Choose another name.")
    if not target.parent.is_dir():
        raise NoBackup(f"The folder {target.parent} must exist; it does not. Make it first.")
    return target.absolute()


def _copy_home(home: Path, root: Path, beside: Path, *, with_keys: bool) -> list[tuple[str, str]]:
    """Copy state into the staging folder; returns what was left out, and why."""
    left_out: list[tuple[str, str]] = []
    for thing in held(home):
        name = thing.path.name
        if thing.path.resolve() == beside.resolve() or thing.holding is Holding.BACKUP:
            left_out.append((name, "backups"))
        elif thing.holding is Holding.MADE_AGAIN:
            left_out.append((name, MADE_AGAIN[name]))
        elif thing.holding is Holding.KEY and not with_keys:
            left_out.append((name, "a key: keep it apart, or say --with-keys"))
        elif thing.holding is Holding.DATABASE:
            left_out.append((name, "a database file: backed up by way of the database"))
        elif thing.path.is_symlink() or not (thing.path.is_file() or thing.path.is_dir()):
            left_out.append((name, "neither a file nor a folder"))
        else:
            for path in files_under(thing.path):
                copy = root / HOME_FOLDER / path.relative_to(home)
                copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
    return left_out


def _copy_database(
    connection: BaseDatabaseWrapper, root: Path
) -> tuple[tuple[SavedTable, ...], set[tuple[str, str]]]:
    if connection.vendor == "sqlite":
        sqlite.copy_online(str(connection.settings_dict["NAME"]), root / SQLITE_FILE)
        with sqlite.opened(root / SQLITE_FILE) as copy:
            return _saved(copy, None), applied_migrations(copy)
    (root / ROWS_FOLDER).mkdir(mode=0o700)
    with postgresql.snapshot(connection) as still:
        return _saved(still, root / ROWS_FOLDER), applied_migrations(still)


def _saved(still: BaseDatabaseWrapper, folder: Path | None) -> tuple[SavedTable, ...]:
    tables = tables_of(still)
    if not tables:
        raise NoBackup("The database must have tables; it is empty. Try: daybreak set-up")
    saved = []
    with still.cursor() as cursor:
        for table in tables:
            counted = (
                tally(still, table.name, table.columns) if folder is None else _write(still, table, folder)
            )
            last = None
            if table.key is not None:
                last = (
                    sqlite.last_number(cursor, table.name)
                    if folder is None
                    else postgresql.last_number(cursor, table.name, table.key)
                )
            saved.append(SavedTable(table.name, table.columns, counted.rows, counted.checksum, last))
    return tuple(saved)


def _write(still: BaseDatabaseWrapper, table: Table, folder: Path) -> Tally:
    counted = Tally()
    with (folder / f"{table.name}.jsonl").open("wb") as file:
        for line in lines(still, table.name, table.columns, in_order=table.key or ""):
            counted.add(line)
            file.write(line + b"\n")
    return counted


def _keep(folder: Path) -> None:
    """Make sure that the new name, too, is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
