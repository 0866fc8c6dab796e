"""The cast and its ledger."""

from __future__ import annotations

import pytest

from daybreak.accounts.rules.agencies import SHARED_FIELDS
from daybreak.events.queries import released
from tests.people import Cast, make_cast
from tests.rooms.events.desk import Desk, make_desk


@pytest.fixture(autouse=True)
def _no_cells_of_the_test_before() -> None:
    """Databases that are taken back number their rows alike, so that one test's released cells would be another's."""
    released._cells.cache_clear()


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, without agreements."""
    return make_cast()


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """The ledger of the cast."""
    return make_desk(cast)


@pytest.fixture
def agreed(cast: Cast, desk: Desk) -> Cast:
    """Everybody shares everything, as finely as it is known."""
    for giver in ("fire", "coroner", "police"):
        for receiver in ("police", "health", "mayor", "coroner"):
            if giver != receiver:
                for kind in ("overdose", "death", "arrest", "seizure"):
                    cast.agree(giver, receiver, kind, *SHARED_FIELDS, place="block", time="minute")
    return cast
