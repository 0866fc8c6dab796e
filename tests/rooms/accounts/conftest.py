"""Fixtures of the room: the cast, and people who sign in for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from tests.people import Cast, make_cast


@pytest.fixture
def cast(db: None, settings, tmp_path: Path) -> Iterator[Cast]:
    """Everybody, no tries at signing in counted yet, and no anchors of other tests' entries."""
    settings.HOME = tmp_path
    cache.clear()
    yield make_cast()
    cache.clear()


@pytest.fixture(autouse=True)
def _quick_hashes(settings) -> None:
    """Hashing a password is slow on purpose, which these tests need not wait for."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
