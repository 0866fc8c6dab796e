"""Loads what ships with the product."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from daybreak.directory.actions.loading import Reconciliation, content, load_file, read_with
from daybreak.directory.models import Import


def load_bundled(
    *, by: str, at: datetime, progress: Callable[[str, int, int], None] | None = None
) -> dict[str, Reconciliation]:
    """Load what ships with the product (data/bundle.csv), in order; what is loaded already is passed over."""
    done: dict[str, Reconciliation] = {}
    with (settings.DATA / "bundle.csv").open(encoding="utf-8", newline="") as lines:
        bundle = list(csv.DictReader(lines))
    for entry in bundle:
        path = settings.DATA / entry["path"]
        sha256 = hashlib.sha256(content(path)).hexdigest()
        if Import.objects.filter(file_sha256=sha256, read_with=read_with(entry["mapping"])).exists():
            continue

        def tell(rows: int, total: int, name: str = path.name) -> None:
            if progress:
                progress(name, rows, total)

        edition = int(entry["edition"]) if entry["edition"] else None
        done[entry["path"]] = load_file(
            by=by,
            at=at,
            path=path,
            reader=entry["reader"],
            mapping=entry["mapping"],
            edition=edition,
            progress=tell,
        )
    return done
