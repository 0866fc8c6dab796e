"""Brings in what lies in a folder that something else fills, such as SFTP: FOLDER/AGENCY/FEED/file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from daybreak.accounts.models import Agency
from daybreak.events.actions.filing import DeliveryMoved
from daybreak.events.models import Delivery
from daybreak.intake.actions.feeds import feed_for
from daybreak.intake.actions.mappings import newest_mapping
from daybreak.intake.actions.receiving import note_file
from daybreak.intake.actions.running import CannotRun, run_import
from daybreak.intake.queries.errors import error_lines

DONE, REFUSED = "done", "refused"
_UNFINISHED = (".part", ".tmp", ".filepart", ".swp", ".crdownload")
Clock = Callable[[], datetime]
Say = Callable[[str], None]


def take_folder(
    *,
    by: str,
    folder: Path,
    clock: Clock,
    once: bool,
    say: Say,
    pause_seconds: float = 10.0,
    settle_seconds: float = 2.0,
) -> int:
    """Look into the folder again and again (or ``once``) and bring in each file whose size and time stand still.

    A file goes to done/ or, where it cannot be read, to refused/ beside a text that says why; refused rows of a readable one
    go beside it in done/ as a CSV. Returns how many files were taken. Raises CannotRun where there is no such folder.
    """
    if not folder.is_dir():
        raise CannotRun(f"The folder to watch must be there; there is no folder {folder}.")
    taken = 0
    while True:
        seen = {path: _state(path) for path in _files(folder)}
        if seen:
            time.sleep(settle_seconds)
        for path in sorted(path for path, state in seen.items() if state and _state(path) == state):
            take_file(by=by, path=path, clock=clock, say=say)
            taken += 1
        if once:
            return taken
        time.sleep(pause_seconds)


def take_file(*, by: str, path: Path, clock: Clock, say: Say) -> Delivery | None:
    """Bring one file of the folder in and put it away; None where it could not be read."""
    at = clock()
    agency_slug, feed_slug = path.parts[-3:-1]
    try:
        agency = Agency.objects.filter(slug=agency_slug, active=True).first()
        if agency is None:
            raise CannotRun(
                "The folder above must be named like an agency (its slug); there is no such agency."
            )
        mapping = newest_mapping(agency, feed_slug)
        if mapping is None:
            raise CannotRun(
                "The folder must be named like a mapping of the agency; save one of that name first."
            )
        feed = feed_for(by=by, agency=agency, mapping=mapping, slug=feed_slug, at=at)
        brought = note_file(by=by, feed=feed, path=path, mapping=mapping, at=at)
        delivery = run_import(by=by, brought=brought, source=path, at=at)
    except CannotRun as problem:
        away = _away(path, REFUSED, at)
        away.with_name(away.name + ".why.txt").write_text(f"{problem}\n", encoding="utf-8")
        say(f"{path.name}: refused. {problem}")
        return None
    except DeliveryMoved:
        say(f"{path.name}: another process brings it in.")
        return None
    away = _away(path, DONE, at)
    if delivery.refused:
        away.with_name(away.name + ".errors.csv").write_text(
            "".join(error_lines(brought)), encoding="utf-8", newline=""
        )
    say(
        f"{path.name}: read {delivery.read}, added {delivery.added}, updated {delivery.updated}, "
        f"unchanged {delivery.unchanged}, refused {delivery.refused}."
    )
    return delivery


def _files(folder: Path) -> Iterator[Path]:
    """Whole files of FOLDER/AGENCY/FEED/, no links and no hidden ones."""
    for path in folder.glob("*/*/*"):
        if path.is_symlink() or not path.is_file() or path.name.startswith("."):
            continue
        if path.suffix.lower() not in _UNFINISHED:
            yield path


def _state(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _away(path: Path, where: str, at: datetime) -> Path:
    """Move the file into done/ or refused/ of its feed, under a name that is free there."""
    folder = path.parent / where
    folder.mkdir(mode=0o700, exist_ok=True)
    away = folder / f"{at:%Y%m%dT%H%M%SZ}_{path.name}"
    number = 2
    while away.exists():
        away = folder / f"{at:%Y%m%dT%H%M%SZ}_{number}_{path.name}"
        number += 1
    return path.rename(away)
