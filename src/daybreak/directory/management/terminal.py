"""What a file says, made safe for the operator's terminal: no character there may steer it."""

from __future__ import annotations


def printable(text: object) -> str:
    """The text with every character that does not print replaced: escapes, line breaks, halves of characters."""
    return "".join(letter if letter.isprintable() else "�" for letter in str(text))
