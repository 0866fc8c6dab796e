"""Finds the rows that the database itself refuses, so that one of them does not keep twenty thousand others out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import DataError, IntegrityError, router, transaction

from daybreak.events.models import Event
from daybreak.intake.readers.settling import Row, Settled
from daybreak.intake.rules.problems import Problem

REFUSED_BY_DATABASE = (DataError, IntegrityError)


class _Tried(Exception):
    """The rows would go in; nothing of the trial stands."""


def without_unfit(batch: Settled, file: Callable[[Sequence[Row]], object]) -> Settled:
    """The batch with every row refused that ``file`` cannot write; found by halves, each trial rolled back."""
    unfit = {draft.line for _, _, draft in _unfit(batch.rows, file)}
    rows = [row for row in batch.rows if row[2].line not in unfit]
    problems = [*batch.problems, *(_problem(line) for line in sorted(unfit))]
    return Settled(rows, problems, batch.again, batch.position)


def _unfit(rows: Sequence[Row], file: Callable[[Sequence[Row]], object]) -> list[Row]:
    if not rows or _goes_in(rows, file):
        return []
    if len(rows) == 1:
        return list(rows)
    half = len(rows) // 2
    return _unfit(rows[:half], file) + _unfit(rows[half:], file)


def _goes_in(rows: Sequence[Row], file: Callable[[Sequence[Row]], object]) -> bool:
    try:
        with transaction.atomic(using=router.db_for_write(Event)):
            file(rows)
            raise _Tried
    except _Tried:
        return True
    except REFUSED_BY_DATABASE:
        return False


def _problem(line: int) -> Problem:
    return Problem(
        line, "", "must fit the ledger, whose own rules refuse it",
        "Look at each cell of this row for a number or a word that cannot be right, and give the file again.",
    )  # fmt: skip
