"""Entries that were written before there was a chain are chained, and the triggers stand again after."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from daybreak.audit.models import Entry
from daybreak.audit.queries import verify

BEFORE = [("audit", "0003_no_replacing")]


@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_the_chain_is_chained(settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    executor = MigrationExecutor(connection)
    try:
        executor.migrate(BEFORE)
        old = executor.loader.project_state(BEFORE).apps.get_model("audit", "Entry")
        for number in range(3):
            old.objects.create(
                public_id=uuid.uuid4(), at=datetime(2026, 11, number + 1, tzinfo=UTC), actor="command:load",
                action="load-file", subject=str(number), detail={"read": number, "share": 1.0},
            )  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            old.objects.update(actor="somebody-else")
    finally:
        MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes("audit"))
    assert [entry.number for entry in Entry.objects.order_by("id")] == [1, 2, 3]
    found = verify()
    assert (found.entries, found.faults) == (3, ())
    for change in (Entry.objects.all().delete, lambda: Entry.objects.update(actor="somebody-else")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
