"""What waits for those who bring files in: files without a mapping, imports that failed, feeds that are late or silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from daybreak.accounts.viewers import Viewer
from daybreak.intake.models import Import
from daybreak.intake.queries.imports import feeds, imports

Waits = tuple[str, str, UUID | None, Mapping[str, Any], datetime | None]
_MOST = 5
_NEWS = timedelta(days=14)


def waiting(viewer: Viewer) -> Iterator[Waits]:
    """(template, route, public id, facts, since) of each thing; nothing for whoever may not bring files in."""
    if not viewer.may("run-imports"):
        return
    standing: list[Import] = list(
        imports(viewer).filter(state__in=["waiting", "failed"], made_at__gte=viewer.at - _NEWS)[:_MOST]
    )
    for brought in standing:
        if brought.state == "waiting":
            yield "mapping", "import_mapping", brought.public_id, {"name": brought.file_name}, brought.made_at
        elif brought.delivery_id is not None or "set aside" not in brought.why:
            yield "failed", "import", brought.public_id, {"name": brought.file_name}, brought.made_at
    for feed in feeds(viewer):
        if feed.freshness in {"late", "silent"}:
            yield "late", "imports", None, {"name": feed.name, "freshness": feed.freshness}, feed.last_at
