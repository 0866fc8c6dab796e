"""Counts over time for many series at once: the input of every detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from daybreak.surge.errors import BadInput

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
DateArray = NDArray[np.datetime64]


class Period(Enum):
    """How long one row of counts lasts; the value is the number of rows a year has (*f* in the papers)."""

    DAY = 365
    WEEK = 52
    MONTH = 12
    YEAR = 1

    @classmethod
    def named(cls, word: str) -> Period:
        """The period of a word: day, week, month or year."""
        try:
            return cls[word.strip().upper()]
        except KeyError:
            raise BadInput(
                "period", "be day, week, month or year", repr(word), "Say how long one row lasts."
            ) from None


@dataclass(frozen=True)
class Counts:
    """Counts of many series over the same times, checked once.

    values: (time, series) float64; whole numbers ≥ 0, NaN = did not report (never a zero).
    names: one name a series, all different.
    period: how long one row lasts.
    dates: (time,) datetime64[D], the first day of each row, strictly increasing; None = rows are only numbered.
    exposure: (time, series) float64 > 0 (people, visits …); None = the same at all times. NaN only where the count is.
    """

    values: FloatArray
    names: tuple[str, ...]
    period: Period = Period.WEEK
    dates: DateArray | None = None
    exposure: FloatArray | None = None

    def __post_init__(self) -> None:
        _check_values(self.values)
        times, series = self.values.shape
        if len(self.names) != series or len(set(self.names)) != series:
            raise BadInput(
                "names", f"be {series} different names, one a series", f"{len(set(self.names))} of {len(self.names)}",
                "Name each series once.",
            )  # fmt: skip
        if self.dates is not None:
            _check_dates(self.dates, times)
        if self.exposure is not None:
            _check_exposure(self.exposure, self.values)

    @classmethod
    def of(
        cls,
        values: object,
        *,
        names: Sequence[str] | None = None,
        period: Period | str = Period.WEEK,
        dates: object = None,
        exposure: object = None,
    ) -> Counts:
        """Counts from anything NumPy reads; one series may be given as one dimension, names default to s1, s2 …"""
        array = _matrix(values, "counts")
        return cls(
            values=array,
            names=tuple(names) if names is not None else tuple(f"s{n}" for n in range(1, array.shape[1] + 1)),
            period=Period.named(period) if isinstance(period, str) else period,
            dates=None if dates is None else np.asarray(dates, dtype="datetime64[D]"),
            exposure=None if exposure is None else _matrix(exposure, "exposure"),
        )

    @property
    def times(self) -> int:
        """How many rows there are."""
        return int(self.values.shape[0])

    @property
    def series(self) -> int:
        """How many columns there are."""
        return int(self.values.shape[1])

    def columns(self, first: int, last: int) -> Counts:
        """The series first … last - 1 alone, not checked a second time."""
        part = slice(first, last)
        cut = object.__new__(Counts)
        of_all = {"period": self.period, "dates": self.dates, "names": self.names[part]}
        exposure = None if self.exposure is None else np.ascontiguousarray(self.exposure[:, part])
        values = np.ascontiguousarray(self.values[:, part])
        for name, value in {**of_all, "values": values, "exposure": exposure}.items():
            object.__setattr__(cut, name, value)
        return cut


def _matrix(given: object, where: str) -> FloatArray:
    try:
        array = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadInput(
            where, "be numbers", "something else", "Leave a time that did not report empty (NaN)."
        ) from None
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise BadInput(where, "have the shape (time, series)", f"{array.ndim} dimensions", "Time is axis 0.")
    return np.ascontiguousarray(array)


def _check_values(values: FloatArray) -> None:
    if values.ndim != 2 or values.dtype != np.float64:
        raise BadInput(
            "counts", "be float64 of the shape (time, series)", str(values.shape), "Use Counts.of."
        )
    known = ~np.isnan(values)
    wrong = known & ~(np.isfinite(values) & (values >= 0) & (values == np.floor(values)))
    if wrong.any():
        time, series = np.argwhere(wrong)[0]
        raise BadInput(
            f"count at time {time + 1} of series {series + 1}", "be a whole number, 0 or more",
            f"{values[time, series]:g}", "Leave a time that did not report empty (NaN).",
        )  # fmt: skip


def _check_dates(dates: DateArray, times: int) -> None:
    if dates.shape != (times,):
        raise BadInput("dates", f"be {times}, one a row", str(dates.shape), "Give the first day of each row.")
    if np.isnat(dates).any() or (np.diff(dates) <= np.timedelta64(0, "D")).any():
        raise BadInput(
            "dates", "grow from row to row", "a missing or repeated date", "Sort and join the rows."
        )


def _check_exposure(exposure: FloatArray, values: FloatArray) -> None:
    if exposure.shape != values.shape:
        raise BadInput(
            "exposure", f"have the counts' shape {values.shape}", str(exposure.shape), "Give one a count."
        )
    wrong = ~np.isnan(values) & ~(np.isfinite(exposure) & (exposure > 0))
    if wrong.any():
        time, series = np.argwhere(wrong)[0]
        raise BadInput(
            f"exposure at time {time + 1} of series {series + 1}", "be greater than 0",
            f"{exposure[time, series]:g}", "Leave the count empty where nobody was watched.",
        )  # fmt: skip
