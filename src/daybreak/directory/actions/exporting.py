"""Writes the directory as HSDS 3.0 into a folder: whole or not at all, the same bytes for the same data and day."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import orjson
from django.db import connection, transaction

from daybreak.audit.actions import record
from daybreak.directory.actions.failures import NotWritten, said_in_full
from daybreak.directory.queries import hsds
from daybreak.directory.queries.folds import folds
from daybreak.directory.rules.hsds_pages import page
from daybreak.directory.rules.hsds_shapes import Shape
from daybreak.directory.rules.hsds_tables import Rows, columns, datapackage, tables
from daybreak.vocabulary.hsds import VERSION

# What a service stands in or with is written once, with organizations.
_ELSEWHERE = frozenset({"organization", "program"})
_SIMPLE = frozenset({"services"})
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: objects and rows by file, and the size of all files."""

    counts: dict[str, int]
    size_bytes: int


@dataclass(slots=True)
class _File:
    """One file being written: its checksum grows with it."""

    stream: IO[bytes]
    digest: Any = field(default_factory=hashlib.sha256)
    size: int = 0

    def write(self, data: bytes) -> None:
        self.stream.write(data)
        self.digest.update(data)
        self.size += len(data)


class _Tables:
    """The CSV files, all open at once; every table is there, empty ones with their header alone."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.rows = Rows()
        self.counts = dict.fromkeys(tables(), 0)
        self._streams = {
            entity: stack.enter_context((folder / name).open("w", encoding="utf-8", newline=""))
            for entity, name in tables().items()
        }
        self._writers = {}
        for entity, stream in self._streams.items():
            self._writers[entity] = csv.DictWriter(
                stream, columns(entity), restval="", lineterminator="\n", extrasaction="raise"
            )
            self._writers[entity].writeheader()

    def write(self, entity: str, shapes: Iterable[Shape], without: frozenset[str]) -> Iterator[Shape]:
        """Hand the objects on, each after its rows."""
        for shape in shapes:
            for table, row in self.rows.of(entity, shape, without=without):
                self._writers[table].writerow(row)
                self.counts[table] += 1
            yield shape


def export_hsds(
    *,
    by: str,
    at: datetime,
    folder: Path,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Exported:
    """Write the folder anew; raises NotWritten where that cannot be. ``force`` lets it replace a folder that is not empty.

    A folder that was there stands until the new one is whole.
    """
    _refuse(folder, force)
    with said_in_full("The export"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            with _one_moment():
                done = _written(made, at, progress or (lambda done, total: None))
            _put(made, folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        record(by=by, at=at, action="export-hsds", subject=folder.name, detail=done.counts)
    return done


def _refuse(folder: Path, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotWritten(f"The export must go into a folder; {folder} is none. Name another one.")
    if folder.is_dir() and any(folder.iterdir()):
        if not force:
            raise NotWritten(
                f"The folder {folder} is not empty, and nothing was written. Name another one, or replace it: --force."
            )
        if not (folder / MANIFEST).is_file():
            raise NotWritten(
                f"The folder {folder} holds no export ({MANIFEST} is missing), so --force will not replace it. Name another "
                "one."
            )


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read is of one moment, whatever others load meanwhile."""
    connection.ensure_connection()
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        # Readers hold nobody up on SQLite, unless they begin as writers do, which is our setting for all others.
        usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                yield
        finally:
            connection.transaction_mode = usual  # type: ignore[attr-defined]
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _written(folder: Path, at: datetime, progress: Callable[[int, int], None]) -> Exported:
    together = folds()
    total = sum(1 for _ in hsds.standing_ids(together=together))
    files: dict[str, _File] = {}
    (folder / "csv").mkdir()
    with ExitStack() as stack:
        sheets = _Tables(folder / "csv", stack)

        def told(shapes: Iterable[Shape]) -> Iterator[Shape]:
            for done, shape in enumerate(shapes, 1):
                if done % 500 == 0 or done == total:
                    progress(done, total)
                yield shape

        lists: dict[str, tuple[str, Iterable[Shape], frozenset[str]]] = {
            "taxonomies": ("taxonomy", hsds.taxonomies(), frozenset()),
            "taxonomy_terms": ("taxonomy_term", hsds.taxonomy_terms(), frozenset()),
            "organizations": (
                "organization",
                hsds.organizations(at=at, full=True, together=together),
                _SIMPLE,
            ),
            "services": ("service", told(hsds.services(at=at, full=True, together=together)), _ELSEWHERE),
        }
        counts = {
            name: _listed(folder, name, sheets.write(entity, shapes, without), files)
            for name, (entity, shapes, without) in lists.items()
        }
    if counts["services"] != total:
        raise NotWritten("The directory changed while it was being written. Run the command again.")
    (folder / "csv" / "datapackage.json").write_bytes(_pretty(datapackage()))
    for path in sorted((folder / "csv").iterdir()):
        files[f"csv/{path.name}"] = _summed(path)
    counts |= {f"csv/{name}": sheets.counts[entity] for entity, name in tables().items()}
    _manifest(folder, at, files, counts, dict(sorted(sheets.rows.repeated.items())))
    return Exported(counts, sum(file.size for file in files.values()))


def _listed(folder: Path, name: str, shapes: Iterable[Shape], files: dict[str, _File]) -> int:
    """A page with one object a line. Its counts stand before its contents, so these are written first, beside it."""
    count, held = 0, folder / f"{name}.part"
    with held.open("wb") as stream:
        for shape in shapes:
            stream.write((b",\n" if count else b"\n") + orjson.dumps(shape))
            count += 1
    with (folder / f"{name}.json").open("wb") as stream, held.open("rb") as contents:
        file = files[f"{name}.json"] = _File(stream)
        file.write(orjson.dumps(page(count))[:-1] + b',"contents":[')
        while block := contents.read(1 << 20):
            file.write(block)
        file.write(b"\n]}\n")
    held.unlink()
    return count


def _manifest(
    folder: Path, at: datetime, files: dict[str, _File], counts: dict[str, int], repeated: dict[str, int]
) -> None:
    told = {
        "version": VERSION,
        "as_of": at.date().isoformat(),
        "files": {
            name: {
                "sha256": file.digest.hexdigest(),
                "bytes": file.size,
                **({"count": counts[key]} if (key := name.removesuffix(".json")) in counts else {}),
            }
            for name, file in sorted(files.items())
        },
        "rows_met_again": repeated,
    }
    (folder / MANIFEST).write_bytes(_pretty(told))


def _pretty(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"


def _summed(path: Path) -> _File:
    with path.open("rb") as stream:
        file = _File(stream)
        while block := stream.read(1 << 20):
            file.digest.update(block)
            file.size += len(block)
    return file


def _put(made: Path, folder: Path) -> None:
    """Let the whole folder take the old one's place; the old one goes last."""
    for path in sorted(made.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
    aside = made.with_name(f"{made.name}-old")
    if folder.exists():
        folder.rename(aside)
    try:
        made.rename(folder)
    except OSError:
        if aside.exists():
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)
