"""Background of one series: a penalised log-linear fit, terms kept only where the data carry them, past surges muted."""

from __future__ import annotations

import math

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge.counts import FloatArray, IntArray

LARGEST_STEP = 3.0
LARGEST_ETA = 25.0
NEAR = 2
MOST_SURGE = 0.1
"""If more than this share of rows would be left out as surges they are no surges but the way things are."""


@compiled
def expected_of(design: FloatArray, log_exposure: FloatArray, beta: FloatArray, row: int) -> float:
    """exp(log exposure + design · beta) of one row, kept from overflow."""
    eta = log_exposure[row]
    for j in range(beta.shape[0]):
        eta += design[row, j] * beta[j]
    return math.exp(min(eta, LARGEST_ETA))


@compiled
def invert(matrix: FloatArray, size: int) -> None:
    """Replaces the leading symmetric positive definite block by its inverse (Cholesky, from its lower triangle)."""
    for j in range(size):
        for i in range(j, size):
            total = matrix[i, j]
            for k in range(j):
                total -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = math.sqrt(max(total, 1e-12)) if i == j else total / matrix[j, j]
    for j in range(size):  # the inverse of the lower factor, in place
        matrix[j, j] = 1.0 / matrix[j, j]
        for i in range(j + 1, size):
            total = 0.0
            for k in range(j, i):
                total -= matrix[i, k] * matrix[k, j]
            matrix[i, j] = total / matrix[i, i]
    for j in range(size):
        for i in range(j, size):
            total = 0.0
            for k in range(i, size):
                total += matrix[k, i] * matrix[k, j]
            matrix[i, j] = total
    for j in range(size):
        for i in range(j):
            matrix[i, j] = matrix[j, i]


@compiled
def newton(
    y: FloatArray,
    first: int,
    last: int,
    log_exposure: FloatArray,
    design: FloatArray,
    columns: IntArray,
    size: int,
    ridge: FloatArray,
    dispersion: float,
    beta: FloatArray,
    inverse: FloatArray,
    steps: int,
) -> float:
    """Maximises the penalised Poisson likelihood of rows first … last − 1 over the first `size` of `columns`.

    `inverse` becomes (X'WX + dispersion · ridge)⁻¹ of those columns in their order; the other coefficients are taken as
    zero and stay. Returns Pearson's chi-squared over its degrees of freedom at the last but one step.
    """
    score = np.zeros(size)
    x = np.zeros(size)
    pearson = 1.0
    for _step in range(steps):
        pearson = 0.0
        known = 0
        for j in range(size):
            score[j] = 0.0
            for k in range(size):
                inverse[j, k] = 0.0
        for row in range(first, last):
            if math.isnan(y[row]):
                continue
            known += 1
            eta = log_exposure[row]
            for j in range(size):
                x[j] = design[row, columns[j]]
                eta += x[j] * beta[columns[j]]
            mean = math.exp(min(eta, LARGEST_ETA))
            residual = y[row] - mean
            pearson += residual * residual / mean
            for j in range(size):
                score[j] += x[j] * residual
                weighted = x[j] * mean
                for k in range(j + 1):
                    inverse[j, k] += weighted * x[k]
        pearson /= max(1.0, known - size)
        for j in range(size):
            penalty = dispersion * ridge[columns[j]]
            score[j] -= penalty * beta[columns[j]]
            inverse[j, j] += penalty
        invert(inverse, size)
        largest = 0.0
        for j in range(size):
            x[j] = 0.0
            for k in range(size):
                x[j] += inverse[j, k] * score[k]
            largest = max(largest, abs(x[j]))
        shrink = 1.0 if largest <= LARGEST_STEP else LARGEST_STEP / largest
        for j in range(size):
            beta[columns[j]] += shrink * x[j]
        if largest < 1e-5:
            break
    return pearson


@compiled
def censored_moments(mean: float, excess: float, bound: float, moments: FloatArray) -> None:
    """Mean and mean square about `mean` of a negative binomial count given that it is at or above the bound."""
    size = mean / excess
    term = math.exp(-size * math.log(1.0 + excess))
    share = excess / (1.0 + excess)
    mass = term
    first = 0.0
    second = term * mean * mean
    for count in range(1, int(bound)):
        term *= share * (size + count - 1.0) / count
        mass += term
        first += term * count
        second += term * (count - mean) ** 2
    tail = 1.0 - mass
    moments[0] = bound
    moments[1] = (bound - mean) ** 2
    if tail > 1e-9:
        moments[0] = max(bound, (mean - first) / tail)
        moments[1] = max(moments[1], ((1.0 + excess) * mean - second) / tail)


@compiled
def mark_surges(y: FloatArray, first: int, last: int, bound: FloatArray, muted: FloatArray) -> int:
    """Copies the counts into `muted`, NaN where one at or above its bound has another within two rows; counts those."""
    surging = 0
    for row in range(first, last):
        muted[row] = y[row]
        if math.isnan(y[row]) or y[row] < bound[row]:
            continue
        for near in range(max(first, row - NEAR), min(last, row + NEAR + 1)):
            if near != row and not math.isnan(y[near]) and y[near] >= bound[near]:
                muted[row] = math.nan
        if math.isnan(muted[row]):
            surging += 1
    return surging


