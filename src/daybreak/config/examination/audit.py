"""Asks the audit whether its chain of entries still holds, and says when the last backup was made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from daybreak.audit.channels.anchors import UnreadableAnchors
from daybreak.audit.models import Entry
from daybreak.audit.queries import verify
from daybreak.config.examination.findings import Finding, not_checked, problem, warning, well

BACKUP_DAYS = 7


def chain() -> Iterator[Finding]:
    """Whether every entry follows the one before, and agrees with what was anchored outside of the database."""
    try:
        found = verify()
    except UnreadableAnchors:
        yield problem("audit chain", "A file of anchors cannot be read.", "daybreak audit verify")
        return
    except DatabaseError:
        yield not_checked("audit chain", "The audit cannot be read.")
        return
    if found.faults:
        kinds = ", ".join(sorted({fault.kind for fault in found.faults}))
        yield problem("audit chain", f"It is broken ({kinds}).", "daybreak audit verify names the entries")
    else:
        yield well("audit chain", f"All {found.entries:,} entries and {found.anchors:,} anchors agree.")


def last_backup(connection: BaseDatabaseWrapper, *, at: datetime) -> Iterator[Finding]:
    """A warning where the audit knows of no backup, or of none in the last seven days."""
    try:
        last = (
            Entry.objects.using(connection.alias)
            .filter(action="back-up")
            .order_by("-at")
            .values_list("at", flat=True)
            .first()
        )
    except DatabaseError:
        yield not_checked("last backup", "The audit cannot be read.")
        return
    if last is None:
        yield warning("last backup", "The audit knows of no backup.", "daybreak backup FOLDER")
        return
    days = (at - last).days
    if days >= BACKUP_DAYS:
        yield warning("last backup", f"It is {days} days old.", "daybreak backup FOLDER")
    else:
        yield well("last backup", f"Made on {last:%Y-%m-%d %H:%M} UTC.")
