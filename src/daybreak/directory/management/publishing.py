"""Publishes the index for a command, and says in a sentence what kept it from being published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import CommandError

from daybreak.directory.actions import NotWritten, said_in_full
from daybreak.directory.management.terminal import printable
from daybreak.directory.publication import publish_index


def publish_for(command: str, *, at: datetime, done: str = "") -> dict[str, Any]:
    """Publish; raises CommandError (exit code 1). ``done`` tells what was done before and stands."""
    try:
        with said_in_full("The index"):
            return publish_index(by=f"command:{command}", at=at)
    except NotWritten as problem:
        kept = "The generation before stays in force."
        again = " Then: daybreak publish." if done else ""
        raise CommandError(printable(f"{done}{problem} {kept}{again}"), returncode=1) from None
