"""Brings files in with processes that are killed at random moments, until enough of them died; prints how it ended.

`python -m tests.rooms.intake.killed FOLDER KILLS SEED` in an environment whose DATABASE_URL names a migrated database.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import django
from django.db import connections

ROWS, ROWS_A_BATCH = 600, 20
WRONG = 7  # every so many rows has a ZIP code that is none


def write_file(folder: Path, number: int) -> Path:
    """A file of its own rows: each seventh is refused, and its last ten rows stand twice."""
    from tests.rooms.intake.imports import row, write

    rows = [row(f"{number}-{one}", zip="4" if one % WRONG == 0 else "40507") for one in range(ROWS)]
    return write(folder, [*rows, *rows[-10:]], name=f"runs-{number}.csv")


def bring_in_a_process(path: Path) -> int:
    """Fork a process that brings the file in; returns its number. It is warm, so that it dies in the import, not before."""
    connections.close_all()
    child = os.fork()
    if not child:
        bring(path)
        os._exit(0)
    return child


def bring(path: Path) -> None:
    """Bring the file in."""
    from daybreak.intake.actions.running import run_import
    from tests.rooms.intake.imports import AT, BY, note

    run_import(by=BY, brought=note(path), source=path, at=AT, rows_a_batch=ROWS_A_BATCH)


def main(folder: Path, wanted: int, seed: int) -> None:
    """Kill until enough processes died, each time bringing the same file again; then let the last file end."""
    chance = random.Random(seed)
    bring(write_file(folder, 0))  # reads the code lists, so that the forked processes need not
    started = time.monotonic()
    bring(write_file(folder, 1))
    whole_seconds = time.monotonic() - started
    files = 2
    positions: list[int] = []
    while len(positions) < wanted:
        path = write_file(folder, files)
        ended = False
        while not ended:
            child = bring_in_a_process(path)
            if len(positions) < wanted:
                time.sleep(chance.random() * whole_seconds * 0.6)
                os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            ended = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
            if os.WIFSIGNALED(status):
                positions.append(standing())
            elif not ended:
                sys.exit(f"A process that nobody killed ended with {os.WEXITSTATUS(status)}.")
        files += 1
    print(json.dumps({"kills": len(positions), "files": files, "positions": positions}))


def standing() -> int:
    """How many rows the delivery that was just killed had settled, 0 where it was not even opened."""
    from daybreak.events.models import Delivery

    return Delivery.objects.filter(state="running").values_list("read", flat=True).first() or 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybreak.config.settings")
    django.setup()
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
