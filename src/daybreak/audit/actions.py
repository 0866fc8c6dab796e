"""What people do here: write one entry, inside the transaction of the thing that it records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from daybreak.audit.models import Entry


def record(
    *, by: str, at: datetime, action: str, subject: str = "", detail: Mapping[str, Any] | None = None
) -> Entry:
    """Write one entry; ``at`` must be aware."""
    if at.tzinfo is None:
        raise ValueError("The moment of an audit entry must be aware (with a time zone); got a naive one.")
    return Entry.objects.create(at=at, actor=by, action=action, subject=subject, detail=dict(detail or {}))
