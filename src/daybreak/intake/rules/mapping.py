"""A mapping: which column of one kind of file means what, saved as a file, versioned, and checked before it is used."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import date

FORMAT = 1  # of the file itself; a later edition reads earlier ones


@dataclass(frozen=True, slots=True)
class Column:
    """One column by its heading. ``use`` is a name of uses.USES; ``number`` tells exhibits and charges apart.

    ``values``: folded text of a cell → the text that it stands for ("" = not stated). ``blanks``: folded texts that state
    nothing. ``only`` and ``only_starting``: the rows that are meant; others are refused with that reason. ``why`` says in a
    word why a column is dropped.
    """

    heading: str
    use: str
    number: int = 1
    formats: tuple[str, ...] = ()
    pivot: int | None = None
    midnight: str = "time"
    unit: str = ""
    standing: str = "suspected"
    substance: str = ""
    no_means: str = "nothing"
    unknown: str = "refuse"
    codes: str = ""
    values: Table[str, str] = field(default_factory=dict)
    blanks: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    only_starting: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class FileShape:
    """How the files are to be opened: what readers.opening.read takes, and what becomes of rows with too few cells."""

    encoding: str = ""
    delimiter: str = ""
    table: str = ""
    header_line: int = 0
    short_rows: str = "refuse"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one agency's file becomes events of one kind.

    ``key`` names the columns that together know a row again; empty = by content. ``token`` names columns whose keyed digest links
    rows of one person without naming them; the key comes from outside. ``twice`` and ``skipped`` say what becomes of local times
    when clocks change; ``earliest`` is the first day an event may have.
    """

    name: str
    kind: str
    timezone: str
    columns: tuple[Column, ...]
    title: str = ""
    version: int = 1
    key: tuple[str, ...] = ()
    token: tuple[str, ...] = ()
    constants: Table[str, str] = field(default_factory=dict)
    shape: FileShape = FileShape()
    twice: str = "refuse"
    skipped: str = "refuse"
    earliest: date = date(1990, 1, 1)

    def dropped(self) -> dict[str, str]:
        """Heading → class of personal data, of every column that is dropped."""
        return {column.heading: column.why for column in self.columns if column.use == "drop"}

    def column(self, heading: str) -> Column | None:
        """The column of that heading."""
        return next((column for column in self.columns if column.heading == heading), None)


class MappingError(ValueError):
    """A mapping that cannot be used; the text says where, what must be, and what was got.

    ``where`` is the place in the mapping file ("columns[2].formats") and ``must`` what has to stand there, both "" where the
    text has no such parts: a screen says them in its own words.
    """

    def __init__(self, text: str, *, where: str = "", must: str = "") -> None:
        super().__init__(text)
        self.where, self.must = where, must
