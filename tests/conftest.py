"""Fixtures that every test may use: a fresh home folder, and the site with the bundled data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from tests import site as real_site
from tests.flush import allow_flush

allow_flush()
# No test holds a time: machines are shared. Under CI=true Hypothesis loads a profile of its own, without a deadline too.
if os.environ.get("CI") != "true":
    hypothesis_settings.register_profile("daybreak", deadline=None)
    hypothesis_settings.load_profile("daybreak")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty DAYBREAK_HOME of this test's own, for commands that run in a process of their own."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("DAYBREAK_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that `daybreak set-up` filled with the bundled data; made once a session, to be read, not changed."""
    folder = tmp_path_factory.mktemp("site")
    real_site.set_up(folder)
    return folder


@pytest.fixture(scope="session")
def site(prepared_home: Path) -> Iterator[str]:
    """The address of a real, warm `daybreak serve` with the bundled data."""
    with real_site.running(prepared_home) as url:
        yield url
