"""Knows which workers are warm: each holds a locked file as long as it lives, and /health counts the locks."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from pathlib import Path
from typing import IO

# One folder a server run: workers of an earlier server that are still ending must not be counted as this one's.
RUN = "DAYBREAK_RUN"
_EXPECTED = "expected"
_held: list[IO[str]] = []  # closing a file gives up its lock, so it stays open until the process ends


def start(home: Path, *, workers: int) -> None:
    """Begin a run of the server: forget runs that have ended and note how many workers are expected.

    The workers, started afterwards, learn the run's name from the environment.
    """
    os.environ[RUN] = f"{os.getpid()}-{time.time_ns()}"
    (home / "run").mkdir(parents=True, exist_ok=True)
    with (home / "run" / "lock").open("a") as turn:  # another server may be starting on the same home
        fcntl.flock(turn, fcntl.LOCK_EX)
        _forget_ended_runs(home)
        _hold(home, _EXPECTED, str(workers))


def say_ready(home: Path) -> None:
    """This process is warm."""
    _hold(home, str(os.getpid()), "")


def ready_workers(home: Path) -> tuple[int, int]:
    """How many living workers of this run are warm, and how many are expected (at least one)."""
    folder = _folder(home)
    if not folder.is_dir():
        return 0, 1
    expected = folder / _EXPECTED
    alive = sum(_is_held(path) for path in folder.iterdir() if path.name.isdecimal())
    return alive, int(expected.read_text()) if expected.is_file() else 1


def is_serving(home: Path) -> bool:
    """Whether a server of this machine lives on this home folder, warm or not."""
    runs = home / "run"
    if not runs.is_dir():
        return False
    return any(_is_held(path) for folder in runs.iterdir() if folder.is_dir() for path in folder.iterdir())


def _forget_ended_runs(home: Path) -> None:
    """Remove what servers left behind, but nothing of one that runs beside this one."""
    for folder in (home / "run").iterdir():
        if folder.is_dir() and not any(_is_held(path) for path in folder.iterdir()):
            shutil.rmtree(folder)


def _hold(home: Path, name: str, text: str) -> None:
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / name).open("a")
    fcntl.flock(file, fcntl.LOCK_EX)
    file.write(text)
    file.flush()
    _held.append(file)


def _is_held(path: Path) -> bool:
    """Whether a living process holds this file; unlike a process number, a lock cannot pass to a stranger."""
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _folder(home: Path) -> Path:
    return home / "run" / os.environ.get(RUN, "site")
