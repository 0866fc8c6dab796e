"""Tries a mapping on a file without storing anything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings

from daybreak.events.rules.draft import Draft
from daybreak.intake.actions.running import CannotRun, dropped_columns
from daybreak.intake.models import StoredMapping
from daybreak.intake.readers.opening import read
from daybreak.intake.readers.sheet import UnusableFile
from daybreak.intake.rules.compiling import compile_mapping
from daybreak.intake.rules.identity import Identities
from daybreak.intake.rules.mapping import Mapping
from daybreak.intake.rules.mapping_file import mapping_from
from daybreak.intake.rules.problems import Problem


@dataclass(slots=True)
class Trial:
    """How a file would do. ``reasons`` counts (column, must) and keeps the first line; ``events`` are the first few."""

    read: int = 0
    refused: int = 0
    again: int = 0
    events: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reasons: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    dropped: list[dict[str, str]] = field(default_factory=list)

    @property
    def right(self) -> int:
        """Rows that would be events."""
        return self.read - self.refused


def try_file(
    *,
    mapping: StoredMapping | Mapping,
    path: Path,
    at: datetime,
    name: str = "",
    rows: int | None = None,
    shown: int = 5,
) -> Trial:
    """Read a file (its first ``rows``) with a mapping and keep the first ``shown`` events and problems.

    Raises CannotRun where the file or the mapping cannot be used.
    """
    wanted = mapping_from(mapping.body) if isinstance(mapping, StoredMapping) else mapping
    trial = Trial()
    shape = wanted.shape
    many: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], int] = {}
    try:
        sheet = read(
            path, name or path.name, encoding=shape.encoding, delimiter=shape.delimiter, table=shape.table,
            header_line=shape.header_line,
        )  # fmt: skip
        compiled = compile_mapping(wanted, sheet.header, token_key=settings.DAYBREAK_LINK_KEY, at=at)
        trial.dropped = dropped_columns(compiled)
        identities = Identities("")
        for line, cells in islice(sheet.rows(), rows):
            trial.read += 1
            made = compiled(line, cells)
            if isinstance(made, Problem):
                trial.refused += 1
                many[made.column, made.must] += 1
                first.setdefault((made.column, made.must), line)
                if len(trial.problems) < shown:
                    trial.problems.append(made)
            else:
                if identities.of(made).again:
                    trial.again += 1
                if len(trial.events) < shown:
                    trial.events.append(made)
    except (UnusableFile, ValueError) as problem:
        raise CannotRun(f"{problem}") from None
    trial.reasons = {reason: (times, first[reason]) for reason, times in many.most_common()}
    return trial
