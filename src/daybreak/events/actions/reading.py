"""Writes down that somebody read rows of a health source: every page, event and export that shows some."""

from __future__ import annotations

from collections.abc import Iterable

from daybreak.accounts.viewers import Viewer
from daybreak.audit.actions import record_read
from daybreak.events.queries.rows import Row


def note_reading(*, by: Viewer, what: str, rows: Iterable[Row], subject: str = "") -> int:
    """One entry for all restricted rows among ``rows``; none where there are none. Returns how many there were."""
    restricted = [row for row in rows if row.restricted]
    if restricted:
        record_read(
            by=by.signature,
            at=by.at,
            what=what,
            subject=subject,
            rows=len(restricted),
            detail={
                "agencies": sorted({row.agency for row in restricted}),
                "kinds": sorted({row.kind for row in restricted}),
            },
        )
    return len(restricted)
