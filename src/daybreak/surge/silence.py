"""Is a source quiet, or silent? Nothing reported for a while is a zero only if that is not too improbable."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from daybreak.surge.counts import FloatArray
from daybreak.surge.triangle import Triangle

LEAST_PERIODS = 10
"""Periods of reports that must come before a gap is judged."""
SETTLED = 0.5
"""Prior reporting periods and reports of the gamma level."""


@dataclass(frozen=True)
class Silence:
    """How long a source has reported nothing at all, and how probable that is if it still reports.

    periods: latest periods without any report, of any event.
    expected: reports that were expected in them.
    probability: P(no report in as many periods); 1 where nothing is to be judged (no gap, or too little before it).
    """

    periods: int
    expected: float
    probability: float


def reports_by_period(cells: FloatArray) -> FloatArray:
    """(time,) reports that arrived in each period, of events of any earlier one; NaN where none of them is known."""
    times, lags = cells.shape
    arrived = np.full(times, np.nan)
    for lag in range(min(lags, times)):
        part = cells[: times - lag, lag]
        there = ~np.isnan(part)
        now = arrived[lag:]
        now[there] = np.nan_to_num(now[there]) + part[there]
    return arrived


def silence_of(arrived: FloatArray) -> Silence:
    """The silence at the end of one source's reports by period.

    Reports of a period are taken as negative binomial around a level that is learned before the gap, recent periods
    above all, and whose uncertainty is a gamma's. The dispersion is learned from the same periods, among them those
    without a report: a source that reports once a week (a weekly batch, closed at weekends) is over-dispersed, so that
    its usual gaps are not taken for silence. A gap no longer than one that was seen before is never improbable.

    Parameters
    ----------
    arrived : (time,) reports in each period; NaN = not known (these are left out).
    """
    known = arrived[~np.isnan(arrived)]
    gap = _ending_zeros(known)
    before = known[: len(known) - gap]
    if gap == 0 or len(before) < LEAST_PERIODS or before.sum() == 0:
        return Silence(gap, 0.0, 1.0)
    recent = before[-60:]
    mean = (recent.sum() + SETTLED) / (len(recent) + SETTLED)
    dispersion = max(1.0, float(((recent - mean) ** 2).mean() / mean))
    # a period's zero has the probability exp(-λ·ln φ/(φ - 1)); the level's gamma is as sure as dispersed reports allow
    factor = np.log(dispersion) / (dispersion - 1) if dispersion > 1.0001 else 1.0
    shape, rate = (recent.sum() + SETTLED) / dispersion, (len(recent) + SETTLED) / dispersion
    chance = float((rate / (rate + gap * factor)) ** shape)
    longest = _longest_zeros(recent)
    if longest >= gap:
        # such gaps occur: at most as rare as in the periods seen
        chance = max(chance, 1 / (len(recent) + 1))
    return Silence(gap, float(mean * gap), chance)


def silences(triangle: Triangle, at: int | None = None) -> tuple[Silence, ...]:
    """The silence of every series at the end of row `at` (the last by default)."""
    seen = triangle.as_of(triangle.times - 1 if at is None else at)
    return tuple(
        silence_of(reports_by_period(seen.reported[:, :, series])) for series in range(triangle.series)
    )


def with_silence(triangle: Triangle, found: tuple[Silence, ...], below: float = 0.001) -> Triangle:
    """The triangle in which what a silent source did not report is unknown (NaN), not zero.

    A source is silent if its gap was less probable than `below`. The triangle must end where the gaps were found.
    """
    cells = triangle.reported.copy()
    arrives = np.add.outer(np.arange(triangle.times), np.arange(triangle.lags))
    for series, each in enumerate(found):
        if each.probability < below:
            cells[arrives >= triangle.times - each.periods, series] = np.nan
    return replace(triangle, reported=cells)


def _ending_zeros(values: FloatArray) -> int:
    some = np.flatnonzero(values > 0)
    return len(values) if not len(some) else len(values) - 1 - int(some[-1])


def _longest_zeros(values: FloatArray) -> int:
    longest = run = 0
    for value in values:
        run = run + 1 if value == 0 else 0
        longest = max(longest, run)
    return longest
