"""Two set-ups of one home take turns, and the second finds all done."""

from __future__ import annotations

import fcntl
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from daybreak.config import preparation

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def done(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each preparation that was really done; what one does is tried by the journeys."""
    settings.HOME = tmp_path / "home"
    settings.GENERATIONS = settings.HOME / "generations"
    log: list[str] = []

    def really(*, by: str, **_: object) -> None:
        log.append(by)
        (settings.GENERATIONS / "current").mkdir(parents=True, exist_ok=True)
        (settings.HOME / "ready.json").write_text(preparation._stamp())

    monkeypatch.setattr(preparation, "_prepare", really)
    return log


def prepare(said: list[str], *, by: str = "test", again: bool = False) -> None:
    preparation.prepare(by=by, at=AT, say=said.append, progress=False, again=again)


def test_the_second_waits_and_then_has_nothing_to_do(done: list[str], settings: LazySettings) -> None:
    settings.HOME.mkdir()
    said: list[str] = []
    waits = threading.Event()

    def say(line: str) -> None:
        said.append(line)
        waits.set()

    with (settings.HOME / "set-up.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = threading.Thread(
            target=lambda: preparation.prepare(by="second", at=AT, say=say, progress=False)
        )
        second.start()
        assert waits.wait(10)
        assert done == []
        preparation._prepare(by="first", at=AT, say=say, progress=False)
    second.join(10)
    assert not second.is_alive()
    assert done == ["first"]
    assert said == ["Another set-up is running; waiting for it to end …", "All is ready."]


def test_again_means_again(done: list[str]) -> None:
    said: list[str] = []
    prepare(said)
    prepare(said)
    prepare(said, again=True)
    assert done == ["test", "test"]
    assert said == ["All is ready."]


def test_a_home_that_we_make_is_closed_to_others(done: list[str], settings: LazySettings) -> None:
    prepare([])
    assert settings.HOME.stat().st_mode & 0o777 == 0o700


def test_a_database_that_was_open_to_others_is_closed(tmp_path: Path, settings: LazySettings) -> None:
    settings.HOME = tmp_path
    for name in ("daybreak.db", "daybreak.db-wal"):
        (tmp_path / name).touch(mode=0o644)
    preparation._close_to_others()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
