"""What may become of a signal: one table; a review is added, never changed."""

from __future__ import annotations

NEW = "new"
VERDICTS = {
    "real": "A real rise: the task force acts on it.",
    "explained": "A rise with a known cause that needs no alarm: a backlog, a new reporter, an event.",
    "false": "No rise: chance, or wrong data.",
}
NEXT: dict[str, frozenset[str]] = {
    NEW: frozenset(VERDICTS),
    "real": frozenset({"explained", "false"}),
    "explained": frozenset({"real", "false"}),
    "false": frozenset({"real", "explained"}),
}


def may_follow(state: str, verdict: str) -> bool:
    """Whether a signal in ``state`` may be given this verdict next."""
    return verdict in NEXT.get(state, frozenset())
