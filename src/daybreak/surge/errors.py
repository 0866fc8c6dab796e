"""What is said when input cannot be used: what it must be, what was got, and the cure."""

from __future__ import annotations


class BadInput(ValueError):
    """Input that must not be used.

    The message names the place, what must stand there, what was got and what to do; it never holds a person's data.
    """

    def __init__(self, where: str, must: str, got: str, cure: str) -> None:
        super().__init__(f"{where} must {must}, got {got}. {cure}")
        self.where = where
        self.must = must
        self.got = got
        self.cure = cure
