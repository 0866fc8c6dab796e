"""Where things stand on a chart: whole-number ticks from zero, and ticks of time with their words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daybreak.surge.charts.words import MONTHS
from daybreak.surge.counts import Counts, Period


@dataclass(frozen=True)
class Frame:
    """The plot's place on the sheet, in px, and the rows and counts that it shows.

    left, right, top, bottom: px. first, last: rows, 0-based, last excluded. highest: the count at the top.
    """

    left: float
    right: float
    top: float
    bottom: float
    first: int
    last: int
    highest: float

    @property
    def slot(self) -> float:
        """The width that one row has."""
        return (self.right - self.left) / max(self.last - self.first, 1)

    def x(self, row: float) -> float:
        """Where a row begins."""
        return self.left + (row - self.first) * self.slot

    def y(self, count: float) -> float:
        """How high a count stands; nothing stands above the top."""
        return self.bottom - min(count, self.highest) / self.highest * (self.bottom - self.top)


def count_ticks(highest: float, at_most: int = 4) -> list[int]:
    """Whole numbers from 0 on, 1, 2 or 5 times a power of ten apart; the last is at or above the highest count."""
    step = 1
    while highest / step > at_most:
        step = next(s for s in _steps() if s > step)
    return list(range(0, step * max(int(np.ceil(highest / step)), 1) + 1, step))


def _steps() -> list[int]:
    return [base * 10**power for power in range(12) for base in (1, 2, 5)]


def time_ticks(counts: Counts, frame: Frame, space: float = 52.0) -> list[tuple[int, str]]:
    """Rows to name below the plot, about `space` px apart at least: years, months, days or row numbers."""
    room = max(int((frame.right - frame.left) / space), 1)
    if counts.dates is None:
        rows = np.arange(frame.first, frame.last)
        step = next(s for s in _steps() if len(rows) / s <= room)
        return [(int(row), str(row + 1)) for row in rows if (row + 1) % step == 0]
    dates = counts.dates[frame.first : frame.last]
    months = dates.astype("datetime64[M]").astype(int)
    new = np.r_[False, np.diff(months) > 0]
    if counts.period is Period.MONTH or new.sum() == 0:
        new = np.ones(len(dates), dtype=bool)
    starts = np.flatnonzero(new)
    if counts.period is Period.DAY and len(starts) < 3:
        every = max(-(-len(dates) // room), 1)
        return [(frame.first + at, _day(dates[at])) for at in range(0, len(dates), every)]
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        chosen = [int(at) for at in starts if months[at] % step == 0]
        if len(chosen) <= room:
            ticks = [(frame.first + at, _month(int(months[at]), step)) for at in chosen]
            if ticks and not ticks[0][1].isdigit():  # the first tick says its year
                ticks[0] = (ticks[0][0], f"{ticks[0][1]} {1970 + int(months[chosen[0]]) // 12}")
            return ticks
    return []


def _day(date: np.datetime64) -> str:
    month = int(date.astype("datetime64[M]").astype(int))
    return f"{int((date - date.astype('datetime64[M]')).astype(int)) + 1} {MONTHS[month % 12][:3]}"


def _month(month: int, step: int) -> str:
    year = 1970 + month // 12
    return str(year) if step >= 12 or month % 12 == 0 else MONTHS[month % 12][:3]
