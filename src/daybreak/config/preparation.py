"""Makes an installation ready to serve, and knows when it already is."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command

import daybreak
from daybreak.config import environment

Say = Callable[[str], None]


def is_ready() -> bool:
    """True when nothing that the set-up depends on has changed since it last ended well."""
    path = _stamp_path()
    return path.is_file() and path.read_text() == _stamp() and (settings.GENERATIONS / "current").exists()


def prepare(*, by: str, at: datetime, say: Say, progress: bool, again: bool = False) -> None:
    """Bring database, static files, bundled listings, index and compiled kernels up to date; safe to repeat.

    Two at once take turns, and the second has nothing left to do, unless it was asked to do all of it ``again``.
    """
    settings.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(say):
        if is_ready() and not again:
            say("All is ready.")
            return
        _prepare(by=by, at=at, say=say, progress=progress)


def _prepare(*, by: str, at: datetime, say: Say, progress: bool) -> None:
    from daybreak.directory.actions import NotWritten, load_bundled, said_in_full
    from daybreak.directory.actions.matching import find_matches
    from daybreak.directory.management.bars import loading_bar
    from daybreak.directory.publication import publish_index
    from daybreak.directory.readers.tables import UnusableFile

    stamp = _stamp()  # of what is read now: a file that changes meanwhile must be noticed at the next start
    say("Preparing the database …")
    _close_to_others()
    call_command("migrate", interactive=False, verbosity=0)
    say("Collecting static files …")
    collect_static_files()
    try:
        say("Loading the bundled listings …")
        with loading_bar(shown=progress) as tell:
            loaded = load_bundled(by=by, at=at, progress=tell)
        if loaded:
            say("Looking for places that several lists name …")
            with said_in_full("The search for them"):
                find_matches(by=by, at=at)
        say("Publishing the index …")
        with said_in_full("Publishing"):
            counts = publish_index(by=by, at=at)
    except (NotWritten, UnusableFile) as problem:
        raise CommandError(str(problem)) from None
    say("Compiling the search …")
    compile_kernels()
    _stamp_path().write_text(stamp)
    say(f"Ready: {counts['listings']:,} listings.")


def collect_static_files() -> None:
    """Bring the static files up to date; those that pages of a running server still link to stay."""
    from daybreak.config.static_files import HASHED

    for path in settings.STATIC_ROOT.rglob("*"):
        # Django copies only what looks newer, but a package may bring files that are older than our last copy.
        if path.is_file() and not HASHED.search(path.name):
            os.utime(path, (0, 0))
    call_command("collectstatic", interactive=False, verbosity=0)


def compile_kernels() -> None:
    """Compile every kernel into the cache under the home folder, so that no worker has to."""
    from daybreak.finder.generations import Finder
    from daybreak.finder.warm import warm

    warm(Finder(settings.GENERATIONS).index())


@contextmanager
def alone(say: Say) -> Iterator[None]:
    """Wait for any other set-up of the same home folder; the lock ends with the process, however it ends."""
    with (settings.HOME / "set-up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is running; waiting for it to end …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _close_to_others() -> None:
    """Databases made before Daybreak kept its files to itself were readable to everybody on the machine."""
    for path in settings.HOME.glob("*.db*"):
        path.chmod(0o600)


def _stamp_path() -> Path:
    return Path(settings.HOME / "ready.json")


def _stamp() -> str:
    digest = hashlib.sha256()
    for path in _what_matters():
        status = path.stat()
        digest.update(f"{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    return json.dumps(
        {
            "version": daybreak.__version__,
            "database": hashlib.sha256(os.environ.get("DATABASE_URL", "").encode()).hexdigest(),
            "files": digest.hexdigest(),
        }
    )


def _what_matters() -> Iterator[Path]:
    package = Path(daybreak.__file__).parent
    for folder, pattern in (
        (environment.bundled("data"), "**/*"),
        (package, "*/migrations/*.py"),
        (package, "*/static/**/*"),
        (package, "finder/*.py"),
        (package, "directory/**/*.py"),
        (package, "vocabulary/*.py"),
    ):
        yield from sorted(
            path for path in folder.glob(pattern) if path.is_file() and "__pycache__" not in path.parts
        )
