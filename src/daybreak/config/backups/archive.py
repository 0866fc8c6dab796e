"""Packs a backup's parts into one compressed tar file, and opens one only after every byte has been checked."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from daybreak.config.backups.manifest import (
    NAME,
    SUMS,
    DamagedBackup,
    Manifest,
    SavedFile,
    from_json,
)

_LEVEL = 6
_PIECE = 1 << 20
_MANIFEST_LIMIT = 64 << 20
# gzip checks what it holds but not its own first bytes: ours are always these (no name, no moment).
_OPENING = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_SAFE = re.compile(r"[^\x00-\x1f\x7f\\]+")


def saved_file(root: Path, path: str) -> SavedFile:
    """Size and hash of the part ``path`` under ``root``."""
    with (root / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return SavedFile(path, (root / path).stat().st_size, digest)


def pack(manifest: Manifest, root: Path, whole: Path) -> str:
    """Write ``whole``: the manifest, the parts it names (under ``root``), then their sums; returns its SHA-256.

    The file is the owner's alone, and is on the disk, not only in memory, when this returns.
    """
    seconds = int(manifest.made_at.timestamp())
    text = manifest.to_json()
    sums = [f"{hashlib.sha256(text).hexdigest()}  {NAME}\n"]
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with (
            gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=_LEVEL, mtime=0) as pressed,
            tarfile.open(fileobj=pressed, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            _add(tar, NAME, io.BytesIO(text), len(text), seconds)
            for part in manifest.files:
                with (root / part.path).open("rb") as content:
                    _add(tar, part.path, content, part.size, seconds)
                sums.append(f"{part.sha256}  {part.path}\n")
            listed = "".join(sums).encode()
            _add(tar, SUMS, io.BytesIO(listed), len(listed), seconds)
        file.flush()
        os.fsync(file.fileno())
    with whole.open("rb") as made:
        return hashlib.file_digest(made, "sha256").hexdigest()


def unpack(file: Path, into: Path | None) -> Manifest:
    """Check every byte of a backup and, where ``into`` is given, leave its parts there.

    Raises DamagedBackup (naming the part), NewerBackup, or OSError where the file cannot be read.
    """
    reading = NAME
    try:
        with _opened(file) as (tar, pressed):
            manifest, sums = _manifest(tar)
            for part in manifest.files:
                reading = part.path
                _check(_member(tar, part.path), tar, part, into)
                sums.append(f"{part.sha256}  {part.path}\n")
            reading = SUMS
            _sums(tar, "".join(sums).encode())
            reading = "the end of the file"
            _nothing_more(tar, pressed)
    except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile):
        raise DamagedBackup(
            f"The backup is damaged at {reading}: its bytes are not those that were written. Nothing was restored; "
            "take another copy of the file, or an earlier backup."
        ) from None
    return manifest


@contextmanager
def _opened(file: Path) -> Iterator[tuple[tarfile.TarFile, gzip.GzipFile]]:
    with file.open("rb") as raw:
        if raw.read(len(_OPENING)) != _OPENING:
            raise DamagedBackup(
                "The file must be one that daybreak backup wrote; its first bytes are others."
            )
        raw.seek(0)
        with (
            gzip.GzipFile(fileobj=raw, mode="rb") as pressed,
            tarfile.open(fileobj=pressed, mode="r:") as tar,
        ):
            yield tar, pressed


def _add(tar: tarfile.TarFile, name: str, content: BinaryIO | IO[bytes], size: int, seconds: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, seconds, 0o600
    tar.addfile(member, content)


def _member(tar: tarfile.TarFile, path: str) -> tarfile.TarInfo:
    member = tar.next()
    if member is None or member.name != path or not member.isreg():
        raise DamagedBackup(f"The backup must hold {path} next; it holds something else there.")
    return member


def _manifest(tar: tarfile.TarFile) -> tuple[Manifest, list[str]]:
    member = _member(tar, NAME)
    content = tar.extractfile(member)
    if content is None or member.size > _MANIFEST_LIMIT:
        raise DamagedBackup(f"{NAME} must have at most {_MANIFEST_LIMIT:,} bytes; got {member.size:,}.")
    text = content.read()
    manifest = from_json(text)
    _refuse_paths_that_lead_away(part.path for part in manifest.files)
    return manifest, [f"{hashlib.sha256(text).hexdigest()}  {NAME}\n"]


def _refuse_paths_that_lead_away(paths: Iterable[str]) -> None:
    for path in paths:
        parts = PurePosixPath(path).parts
        if path.startswith("/") or ".." in parts or not parts or not _SAFE.fullmatch(path):
            raise DamagedBackup("A part of the backup has a path that leads out of it. Nothing was restored.")


def _check(member: tarfile.TarInfo, tar: tarfile.TarFile, part: SavedFile, into: Path | None) -> None:
    content = tar.extractfile(member)
    if content is None or member.size != part.size:
        raise DamagedBackup(f"{part.path} must have {part.size:,} bytes; got {member.size:,}.")
    digest = hashlib.sha256()
    target = None
    if into is not None:
        path = into / part.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        while piece := content.read(_PIECE):
            digest.update(piece)
            if target is not None:
                target.write(piece)
    finally:
        if target is not None:
            target.close()
    if digest.hexdigest() != part.sha256:
        raise DamagedBackup(
            f"{part.path} must have the SHA-256 {part.sha256}; got {digest.hexdigest()}. Nothing was restored; take "
            "another copy of the file, or an earlier backup."
        )


def _sums(tar: tarfile.TarFile, wanted: bytes) -> None:
    content = tar.extractfile(_member(tar, SUMS))
    if content is None or content.read(len(wanted) + 1) != wanted:
        raise DamagedBackup(f"{SUMS} must agree with {NAME}; it does not.")


def _nothing_more(tar: tarfile.TarFile, pressed: gzip.GzipFile) -> None:
    """Read to the very end: gzip's own check stands there."""
    if tar.next() is not None:
        raise DamagedBackup("The backup holds a part that its manifest does not name.")
    while piece := pressed.read(_PIECE):
        if piece.strip(b"\0"):
            raise DamagedBackup("The backup goes on after its end.")
