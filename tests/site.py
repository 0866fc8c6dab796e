"""Starts the real site, as a person would, on a free port and with a home folder of its own."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.postgres import free_port

COMMAND = Path(sys.executable).parent / "daybreak"
SET_UP_SECONDS = 300
START_SECONDS = 60
STOP_SECONDS = 10


class SiteError(RuntimeError):
    """The site could not be set up or did not become ready; the text ends with what it printed."""


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the site's process sees: this process's variables without any of Daybreak's, and its own home."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DAYBREAK_", "DJANGO_"))
    }
    for name in ("DATABASE_URL", "CARE_DATABASE_URL", "PORT"):
        kept.pop(name, None)
    return {**kept, "DAYBREAK_HOME": str(home), **(extra or {})}


def set_up(home: Path, extra: Mapping[str, str] | None = None) -> None:
    """Run `daybreak set-up`: database, bundled data, index, compiled kernels, static files."""
    done = subprocess.run(
        [str(COMMAND), "set-up"], env=environment(home, extra), capture_output=True, text=True, check=False,
        timeout=SET_UP_SECONDS,
    )  # fmt: skip
    if done.returncode != 0:
        raise SiteError(
            f"daybreak set-up ended with {done.returncode}:\n{(done.stdout + done.stderr)[-4000:]}"
        )


def answers(url: str) -> bool:
    """Whether /health says 200."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def running(home: Path, extra: Mapping[str, str] | None = None, *arguments: str) -> Iterator[str]:
    """Yield the address of a `daybreak serve` whose workers are warm; stop all of its processes afterwards."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = home / "serve.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [str(COMMAND), "serve", *arguments], env=environment(home, {"PORT": str(port), **(extra or {})}),
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(url):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SiteError(
                    f"daybreak serve was not ready after {START_SECONDS} s:\n{log.read_text(errors='replace')[-4000:]}"
                )
            time.sleep(0.1)
        yield url
    finally:
        stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to end; then make sure that none of its workers stays behind."""
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(STOP_SECONDS)
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    server.wait(STOP_SECONDS)
