"""/health counts the warm workers of this server run, and nobody else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from daybreak.config import readiness

WORKER = """
import sys
from pathlib import Path
from daybreak.config import readiness
readiness.say_ready(Path(sys.argv[1]))
print("warm", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def own_run(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give back the run's name and its locks when the test ends."""
    monkeypatch.setenv(readiness.RUN, "site")
    held: list[object] = []
    monkeypatch.setattr(readiness, "_held", held)
    with ExitStack() as open_files:
        yield
        for file in held:
            open_files.enter_context(file)  # type: ignore[arg-type]


def worker(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "warm\n"
    return process


def stop(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_worker_counts_as_long_as_it_lives(tmp_path: Path) -> None:
    readiness.start(tmp_path, workers=2)
    assert readiness.ready_workers(tmp_path) == (0, 2)
    first = worker(tmp_path)
    assert readiness.ready_workers(tmp_path) == (1, 2)
    assert readiness.ready_workers(tmp_path) == (1, 2), "asking changes nothing"
    stop(first)
    assert readiness.ready_workers(tmp_path) == (0, 2)


def test_workers_of_an_earlier_server_that_still_live_do_not_count(tmp_path: Path) -> None:
    readiness.start(tmp_path, workers=1)
    left_over = worker(tmp_path)
    try:
        readiness.start(tmp_path, workers=1)
        assert readiness.ready_workers(tmp_path) == (0, 1)
    finally:
        stop(left_over)


def test_a_run_that_ended_is_forgotten(tmp_path: Path) -> None:
    ended = tmp_path / "run" / "1-1"
    ended.mkdir(parents=True)
    (ended / "1").touch()  # process 1 always lives; its number alone proves nothing
    readiness.start(tmp_path, workers=1)
    assert not ended.exists()
    assert readiness.ready_workers(tmp_path) == (0, 1)
