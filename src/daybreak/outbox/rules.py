"""How often a message is tried, and how long the pauses are."""

from __future__ import annotations

from datetime import timedelta

MOST_ATTEMPTS = 8


def pause_after(attempts: int) -> timedelta:
    """The pause after this many attempts: 1 minute, doubled each time, at most 2 hours."""
    return min(timedelta(minutes=2 ** max(attempts - 1, 0)), timedelta(hours=2))
