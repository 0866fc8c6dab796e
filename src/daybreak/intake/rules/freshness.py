"""Says how fresh a feed is; silence is never a zero."""

from __future__ import annotations

from datetime import datetime, timedelta

FRESHNESS = ("fresh", "late", "silent", "never")
# A feed that missed three of its turns says nothing any more.
_SILENT_TURNS = 3


def freshness(last: datetime | None, *, expected_days: int, at: datetime) -> str:
    """ "fresh", "late" (``expected_days`` without a delivery), "silent" (three times that), or "never" (nothing came yet)."""
    if last is None:
        return "never"
    without = at - last
    if without <= timedelta(days=expected_days):
        return "fresh"
    return "late" if without <= timedelta(days=_SILENT_TURNS * expected_days) else "silent"
