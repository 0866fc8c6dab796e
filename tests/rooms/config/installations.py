"""Whole installations for the drills: a home and a database each, worked by the real command in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from daybreak.config import environment
from daybreak.config.backups.tables import lines, tables_of
from tests.site import COMMAND
from tests.site import environment as site_environment

POSTGRESQL = os.environ.get("DAYBREAK_TEST_ENGINE") == "postgresql"
BEFORE_THE_DESK = Path(__file__).parents[2] / "fixtures" / "backups" / "before-the-desk.tar.gz"


@dataclass(frozen=True)
class Installation:
    """``url`` is None for the embedded database."""

    home: Path
    url: str | None

    def command(self, *words: object) -> tuple[list[str], dict[str, str]]:
        """The words and variables of one run of `daybreak`."""
        extra = {"DATABASE_URL": self.url} if self.url else {}
        return [str(COMMAND), *map(str, words)], site_environment(self.home, extra)

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Run `daybreak` as a person would."""
        command, variables = self.command(*words)
        return subprocess.run(
            command, env=variables, capture_output=True, text=True, check=False, timeout=120
        )

    def done(self, *words: object) -> str:
        """Run `daybreak`, which must end well; returns what it printed."""
        ended = self.run(*words)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    @property
    def file(self) -> Path:
        """The embedded database."""
        return self.home / "daybreak.db"

    @contextmanager
    def connected(self) -> Iterator[BaseDatabaseWrapper]:
        """A connection of this test's own."""
        settings = environment.database(self.url or f"sqlite://{self.file}", embedded="")
        connection = ConnectionHandler({"default": settings})["default"]
        try:
            yield connection
        finally:
            connection.close()

    def rows(self) -> dict[str, list[bytes]]:
        """Every table's canonical rows, sorted."""
        with self.connected() as connection:
            return {
                table.name: sorted(lines(connection, table.name, table.columns))
                for table in tables_of(connection)
            }


class Yard:
    """Makes installations. Their databases stay: the tests' cluster is thrown away as a whole, which is quicker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, *, embedded: bool = not POSTGRESQL, like: Installation | None = None) -> Installation:
        """An empty installation, or a copy of one that nobody uses at the moment."""
        name = f"yard_{uuid4().hex[:12]}"
        home = self._folder / name
        home.mkdir(mode=0o700)
        if like is not None:
            shutil.copytree(like.home, home, dirs_exist_ok=True)
        if embedded:
            return Installation(home, None)
        template = f" TEMPLATE {urlsplit(like.url).path[1:]}" if like is not None and like.url else ""
        _on_server(f"CREATE DATABASE {name}{template}")
        return Installation(home, urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")))


def _on_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(statement)


def driver(installation: Installation) -> Any:
    """A connection of the bare driver, with no guard of Django's."""
    if installation.url is None:
        import sqlite3

        return sqlite3.connect(installation.file, timeout=30)
    import psycopg

    return psycopg.connect(installation.url)
