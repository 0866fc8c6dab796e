"""threshold: have so many events or more happened within 24 hours? The alert of the overdose map ODMAP.

Source: the overdose mapping program's spike alerts (reference, §9): a county is told when the suspected overdoses of 24
hours reach a number that it set, or the recommended one: "six overdoses recorded three separate times" within 30 days
make the threshold six.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daybreak.surge.counts import Counts, FloatArray, IntArray
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome


@dataclass(frozen=True)
class ThresholdSettings:
    """Settings of `threshold`."""

    events: int = setting(6, "so many events or more alarm")
    rows: int = setting(1, "rows that are counted together (one day = 24 hours)")
    recommended: bool = setting(
        False, "the threshold is learned from the days before instead: the number reached on `times` of them"
    )
    times: int = setting(3, "how often the recommended number was reached")
    within: int = setting(30, "rows before the tested ones from which the recommended number is learned")
    least_events: int = setting(2, "the recommended number is never below this")

    def __post_init__(self) -> None:
        for name in ("events", "rows", "times", "within", "least_events"):
            if getattr(self, name) < 1:
                raise BadInput(
                    name, "be 1 or more", str(getattr(self, name)), "Leave it out for its default."
                )
        if self.times > self.within:
            raise BadInput("times", "be at most within", f"{self.times} of {self.within}", "Lower times.")


def run(counts: Counts, tested: IntArray, settings: ThresholdSettings, mode: Mode) -> Outcome:
    """An alarm where the events of the last `rows` rows are `events` or more; both modes agree.

    upper_bound = the largest count of the tested row that keeps the sum below the threshold, NaN where there is none
    (the rows before reach it alone); score = the sum. There is no expectation, p-value or exposure in this method: it is
    here as the peer that is in daily use. Missing: all rows counted together must have reported; with `recommended`
    missing rows of the past are left out, and a series without `within` rows before is not tested.
    """
    shape = (len(tested), counts.series)
    sums = sums_of(counts.values, settings.rows)
    limit = np.full(shape, float(settings.events))
    code = np.zeros(shape, np.uint8)
    if settings.recommended:
        for place, time in enumerate(tested):
            limit[place] = recommended_threshold(
                sums[max(0, time - settings.rows + 1 - settings.within) : max(0, time - settings.rows + 1)],
                times=settings.times,
                least_events=settings.least_events,
            )
        code[tested < settings.within + 2 * (settings.rows - 1)] = 3
    now = sums[tested]
    code[np.isnan(now)] = 2
    code[tested < settings.rows - 1] = 3
    code[np.isnan(counts.values[tested])] = 1
    known = code == 0
    before = now - counts.values[tested]
    bound = limit - 1.0 - before
    need = settings.within + 2 * (settings.rows - 1) if settings.recommended else settings.rows - 1
    nothing = np.full(shape, np.nan)
    return Outcome(
        tested=tested,
        expected=nothing,
        upper_bound=np.where(known & (bound >= 0), bound, np.nan),
        score=np.where(known, now, np.nan),
        p_value=nothing.copy(),
        alarm=np.where(known, (now >= limit).astype(np.int8), UNTESTED).astype(np.int8),
        reason=code,
        reasons=("", DID_NOT_REPORT, "a row counted with it did not report", f"needs {need} rows before it"),
        extra={"threshold": np.where(known, limit, np.nan)},
    )


def sums_of(values: FloatArray, rows: int) -> FloatArray:
    """Sums of each row and the rows - 1 before it; NaN where one is missing or there are too few."""
    sums = np.full(values.shape, np.nan)
    if len(values) >= rows:
        sums[rows - 1 :] = np.lib.stride_tricks.sliding_window_view(values, rows, axis=0).sum(axis=-1)
    return sums


def recommended_threshold(past: FloatArray, *, times: int = 3, least_events: int = 2) -> FloatArray:
    """The largest number that was reached on `times` of the past days: (days, series) → (series,).

    Six or more on three of the last 30 days make six. Missing days (NaN) count for nothing; where fewer than `times`
    days reported, or the number would be smaller, it is `least_events`.
    """
    if len(past) < times:
        return np.full(past.shape[1], float(least_events))
    known = np.sort(np.where(np.isnan(past), -1.0, past), axis=0)
    return np.asarray(np.maximum(known[-times], float(least_events)), np.float64)


THRESHOLD = Detector(
    name="threshold",
    question="Have six or more events (or another number) happened within 24 hours?",
    settings=ThresholdSettings,
    run=run,
    source="ODMAP spike alerts (Washington/Baltimore HIDTA); Government Computer News, November 2017",
)
