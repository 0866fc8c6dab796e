"""Knows what lies in the home folder: state to be kept, keys to be kept apart, and what can be made again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

# What can be made again from the database, the code and the network.
MADE_AGAIN = {
    "generations": "the finder's index: daybreak publish writes it from the database",
    "kernels": "compiled code",
    "places": "the bundled gazetteer, opened",
    "words": "the bundled lexicon, opened",
    "static": "copies of the product's static files",
    "feeds": "pages of a fetch that had not ended: it begins again",
    "run": "which workers are warm",
    "ready.json": "that the set-up is done: it looks again",
    "set-up.lock": "a lock",
    "replaced": "what an earlier restore set aside",
}
_KEY = re.compile(r"(.*[-_.])?keys?(\..*)?")
_DATABASE = re.compile(r".*\.(db|sqlite3?)(-wal|-shm|-journal)?")
_BACKUP = re.compile(r"daybreak-.*\.tar\.gz")
_UNFINISHED = (".daybreak-backup-", ".daybreak-restore-")


class Holding(Enum):
    """What a thing in the home folder is to a backup."""

    STATE = "state"
    KEY = "key"
    DATABASE = "database"
    MADE_AGAIN = "made again"
    BACKUP = "backup"


@dataclass(frozen=True)
class Held:
    """One thing directly in the home folder, or a file under it."""

    path: Path
    holding: Holding


def holding_of(name: str) -> Holding:
    """What the thing of this name directly in the home folder is.

    What nobody named is state: to keep too much is a smaller mistake than to lose something.
    """
    if name in MADE_AGAIN:
        return Holding.MADE_AGAIN
    if name.startswith(_UNFINISHED) or _BACKUP.fullmatch(name):
        return Holding.BACKUP
    if _KEY.fullmatch(name):
        return Holding.KEY
    return Holding.DATABASE if _DATABASE.fullmatch(name) else Holding.STATE


def held(home: Path) -> list[Held]:
    """Everything directly in the home folder, by name."""
    if not home.is_dir():
        return []
    return [Held(path, holding_of(path.name)) for path in sorted(home.iterdir())]


def files_under(path: Path) -> Iterator[Path]:
    """Every plain file at or under ``path``, by name; links are not followed and sockets not opened."""
    if path.is_symlink():
        return
    if path.is_file():
        yield path
    elif path.is_dir():
        for below in sorted(path.iterdir()):
            yield from files_under(below)
