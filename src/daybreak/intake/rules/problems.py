"""What is wrong with one row, said so that the person who made the file can mend it; it never repeats a cell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One refused row. ``line`` counts from 1 in the file; ``column`` is a heading, "" where the whole row is meant.

    ``must`` says what has to be there, ``cure`` what to do. Neither holds anything out of the row but counts: an error file
    is handed around, so a name in the wrong column may not travel with it.
    """

    line: int
    column: str
    must: str
    cure: str


class Refused(ValueError):
    """One cell that a conversion does not take; carries ``must`` and ``cure``, never the cell."""

    def __init__(
        self,
        must: str,
        cure: str = "Correct the cell, or add its text to the column's values in the mapping.",
    ) -> None:
        super().__init__(must)
        self.must = must
        self.cure = cure
