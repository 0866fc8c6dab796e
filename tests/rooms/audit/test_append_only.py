"""An audit entry is written once: the database itself refuses to change or delete it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from daybreak.audit.actions import record
from daybreak.audit.models import Entry

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def entry(db: None) -> Entry:
    return record(by="command:test", at=AT, action="load-file", subject="samhsa-2015", detail={"read": 3})


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.update(action="something-else"),
        lambda: Entry.objects.all().delete(),
    ],
    ids=["update", "delete"],
)
def test_an_entry_cannot_be_changed_or_deleted(entry: Entry, change) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    assert Entry.objects.get().action == "load-file"


@pytest.mark.parametrize("same", ["id", "public_id", "number"])
def test_an_entry_cannot_be_replaced_by_an_insert(entry: Entry, same: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's own statement")
    held = {"id": entry.id, "public_id": entry.public_id.hex, "number": entry.number}
    fresh = {"id": entry.id + 1, "public_id": "f" * 32, "number": entry.number + 1} | {same: held[same]}
    with (
        pytest.raises(DatabaseError, match="never replaced"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT OR REPLACE INTO audit_entry "
            "(id, public_id, number, at, actor, action, subject, detail, previous, digest) "
            "SELECT %s, %s, %s, at, 'somebody-else', action, subject, detail, previous, digest FROM audit_entry",
            [fresh["id"], fresh["public_id"], fresh["number"]],
        )
    assert [kept.actor for kept in Entry.objects.all()] == ["command:test"]


def test_an_entry_keeps_who_did_what_when(entry: Entry) -> None:
    kept = Entry.objects.get()
    assert (kept.actor, kept.at, kept.subject, kept.detail) == (
        "command:test",
        AT,
        "samhsa-2015",
        {"read": 3},
    )


def test_a_naive_moment_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="aware"):
        record(by="command:test", at=datetime(2026, 11, 22), action="try")  # noqa: DTZ001


@pytest.mark.parametrize("blank", ["by", "action"])
def test_an_entry_without_actor_or_action_is_refused(db: None, blank: str) -> None:
    given = {"by": "command:test", "action": "try"} | {blank: ""}
    with pytest.raises(DatabaseError), transaction.atomic():
        record(at=AT, **given)
