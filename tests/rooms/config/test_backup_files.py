"""A backup file tells every byte that is not as it was written, and is never trusted before."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daybreak.config.backups import archive
from daybreak.config.backups.manifest import (
    NAME,
    SQLITE_FILE,
    SUMS,
    DamagedBackup,
    Manifest,
    NewerBackup,
    SavedFile,
)
from tests.rooms.config.installations import BEFORE_THE_DESK


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A backup with two small parts, of random bytes so that compression hides nothing."""
    root = tmp_path / "parts"
    (root / "home").mkdir(parents=True)
    noise = random.Random(5)
    for name in (SQLITE_FILE, "home/note"):
        (root / name).write_bytes(noise.randbytes(200))
    manifest = Manifest(
        made_at=datetime(2026, 11, 23, tzinfo=UTC),
        version="0.1.0",
        engine="sqlite",
        migrations=(("audit", "0001_initial"),),
        tables=(),
        files=tuple(archive.saved_file(root, name) for name in (SQLITE_FILE, "home/note")),
        left_out=(),
        keys=False,
    )
    archive.pack(manifest, root, tmp_path / "small.tar.gz")
    return tmp_path / "small.tar.gz"


def test_every_single_damaged_byte_is_found_or_means_nothing(small: Path) -> None:
    """Deflate has a few bits of padding that nobody reads: with these turned, every part must still be the same."""
    whole = small.read_bytes()
    unnoticed = []
    for position in range(len(whole)):
        small.write_bytes(
            whole[:position] + bytes([whole[position] ^ (1 << position % 8)]) + whole[position + 1 :]
        )
        try:
            archive.unpack(small, None)
        except (DamagedBackup, NewerBackup):
            continue
        unnoticed.append(position)
        assert gzip.decompress(small.read_bytes()) == gzip.decompress(whole)
    assert len(unnoticed) * 100 < len(whole), unnoticed


def test_a_file_cut_short_anywhere_is_found(small: Path) -> None:
    whole = small.read_bytes()
    for length in range(0, len(whole), 13):
        small.write_bytes(whole[:length])
        with pytest.raises(DamagedBackup):
            archive.unpack(small, None)


def test_an_old_backup_is_whole_and_lists_what_the_usual_tools_can_check(tmp_path: Path) -> None:
    archive.unpack(BEFORE_THE_DESK, tmp_path)
    with tarfile.open(BEFORE_THE_DESK) as tar:
        sums = tar.extractfile(SUMS)
        assert sums is not None
        listed = dict(reversed(line.split("  ")) for line in sums.read().decode().splitlines())
    assert listed[SQLITE_FILE] == hashlib.sha256((tmp_path / SQLITE_FILE).read_bytes()).hexdigest()
    assert set(listed) == {NAME, SQLITE_FILE}


def rewritten(file: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> Path:
    """The same backup with some members changed, in valid tar and gzip."""
    other = file.with_name("rewritten.tar.gz")
    with (
        tarfile.open(file) as old,
        other.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as pressed,
        tarfile.open(fileobj=pressed, mode="w") as new,
    ):
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            name, data = change(member.name, content.read())
            changed = tarfile.TarInfo(name)
            changed.size = len(data)
            new.addfile(changed, io.BytesIO(data))
    return other


def test_a_part_that_was_changed_with_care_is_named(small: Path) -> None:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        return name, (b"x" + data[1:] if name == "home/note" else data)

    with pytest.raises(DamagedBackup, match="home/note must have the SHA-256"):
        archive.unpack(rewritten(small, change), None)


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "home/../../outside", ""])
def test_no_part_can_be_written_outside(small: Path, tmp_path: Path, path: str) -> None:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        if name != NAME:
            return (path or "x" if name == "home/note" else name), data
        document = json.loads(data)
        document["files"][1]["path"] = path
        return name, json.dumps(document).encode()

    into = tmp_path / "deep" / "into"
    into.mkdir(parents=True)
    with pytest.raises(DamagedBackup, match="leads out of it"):
        archive.unpack(rewritten(small, change), into)
    assert not list(tmp_path.rglob("outside"))
    assert not list(into.iterdir()), "nothing is written before the manifest is understood"


def test_a_later_format_is_refused_with_a_sentence(small: Path) -> None:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        return name, (json.dumps(json.loads(data) | {"format": 2}).encode() if name == NAME else data)

    with pytest.raises(NewerBackup, match="format 2; this version of Daybreak reads formats up to 1"):
        archive.unpack(rewritten(small, change), None)


def test_a_later_schema_is_refused_with_the_first_migration_that_is_unknown(small: Path) -> None:
    manifest = archive.unpack(small, None)
    manifest.refuse_newer({("audit", "0001_initial"), ("audit", "0002_append_only")})
    with pytest.raises(NewerBackup, match="the first audit 0001_initial"):
        manifest.refuse_newer({("accounts", "0001_initial")})


def test_a_part_that_nobody_announced_is_refused(small: Path) -> None:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        return ("home/other" if name == "home/note" else name), data

    with pytest.raises(DamagedBackup, match="must hold home/note next"):
        archive.unpack(rewritten(small, change), None)


def test_a_file_that_is_no_backup_is_told_so(tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear all")
    with pytest.raises(DamagedBackup, match="must be one that daybreak backup wrote"):
        archive.unpack(other, None)


def test_a_part_knows_its_size_and_hash(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    # SHA-256 of "abc": FIPS 180-4, example 1.
    assert archive.saved_file(tmp_path, "x") == SavedFile(
        "x", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
