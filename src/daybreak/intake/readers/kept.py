"""Where files lie while they are being brought in: unreadable to others, under a random name, gone when they are not needed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID


def file_of(folder: Path, import_id: UUID) -> Path:
    """Where the file of an import lies."""
    return folder / f"{import_id}.file"


def refused_of(folder: Path, import_id: UUID) -> Path:
    """Where the refused rows of an import lie, until they are mended or too old."""
    return folder / f"{import_id}.refused"


def kept_ids(folder: Path) -> list[UUID]:
    """The imports whose files lie in the folder."""
    return [UUID(place.stem) for place in folder.glob("*.file")]


def keep(folder: Path, import_id: UUID, chunks: Iterable[bytes]) -> tuple[Path, str, int]:
    """Write a file whole or not at all; returns where it lies, the SHA-256 of its bytes, and how many they are."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = file_of(folder, import_id)
    fresh = place.with_suffix(".part")
    fresh.touch(mode=0o600)
    digest, size = hashlib.sha256(), 0
    with fresh.open("wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    fresh.replace(place)
    return place, digest.hexdigest(), size


def sha256_of(path: Path) -> tuple[str, int]:
    """The SHA-256 of a file's bytes, and how many they are."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return digest, path.stat().st_size


def forget(folder: Path, import_id: UUID, *, refused: bool = False) -> None:
    """Delete the kept file of an import, and its refused rows too where asked."""
    for place in [file_of(folder, import_id), *([refused_of(folder, import_id)] if refused else [])]:
        with suppress(FileNotFoundError):
            place.unlink()


def tidy(folder: Path, oldest: datetime) -> int:
    """Delete what was last written before ``oldest``: refused rows that nobody mended, parts of broken uploads."""
    old = [
        place for place in folder.glob("*") if place.is_file() and place.stat().st_mtime < oldest.timestamp()
    ]
    for place in old:
        place.unlink(missing_ok=True)
    return len(old)
