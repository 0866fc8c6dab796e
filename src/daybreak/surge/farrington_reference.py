"""Which earlier rows the Farrington methods compare a tested row with, and the season zone of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from daybreak.surge.baselines import check_reach
from daybreak.surge.counts import Counts, DateArray, FloatArray, IntArray, Period
from daybreak.surge.errors import BadInput

ABSENT = -1


@dataclass(frozen=True)
class Baseline:
    """The baseline of every tested row.

    rows: (tested rows, n) rows ordered by zone, -1 = does not exist.
    first: (tested rows, zones + 1) where each zone begins in `rows`; the tested row's own zone is the last. All 0 where
        the history is too short.
    times, now: (tested rows, n) and (tested rows,) times of the baseline and of the tested row, in periods about the
        baseline's middle.
    places: (tested rows, n) `times` from the earliest as whole numbers, or (tested rows, 0) where they are not whole.
    """

    rows: IntArray
    first: IntArray
    times: FloatArray
    now: FloatArray
    places: IntArray


def windows_baseline(
    counts: Counts, tested: IntArray, years: int, half_window: int, partial: bool
) -> Baseline:
    """Windows of 2·half_window + 1 rows about the same time of each earlier year (Farrington et al. 1996, section 3.1).

    With dates, a window's rows are those of the dates that lie whole years and periods back, moved to the nearest same
    weekday (weeks) or day of the month (months). `partial`: rows before the first are left out instead of the whole.
    """
    check_reach(half_window, counts.period)
    steps = np.arange(-half_window, half_window + 1)
    plans: list[tuple[IntArray, IntArray]] = []
    for row in tested:
        if counts.dates is None or counts.period is Period.YEAR:
            back = row - counts.period.value * np.arange(years, 0, -1)
            rows = (back[:, None] + steps).ravel()
            rows = np.where(rows >= 0, rows, ABSENT)
        else:
            rows = _rows_of(counts.dates, _window_dates(counts.dates[row], years, half_window, counts.period))
        missing = rows == ABSENT
        if missing.all() or (missing.any() and not partial):
            plans.append((np.empty(0, np.int64), np.zeros(2, np.int64)))
        else:
            plans.append((rows, np.array([0, len(rows)])))
    return _assembled(plans, 1, tested, np.arange(counts.times, dtype=np.float64))


def zones_baseline(
    counts: Counts, tested: IntArray, years: int, half_window: int, zones: int, left_out: int
) -> Baseline:
    """Windows as above and, with more than one zone, all rows between them in zones - 1 blocks (Noufaily et al. 2013).

    The last rows (`left_out` and the tested one) take no part. With dates, windows lie about the same date of each
    earlier year, moved to the nearest same weekday for weeks; the middle of each must be one of the dates.
    """
    plans: list[tuple[IntArray, IntArray]] = []
    for row in tested:
        centres = _centres(counts, int(row), years)
        if centres is None or centres[-1] - half_window < 0:
            plans.append((np.empty(0, np.int64), np.zeros(zones + 1, np.int64)))
            continue
        gaps = tuple(int(gap) for gap in centres[:-1] - centres[1:])
        offsets, first = _zones(gaps, half_window, zones, left_out)
        plans.append((row - offsets, first))
    clock = np.arange(counts.times, dtype=np.float64)
    if counts.dates is not None and counts.times > 1:
        days = (counts.dates - counts.dates[0]).astype(np.float64)
        clock = days / (days[1] - days[0])
    return _assembled(plans, zones, tested, clock)


@lru_cache(maxsize=256)
def _zones(gaps: tuple[int, ...], half_window: int, zones: int, left_out: int) -> tuple[IntArray, IntArray]:
    """How many rows before the tested one each baseline row lies, ordered by zone, and where each zone begins."""
    reach = sum(gaps) + half_window
    zone = np.full(reach + 1, ABSENT)  # by distance from the tested row
    zone[: half_window + 1] = zones - 1
    nearer = 0
    for gap in gaps:
        centre = nearer + gap
        zone[max(0, centre - half_window) : centre + half_window + 1] = zones - 1
        between = gap - 2 * half_window - 1
        if zones > 1:
            if between < zones - 1:
                raise BadInput(
                    "zones", f"be {max(between, 0) + 1} or fewer", str(zones), "Take fewer zones or a smaller window."
                )  # fmt: skip
            sizes = np.full(zones - 1, between // (zones - 1))
            sizes[: between % (zones - 1)] += 1
            distances = centre - half_window - 1 - np.arange(between)  # the earliest first
            zone[distances] = np.repeat(np.arange(zones - 1), sizes)
        nearer = centre
    zone[: left_out + 1] = ABSENT
    used = np.flatnonzero(zone != ABSENT)[::-1]
    order = np.argsort(zone[used], kind="stable")
    first = np.searchsorted(zone[used][order], np.arange(zones + 1))
    return used[order], first.astype(np.int64)


def _centres(counts: Counts, row: int, years: int) -> IntArray | None:
    """The tested row and its place in each earlier year, backward; None if one is not there."""
    if counts.dates is None or counts.period is Period.YEAR:
        rows = row - counts.period.value * np.arange(years + 1)
        return rows if rows[-1] >= 0 else None
    day = counts.dates[row]
    references = np.concatenate([[day], _years_back(day, years)])
    if counts.period is Period.WEEK:
        references = _nearest_weekday(references, day)
    rows = _rows_of(counts.dates, references)
    return None if (rows == ABSENT).any() else rows


def _window_dates(day: np.datetime64, years: int, half_window: int, period: Period) -> DateArray:
    found: list[DateArray] = []
    for reference in _years_back(day, years):
        steps = np.arange(-half_window, half_window + 1)
        if period is Period.MONTH:
            found.append(np.array([_moved(reference, 0, int(step)) for step in steps]))
        else:
            found.append(reference + steps * (7 if period is Period.WEEK else 1))
    dates = np.concatenate(found)
    if period is Period.WEEK:
        return _nearest_weekday(dates, day)
    if period is Period.MONTH:
        months = dates.astype("datetime64[M]")
        wanted = (day - day.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
        moved: DateArray = months.astype("datetime64[D]") + wanted
        return moved
    return dates


def _years_back(day: np.datetime64, years: int) -> DateArray:
    return np.array([_moved(day, -back, 0) for back in range(1, years + 1)], dtype="datetime64[D]")


def _moved(day: np.datetime64, years: int, months: int) -> np.datetime64:
    """The same day of another month; a day past its end runs on into the next (29 February becomes 1 March)."""
    month = day.astype("datetime64[M]")
    place = day - month.astype("datetime64[D]")
    moved: np.datetime64 = (month + 12 * years + months).astype("datetime64[D]") + place
    return moved


def _nearest_weekday(dates: DateArray, like: np.datetime64) -> DateArray:
    """The dates moved by at most 3 days to the weekday of `like`; seven days leave no tie."""
    forward = (like - dates).astype(np.int64) % 7
    return dates + np.where(forward <= 3, forward, forward - 7)


def _rows_of(dates: DateArray, wanted: DateArray) -> IntArray:
    places = np.searchsorted(dates, wanted)
    held = np.minimum(places, len(dates) - 1)
    return np.where(dates[held] == wanted, held, ABSENT).astype(np.int64)


def _assembled(
    plans: list[tuple[IntArray, IntArray]], zones: int, tested: IntArray, clock: FloatArray
) -> Baseline:
    most = max((len(rows) for rows, _ in plans), default=0)
    rows = np.full((len(plans), most), ABSENT, dtype=np.int64)
    first = np.zeros((len(plans), zones + 1), dtype=np.int64)
    times, now = np.zeros((len(plans), most)), np.zeros(len(plans))
    for place, (own, begins) in enumerate(plans):
        if len(own) == 0:
            continue
        rows[place, : len(own)], first[place] = own, begins
        there = clock[own[own != ABSENT]]
        middle = np.floor((there.min() + there.max()) / 2)
        times[place, : len(own)] = np.where(own == ABSENT, 0.0, clock[own] - middle)
        now[place] = clock[tested[place]] - middle
    places = np.empty((len(plans), 0), dtype=np.int64)
    if most > 0 and (times == np.round(times)).all():
        places = (times - times.min(axis=1, keepdims=True)).astype(np.int64)
    return Baseline(rows, first, times, now, places)
