"""Checks files of HSDS 3.0, ours or anybody's: every object against its schema, every table against the datapackage."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from daybreak.directory.readers.hsds_json import objects, opened
from daybreak.directory.readers.hsds_package import Package, Problem
from daybreak.directory.readers.hsds_schemas import faults
from daybreak.directory.readers.tables import UnusableFile

# How the lists of HSDS are called, with "_full", "_list" and the plural's "s" taken off.
KINDS = {
    "service": "service", "organization": "organization", "location": "location", "taxonomy": "taxonomy",
    "taxonomies": "taxonomy", "taxonomy_term": "taxonomy_term", "service_at_location": "service_at_location",
}  # fmt: skip
_MANIFEST = "manifest.json"
# How a page begins that holds one object a line, as ours do: its lines are read many times faster.
_LINED = b'"contents":[\n'


@dataclass(slots=True)
class Check:
    """One check; ``counts`` is objects or rows by file, once the problems have been read to the end.

    ``kind`` is what a file holds whose name does not tell. ``ours`` is found out: a folder with a manifest is an export.
    """

    path: Path
    kind: str = ""
    ours: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong. Raises UnusableFile where there is nothing that can be checked."""
        if not self.path.exists():
            raise UnusableFile(f"{self.path} is not there. Name a file or a folder of HSDS 3.0.")
        if self.path.is_file():
            yield from self._list(self.path, self.path.name)
            return
        lists = [path for path in sorted(self.path.glob("*.json")) if kind_of(path)]
        packages = [folder for folder in (self.path, self.path / "csv") if any(folder.glob("*.csv"))]
        if not lists and not packages:
            raise UnusableFile(
                f"{self.path} holds no list (services.json, …) and no table (services.csv, …) of HSDS."
            )
        if (self.path / _MANIFEST).is_file():
            self.ours = True
            yield from self._manifest()
        for path in lists:
            yield from self._list(path, path.name)
        for folder in packages:
            package = Package(folder)
            yield from package.problems()
            for entity, count in package.rows.items():
                self.counts[str(package.files[entity].relative_to(self.path))] = count

    def _list(self, path: Path, name: str) -> Iterator[Problem]:
        kind = self.kind or kind_of(path)
        if not kind:
            raise UnusableFile(
                f"What is in {name}? Say so: --entity, one of {', '.join(sorted(set(KINDS.values())))}."
            )
        self.counts[name], short = 0, path.stem.endswith("_list")
        met: set[str] = set()
        for pointer, value, fault in _values(path):
            self.counts[name] += 1
            if fault:
                yield Problem(name, pointer, fault)
            elif not isinstance(value, dict):
                yield Problem(name, pointer, "must be an object")
            else:
                told = _as_listed(value) if short else value
                yield from (
                    Problem(name, pointer + found.pointer, found.reason) for found in faults(kind, told)
                )
                if not self.ours:  # HSDS asks of tables, not of lists, that an id stand once
                    continue
                identifier = str(value.get("id", "")).lower()
                if identifier in met:
                    yield Problem(
                        name, f"{pointer}/id", "must stand once in a list; it stands in an object before"
                    )
                met.add(identifier)

    def _manifest(self) -> Iterator[Problem]:
        """Whether the files are those that were written."""
        try:
            told: dict[str, Any] = json.loads((self.path / _MANIFEST).read_bytes())["files"]
            files = {str(name): str(said["sha256"]) for name, said in told.items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            yield Problem(_MANIFEST, "", "cannot be read; export the folder again")
            return
        for name, sha256 in files.items():
            path = self.path / name
            if not path.is_file():
                yield Problem(
                    _MANIFEST, f"/files/{name.replace('/', '~1')}", "names a file that is not there"
                )
                continue
            with path.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
                    yield Problem(
                        name, "", "is not the file that was written: its checksum differs from the manifest's"
                    )


def _as_listed(value: dict[str, Any]) -> dict[str, Any]:
    """What the schemas of lists ask about: lists within an object are no part of them."""
    return {key: part for key, part in value.items() if not isinstance(part, list)}


def kind_of(path: Path) -> str:
    """The entity that a file's name tells of; "" = none."""
    stem = path.stem.removesuffix("_full").removesuffix("_list")
    return KINDS.get(stem) or KINDS.get(stem.removesuffix("s"), "")


def _values(path: Path) -> Iterator[tuple[str, Any, str]]:
    """(pointer, value, why it cannot be read) of every object of a file."""
    with path.open("rb") as stream:
        if stream.readline(4096).endswith(_LINED):
            yield from _lined(stream)
            return
        stream.seek(0)
        with opened(stream) as text:
            for found in objects(text, lines=path.suffix in {".ndjson", ".jsonl"}):
                yield found.pointer, found.value, found.fault


def _lined(stream: Any) -> Iterator[tuple[str, Any, str]]:
    number = -1
    for line in stream:
        text = line.strip()
        if text == b"]}":
            if stream.read(1).strip():
                raise UnusableFile("More follows after the end of the list.")
            return
        number += 1
        try:
            yield f"/contents/{number}", orjson.loads(text.removesuffix(b",")), ""
        except orjson.JSONDecodeError:
            yield f"/contents/{number}", None, "is no JSON object on a line of its own"
    raise UnusableFile("The list has no end. Is the file whole?")
