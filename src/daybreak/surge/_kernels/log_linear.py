"""Log-linear regressions of counts by iteratively reweighted least squares, and their dispersion: for GLR and CUSUM."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled

_Floats = NDArray[np.float64]

SMALLEST_DISPERSION = 1e-5
"""Below this the negative binomial is Poisson to the digits that matter, and sums of its logarithms lose theirs."""

MOST_TERMS = 4096
"""Terms of a sum of 1/(size + j) that are added one by one."""


@compiled
def _solved(matrix: _Floats, right: _Floats) -> bool:
    """Solves a symmetric positive definite system in place (Cholesky); the answer replaces `right`."""
    size = right.shape[0]
    for i in range(size):
        for j in range(i + 1):
            left = matrix[i, j]
            for k in range(j):
                left -= matrix[i, k] * matrix[j, k]
            if i == j:
                if not left > 1e-13 * matrix[i, i]:
                    return False
                matrix[i, i] = math.sqrt(left)
            else:
                matrix[i, j] = left / matrix[j, j]
    for i in range(size):
        for k in range(i):
            right[i] -= matrix[i, k] * right[k]
        right[i] /= matrix[i, i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            right[i] -= matrix[k, i] * right[k]
        right[i] /= matrix[i, i]
    return True


@compiled
def _weighted_sum(row: _Floats, weights: _Floats, end: int) -> float:
    """Σ row·weights up to `end`; four sums at a time, always the same four, so that the digits never vary."""
    a = 0.0
    b = 0.0
    c = 0.0
    d = 0.0
    whole = end - end % 4
    for i in range(0, whole, 4):
        a += row[i] * weights[i]
        b += row[i + 1] * weights[i + 1]
        c += row[i + 2] * weights[i + 2]
        d += row[i + 3] * weights[i + 3]
    for i in range(whole, end):
        a += row[i] * weights[i]
    return (a + b) + (c + d)


@compiled
def _deviance(counts: _Floats, here: _Floats, mean: _Floats, eta: _Floats, dispersion: float) -> float:
    """The deviance without its terms that only counts enter; eta = ln mean."""
    total = 0.0
    for i in range(counts.shape[0]):
        if dispersion == 0.0:
            total += here[i] * (mean[i] - counts[i] * eta[i])
        else:
            size = 1.0 / dispersion
            total += here[i] * ((counts[i] + size) * math.log(mean[i] + size) - counts[i] * eta[i])
    return 2.0 * total


@compiled
def _saturated(counts: _Floats, here: _Floats, dispersion: float) -> float:
    """The terms of the deviance that only counts enter."""
    total = 0.0
    for i in range(counts.shape[0]):
        y = counts[i]
        total += y * math.log(y) if y > 0.0 else 0.0
        if dispersion == 0.0:
            total -= y
        elif here[i] > 0.0:
            total -= (y + 1.0 / dispersion) * math.log(y + 1.0 / dispersion)
    return 2.0 * total


@compiled
def products_of(design: _Floats) -> _Floats:
    """The products of the design's rows a ≥ b, in the order of a lower triangle, as `fitted` takes them."""
    size = design.shape[0]
    pairs = np.empty((size * (size + 1) // 2, design.shape[1]))
    pair = 0
    for a in range(size):
        for b in range(a + 1):
            for t in range(design.shape[1]):
                pairs[pair, t] = design[a, t] * design[b, t]
            pair += 1
    return pairs


@compiled
def fitted(  # noqa: PLR0915 - a call within a hot loop is compiled anew wherever it stands
    counts: _Floats,
    offset: _Floats,
    design: _Floats,
    pairs: _Floats,
    end: int,
    dispersion: float,
    strict: bool,
    beta: _Floats,
) -> bool:
    """Fits ln mean = beta·design + offset to the rows before `end` that reported; False if they do not determine it.

    design: (coefficients, rows); pairs: the products of its rows a ≥ b, in the order of a lower triangle.
    strict: as R's glm, from y + 0.1 (negative binomial: from 1/6 where y is 0) until the deviance changes by less than
    1e-8 of itself, 25 steps at most (quirk Q4). Otherwise from `beta` until the coefficients stand still.
    """
    size = design.shape[0]
    matrix = np.empty((size, size))
    step = np.empty(size)
    mean = np.empty(end)
    eta = np.empty(end)
    weight = np.zeros(end)
    target = np.zeros(end)
    known = np.empty(end)
    here = np.empty(end)  # 0 where nothing was reported: such a row weighs nothing
    for i in range(end):
        here[i] = 0.0 if np.isnan(counts[i]) else 1.0
        known[i] = 0.0 if np.isnan(counts[i]) else counts[i]
    saturated = _saturated(known, here, dispersion) if strict else 0.0
    deviance = math.inf
    for turn in range(26 if strict else 60):
        if strict and turn == 0:
            for i in range(end):
                y = known[i]
                mean[i] = y + 0.1 if dispersion == 0.0 else (y if y > 0.0 else 1.0 / 6.0)
                eta[i] = math.log(mean[i])
        else:
            _predicted(offset, design, end, beta, eta, mean)
        if strict:
            fresh = saturated + _deviance(known, here, mean, eta, dispersion)
            if turn == 25 or abs(fresh - deviance) / (abs(fresh) + 0.1) < 1e-8:
                break
            deviance = fresh
        for i in range(end):
            share = here[i] / (1.0 + dispersion * mean[i])
            weight[i] = mean[i] * share
            target[i] = weight[i] * (eta[i] - offset[i]) + (known[i] - mean[i]) * share
        pair = 0
        for a in range(size):
            for b in range(a + 2):
                last = b == a + 1
                total = _weighted_sum(design[a] if last else pairs[pair], target if last else weight, end)
                if last:
                    step[a] = total
                else:
                    matrix[a, b] = total
                    pair += 1
        if not _solved(matrix, step):
            return False
        moved = 0.0
        for a in range(size):
            moved = max(moved, abs(step[a] - beta[a]))
            beta[a] = step[a]
        if not strict and moved < 1e-5:  # what is left is of the order of its square
            break
    return bool(np.all(np.isfinite(beta)))


@compiled
def _predicted(
    offset: _Floats, design: _Floats, end: int, beta: _Floats, eta: _Floats, mean: _Floats
) -> None:
    """Fills eta = beta·design + offset and the means, kept within what floating point can hold."""
    for i in range(end):
        eta[i] = offset[i]
    for a in range(beta.shape[0]):
        for i in range(end):
            eta[i] += beta[a] * design[a, i]
    for i in range(end):
        mean[i] = math.exp(min(700.0, max(-690.0, eta[i])))


@compiled
def fitted_with_dispersion(
    counts: _Floats,
    offset: _Floats,
    design: _Floats,
    pairs: _Floats,
    end: int,
    dispersion: float,
    strict: bool,
    beta: _Floats,
) -> float:
    """As `fitted`; where the dispersion is NaN it is the likeliest, found in turns with the coefficients.

    Returns the dispersion; NaN if the rows do not determine the coefficients.
    """
    used = 0.0 if np.isnan(dispersion) else dispersion
    for _ in range(25):
        if not fitted(counts, offset, design, pairs, end, used, strict, beta):
            return math.nan
        if not np.isnan(dispersion):
            break
        last = used
        used = _likeliest_dispersion(counts, offset, design, end, beta)
        if used <= SMALLEST_DISPERSION or abs(used - last) < 1e-10 * used:
            break
    return used


@compiled
def _likeliest_dispersion(
    counts: _Floats, offset: _Floats, design: _Floats, end: int, beta: _Floats
) -> float:
    """The dispersion at which the likelihood's slope is 0: Newton's method in ln dispersion, kept between two sides."""
    mean = np.empty(end)
    eta = np.empty(end)
    _predicted(offset, design, end, beta, eta, mean)
    most = 0
    for i in range(end):
        if not np.isnan(counts[i]):
            most = max(most, int(counts[i]))
    above = np.zeros(min(most, MOST_TERMS) + 1)  # how many counts are greater than j
    for i in range(end):
        if not np.isnan(counts[i]):
            for j in range(min(int(counts[i]), MOST_TERMS)):
                above[j] += 1.0
    low = math.log(SMALLEST_DISPERSION)
    high = math.log(100.0)
    slope, _ = _slope(counts, mean, above, math.exp(-low))
    if slope >= 0.0:  # still growing towards Poisson
        return SMALLEST_DISPERSION
    at = math.log(0.1)
    for _ in range(100):
        size = math.exp(-at)
        slope, bend = _slope(counts, mean, above, size)
        if slope < 0.0:
            low = at
        else:
            high = at
        # along ln dispersion the slope is -size·slope, its derivative size·(slope + size·bend)
        steep = slope + size * bend
        following = at + slope / steep if steep < 0.0 else 0.5 * (low + high)
        if not low < following < high:
            following = 0.5 * (low + high)
        moved = abs(following - at)
        at = following
        if moved < 1e-11:
            break
    return math.exp(at)


@compiled
def _digamma(x: float) -> float:
    """The digamma function of a large number, by Stirling's series (Abramowitz & Stegun 6.3.18)."""
    return math.log(x) - 0.5 / x - 1.0 / (12.0 * x * x)


@compiled
def _trigamma(x: float) -> float:
    """The trigamma function of a large number (Abramowitz & Stegun 6.4.12)."""
    return 1.0 / x + 0.5 / (x * x) + 1.0 / (6.0 * x * x * x)


@compiled
def _slope(counts: _Floats, mean: _Floats, above: _Floats, size: float) -> tuple[float, float]:
    """First and second derivative of the log likelihood in size; whole counts make the digamma functions sums.

    Beyond MOST_TERMS terms their asymptotic series stand for the rest of a sum.
    """
    slope = 0.0
    bend = 0.0
    for j in range(above.shape[0]):
        slope += above[j] / (size + j)
        bend -= above[j] / (size + j) ** 2
    for i in range(mean.shape[0]):
        y = counts[i]
        if not np.isnan(y):
            if y > MOST_TERMS:
                slope += _digamma(size + y) - _digamma(size + MOST_TERMS)
                bend += _trigamma(size + y) - _trigamma(size + MOST_TERMS)
            whole = size + mean[i]
            slope += math.log(size / whole) + (mean[i] - y) / whole
            bend += 1.0 / size - 1.0 / whole - (mean[i] - y) / whole**2
    return slope, bend
