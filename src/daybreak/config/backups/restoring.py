"""Puts a backup back: checked first, filled beside what is there, compared row by row, then brought forward."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from daybreak.config.backups import archive, postgresql, sqlite
from daybreak.config.backups.canonical import UnreadableRow
from daybreak.config.backups.holdings import Holding, files_under, held
from daybreak.config.backups.making import make_backup, staging_in
from daybreak.config.backups.manifest import (
    HOME_FOLDER,
    ROWS_FOLDER,
    SQLITE_FILE,
    DamagedBackup,
    Manifest,
    SavedTable,
)
from daybreak.config.backups.tables import known_migrations, lines, tables_of, tally

_STAGING = ".daybreak-restore-"
REPLACED = "replaced"
Say = Callable[[str], None]


class NotRestored(Exception):
    """A restore that was not done or did not end well; the text says what stands now, and the cure."""


@dataclass(frozen=True)
class Restored:
    """What was put back; ``aside`` is the folder where what stood there before lies now, or None.

    ``skipped`` are tables of the backup that no migration makes: their rows are in the file, and nowhere else.
    """

    manifest: Manifest
    aside: Path | None
    skipped: tuple[str, ...] = ()


def restore_backup(
    *, connection: BaseDatabaseWrapper, home: Path, file: Path, at: datetime, replace: bool, say: Say
) -> Restored:
    """Restore ``file`` into the database of ``connection`` and into ``home``.

    Refuses an installation that has tables, unless ``replace``; then what stands there is set aside first, not deleted.
    Raises DamagedBackup, NewerBackup, NotRestored, OSError.
    """
    with staging_in(home, _STAGING) as root:
        say("Checking the backup …")
        manifest = archive.unpack(file, root)
        manifest.refuse_newer(known_migrations())
        if not replace:
            _refuse_filled(connection, home)
        aside = home / REPLACED / f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" if replace else None
        if aside is not None:
            aside.parent.mkdir(mode=0o700, exist_ok=True)
            aside.mkdir(mode=0o700)
        if connection.vendor == "sqlite":
            skipped = _into_sqlite(connection, manifest, root, aside, say)
        else:
            skipped = _into_postgresql(connection, manifest, root, home, aside, at, say)
        _files_into(home, manifest, root / HOME_FOLDER, aside)
    (home / "ready.json").unlink(missing_ok=True)  # the next start publishes the index anew
    return Restored(manifest, aside, skipped)


def _refuse_filled(connection: BaseDatabaseWrapper, home: Path) -> None:
    state = [thing.path.name for thing in held(home) if thing.holding is Holding.STATE]
    if tables_of(connection):
        found = "the database has tables already"
    elif state:
        found = f"the home folder holds {', '.join(state[:3])}"
    else:
        return
    raise NotRestored(
        f"The installation must be empty; {found}. Restore into a new home folder and an empty database, or say "
        "--replace: what stands there is then set aside first. Nothing was changed."
    )


def _into_sqlite(
    connection: BaseDatabaseWrapper, manifest: Manifest, root: Path, aside: Path | None, say: Say
) -> tuple[str, ...]:
    """Fill and bring forward a new file; only then does one rename put it in place."""
    fresh = root / "fresh.db"
    skipped: tuple[str, ...] = ()
    if manifest.engine == "sqlite":
        (root / SQLITE_FILE).rename(fresh)
    with sqlite.pointed_at(connection, fresh):
        if manifest.engine != "sqlite":
            skipped = _rebuild(connection, manifest, root, say)
        _compare_and_migrate(connection, manifest, skipped, say)
    place = Path(connection.settings_dict["NAME"])
    connection.close()
    for ending in ("-wal", "-shm", ""):
        old = place.with_name(place.name + ending)
        if old.exists():
            if aside is not None:
                shutil.move(old, aside / old.name)
            else:
                old.unlink()  # an empty database: it was refused otherwise
    shutil.move(fresh, place)
    place.chmod(0o600)
    return skipped


def _into_postgresql(
    connection: BaseDatabaseWrapper,
    manifest: Manifest,
    root: Path,
    home: Path,
    aside: Path | None,
    at: datetime,
    say: Say,
) -> tuple[str, ...]:
    """What stands there is backed up, then removed; a restore that fails after that says where it is."""
    present = [table.name for table in tables_of(connection)]
    if present and aside is not None:
        say("Setting aside what stands there …")
        make_backup(connection=connection, home=home, to=aside, at=at)
        with transaction.atomic(using=connection.alias):
            postgresql.wipe(connection, present)
    try:
        skipped = _rebuild(connection, manifest, root, say)
        _compare_and_migrate(connection, manifest, skipped, say)
    except Exception as problem:
        own = isinstance(problem, DamagedBackup | NotRestored | UnreadableRow | postgresql.RowRefused)
        why = str(problem) if own else f"{type(problem).__name__}."  # the text of others may hold a value
        kept = f" What stood there before is the backup in {aside}." if aside is not None and present else ""
        raise NotRestored(
            f"The restore failed half-way: {why}{kept} The next try must empty the database: say --replace."
        ) from problem
    return skipped


def _compare_and_migrate(
    connection: BaseDatabaseWrapper, manifest: Manifest, skipped: tuple[str, ...], say: Say
) -> None:
    say("Comparing every row …")
    wrong = list(differences(connection, [t for t in manifest.tables if t.name not in skipped]))
    if wrong:
        raise DamagedBackup(" ".join(wrong))
    say("Bringing the database forward …")
    call_command("migrate", interactive=False, verbosity=0)


def _rebuild(connection: BaseDatabaseWrapper, manifest: Manifest, root: Path, say: Say) -> tuple[str, ...]:
    """Make the tables as they were at the backup's migrations, and fill them; returns those that no migration makes."""
    say("Making the tables …")
    executor = MigrationExecutor(connection)
    executor.migrate(_last_of(manifest, executor))
    present = {table.name: table for table in tables_of(connection)}
    wanted = [saved for saved in manifest.tables if saved.name in present]
    for saved in wanted:
        if set(present[saved.name].columns) != set(saved.columns):
            raise NotRestored(
                f"Table {saved.name} of the backup has other columns than its migrations make: somebody changed it "
                f"by hand, so it can only be restored on SQLite, from a backup of SQLite."
            )
    say(f"Filling {len(wanted)} tables with {sum(saved.rows for saved in wanted):,} rows …")
    with ExitStack() as open_until_filled, transaction.atomic(using=connection.alias):
        lines_of = _lines_of(manifest, root, open_until_filled)
        if connection.vendor == "sqlite":
            sqlite.fill(connection, list(present), wanted, lines_of)
        else:
            postgresql.fill(connection, list(present), wanted, lines_of)
            with connection.cursor() as cursor:
                for saved in wanted:
                    key = present[saved.name].key
                    if key is not None and saved.last_number:
                        postgresql.set_number(cursor, saved.name, key, saved.last_number)
    return tuple(saved.name for saved in manifest.tables if saved.name not in present)


