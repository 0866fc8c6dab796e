"""Knows which workers are warm: each leaves a file with its process number, and /health counts them."""

from __future__ import annotations

import os
from pathlib import Path


def start(home: Path, *, workers: int) -> None:
    """Forget earlier workers and note how many are expected; called once by the server before it starts them."""
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink(missing_ok=True)
    (folder / "expected").write_text(str(workers))


def say_ready(home: Path) -> None:
    """This process is warm."""
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(os.getpid())).touch()


def ready_workers(home: Path) -> tuple[int, int]:
    """How many living workers are warm, and how many are expected (at least one)."""
    folder = _folder(home)
    if not folder.is_dir():
        return 0, 1
    expected = folder / "expected"
    alive = sum(_alive(path.name) for path in folder.iterdir() if path.name.isdecimal())
    return alive, int(expected.read_text()) if expected.is_file() else 1


def _alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _folder(home: Path) -> Path:
    return home / "run" / f"{os.environ.get('DAYBREAK_RUN', 'site')}"
