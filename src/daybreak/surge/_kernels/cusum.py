"""The loops of the CUSUM: a harmonic Poisson regression per series, and the running sum."""

from __future__ import annotations

import math

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge.counts import FloatArray

MOST_STEPS = 25
CLOSE = 1e-8


@compiled
def _solved(normal: FloatArray, right: FloatArray) -> bool:
    """Solves the symmetric system of three in place by Cholesky's factors; False if it is singular."""
    for row in range(3):
        for column in range(row + 1):
            total = normal[row, column]
            for inner in range(column):
                total -= normal[row, inner] * normal[column, inner]
            if row == column:
                if not total > 0.0:
                    return False
                normal[row, row] = math.sqrt(total)
            else:
                normal[row, column] = total / normal[column, column]
    for row in range(3):
        for inner in range(row):
            right[row] -= normal[row, inner] * right[inner]
        right[row] /= normal[row, row]
    for row in range(2, -1, -1):
        for inner in range(row + 1, 3):
            right[row] -= normal[inner, row] * right[inner]
        right[row] /= normal[row, row]
    return True


@compiled
def _deviance(count: float, mean: float) -> float:
    found = mean - count
    if count > 0.0:
        found += count * math.log(count / mean)
    return 2.0 * found


@compiled
def _weighed(
    values: FloatArray,
    exposure: FloatArray,
    design: FloatArray,
    fitted: FloatArray,
    series: int,
    normal: FloatArray,
    right: FloatArray,
) -> None:
    """The normal equations of one step of reweighted least squares, over the reported rows of the training."""
    normal[:, :] = 0.0
    right[:] = 0.0
    for row in range(len(fitted)):
        count = values[row, series]
        if count != count:
            continue
        mean = fitted[row]
        offset = 0.0 if exposure.shape[0] == 0 else math.log(exposure[row, series])
        working = math.log(mean) - offset + (count - mean) / mean
        for one in range(3):
            weighted = mean * design[row, one]
            right[one] += weighted * working
            for other in range(one + 1):
                normal[one, other] += weighted * design[row, other]


@compiled
def seasonal(
    values: FloatArray, exposure: FloatArray, design: FloatArray, training: int, last: int
) -> tuple[FloatArray, FloatArray]:
    """Means (last, series) of a Poisson log-linear fit of the first `training` rows on the three columns of the design.

    Reweighted least squares from mean y + 0.1, ended as R ends it (25 steps or a relative change of the deviance below
    1e-8, quirk Q4). Missing rows are left out. Also the reported rows of the training; NaN means where the fit is
    singular.
    """
    series = values.shape[1]
    means = np.full((last, series), np.nan)
    reported = np.zeros(series)
    level = exposure.shape[0] == 0
    fit, normal, right = np.zeros(3), np.zeros((3, 3)), np.zeros(3)
    fitted = np.zeros(training)
    for column in range(series):
        old = 0.0
        for row in range(training):
            count = values[row, column]
            if count == count:
                reported[column] += 1.0
                fitted[row] = count + 0.1
                old += _deviance(count, fitted[row])
        good = reported[column] > 0.0
        for _ in range(MOST_STEPS):
            if not good:
                break
            _weighed(values, exposure, design, fitted, column, normal, right)
            good = _solved(normal, right)
            if not good:
                break
            new = 0.0
            for one in range(3):
                fit[one] = right[one]
            for row in range(training):
                count = values[row, column]
                if count == count:
                    offset = 0.0 if level else math.log(exposure[row, column])
                    line = fit[0] + fit[1] * design[row, 1] + fit[2] * design[row, 2] + offset
                    fitted[row] = max(math.exp(min(line, 700.0)), 2.2e-16)
                    new += _deviance(count, fitted[row])
            if abs(new - old) / (abs(new) + 0.1) < CLOSE:
                break
            old = new
        if good:
            for row in range(last):
                offset = 0.0 if level else math.log(exposure[row, column])
                line = fit[0] + fit[1] * design[row, 1] + fit[2] * design[row, 2] + offset
                means[row, column] = max(math.exp(min(line, 700.0)), 2.2e-16)
    return means, reported


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