def _last_of(manifest: Manifest, executor: MigrationExecutor) -> list[tuple[str, str]]:
    """The backup's last migration of each app."""
    had = set(manifest.migrations)
    nodes = executor.loader.graph.node_map
    return sorted(
        key
        for key in had
        if key in nodes
        and not any(child.key in had and child.key[0] == key[0] for child in nodes[key].children)
    )


def _lines_of(manifest: Manifest, root: Path, open_until_filled: ExitStack) -> sqlite.LinesOf:
    if manifest.engine != "sqlite":
        return lambda saved: _lines_in(root / ROWS_FOLDER / f"{saved.name}.jsonl")
    source = open_until_filled.enter_context(sqlite.opened(root / SQLITE_FILE))
    return lambda saved: lines(source, saved.name, saved.columns)


def _lines_in(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            yield line.rstrip(b"\n")


def differences(connection: BaseDatabaseWrapper, tables: Iterable[SavedTable]) -> Iterator[str]:
    """One sentence for each table whose rows are not those that were saved."""
    present = set(connection.introspection.table_names())
    for saved in tables:
        if saved.name not in present:
            yield f"Table {saved.name} must have {saved.rows:,} rows; it is not there."
            continue
        now = tally(connection, saved.name, saved.columns)
        if now.rows != saved.rows:
            yield f"Table {saved.name} must have {saved.rows:,} rows; got {now.rows:,}."
        elif now.checksum != saved.checksum:
            yield f"Table {saved.name} has as many rows as it must ({saved.rows:,}), but not the same ones."


def _files_into(home: Path, manifest: Manifest, folder: Path, aside: Path | None) -> None:
    """Put the saved files in place; whatever state stood there before moves aside, so that old and new never mix."""
    if aside is not None:
        for thing in held(home):
            if thing.holding is Holding.STATE:
                shutil.move(thing.path, aside / thing.path.name)
    for path in files_under(folder):
        place = home / path.relative_to(folder)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if place.exists() and manifest.keys and aside is not None:
            shutil.move(place, aside / place.name)
        path.replace(place)
        place.chmod(0o600)
