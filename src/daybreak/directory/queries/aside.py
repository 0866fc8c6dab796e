"""Reads, for the operator, what was put aside while loading."""

from __future__ import annotations

from typing import Any

from daybreak.directory.models import Quarantined


def quarantined_rows(*, source: str = "") -> list[dict[str, Any]]:
    """For the operator: every row that was put aside, with its file, line, raw text and reason."""
    rows = Quarantined.objects.select_related("source", "during").order_by(
        "source__slug", "during__at", "line"
    )
    return [
        {
            "source": row.source.slug,
            "file": row.during.file_name,
            "line": row.line,
            "raw": row.raw,
            "reason": row.reason,
        }
        for row in (rows.filter(source__slug=source) if source else rows)
    ]
