"""What people do here: write one entry, inside the transaction of the thing that it records."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from daybreak.audit.channels.anchors import note_head
from daybreak.audit.models import Entry
from daybreak.audit.rules.chain import START, Anchor, digest_of, plain

# Whoever writes holds this lock of PostgreSQL's until the transaction ends, so that entries follow one another.
# SQLite's transactions are IMMEDIATE and take turns anyway.
LOCK = 0x6461796272656B


def record(
    *, by: str, at: datetime, action: str, subject: str = "", detail: Mapping[str, Any] | None = None
) -> Entry:
    """Write one entry at the end of the chain; ``at`` must be aware.

    After commit its digest is noted outside of the database (channels/anchors.py).
    """
    if at.tzinfo is None:
        raise ValueError("The moment of an audit entry must be aware (with a time zone); got a naive one.")
    with transaction.atomic():
        _take_turns()
        head = Entry.objects.order_by("-number").only("number", "digest").first()
        fields: dict[str, Any] = {
            "number": head.number + 1 if head else 1,
            "public_id": uuid.uuid4(),
            "at": at,
            "actor": by,
            "action": action,
            "subject": subject,
            "detail": plain(detail or {}),
            "previous": head.digest if head else START,
        }
        entry = Entry.objects.create(**fields, digest=digest_of(**fields))
        transaction.on_commit(partial(note_head, Anchor(entry.number, entry.digest, at.isoformat())))
    return entry


def record_read(
    *,
    by: str,
    at: datetime,
    what: str,
    subject: str = "",
    rows: int = 1,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Write that somebody read restricted rows: ``what`` kind of thing, which one, and how many rows."""
    return record(
        by=by,
        at=at,
        action="read-restricted",
        subject=subject,
        detail={"what": what, "rows": rows, **(detail or {})},
    )


def _take_turns() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
