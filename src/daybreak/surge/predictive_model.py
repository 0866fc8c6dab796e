"""What `predictive` fits: the columns of its log-linear background, when each may enter, and the priors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.legendre import leggauss

from daybreak.surge._kernels.predictive_joint import all_below_smooth
from daybreak.surge.counts import Counts, FloatArray, IntArray, Period

DAYS_A_YEAR = 365.25
DAYS_A_PERIOD = {Period.DAY: 1.0, Period.WEEK: 7.0, Period.MONTH: DAYS_A_YEAR / 12, Period.YEAR: DAYS_A_YEAR}
TREND, FIRST_HARMONIC, SECOND_HARMONIC, WEEKDAY = 1, 2, 3, 4
PRIOR_SPREAD = np.array([30.0, 0.5, 1.0, 1.0, 1.0])
"""Prior standard deviation of a coefficient by group, on the log scale (trend: a year): weak, for sparse series."""
LEAST_DAYS = 56
"""Days with a count before weekdays may differ."""
LEAST_YEARS = 5
"""Years with a count before a yearly series may have a trend."""
PRIOR_EVENTS = 0.5
"""Jeffreys' prior of a Poisson level, in events."""
DISPERSION_SHIFT = 0.1
"""Dispersions are evenly spaced in log(φ − 1 + this): coarse where it matters little, near φ = 1."""


@dataclass(frozen=True)
class Background:
    """Columns of the background model over all rows of some counts.

    design: (time, column): intercept, trend in years, one or two harmonics of the year, six weekday contrasts.
    group: (column,) which group a column belongs to; a group enters or leaves as a whole.
    least_rows: (group,) known rows that training must have before the group may enter.
    cutoff: (group,) Wald chi-squared below which a group is dropped.
    ridge: (column,) precision of a normal prior with mean 0 on each coefficient.
    """

    design: FloatArray
    group: IntArray
    least_rows: IntArray
    cutoff: FloatArray
    ridge: FloatArray


def background_of(counts: Counts, keep_cutoff: float) -> Background:
    """The candidate terms that the period of these counts allows."""
    year = counts.period.value
    turn, years = _calendar(counts, year)
    columns = [np.ones(counts.times), years]
    group = [0, TREND]
    if counts.period is not Period.YEAR:
        for order, name in ((1, FIRST_HARMONIC), (2, SECOND_HARMONIC)):
            columns += [np.cos(order * turn), np.sin(order * turn)]
            group += [name, name]
    if counts.period is Period.DAY:
        day = _day_of_week(counts)
        for each in range(6):
            columns.append((day == each).astype(float) - (day == 6).astype(float))
            group.append(WEEKDAY)
    least = np.array([0, year, year, 2 * year, LEAST_DAYS], dtype=np.int64)
    if counts.period is Period.YEAR:
        least[TREND] = LEAST_YEARS
    groups = np.array(group, dtype=np.int64)
    size = np.bincount(groups, minlength=len(least))
    least[size == 0] = np.iinfo(np.int64).max
    return Background(
        design=np.ascontiguousarray(np.stack(columns, axis=1)),
        group=groups,
        least_rows=least,
        cutoff=np.asarray(keep_cutoff * size, dtype=np.float64),
        ridge=1.0 / PRIOR_SPREAD[groups] ** 2,
    )


def _calendar(counts: Counts, year: int) -> tuple[FloatArray, FloatArray]:
    """Angle in the year, and years since the first row."""
    if counts.dates is None:
        years = np.arange(counts.times, dtype=np.float64) / year
        return 2 * np.pi * years, years
    days = counts.dates.astype("datetime64[D]").astype(np.int64).astype(np.float64)
    return 2 * np.pi * days / DAYS_A_YEAR, (days - days[0]) / DAYS_A_YEAR if len(days) else days


def _day_of_week(counts: Counts) -> IntArray:
    if counts.dates is None:
        return np.arange(counts.times, dtype=np.int64) % 7
    return counts.dates.astype("datetime64[D]").astype(np.int64) % 7


def dispersion_grid() -> tuple[FloatArray, FloatArray]:
    """Values of dispersion − 1 and the logarithm of their prior weights.

    The prior is even in log(φ − 1 + shift) up to φ = 31: of the priors tried it is the one whose alarm rates hold at
    every mean and dispersion of the calibration, also where training has seen five or six non-zero weeks.
    """
    axis = np.linspace(np.log(0.005 + DISPERSION_SHIFT), np.log(30.0 + DISPERSION_SHIFT), 13)
    return np.exp(axis) - DISPERSION_SHIFT, np.full(len(axis), -np.log(len(axis)))


def level_nodes() -> FloatArray:
    """(node, 2): normal deviates and masses that stand for an uncertain level."""
    points, weights = hermegauss(7)
    return np.ascontiguousarray(np.stack([points, weights / weights.sum()], axis=1))


def chain_nodes() -> FloatArray:
    """(node, 2): Gauss–Legendre points and weights on −1 … 1 for the Gaussian chain of large counts."""
    return np.ascontiguousarray(np.stack(leggauss(16), axis=1))


def smallest_tail_at(alpha: float, windows: IntArray) -> float:
    """The tail of one window that, corrected for all of them, is alpha where counts are large."""
    means = windows.astype(np.float64)
    low, high = alpha / len(windows), alpha
    for _step in range(40):
        middle = 0.5 * (low + high)
        if 1.0 - all_below_smooth(means, np.full(len(windows), 1.0 - middle), chain_nodes()) <= alpha:
            low = middle
        else:
            high = middle
    return low
