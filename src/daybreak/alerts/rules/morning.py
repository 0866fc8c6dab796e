"""The morning list: of all streams tested today, those that rise, the least explicable first, few of them by chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from daybreak.surge.counts import Counts, FloatArray, Period
from daybreak.surge.discovery_rate import discoveries
from daybreak.surge.predictive import PredictiveSettings, predictive

SAME_EPISODE_DAYS = 14
"""An alarm within two weeks of the last one on its stream tells of the same rise: the longest window is as long."""


@dataclass(frozen=True, slots=True)
class Day:
    """One stream on one tested day.

    observed and expected are those of ``window_days``, the window that is least probable without a rise; upper is the
    largest count of the single day that would not alarm. p counts all windows; NaN where the day could not be tested, and
    then ``why`` says why. ``place`` is its rank on the list, from 1; 0 = not on it.
    """

    stream: int
    on: date
    observed: int
    expected: float
    upper: float
    window_days: int
    p: float
    recurrence_days: float
    place: int
    why: str = ""


def matrix(
    counted: dict[int, dict[date, int]], reported: dict[int, tuple[date, date]], last: date
) -> tuple[NDArray[np.datetime64], FloatArray, tuple[int, ...]]:
    """Streams as columns of days, from the first reported day of any of them to ``last``.

    Parameters
    ----------
    counted : stream → day → cases; a day without an entry had none, if it was reported.
    reported : stream → first and last day for which its feed reported; every other day is NaN, never zero.

    Returns
    -------
    days (time,), values (time, streams), and the streams in the order of the columns.
    """
    streams = tuple(sorted(reported))
    first = min(reported[stream][0] for stream in streams)
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    values = np.full((len(days), len(streams)), np.nan)
    for column, stream in enumerate(streams):
        since, until = reported[stream]
        start, stop = (since - first).days, (min(until, last) - first).days + 1
        if stop <= start:
            continue
        values[start:stop, column] = 0.0
        for day, cases in counted.get(stream, {}).items():
            if since <= day <= min(until, last):
                values[(day - first).days, column] = cases
    return days, values, streams


def morning(
    days: NDArray[np.datetime64], values: FloatArray, streams: tuple[int, ...], *, share: float
) -> tuple[Day, ...]:
    """Test the last day of every stream; the list first, in its order, then the rest by stream.

    ``share`` is the expected share of false alarms on a list that is not empty; where nothing rises anywhere it is also
    the chance that a list has anything on it, so that it bounds the false alerts of all streams together.
    """
    counts = Counts.of(values, names=[str(stream) for stream in streams], period=Period.DAY, dates=days)
    tested = np.array([len(days) - 1])
    outcome = predictive(counts, tested, PredictiveSettings())
    alarm = discoveries(outcome.p_value, share)[0]
    order = np.lexsort((np.array(streams), np.nan_to_num(outcome.p_value[0], nan=2.0), alarm != 1))
    on = days[-1].astype(object)
    said = []
    for rank, column in enumerate(order, 1):
        window = outcome.extra["window_rows"][0, column]
        rows = 1 if np.isnan(window) else int(window)
        expected = outcome.extra["window_expected"][0, column]
        said.append(
            Day(
                stream=streams[column],
                on=on,
                observed=int(np.nansum(values[-rows:, column])),
                expected=float(expected),
                upper=float(outcome.upper_bound[0, column]),
                window_days=rows,
                p=float(outcome.p_value[0, column]),
                recurrence_days=float(outcome.extra["recurrence_days"][0, column]),
                place=rank if alarm[column] == 1 else 0,
                why=outcome.why(0, int(column)),
            )
        )
    return tuple(said)


def same_episode(last_alarm: date | None, on: date) -> bool:
    """Whether an alarm continues the rise that was on the list before."""
    return last_alarm is not None and on - last_alarm <= timedelta(days=SAME_EPISODE_DAYS)
