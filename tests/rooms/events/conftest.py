"""The cast and its ledger."""

from __future__ import annotations

import pytest

from tests.people import Cast, make_cast
from tests.rooms.events.desk import Desk, make_desk


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, without agreements."""
    return make_cast()


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """The ledger of the cast."""
    return make_desk(cast)
