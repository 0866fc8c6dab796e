"""Dates as scan files write them, and the study's steps in time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

import numpy as np

from daybreak.surge.counts import DateArray, IntArray
from daybreak.surge.errors import BadInput

_PARTS = re.compile(r"(\d{1,4})(?:[/-](\d{1,2})(?:[/-](\d{1,4}))?)?(?:[T ].*)?")
_DAYS_OF_YEAR_AS_STEP = (365, 366)
CENTURY = 100


class Unit(Enum):
    """How exactly dates are known; the value is NumPy's letter."""

    DAY = "D"
    MONTH = "M"
    YEAR = "Y"

    @property
    def days(self) -> float:
        """Days of one unit, on average."""
        return {Unit.DAY: 1.0, Unit.MONTH: 365.25 / 12, Unit.YEAR: 365.25}[self]


def read_date(word: str, where: str) -> tuple[np.datetime64, Unit]:
    """The first day a date can mean and how exactly it is known: 2001-11-24, 1985/1/1, 11/24/2001, 1985/1, 1985."""
    found = _PARTS.fullmatch(word.strip())
    if found is not None:
        first, month, last = found.groups()
        if last is not None and len(first) <= 2 < len(last):  # month/day/year
            first, month, last = last, first, month
        try:
            if len(first) == 4:
                return np.datetime64(f"{first}-{int(month or 1):02d}-{int(last or 1):02d}", "D"), _exact(
                    month, last
                )
        except ValueError:
            pass
    raise BadInput(
        where, "be a date", repr(word), "Write 2001-11-24, 2001/11/24 or, where no more is known, 2001."
    )


def _exact(month: str | None, day: str | None) -> Unit:
    if day is not None:
        return Unit.DAY
    return Unit.YEAR if month is None else Unit.MONTH


def last_day(first: np.datetime64, unit: Unit) -> np.datetime64:
    """The last day of the day, month or year that begins on `first`."""
    after = (first.astype(f"datetime64[{unit.value}]") + 1).astype("datetime64[D]")
    return np.datetime64(after - np.timedelta64(1, "D"), "D")


def near_year(word: str, near: int, where: str) -> int:
    """A year of four digits, or of two in the century that brings it nearest to the year `near`."""
    if not word.isdigit() or len(word) not in (2, 4):
        raise BadInput(where, "be a year", repr(word), "Write 1990 or 90.")
    if len(word) == 4:
        return int(word)
    century = near - near % CENTURY
    return min((century + shift + int(word) for shift in (-CENTURY, 0, CENTURY)), key=lambda y: abs(y - near))


@dataclass(frozen=True)
class Steps:
    """The study cut into steps of equal length, counted back from its end; the first may be shorter.

    edges: (steps + 1,) first day of each step, and the day after the study.
    days: length of a step in days, on average (of a full one).
    """

    edges: DateArray
    days: float

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self.edges) - 1

    def of(self, dates: DateArray) -> IntArray:
        """The step of each date, -1 outside the study."""
        step = np.searchsorted(self.edges, dates, side="right") - 1
        step[step >= self.count] = -1
        return np.asarray(step, np.int64)


def steps_of(start: np.datetime64, end: np.datetime64, unit: Unit, length: int) -> Steps:
    """Steps of `length` units from the day `start` to the day `end`, both inside the study."""
    if end < start:
        raise BadInput("--end", f"not be before --start ({start})", str(end), "Exchange them.")
    if length < 1:
        raise BadInput("--aggregate", "be 1 or more", str(length), "Leave it out for single days.")
    after = end + np.timedelta64(1, "D")
    stop = after.astype(f"datetime64[{unit.value}]")
    if stop.astype("datetime64[D]") != after:
        raise BadInput(
            "--end",
            f"be the last day of a {unit.name.lower()}",
            str(end),
            "Cases are dated no finer than that.",
        )
    begin = start.astype(f"datetime64[{unit.value}]")
    edges = np.arange(stop.astype(np.int64), begin.astype(np.int64), -length)[::-1]
    inner = edges.astype(f"datetime64[{unit.value}]").astype("datetime64[D]")
    return Steps(np.concatenate([[start], inner]).astype("datetime64[D]"), unit.days * length)


def units_of(number: int, unit: Unit) -> int:
    """A length given in days, where cases are dated by the year: 365 or 366 days are one year, 730 two."""
    if unit is not Unit.YEAR or number < min(_DAYS_OF_YEAR_AS_STEP):
        return number
    return round(number / Unit.YEAR.days)
