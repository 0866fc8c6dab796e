"""Reporting triangles: of the events of each period, how many were reported how many periods later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daybreak.surge.counts import Counts, DateArray, FloatArray, IntArray, Period
from daybreak.surge.errors import BadInput

MOST_CELLS = 100_000_000
"""Cells that a triangle may have: 800 MB, and no line list of a county comes near."""


@dataclass(frozen=True)
class Triangle:
    """Counts by event period and reporting delay, of many series at once.

    reported: (time, lag, series) float64; events of row t that were reported exactly `lag` periods later; the last lag
        holds that delay and longer ones. NaN = the source did not report then, or the reporting period lies ahead;
        never a zero.
    names: one name a series.
    period: how long one row, and one step of the lag, lasts.
    dates: (time,) datetime64[D], the first day of each row; None = rows are only numbered.
    """

    reported: FloatArray
    names: tuple[str, ...]
    period: Period = Period.DAY
    dates: DateArray | None = None

    def __post_init__(self) -> None:
        cells = self.reported
        if cells.ndim != 3 or cells.dtype != np.float64:
            raise BadInput(
                "triangle", "be float64 of the shape (time, lag, series)", str(cells.shape), "Time is axis 0."
            )
        if cells.shape[1] < 1:
            raise BadInput("triangle", "have one lag or more", "none", "Lag 0 is the period of the event.")
        wrong = ~np.isnan(cells) & ~(np.isfinite(cells) & (cells >= 0) & (cells == np.floor(cells)))
        if wrong.any():
            time, lag, series = np.argwhere(wrong)[0]
            raise BadInput(
                f"triangle at time {time + 1}, lag {lag}, series {series + 1}", "be a whole number, 0 or more",
                f"{cells[time, lag, series]:g}", "Leave what was not reported empty (NaN).",
            )  # fmt: skip
        # names and dates obey the rules of counts
        Counts(
            np.full((cells.shape[0], cells.shape[2]), np.nan),
            self.names,
            period=self.period,
            dates=self.dates,
        )

    @classmethod
    def of_line_list(
        cls,
        event_dates: object,
        report_dates: object,
        *,
        period: Period | str = Period.DAY,
        first: object = None,
        last: object = None,
        lags: int | None = None,
        series: Sequence[str] | None = None,
        names: Sequence[str] | None = None,
    ) -> Triangle:
        """The triangle of single events, as known at the end of the period that holds `last`.

        Parameters
        ----------
        event_dates, report_dates : (events,) dates (anything NumPy reads as datetime64[D]); NaT in either leaves the
            event out: it cannot be placed.
        period : day, or week (7 days counted from `first`).
        first : first day of the first row; the earliest event by default.
        last : a day of the last row, and the moment of knowledge: reports after its period are left out, and cells
            whose reporting period lies after it are NaN. The latest report by default.
        lags : how many delays are told apart; as many as there are rows by default.
        series : (events,) the series of each event; one series "all" by default.
        names : the series and their order; those that occur, sorted, by default.

        Raises
        ------
        BadInput : no events to take the first or last day from, a report before its event, an unknown series.
        """
        step = _days(Period.named(period) if isinstance(period, str) else period)
        events, reports, place, labels = _placed(event_dates, report_dates, series, names)
        start = _day(first, "first", events, np.min)
        end = _day(last, "last", reports, np.max)
        rows = (end - start) // step + 1
        if rows < 1:
            raise BadInput("last", "not lie before first", "an earlier day", "Exchange them.")
        row = (events - start) // step
        seen = (reports - start) // step
        kept = (row >= 0) & (row < rows) & (seen < rows)
        width = int(rows) if lags is None else int(lags)
        if width < 1:
            raise BadInput("lags", "be 1 or more", str(width), "Leave it out to tell all delays apart.")
        if int(rows) * width * len(labels) > MOST_CELLS:
            raise BadInput(
                "the triangle", f"have at most {MOST_CELLS:,} cells (rows, delays, series)",
                f"{int(rows)} rows, {width} delays, {len(labels)} series", "Shorten the delay, or start later.",
            )  # fmt: skip
        cells = np.zeros((int(rows), width, len(labels)))
        np.add.at(cells, (row[kept], np.minimum((seen - row)[kept], width - 1), place[kept]), 1.0)
        ahead = np.add.outer(np.arange(int(rows)), np.arange(width)) >= rows
        cells[ahead] = np.nan
        dates = np.datetime64(0, "D") + (start + step * np.arange(int(rows))).astype("timedelta64[D]")
        return cls(cells, labels, Period.DAY if step == 1 else Period.WEEK, dates)

    @property
    def times(self) -> int:
        """How many rows (event periods) there are."""
        return int(self.reported.shape[0])

    @property
    def lags(self) -> int:
        """How many delays are told apart; the last one means "that or later"."""
        return int(self.reported.shape[1])

    @property
    def series(self) -> int:
        """How many series there are."""
        return int(self.reported.shape[2])

    def as_of(self, at: int) -> Triangle:
        """The triangle as it stood at the end of row `at`: rows 0 … at, NaN where the report lay ahead."""
        self._check_row(at)
        cells = self.reported[: at + 1].copy()
        cells[np.add.outer(np.arange(at + 1), np.arange(self.lags)) > at] = np.nan
        return replace(self, reported=cells, dates=None if self.dates is None else self.dates[: at + 1])

    def known_at(self, at: int) -> FloatArray:
        """Counts of rows 0 … at as known at the end of row `at`.

        Returns (at + 1, series). What the source left out is not in the sum; NaN where it had reported nothing of the
        row at all. Events of the last lag ("that or later") count as reported after exactly that delay.
        """
        cells = self.as_of(at).reported
        sums: FloatArray = np.nansum(cells, axis=1)
        sums[np.isnan(cells).all(axis=1)] = np.nan
        return sums

    def final(self) -> FloatArray:
        """Counts of all rows with all that the triangle holds; (time, series), NaN where nothing was reported."""
        sums: FloatArray = np.nansum(self.reported, axis=1)
        sums[np.isnan(self.reported).all(axis=1)] = np.nan
        return sums

    def delay_counts(self, at: int, window: int | None = None, *, whole_rows: bool = False) -> FloatArray:
        """Reports by delay, (lag, series), of what was known at the end of row `at`.

        window : only events of the last `window` rows up to `at`; None = all.
        whole_rows : only rows whose longest delay has passed (no truncation), the `window` latest of those.
        """
        cells = self.as_of(at).reported
        if whole_rows:
            cells = cells[: max(0, at + 1 - (self.lags - 1))]
        if window is not None:
            cells = cells[max(0, len(cells) - self._window(window)) :]
        counted: FloatArray = np.nansum(cells, axis=0)
        return counted

    def completeness(self, at: int, window: int | None = None, *, prior: float = 0.0) -> FloatArray:
        """The share of a row's events that is reported by each lag, estimated at the end of row `at`; (lag, series).

        Chain ladder: the share still missing at lag d - 1 is learned from the rows that have reached lag d, so rows
        that are not complete yet help too and the estimate is not biased by truncation. Only the `window` latest rows
        that have reached lag d are used for that step (None = all): short for delays that drift. `prior` events are
        added to each lag. NaN = no events to learn from. The last lag is 1 by definition.

        Source: Mack 1993 (ASTIN Bulletin 23), development factors; Kalbfleisch & Lawless 1989, reverse-time hazards.
        """
        cells = self.as_of(at).reported
        share = np.ones((self.lags, self.series))
        for lag in range(self.lags - 1, 0, -1):
            reached = cells[: max(0, at + 1 - lag)]
            if window is not None:
                reached = reached[max(0, len(reached) - self._window(window)) :]
            now = np.nansum(reached[:, lag], axis=0) + prior
            before = np.nansum(reached[:, :lag], axis=(0, 1)) + prior * lag
            with np.errstate(invalid="ignore", divide="ignore"):
                share[lag - 1] = share[lag] * (before / (before + now))
        return share

    def counts(self) -> Counts:
        """All that the triangle holds, as counts over time."""
        return Counts(self.final(), self.names, period=self.period, dates=self.dates)

    def _check_row(self, at: int) -> None:
        if not 0 <= at < self.times:
            raise BadInput("at", f"be a row from 0 to {self.times - 1}", str(at), "Rows count from 0.")

    @staticmethod
    def _window(window: int) -> int:
        if window < 1:
            raise BadInput("window", "be 1 row or more", str(window), "Leave it out to use all rows.")
        return window


def _days(period: Period) -> int:
    lengths = {Period.DAY: 1, Period.WEEK: 7}
    if period not in lengths:
        raise BadInput(
            "period", "be day or week", period.name.lower(), "Build months with Triangle(reported=…)."
        )
    return lengths[period]


def _day(given: object, where: str, days: IntArray, extreme: Callable[[IntArray], Any]) -> int:
    if given is not None:
        return int(np.asarray(given, dtype="datetime64[D]").astype(np.int64))
    if not days.size:
        raise BadInput(where, "be given", "no events to take it from", f"Say {where}=DATE.")
    return int(extreme(days))


def _placed(
    event_dates: object, report_dates: object, series: Sequence[str] | None, names: Sequence[str] | None
) -> tuple[IntArray, IntArray, NDArray[np.intp], tuple[str, ...]]:
    """Events, reports (days since 1970) and places in the labels of the events that have both dates."""
    events = np.asarray(event_dates, dtype="datetime64[D]")
    reports = np.asarray(report_dates, dtype="datetime64[D]")
    if events.ndim != 1 or events.shape != reports.shape:
        raise BadInput(
            "report dates", "be one an event", f"{reports.shape} for {events.shape}", "Leave unknown ones empty."
        )  # fmt: skip
    dated = ~(np.isnat(events) | np.isnat(reports))
    early = dated & (reports < events)
    if early.any():
        raise BadInput(
            f"report date of event {int(np.argmax(early)) + 1}", "not lie before the event", "an earlier day",
            "Correct the row or leave its report date empty.",
        )  # fmt: skip
    given = np.asarray(["all"] * len(events) if series is None else list(series), dtype=object)
    if given.shape != events.shape:
        raise BadInput("series", "be one an event", f"{given.shape} for {events.shape}", "Name each event's.")
    labels = tuple(names) if names is not None else tuple(sorted({str(each) for each in given})) or ("all",)
    number = {label: place for place, label in enumerate(labels)}
    unknown = [place for place, each in enumerate(given) if str(each) not in number]
    if unknown:
        raise BadInput(
            f"series of event {unknown[0] + 1}", "be one of names", "another", "Add it to names or leave it out."
        )  # fmt: skip
    place = np.array([number[str(each)] for each in given], dtype=np.intp)
    return events[dated].astype(np.int64), reports[dated].astype(np.int64), place[dated], labels
