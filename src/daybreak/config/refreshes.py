"""Refreshes what is due while the site is served: a child process every few minutes, for which serving never waits."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

COMMAND = (sys.executable, "-m", "daybreak.config.command", "refresh", "--due", "--verbosity", "0")
WATCH = (sys.executable, "-m", "daybreak.config.command", "watch", "--due", "--verbosity", "0")
# Takes up imports that were killed, or whose process could not be started.
IMPORTS = (sys.executable, "-m", "daybreak.config.command", "intake", "--due", "--verbosity", "0")
# Sends what is due until it is ended; a mail that somebody waits for must not wait for minutes.
SEND = (sys.executable, "-m", "daybreak.config.command", "send", "--every", "5", "--verbosity", "0")
_STOP_SECONDS = 5
log = logging.getLogger(__name__)


@contextmanager
def refreshes_every(seconds: float, *, command: Sequence[str] = COMMAND) -> Iterator[None]:
    """Run ``command`` every so many seconds, one at a time, as long as the block lasts; 0 = never.

    A child that fails or dies is told on stderr and changes nothing else: the next one begins at its time.
    """
    if not seconds:
        yield
        return
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(stop, seconds, command), name="refreshes", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join(2 * _STOP_SECONDS)


def _watch(stop: threading.Event, seconds: float, command: Sequence[str]) -> None:
    while not stop.wait(seconds):
        try:
            # The command is ours; what it says when nothing is wrong is nobody's business.
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603
        except OSError as problem:
            log.warning("What is due could not be refreshed: %s.", problem.strerror)
            continue
        while child.poll() is None:
            if stop.wait(0.2):
                _end(child)
                return


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(_STOP_SECONDS)
        return
    child.kill()
    child.wait()
