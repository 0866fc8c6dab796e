"""Starts a process that runs what is queued, so that no page waits for a file."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

COMMAND = (sys.executable, "-m", "daybreak.config.command", "intake", "--due", "--verbosity", "0")
log = logging.getLogger(__name__)


def start() -> bool:
    """Start it; False where the machine could not, and then the server's next look at what is due does."""
    try:
        # The command is ours. A session of its own: the import goes on when the server ends.
        child = subprocess.Popen(  # noqa: S603
            COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as problem:
        log.warning("Imports could not be started: %s.", problem.strerror)
        return False
    threading.Thread(target=child.wait, name="import", daemon=True).start()
    return True
