"""Testers that know the true mean and dispersion: the limit that no honest detector goes far beyond."""

from __future__ import annotations

import numpy as np
from scipy import stats

from daybreak.surge.counts import FloatArray

WEEKLY = 0.01
TWO_WINDOWS = 0.0068
"""Nominal rates of one window (one week) and of each of two windows (one and two weeks) that give an FPR near 0.01."""


def upper_tail(count: FloatArray, mean: FloatArray, dispersion: FloatArray | float) -> FloatArray:
    """P(Y ≥ count) of counts with variance dispersion · mean; Poisson where the dispersion is 1. NaN stays NaN."""
    dispersion = np.broadcast_to(np.asarray(dispersion, np.float64), np.shape(mean))
    excess = np.maximum(dispersion - 1, 1e-9)
    wide = stats.nbinom.sf(count - 1, mean / excess, 1 / (1 + excess))
    tail: FloatArray = np.where(dispersion > 1 + 1e-9, wide, stats.poisson.sf(count - 1, mean))
    return tail


def rolling_sum(values: FloatArray, rows: int) -> FloatArray:
    """Sums of each row and the rows - 1 before it, along axis 0; NaN where there are not so many."""
    total = np.cumsum(np.concatenate([np.zeros((1, *values.shape[1:])), values]), axis=0)
    sums = np.full(values.shape, np.nan)
    sums[rows - 1 :] = total[rows:] - total[:-rows]
    return sums


def known_mean_windows(
    values: FloatArray, mean: FloatArray, dispersion: FloatArray | float, windows: tuple[int, ...]
) -> FloatArray:
    """The smallest tail over rolling windows, (time, series), by one who knows the mean and the dispersion.

    Sums of negative binomial counts of one ratio variance / mean are negative binomial with that ratio, so every
    window's tail is exact. No correction for the number of windows: the threshold is moved instead.
    """
    tails = [upper_tail(rolling_sum(values, rows), rolling_sum(mean, rows), dispersion) for rows in windows]
    smallest: FloatArray = np.fmin.reduce(tails)
    return smallest
