"""Long answers, few at a time: whoever takes the whole directory along must not keep others from finding help."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

# In each worker, which answers four requests at once: a reader may take minutes over a whole list, or stop reading it.
MOST_LONG = 2
_PLACES = threading.BoundedSemaphore(MOST_LONG)
Piece = TypeVar("Piece")


class TooMany(Exception):
    """As many long answers as may be are on their way already."""


class OneOfFew(Generic[Piece]):
    """The pieces of a long answer; its place is free again when they end, break, or nobody wants them any more.

    Raises TooMany at once where no place is free.
    """

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._held = False
        if not _PLACES.acquire(blocking=False):
            raise TooMany
        self._held = True
        self._pieces = iter(pieces)

    def __iter__(self) -> Iterator[Piece]:
        return self

    def __next__(self) -> Piece:
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the place back; once, however often it is said."""
        if self._held:
            self._held = False
            _PLACES.release()

    def __del__(self) -> None:
        """A server that loses its reader may never say so."""
        self.close()
