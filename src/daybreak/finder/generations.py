"""Publishes an index as an immutable folder of mapped arrays, and swaps it under running searches.

A publish folder holds::

    current               name of the generation in force; replaced by an atomic rename
    g000042/manifest.json schema, counts, labels, moment, notes, size and SHA-256 of every array
    g000042/yes.npy ...   the arrays of index.Shelf
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from daybreak.finder.building import build
from daybreak.finder.index import Index
from daybreak.finder.listings import Listings
from daybreak.finder.shelf import PLANES, ROWS, WORDS, Shelf, frozen, slots_of

SCHEMA_VERSION = 2
POINTER = "current"
MANIFEST = "manifest.json"
_LOCK = "publish.lock"
_UNFINISHED = ".unfinished-"
_log = logging.getLogger(__name__)


class NotPublished(RuntimeError):
    """The folder holds no index yet."""


class DamagedGeneration(RuntimeError):
    """A generation cannot be opened: a file is missing, cut short, changed or of another schema."""


def publish(
    listings_or_index: Listings | Index,
    folder: Path,
    *,
    built_at_minutes: int,
    notes: Mapping[str, str] | None = None,
    keep: int = 2,
) -> str:
    """Writes a new generation and puts it in force; returns its name.

    Killed at any moment, it leaves the generation before in force. ``keep`` earlier generations stay for readers
    that are still opening them, and to fall back on. Two publishers take turns.
    """
    if keep < 1:
        raise ValueError(
            f"keep must be 1 or more; got {keep}. A reader may still be opening the generation before."
        )
    for key, note in (notes or {}).items():
        if not isinstance(key, str) or not isinstance(note, str):
            raise ValueError(f"notes must be text; got {type(note).__name__} for {key!r}. Use str().")
    given = listings_or_index
    index = given if isinstance(given, Index) else build(given)
    index = replace(index, built_at_minutes=built_at_minutes, notes=dict(notes or {}))
    folder.mkdir(parents=True, exist_ok=True)
    with _one_publisher(folder):
        for leftover in folder.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        name = f"g{max((_number(path) for path in _generations(folder)), default=0) + 1:06d}"
        unfinished = folder / f"{_UNFINISHED}{name}"
        _write_generation(index, unfinished, name)
        unfinished.rename(folder / name)
        _sync_folder(folder)
        _replace_pointer(folder, name)
        _remove_old(folder, name, keep)
    return name


def open_generation(folder: Path, name: str, *, verify: bool = False) -> Index:
    """One generation by name, its arrays mapped read-only. ``verify`` compares every checksum first.

    Raises DamagedGeneration.
    """
    home = folder / name
    manifest = _manifest(home)
    files = manifest["files"]
    arrays = [_mapped(home / f"{field}.npy", files.get(f"{field}.npy"), verify) for field in Shelf._fields]
    shelf = frozen(Shelf._make(arrays))
    _check_shapes(home, shelf, manifest)
    return Index(
        shelf=shelf,
        columns=tuple(manifest["columns"]),
        groups={group: tuple(needs) for group, needs in manifest["groups"].items()},
        counties=tuple(manifest["counties"]),
        states=tuple(manifest["states"]),
        built_at_minutes=manifest["built_at_minutes"],
        generation=name,
        notes=manifest["notes"],
    )


class Finder:
    """Holds the generation in force. One per process; safe to share between threads.

    ``damage`` is None, or says why the generation that the pointer names is not the one being served.
    """

    def __init__(self, folder: Path, *, verify: bool = False) -> None:
        self._folder = Path(folder)
        self._pointer = self._folder / POINTER
        self._verify = verify
        self._opening = threading.Lock()
        self._held: tuple[tuple[int, ...], Index] | None = None
        self.damage: str | None = None

    def index(self) -> Index:
        """The index in force. Costs one ``stat``; opens a new generation when the pointer has been replaced.

        Searches that hold the previous index go on with it: its arrays live as long as somebody uses them.
        Raises NotPublished, or DamagedGeneration when no generation at all can be opened.
        """
        held = self._held
        stamp = self._stamp()
        if held is not None and held[0] == stamp:
            return held[1]
        # While one thread opens the new generation, the others answer from the old one instead of waiting.
        if not self._opening.acquire(blocking=held is None) and held is not None:
            return held[1]
        try:
            stamp = self._stamp()
            if self._held is None or self._held[0] != stamp:
                self._held = (stamp, self._open())
            return self._held[1]
        finally:
            self._opening.release()

    def _stamp(self) -> tuple[int, ...]:
        try:
            pointer = self._pointer.stat()
        except FileNotFoundError:
            raise _not_published(self._folder) from None
        return pointer.st_ino, pointer.st_mtime_ns, pointer.st_ctime_ns

    def _open(self) -> Index:
        name = _pointed(self._folder)
        try:
            index = open_generation(self._folder, name, verify=self._verify)
        except DamagedGeneration as damage:
            if _pointed(self._folder) != name:
                return self._open()  # it was replaced and removed while we opened it
            self.damage = str(damage)
            _log.error("%s Serving an earlier generation.", damage)
            return self._fall_back(name, damage)
        self.damage = None
        return index

    def _fall_back(self, damaged: str, damage: DamagedGeneration) -> Index:
        if self._held is not None:
            return self._held[1]
        earlier = [path for path in _generations(self._folder) if path.name != damaged]
        for path in sorted(earlier, key=_number, reverse=True):
            try:
                return open_generation(self._folder, path.name, verify=True)
            except DamagedGeneration as also:
                _log.error("%s", also)
        raise damage


def _generations(folder: Path) -> list[Path]:
    return [path for path in folder.glob("g*") if path.name[1:].isdigit() and path.is_dir()]


def _number(path: Path) -> int:
    return int(path.name[1:])


def _pointed(folder: Path) -> str:
    try:
        name = (folder / POINTER).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise _not_published(folder) from None
    except ValueError:
        name = ""
    if not (name.startswith("g") and name[1:].isdigit()):
        return "g000000"  # never written, so the caller falls back as for any generation that is gone
    return name


def _not_published(folder: Path) -> NotPublished:
    return NotPublished(
        f"{folder} must hold a published index; got no file {POINTER!r} in it. Publish one first."
    )


@contextmanager
def _one_publisher(folder: Path) -> Iterator[None]:
    """The lock dies with its process, so a killed publish blocks nobody."""
    with open(folder / _LOCK, "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_generation(index: Index, home: Path, name: str) -> None:
    home.mkdir()
    files: dict[str, dict[str, object]] = {}
    for field, array in index.shelf._asdict().items():
        path = home / f"{field}.npy"
        with open(path, "wb") as file:
            np.save(file, array, allow_pickle=False)
        files[path.name] = {"bytes": path.stat().st_size, "sha256": _sha256(path)}
    manifest = {
        "schema": SCHEMA_VERSION,
        "generation": name,
        "built_at_minutes": index.built_at_minutes,
        "listings": index.n_listings,
        "services": index.n_services,
        "notes": dict(index.notes),
        "columns": index.columns,
        "groups": index.groups,
        "counties": index.counties,
        "states": index.states,
        "files": files,
    }
    (home / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    for path in home.iterdir():
        _sync(path)
    _sync_folder(home)


def _replace_pointer(folder: Path, name: str) -> None:
    fresh = folder / f"{POINTER}.new"
    fresh.write_text(name + "\n", encoding="ascii")
    _sync(fresh)
    fresh.replace(folder / POINTER)
    _sync_folder(folder)


def _remove_old(folder: Path, name: str, keep: int) -> None:
    earlier = sorted((path for path in _generations(folder) if path.name != name), key=_number)
    for path in earlier[:-keep]:
        # Renamed first, so that nobody opens a folder that is half gone.
        doomed = path.rename(folder / f"{_UNFINISHED}{path.name}")
        shutil.rmtree(doomed, ignore_errors=True)


def _sync(path: Path) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(path: Path, must: str, got: object) -> DamagedGeneration:
    return DamagedGeneration(f"{path} must {must}; got {got}. Publish again.")


def _manifest(home: Path) -> dict[str, Any]:
    path = home / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise _damaged(path, "be readable", "no such file") from None
    except ValueError:
        raise _damaged(path, "be JSON", "something else") from None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA_VERSION:
        schema = manifest.get("schema") if isinstance(manifest, dict) else type(manifest).__name__
        raise _damaged(path, f"be of schema {SCHEMA_VERSION}", schema)
    kinds = {"files": dict, "groups": dict, "notes": dict, "columns": list, "counties": list, "states": list}
    for key, kind in {**kinds, "built_at_minutes": int, "listings": int, "services": int}.items():
        if not isinstance(manifest.get(key), kind):
            raise _damaged(path, f"have {key} as {kind.__name__}", type(manifest.get(key)).__name__)
    return manifest


def _mapped(path: Path, promised: Any, verify: bool) -> np.ndarray[Any, Any]:
    if not isinstance(promised, dict):
        raise _damaged(path, f"be listed in {MANIFEST}", "no entry")
    try:
        size = path.stat().st_size
        if size != promised.get("bytes"):
            raise _damaged(path, f"have {promised.get('bytes')} bytes", size)
        if verify and _sha256(path) != promised.get("sha256"):
            raise _damaged(path, "have the SHA-256 of its manifest", "another one")
        mapped: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise _damaged(path, "be there", "no such file") from None
    except (OSError, ValueError) as error:
        raise _damaged(path, "be a NumPy array", error) from None
    return mapped


def _check_shapes(home: Path, shelf: Shelf, manifest: Mapping[str, Any]) -> None:
    """Compares lengths that the kernels trust: a wrong one would read outside of an array."""
    n, m = manifest["listings"], manifest["services"]
    slots = len(slots_of(manifest["columns"], manifest["groups"]))
    if shelf.bands.ndim != 2 or shelf.bands.shape[1] != 6:
        raise _damaged(home / "bands.npy", "have 6 numbers a band", shelf.bands.shape)
    words = int(shelf.bands[:, WORDS].sum())
    places = int((shelf.bands[:, WORDS] * shelf.bands[:, PLANES]).sum())
    if int(shelf.bands[:, ROWS].sum()) != n:
        raise _damaged(home / "bands.npy", f"hold {n} listings", int(shelf.bands[:, ROWS].sum()))
    per_word = ("listed", "word_x", "word_y", "word_z", "word_reach", "word_newest", "word_rank")
    lengths = {
        **dict.fromkeys(per_word, words), "there": places, "opens": places,
        "x": n, "y": n, "z": n, "id_bytes": n, "id_rank": n, "id_rows": n,
        "alias_bytes": len(shelf.alias_rows),
        "service_start": n + 1, "payload_start": n + 1, "checked_days": m, "open_until": m, "offers": m,
        "yes": slots, "no": slots, "cell_start": len(shelf.cell_keys) + 1,
        "state_start": len(manifest["states"]) + 1, "county_start": len(manifest["counties"]) + 1,
        "post_start": len(shelf.word_start),
    }  # fmt: skip
    if shelf.yes.shape[1:] != (places,) or shelf.no.shape[1:] != (places,):
        raise _damaged(home / "yes.npy", f"have {places} words a row", shelf.yes.shape)
    for field, length in lengths.items():
        got = len(getattr(shelf, field))
        if got != length:
            raise _damaged(home / f"{field}.npy", f"have {length} entries", got)
    ends = {
        "service_start": m, "payload_start": len(shelf.payload_bytes),
        "state_start": len(shelf.state_bits), "county_start": len(shelf.county_bits), "cell_start": n,
        "post_start": len(shelf.posts), "word_start": len(shelf.word_bytes),
    }  # fmt: skip
    for field, end in ends.items():
        got = int(getattr(shelf, field)[-1])
        if got != end:
            raise _damaged(home / f"{field}.npy", f"end at {end}", got)
