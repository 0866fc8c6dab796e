"""Reads what each publication changed: new listings, changed ones, gone ones, newest publication first."""

from __future__ import annotations

import gzip
import logging
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

FOLDER = "changes"
SCHEMA = 1
_log = logging.getLogger(__name__)


class DamagedChanges(RuntimeError):
    """A file of changes that cannot be read, or is gone."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication: its generation, the one before ("" = none or not readable), its moment and its counts.

    ``counts`` are how many listings are new, changed and gone.
    """

    path: Path
    generation: str
    before: str
    built_at_minutes: int
    listings: int
    counts: tuple[int, int, int]

    @property
    def at(self) -> datetime:
        """When it was published."""
        return datetime.fromtimestamp(self.built_at_minutes * 60, UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """One listing that a publication brought, changed or took away. ``facts`` are (service, need, before, after) with
    "yes", "no" or "" (not stated); ``before`` is its whole text until then."""

    kind: str
    id: str
    name: str
    city: str
    state: str
    zip: str
    parts: tuple[str, ...]
    facts: tuple[tuple[str, str, str, str], ...]
    before: dict[str, Any] | None


def files_in(folder: Path) -> list[Publication]:
    """Every publication that is kept, newest first; a file that cannot be read is left out and said in the log."""
    found = []
    for path in (folder / FOLDER).glob("g*.jsonl.gz"):
        stat = path.stat()
        publication = _head(path, stat.st_mtime_ns, stat.st_size)
        if publication is not None:
            found.append(publication)
    return sorted(found, key=lambda one: int(one.generation[1:]), reverse=True)


@lru_cache(maxsize=1024)
def _head(path: Path, changed_ns: int, size: int) -> Publication | None:
    try:
        with gzip.open(path, "rb") as file:
            head = orjson.loads(file.readline())
        if head["schema"] != SCHEMA:
            raise ValueError(head["schema"])
        counts = head["counts"]
        return Publication(
            path, head["generation"], head["before"], head["built_at_minutes"], head["listings"],
            (counts["new"], counts["changed"], counts["gone"]),
        )  # fmt: skip
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error):
        _log.error("%s must be a file of changes; it cannot be read. Remove it.", path.name)
        return None


def changes_of(publication: Publication) -> list[Change]:
    """What a publication changed, by listing id; raises DamagedChanges."""
    try:
        with gzip.open(publication.path, "rb") as file:
            file.readline()
            return [_change(orjson.loads(line)) for line in file]
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise DamagedChanges(f"{publication.path.name} must be a file of changes; remove it.") from error


def _change(line: dict[str, Any]) -> Change:
    return Change(
        kind=line["kind"], id=line["id"], name=line["name"], city=line["city"], state=line["state"],
        zip=line["zip"], parts=tuple(line["parts"]), facts=tuple(tuple(said) for said in line["facts"]),
        before=line["before"],
    )  # fmt: skip
