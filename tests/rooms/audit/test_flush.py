"""Tests that commit can be cleaned up after, although the audit table refuses to be emptied."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from daybreak.audit.actions import record
from daybreak.audit.models import Entry


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", [1, 2])
def test_the_test_runner_empties_the_table_and_leaves_its_lock_in_place(round_number: int) -> None:
    """What tests/flush.py is for; the second round sees what the first left behind."""
    assert Entry.objects.count() == 0, f"round {round_number} began with another test's entries"
    record(by="command:test", at=datetime(2026, 11, 22, tzinfo=UTC), action="load")
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all().delete()
    assert Entry.objects.count() == 1
