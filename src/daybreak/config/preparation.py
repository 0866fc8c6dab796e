"""Makes an installation ready to serve, and knows when it already is."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

import daybreak
from daybreak.config import environment

Say = Callable[[str], None]


def is_ready() -> bool:
    """True when nothing that the set-up depends on has changed since it last ended well."""
    path = _stamp_path()
    return path.is_file() and path.read_text() == _stamp() and (settings.GENERATIONS / "current").exists()


def prepare(*, by: str, at: datetime, say: Say, progress: bool) -> None:
    """Bring database, static files, bundled listings, index and compiled kernels up to date; safe to repeat."""
    from daybreak.directory.actions import load_bundled
    from daybreak.directory.management.bars import loading_bar
    from daybreak.directory.publication import publish_index

    settings.HOME.mkdir(parents=True, exist_ok=True)
    say("Preparing the database …")
    call_command("migrate", interactive=False, verbosity=0)
    say("Collecting static files …")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    say("Loading the bundled listings …")
    with loading_bar(shown=progress) as tell:
        load_bundled(by=by, at=at, progress=tell)
    say("Publishing the index …")
    counts = publish_index(by=by, at=at)
    say("Compiling the search …")
    compile_kernels()
    _stamp_path().write_text(_stamp())
    say(f"Ready: {counts['listings']:,} listings.")


def compile_kernels() -> None:
    """Compile every kernel into the cache under the home folder, so that no worker has to."""
    from daybreak.finder.generations import Finder
    from daybreak.finder.warm import warm

    warm(Finder(settings.GENERATIONS).index())


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