@compiled
def mute_surges(
    y: FloatArray,
    first: int,
    last: int,
    muted: FloatArray,
    bound: FloatArray,
    log_exposure: FloatArray,
    design: FloatArray,
    beta: FloatArray,
    dispersion: float,
    z: float,
    size: int,
) -> float:
    """Replaces counts at or above a high bound by what is expected of a count there, as of a censored observation.

    Two such counts within two rows of each other are a surge, which independent noise hardly ever makes: both are left
    out (NaN in `muted`). bound: the smallest censored count of each row (Wilson–Hilferty quantile at z of a gamma with
    the count's mean and variance). Returns the dispersion with the censored squares replaced by their expectation too.
    """
    moments = np.zeros(2)
    total = 0.0
    known = 0
    for row in range(first, last):
        if math.isnan(y[row]):
            continue
        known += 1
        mean = expected_of(design, log_exposure, beta, row)
        moved = mean + 0.5
        spread = (dispersion * mean + 0.08) / (moved * moved)
        root = 1.0 - spread / 9.0 + z * math.sqrt(spread) / 3.0
        bound[row] = max(2.0, math.ceil(moved * root * root * root + 0.5))
    surging = mark_surges(y, first, last, bound, muted)
    if surging > MOST_SURGE * known:
        surging = 0
        for row in range(first, last):
            muted[row] = y[row]
    for row in range(first, last):
        if math.isnan(muted[row]):
            continue
        mean = expected_of(design, log_exposure, beta, row)
        squared = (y[row] - mean) ** 2
        if y[row] >= bound[row]:
            censored_moments(mean, max(dispersion - 1.0, 0.005), bound[row], moments)
            muted[row] = min(moments[0], y[row])
            squared = min(moments[1], squared)
        total += squared / mean
    return total / max(1.0, known - surging - size)


@compiled
def wald(
    beta: FloatArray, columns: IntArray, size: int, inverse: FloatArray, group: IntArray, each: int
) -> float:
    """beta' V⁻¹ beta of one group of columns, V the block of `inverse`."""
    places = np.zeros(size, np.int64)
    number = 0
    for j in range(size):
        if group[columns[j]] == each:
            places[number] = j
            number += 1
    part = np.zeros((size, size))
    for j in range(number):
        for k in range(number):
            part[j, k] = inverse[places[j], places[k]]
    invert(part, number)
    total = 0.0
    for j in range(number):
        for k in range(number):
            total += beta[columns[places[j]]] * part[j, k] * beta[columns[places[k]]]
    return total


@compiled
def chosen_columns(group: IntArray, kept: IntArray, columns: IntArray, beta: FloatArray) -> int:
    """Lists the columns of the kept groups, sets the coefficients of the others to zero; returns how many there are."""
    size = 0
    for j in range(group.shape[0]):
        if kept[group[j]] == 1:
            columns[size] = j
            size += 1
        else:
            beta[j] = 0.0
    return size


@compiled
def weakest_group(
    beta: FloatArray,
    columns: IntArray,
    size: int,
    inverse: FloatArray,
    group: IntArray,
    kept: IntArray,
    cutoff: FloatArray,
    dispersion: float,
) -> int:
    """The kept group whose Wald statistic lies furthest below its cutoff; 0 = none does."""
    weakest = 0
    least = 0.0
    for each in range(1, kept.shape[0]):
        if kept[each] == 1:
            margin = wald(beta, columns, size, inverse, group, each) / dispersion - cutoff[each]
            if margin < least:
                least = margin
                weakest = each
    return weakest


@compiled
def start_at_mean(
    y: FloatArray, first: int, last: int, log_exposure: FloatArray, muted: FloatArray, beta: FloatArray
) -> None:
    """Copies the counts into `muted` and sets beta to the overall rate."""
    total = 0.5
    people = 0.0
    for row in range(first, last):
        muted[row] = y[row]
        if not math.isnan(y[row]):
            total += y[row]
            people += math.exp(log_exposure[row])
    for j in range(beta.shape[0]):
        beta[j] = 0.0
    beta[0] = math.log(total / people)


@compiled
def fit_background(
    y: FloatArray,
    first: int,
    last: int,
    log_exposure: FloatArray,
    design: FloatArray,
    group: IntArray,
    cutoff: FloatArray,
    kept: IntArray,
    ridge: FloatArray,
    z: float,
    muted: FloatArray,
    bound: FloatArray,
    beta: FloatArray,
    covariance: FloatArray,
) -> float:
    """Fits rows first … last − 1 of one series; fills muted, bound, beta and covariance, returns the dispersion.

    Starts from all groups of columns in `kept` and drops, one by one, the group with the weakest Wald statistic below its
    cutoff. Counts at or above `bound` enter as censored (see `mute_surges`).
    """
    width = design.shape[1]
    columns = np.zeros(width, np.int64)
    inverse = np.zeros((width, width))
    start_at_mean(y, first, last, log_exposure, muted, beta)
    dispersion = 1.0
    size = chosen_columns(group, kept, columns, beta)
    steps = 8
    choosing = True
    left = 3
    while left > 0:
        pearson = newton(
            muted, first, last, log_exposure, design, columns, size, ridge, dispersion, beta, inverse, steps
        )
        if steps == 8:
            dispersion = max(1.0, pearson)
        steps = 4
        left -= 1
        if left > 0:
            pearson = mute_surges(
                y, first, last, muted, bound, log_exposure, design, beta, dispersion, z, size
            )
            dispersion = max(1.0, pearson)
        elif choosing:
            weakest = weakest_group(beta, columns, size, inverse, group, kept, cutoff, dispersion)
            if weakest > 0:
                kept[weakest] = 0
                size = chosen_columns(group, kept, columns, beta)
                left = 1
            else:
                choosing = False
                left = 2
                pearson = mute_surges(
                    y, first, last, muted, bound, log_exposure, design, beta, dispersion, z, size
                )
                dispersion = max(1.0, pearson)
    for j in range(width):
        for k in range(width):
            covariance[j, k] = 0.0
    for j in range(size):
        for k in range(size):
            covariance[columns[j], columns[k]] = inverse[j, k]
    return dispersion
