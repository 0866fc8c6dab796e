"""One stream day by day: its counts, what was expected, the alarms; as numbers, as a chart, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from daybreak.alerts.models import Stream
from daybreak.alerts.queries.counts import counted, reported
from daybreak.alerts.queries.morning import name_of
from daybreak.alerts.rules.morning import matrix
from daybreak.surge.charts import Saying, chart, finding, why
from daybreak.surge.counts import Counts, Period
from daybreak.surge.outcome import Outcome
from daybreak.surge.predictive import PredictiveSettings, predictive

SHOWN_DAYS = 91
ALPHA = 0.001
"""A chart marks days that come once in about three years by chance on this stream alone; the list corrects for all streams."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A stream's counts up to its last reported day, and what `predictive` said of the newest of them."""

    counts: Counts
    outcome: Outcome
    many: str
    name: str


def tested(stream: Stream, day: date, *, label: str) -> Tested | None:
    """The stream to ``day``; None where its feed has not reported yet. ``label`` names it in titles."""
    spans = reported([stream.feed_id], day)
    if stream.feed_id not in spans:
        return None
    days, values, _ = matrix(counted({stream.pk: stream}, day), {stream.pk: spans[stream.feed_id]}, day)
    counts = Counts.of(values, names=[label], period=Period.DAY, dates=days)
    rows = np.arange(max(len(days) - SHOWN_DAYS, 0), len(days))
    outcome = predictive(counts, rows, PredictiveSettings(alpha=ALPHA))
    return Tested(counts, outcome, name_of(stream).many, label)


def drawing(of: Tested, *, subtitle: str, method: str, source: str, width: int, theme: str) -> str:
    """The chart as SVG."""
    saying = Saying(
        title=finding(of.counts, of.outcome, 0, unit=of.many, name=of.name),
        subtitle=subtitle,
        unit=of.many,
        method=method,
        source=source,
    )
    return chart(of.counts, of.outcome, 0, saying=saying, width=width, theme=theme)


@dataclass(frozen=True, slots=True)
class Row:
    """One day; count None: the feed did not report. expected, upper and p are None where the day could not be tested."""

    on: date
    count: int | None
    expected: float | None
    upper: float | None
    p: float | None
    alarm: bool
    why: str


def rows(of: Tested) -> Iterator[Row]:
    """The tested days, newest first."""
    out, values = of.outcome, of.counts.values[:, 0]
    for place in range(len(out.tested) - 1, -1, -1):
        row = int(out.tested[place])
        yield Row(
            on=_day(of.counts, row),
            count=None if np.isnan(values[row]) else int(values[row]),
            expected=_stated(out.expected[place, 0]),
            upper=_stated(out.upper_bound[place, 0]),
            p=_stated(out.p_value[place, 0]),
            alarm=bool(out.alarm[place, 0] == 1),
            why=why(of.counts, out, place, 0, unit=of.many),
        )


def _day(counts: Counts, row: int) -> date:
    assert counts.dates is not None  # noqa: S101 - made with dates above
    return date(1970, 1, 1) + timedelta(days=int(counts.dates[row].astype(int)))


def _stated(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
