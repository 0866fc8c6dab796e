"""Publishes the index for a command, and says in a sentence what kept it from being published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import CommandError

from daybreak.directory.actions import NotWritten, said_in_full
from daybreak.directory.actions.matching import find_matches
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


def match_for(command: str, *, at: datetime, source: str, done: str) -> None:
    """Look for the places of a list that was just loaded in the other lists; raises CommandError (exit code 1)."""
    try:
        with said_in_full("The search for places that several lists name"):
            find_matches(by=f"command:{command}", at=at, source=source)
    except NotWritten as problem:
        raise CommandError(printable(f"{done}{problem} Then: daybreak match."), returncode=1) from None
