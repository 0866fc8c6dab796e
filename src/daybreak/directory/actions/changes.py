"""Keeps what each publication changed, so that feeds can tell it: one small compressed file beside the generations."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from daybreak.directory.queries.changes import FOLDER, SCHEMA, files_in
from daybreak.directory.rules.changes import difference
from daybreak.finder.index import Index

KEPT_DAYS = 180
_MINUTES_A_DAY = 24 * 60


def write_changes(before: Index | None, after: Index, folder: Path) -> dict[str, int]:
    """Write what ``after`` changed against ``before`` (None = there was none, or it cannot be read); returns the counts.

    Files of over 180 days before this publication go.
    """
    changes = [] if before is None else list(_changes(before, after))
    counts = {kind: sum(change["kind"] == kind for change in changes) for kind in ("new", "changed", "gone")}
    head = {
        "schema": SCHEMA,
        "generation": after.generation,
        "before": before.generation if before is not None else "",
        "built_at_minutes": after.built_at_minutes,
        "listings": after.n_listings,
        "counts": counts,
    }
    home = folder / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    unfinished = home / f".{after.generation}"
    with gzip.open(unfinished, "wb", compresslevel=6) as file:
        file.writelines(orjson.dumps(line) + b"\n" for line in [head, *changes])
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.rename(home / f"{after.generation}.jsonl.gz")
    for publication in files_in(folder):
        if publication.built_at_minutes < after.built_at_minutes - KEPT_DAYS * _MINUTES_A_DAY:
            publication.path.unlink(missing_ok=True)
    return counts


def _changes(before: Index, after: Index) -> Iterator[dict[str, Any]]:
    """A change a listing, in the order of ids; texts that are the same byte for byte are not even parsed."""
    was = {before.listing_id(row): row for row in range(before.n_listings)}
    for row in range(after.n_listings):
        old = was.pop(after.listing_id(row), None)
        new_bytes = after.payload(row)
        old_bytes = None if old is None else before.payload(old)
        if old_bytes == new_bytes:
            continue
        now = orjson.loads(new_bytes)
        if old_bytes is None:
            yield _entry("new", now, None, (), ())
            continue
        then = orjson.loads(old_bytes)
        found = difference(then, now)
        if found is not None:
            said = [[one.service, one.need, one.before, one.after] for one in found.facts]
            yield _entry("changed", now, then, found.parts, said)
    for row in was.values():
        then = orjson.loads(before.payload(row))
        yield _entry("gone", then, then, (), ())


def _entry(
    kind: str, shown: dict[str, Any], before: dict[str, Any] | None, parts: Any, facts: Any
) -> dict[str, Any]:
    """``before`` is the whole text that was published until now: a feed of a search asks whether that one fitted."""
    named = {key: shown[key] for key in ("id", "name", "city", "state", "zip")}
    return {"kind": kind, **named, "parts": list(parts), "facts": list(facts), "before": before}
