"""Rows of a file become batches to file: drafts with their identities, refusals, and rows said twice; knows no database."""

from __future__ import annotations

from collections.abc import Collection, Generator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from daybreak.events.rules.draft import Draft
from daybreak.intake.readers.opening import read
from daybreak.intake.readers.sheet import Notice, Sheet
from daybreak.intake.rules.compiling import Compiled, compile_mapping
from daybreak.intake.rules.identity import Identities
from daybreak.intake.rules.mapping import Mapping
from daybreak.intake.rules.problems import Problem

Row = tuple[str, str, Draft]


@dataclass(slots=True)
class Settled:
    """Rows up to ``position``: drafts with the digests of their record and content, refusals, and how many were said twice."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    again: int = 0
    position: int = 0

    def __len__(self) -> int:
        return len(self.rows) + len(self.problems) + self.again


@dataclass(frozen=True, slots=True)
class Work:
    """What to read and how: enough to do it in another process.

    ``feed`` is the feed's public id, ``operations`` the slugs that rows may name; rows up to ``position`` are read for what
    later rows repeat of them, and not handed out.
    """

    source: Path
    name: str
    mapping: Mapping
    feed: str
    operations: Collection[str]
    position: int
    rows_a_batch: int
    token_key: bytes
    at: datetime


def opened(work: Work) -> tuple[Sheet, Compiled]:
    """The file's table and the function that reads its rows; raises UnusableFile or MappingError."""
    shape = work.mapping.shape
    sheet = read(
        work.source, work.name, encoding=shape.encoding, delimiter=shape.delimiter, table=shape.table,
        header_line=shape.header_line,
    )  # fmt: skip
    return sheet, compile_mapping(work.mapping, sheet.header, token_key=work.token_key, at=work.at)


def settled(work: Work, sheet: Sheet, compiled: Compiled) -> Generator[Settled, None, None]:
    """The rows after ``work.position``, in batches."""
    identities = Identities(work.feed)
    key = ", ".join(work.mapping.key)
    batch = Settled()
    for line, cells in sheet.rows():
        draft = compiled(line, cells)
        if isinstance(draft, Problem):
            if line > work.position:
                batch.problems.append(draft)
        else:
            identity = identities.of(draft)
            if line <= work.position:
                continue
            if identity.again and identity.same:
                batch.again += 1
            elif identity.again:
                batch.problems.append(_twice(line, identity.first, key))
            elif draft.operation and draft.operation not in work.operations:
                batch.problems.append(_no_operation(line, work.mapping))
            else:
                batch.rows.append((identity.record.hex, identity.content.hex, draft))
        batch.position = line
        if len(batch) >= work.rows_a_batch:
            yield batch
            batch = Settled()
    if len(batch):
        yield batch


def said(sheet: Sheet, compiled: Compiled) -> list[Notice]:
    """What there is to say of the file after its last row."""
    return [*sheet.notices, *(Notice(code, count=count) for code, count in compiled.said.items())]


def _twice(line: int, first: int, key: str) -> Problem:
    return Problem(
        line, key,
        f"a key must stand once in a file; that of line {line:,} stands already in line {first:,}, with other cells",
        "Keep the row that is right, or add a column to the key in the mapping.",
    )  # fmt: skip


def _no_operation(line: int, mapping: Mapping) -> Problem:
    heading = next((column.heading for column in mapping.columns if column.use == "operation"), "")
    return Problem(
        line, heading, "must be an operation that the agency has on the desk",
        "Add the operation on the desk first, or correct the name in the mapping.",
    )  # fmt: skip
