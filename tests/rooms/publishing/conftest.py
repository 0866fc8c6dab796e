"""The demonstration's ledger, filled once for all tests of a module; each test changes it and leaves it as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction

from daybreak.publishing.actions.demo import Filled, fill_with_lexington

# Before any clock under which the tests run, since roles are held from then on.
NOW = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="package")
def filled(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Filled]:
    """Lexington 2013 in the database of the tests, taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield fill_with_lexington(by="command:test", at=NOW, site="https://desk.example.gov")
        transaction.set_rollback(True)


@pytest.fixture
def db() -> None:
    """By this name pytest-django sees that a database is needed; its own would end each test's connection."""


@pytest.fixture
def lexington(filled: Filled, db: None) -> Iterator[Filled]:
    """The same, and whatever the test writes is taken back after it."""
    with transaction.atomic():
        yield filled
        transaction.set_rollback(True)
