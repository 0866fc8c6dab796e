"""A whole table through one detector, a block of series at a time, so that memory holds a block and the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daybreak.surge.counts import Counts, FloatArray, IntArray, Period
from daybreak.surge.detector import Detector, Mode
from daybreak.surge.errors import BadInput
from daybreak.surge.methods import detect
from daybreak.surge.outcome import UNTESTED, Outcome
from daybreak.surge.tables import Table, blocks

SERIES_A_READ = 2048
"""Series read and tested at once: 520 weeks of them take 8 MB an array."""


@dataclass(frozen=True)
class Question:
    """What is asked of a table: the method and how, for which rows."""

    method: str | Detector
    period: Period
    tested: IntArray
    settings: Mapping[str, Any] = field(default_factory=dict)
    mode: Mode = Mode.CORRECTED
    cores: int = 1
    on: str | None = None
    block: int = SERIES_A_READ


@dataclass(frozen=True)
class Answer:
    """Alarms of all series and what could not be tested.

    alarm: (tested times, series) int8; 1, 0, -1 = could not be tested.
    p_value: (tested times, series), NaN = none; None unless asked for.
    untested: reason → how many times of series.
    """

    alarm: NDArray[np.int8]
    p_value: FloatArray | None
    untested: Mapping[str, int]


def detect_table(
    table: Table,
    question: Question,
    *,
    exposure: Table | None = None,
    p_values: bool = False,
    each: Callable[[int, FloatArray, Outcome], None] | None = None,
) -> Answer:
    """The alarms of every series of a table; block by block the same numbers as at once.

    Parameters
    ----------
    exposure : a table of the same rows and columns: people, visits … greater than 0.
    p_values : keep them too.
    each : called with every block's first series, its counts at the tested times, and its outcome.
    """
    if question.block < 1:
        raise BadInput("block", "be 1 series or more", str(question.block), "Leave it out.")
    if exposure is not None:
        _check_alike(table, exposure)
    shape = (len(question.tested), len(table.names))
    alarm = np.full(shape, UNTESTED)
    kept = np.full(shape, np.nan) if p_values else None
    untested: dict[str, int] = {}
    for first, last in blocks(len(table.names), question.block):
        counts = Counts(
            table.counts_block(first, last),
            table.names[first:last],
            period=question.period,
            dates=table.dates,
            exposure=None if exposure is None else _exposure(table, exposure, first, last),
        )
        outcome = detect(
            counts, question.method, question.settings, tested=question.tested, mode=question.mode,
            cores=question.cores, on=question.on,
        )  # fmt: skip
        alarm[:, first:last] = outcome.alarm
        if kept is not None:
            kept[:, first:last] = outcome.p_value
        for code, number in zip(*np.unique(outcome.reason, return_counts=True), strict=True):
            reason = outcome.reasons[int(code)]
            if reason:
                untested[reason] = untested.get(reason, 0) + int(number)
        if each is not None:
            each(first, counts.values[question.tested], outcome)
    return Answer(alarm, kept, untested)


def _check_alike(table: Table, exposure: Table) -> None:
    if exposure.labels != table.labels:
        raise BadInput(exposure.source, "have the rows of the counts", "others", "Give one exposure a count.")
    if exposure.names != table.names:
        raise BadInput(exposure.source, "have the columns of the counts", "others", "Keep their order.")


def _exposure(table: Table, exposure: Table, first: int, last: int) -> FloatArray:
    values = exposure.block(first, last)
    wrong = ~np.isnan(table.block(first, last)) & ~(values > 0)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise BadInput(
            f"{exposure.source}, row {exposure.labels[row]}, column {exposure.names[first + int(column)]}",
            "be greater than 0", f"{values[row, column]:g}", "Leave the count empty where nobody was watched.",
        )  # fmt: skip
    return values
