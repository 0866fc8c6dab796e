"""What an action answers when it cannot be done."""

from __future__ import annotations


class NotPossible(Exception):
    """An action that was refused, and nothing written; the text says what must be, and the cure."""
