"""Changes entries as an intruder with the database's own rights would, past the triggers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from daybreak.audit.models import Entry
from daybreak.audit.rules.chain import digest_of


@contextmanager
def without_triggers() -> Iterator[None]:
    """The table as it is for somebody who may drop its triggers; they are put back after."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
            )
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            yield
            for _, sql in triggers:
                cursor.execute(sql)
        else:
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
            yield
            cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


def edit(number: int, **fields: Any) -> None:
    """Change fields of one entry and nothing else."""
    with without_triggers():
        Entry.objects.filter(number=number).update(**fields)


def cut(after: int) -> None:
    """Take every entry after this one away."""
    with without_triggers():
        Entry.objects.filter(number__gt=after).delete()


def rewrite(start: int, **fields: Any) -> None:
    """Change one entry, and give it and all that follow digests that fit."""
    with without_triggers():
        Entry.objects.filter(number=start).update(**fields)
        before = Entry.objects.filter(number=start - 1).first()
        previous = before.digest if before else ""
        for entry in Entry.objects.filter(number__gte=start).order_by("number"):
            digest = digest_of(
                number=entry.number, public_id=entry.public_id, at=entry.at, actor=entry.actor, action=entry.action,
                subject=entry.subject, detail=entry.detail, previous=previous,
            )  # fmt: skip
            Entry.objects.filter(pk=entry.pk).update(previous=previous, digest=digest)
            previous = digest
