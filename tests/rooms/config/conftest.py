"""One installation that was brought forward from the commit before the desk; drills work on copies of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rooms.config.installations import BEFORE_THE_DESK, Installation, Yard


@pytest.fixture(scope="package")
def yard(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Yard]:
    """Its installations may be connected to: they are not pytest-django's database."""
    yard = Yard(tmp_path_factory.mktemp("yard"))
    with django_db_blocker.unblock():
        yield yard


@pytest.fixture(scope="package")
def upgraded(yard: Yard) -> Installation:
    """To be read and copied, never changed."""
    installation = yard.new()
    installation.done("restore", BEFORE_THE_DESK)
    return installation
