"""What a detector says of each tested time of each series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from daybreak.surge.counts import FloatArray, IntArray

UNTESTED = np.int8(-1)
"""The alarm of a time that could not be tested: neither yes nor no."""

DID_NOT_REPORT = "did not report"

SMALLEST_P = float(np.finfo(np.float64).tiny)
"""A p-value too small for a float64 is this one: a p-value of 0, and so an endless recurrence interval, is never true."""


@dataclass(frozen=True)
class Outcome:
    """Results of one detector; every array but `tested` has the shape (tested times, series).

    tested: (tested times,) row numbers, 0-based.
    expected: what was expected without a surge, in counts; NaN = the method gives none, or the time was not tested.
    upper_bound: the largest count (or statistic, where the method says so) that raises no alarm; NaN = none.
    score: the method's own measure of surprise (z, statistic, exceedance …), see its model card; NaN = none.
    p_value: probability of a count as high without a surge, above 0; NaN = the method gives none.
    alarm: int8; 1 = alarm, 0 = none, -1 = could not be tested.
    reason: uint8, place in `reasons` of why a time could not be tested; 0 = it could ("" stands first).
    reasons: sentences such as "needs 5 years, has 2".
    extra: what else the method gives by name (dispersion, recurrence_days, window_days …).
    """

    tested: IntArray
    expected: FloatArray
    upper_bound: FloatArray
    score: FloatArray
    p_value: FloatArray
    alarm: NDArray[np.int8]
    reason: NDArray[np.uint8]
    reasons: tuple[str, ...] = ("",)
    extra: Mapping[str, FloatArray] = field(default_factory=dict)

    def why(self, time: int, series: int) -> str:
        """Why the tested time (its place in `tested`) of a series could not be tested; "" = it could."""
        return self.reasons[int(self.reason[time, series])]


def empty_outcome(tested: IntArray, series: int, reasons: tuple[str, ...] = ("",)) -> Outcome:
    """An outcome in which nothing is tested yet, for a detector to fill."""
    shape = (len(tested), series)
    return Outcome(
        tested=tested,
        expected=np.full(shape, np.nan),
        upper_bound=np.full(shape, np.nan),
        score=np.full(shape, np.nan),
        p_value=np.full(shape, np.nan),
        alarm=np.full(shape, UNTESTED),
        reason=np.zeros(shape, np.uint8),
        reasons=reasons,
    )


def taken(outcome: Outcome, places: IntArray) -> Outcome:
    """The outcome at some of its tested times, by their places in `tested`."""
    return Outcome(
        tested=outcome.tested[places],
        expected=outcome.expected[places],
        upper_bound=outcome.upper_bound[places],
        score=outcome.score[places],
        p_value=outcome.p_value[places],
        alarm=outcome.alarm[places],
        reason=outcome.reason[places],
        reasons=outcome.reasons,
        extra={name: values[places] for name, values in outcome.extra.items()},
    )


def joined(parts: list[Outcome]) -> Outcome:
    """One outcome of the outcomes of neighbouring blocks of series, tested at the same times, in order."""
    reasons = tuple(dict.fromkeys(reason for part in parts for reason in ("", *part.reasons)))
    place = {reason: number for number, reason in enumerate(reasons)}
    recoded = [np.array([place[r] for r in part.reasons], np.uint8)[part.reason] for part in parts]
    return Outcome(
        tested=parts[0].tested,
        expected=np.concatenate([part.expected for part in parts], axis=1),
        upper_bound=np.concatenate([part.upper_bound for part in parts], axis=1),
        score=np.concatenate([part.score for part in parts], axis=1),
        p_value=np.maximum(np.concatenate([part.p_value for part in parts], axis=1), SMALLEST_P),
        alarm=np.concatenate([part.alarm for part in parts], axis=1),
        reason=np.concatenate(recoded, axis=1),
        reasons=reasons,
        extra={name: np.concatenate([part.extra[name] for part in parts], axis=1) for name in parts[0].extra},
    )
