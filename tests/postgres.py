"""A private PostgreSQL cluster for tests: made in a temp folder, on a free loopback port, gone afterwards.

`python -m tests.postgres -- COMMAND…` runs a command with DATABASE_URL pointing at one; `--probe` only looks.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

WANTED_VERSION = 15
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
# A test cluster is thrown away: nothing is gained by waiting for the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB")
ATTEMPTS = 5


class PostgresError(RuntimeError):
    """PostgreSQL is not there or did not start; the text says what to do."""


def programs() -> Path | None:
    """The folder that holds initdb and pg_ctl: version 15 if it is there, else the newest, else what PATH has."""
    versions = [path for path in DEBIAN_FOLDER.glob("*/bin") if (path / "initdb").exists()]
    if versions:
        numbered = {int(path.parent.name): path for path in versions if path.parent.name.isdecimal()}
        return numbered.get(WANTED_VERSION) or numbered[max(numbered)]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def run(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> None:
    """Run one of PostgreSQL's programs, as the user postgres when we are root, since it refuses root."""
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # To a file, not to a pipe: the server inherits it and would keep a pipe open.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        done = subprocess.run(
            command, stdout=output, stderr=subprocess.STDOUT, check=False, cwd=cwd,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        if done.returncode != 0:
            output.seek(0)
            text = output.read()[-2000:]
            raise PostgresError(f"{Path(command[-1]).name}: {' '.join(command[:6])} … failed:\n{text}")


def free_port() -> int:
    """A TCP port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own(folder: Path) -> None:
    """Hand a folder of root's to the user postgres."""
    if os.geteuid() == 0:
        try:
            account = pwd.getpwnam("postgres")
        except KeyError as problem:
            raise PostgresError(
                "As root the tests need the user 'postgres' (Debian's package makes it): useradd --system postgres"
            ) from problem
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, account.pw_uid, account.pw_gid)


def start(where: Path, folder: Path) -> int:
    """Start the server; somebody may take the free port before us, so try a few."""
    for attempt in range(ATTEMPTS):
        port = free_port()
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=''"
        options += "".join(f" -c {setting}" for setting in FAST)
        try:
            run([str(where / "pg_ctl"), "-D", str(folder / "data"), "-w", "-t", "60", "-l",
                 str(folder / "log"), "-o", options, "start"], cwd=folder)  # fmt: skip
        except PostgresError as problem:
            if attempt == ATTEMPTS - 1:
                log = folder / "log"
                text = log.read_text(errors="replace")[-2000:] if log.exists() else "(no log)"
                raise PostgresError(f"PostgreSQL did not start:\n{problem}\n{text}") from problem
        else:
            return port
    raise AssertionError("the loop above returns or raises")


@contextmanager
def cluster() -> Iterator[str]:
    """Yield the URL of an empty database whose owner may make further databases and roles."""
    where = programs()
    if where is None:
        raise PostgresError(
            "PostgreSQL must be installed, found no initdb. On Debian: apt-get install postgresql"
        )
    folder = Path(tempfile.mkdtemp(prefix="daybreak-pg-"))
    try:
        password = secrets.token_urlsafe(24)
        (folder / "password").write_text(password)
        own(folder)
        run([str(where / "initdb"), "-D", str(folder / "data"), "-U", "daybreak", "-E", "UTF8",
             "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}",
             "--no-sync"], cwd=folder)  # fmt: skip
        port = start(where, folder)
        try:
            run([str(where / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "daybreak", "daybreak"],
                environment={"PGPASSWORD": password}, cwd=folder)  # fmt: skip
            yield f"postgresql://daybreak:{password}@127.0.0.1:{port}/daybreak"
        finally:
            run([str(where / "pg_ctl"), "-D", str(folder / "data"), "-w", "-m", "immediate", "stop"],
                cwd=folder)  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run the command after ``--`` beside a cluster and hand back its exit code."""
    if arguments == ["--probe"]:
        return 0 if programs() else 1
    if len(arguments) < 2 or arguments[0] != "--":
        print("usage: python -m tests.postgres -- COMMAND [ARGUMENTS…]   or   --probe", file=sys.stderr)
        return 2
    # A polite kill must still stop the cluster.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with cluster() as url:
            environment = {**os.environ, "DATABASE_URL": url, "DAYBREAK_TEST_ENGINE": "postgresql"}
            return subprocess.run(arguments[1:], env=environment, check=False).returncode
    except PostgresError as problem:
        print(f"tests.postgres: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
