"""The loops of the CUSUM: a harmonic Poisson regression per series, and the running sum."""

from __future__ import annotations

import math

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge._kernels.log_linear import fitted, products_of
from daybreak.surge.counts import FloatArray

LEAST_MEAN, MOST_LOG = 2.2e-16, 700.0


@compiled
def seasonal(
    values: FloatArray, exposure: FloatArray, design: FloatArray, training: int, last: int
) -> FloatArray:
    """Means (last, series) of a Poisson log-linear fit of the first `training` rows on the design (columns, last), as R
    fits it (quirk Q4). Missing rows are left out; NaN means where nothing was reported or the fit is singular.
    """
    series = values.shape[1]
    means = np.full((last, series), np.nan)
    pairs = products_of(design)
    size = design.shape[0]
    counts, offset, beta = np.empty(last), np.zeros(last), np.zeros(size)
    for column in range(series):
        reported = 0
        for row in range(last):
            counts[row] = values[row, column]
            if row < training and counts[row] == counts[row]:
                reported += 1
            if exposure.shape[0] > 0:
                watched = exposure[row, column]
                offset[row] = math.log(watched) if watched == watched else 0.0
        if reported == 0 or not fitted(counts, offset, design, pairs, training, 0.0, True, beta):
            continue
        for row in range(last):
            if exposure.shape[0] > 0 and exposure[row, column] != exposure[row, column]:
                continue  # how many were watched is not known: no mean
            line = offset[row]
            for each in range(size):
                line += beta[each] * design[each, row]
            means[row, column] = max(math.exp(min(line, MOST_LOG)), LEAST_MEAN)
    return means


@compiled
def running(
    scores: FloatArray, reference: float, limit: float, restart: bool, skip: bool
) -> tuple[FloatArray, FloatArray]:
    """C = max(0, C before + score - reference) over rows, and C before each row.

    skip: a missing score leaves C as it was (the row itself is NaN); without it everything after is NaN.
    """
    rows, series = scores.shape
    now, before = np.full((rows, series), np.nan), np.full((rows, series), np.nan)
    total = np.zeros(series)
    for row in range(rows):
        for column in range(series):
            score = scores[row, column]
            before[row, column] = total[column]
            if score != score:
                if not skip:
                    total[column] = np.nan
                continue
            found = total[column] + score - reference
            if found < 0.0:
                found = 0.0
            now[row, column] = found
            total[column] = 0.0 if restart and found >= limit else found
    return now, before
