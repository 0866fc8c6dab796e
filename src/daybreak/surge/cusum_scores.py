"""What the CUSUM sums: counts made nearly normal, and the way back from a score to a count.

Sources: Rossi, Lampugnani, Marchi (1999), "An approximate CUSUM procedure for surveillance of health events", Statistics
in Medicine 18(16), 2111–2122 (rossi); Pierce, Schafer (1986), Journal of the American Statistical Association 81(396),
977–986 (Anscombe residuals); Anscombe (1953) and Hilbe (2007), Negative Binomial Regression (negative binomial).
"""

from __future__ import annotations

import numpy as np
from scipy import special

from daybreak.surge.counts import FloatArray

SCORES = ("standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", "anscombeNegBin", "none")


def scored(
    count: FloatArray, mean: FloatArray, kind: str, alpha: float, *, tabled: bool = False
) -> FloatArray:
    """The score of counts whose mean is `mean`; alpha = the dispersion of the negative binomial kinds.

    tabled: anscombeNegBin by values at R's table places (quirk Q12) instead of exact ones.
    """
    x, m = count, mean
    if kind == "rossi":
        return (x - 3.0 * m + 2.0 * np.sqrt(x * m)) / (2.0 * np.sqrt(m))
    if kind == "standard":
        return (x - m) / np.sqrt(m)
    if kind == "anscombe":
        return 1.5 * (_two_thirds(x) - _two_thirds(m)) / _sixth(m)
    if kind == "anscombe2nd":
        return 1.5 * (_two_thirds(x) - (_two_thirds(m) - 1.0 / np.cbrt(m) / 9.0)) / _sixth(m)
    if kind == "pearsonNegBin":
        return (x - m) / np.sqrt(m + alpha * m * m)
    if kind == "anscombeNegBin":
        level = levelled_by_table if tabled else levelled
        return (level(x, alpha) - level(m, alpha)) / (m + alpha * m * m) ** (1.0 / 6.0)
    return x.copy()


def levelled(count: FloatArray, alpha: float) -> FloatArray:
    """∫₀^y (t + α t²)^(-1/3) dt = 3/2 y^⅔ ₂F₁(1/3, 2/3; 5/3; -α y), the negative binomial's Anscombe scale (exact, Q12)."""
    if alpha == 0.0:
        return np.asarray(1.5 * _two_thirds(count))
    # counts repeat: one evaluation a different value
    different, places = np.unique(count, return_inverse=True)
    found = 1.5 * _two_thirds(different) * special.hyp2f1(1 / 3, 2 / 3, 5 / 3, -alpha * different)
    return np.asarray(found[places].reshape(count.shape), np.float64)


def levelled_by_table(count: FloatArray, alpha: float) -> FloatArray:
    """As `levelled`, with ₂F₁ as R knows it: at the nearest hundredth down to -10, between whole numbers down to -100.

    NaN beyond -100. Away from the table's places this is up to 3.2 % off.
    """
    place = alpha * count
    # at a tie the place nearer to 0 counts
    near = np.ceil(np.round(place * 100.0, 9) - 0.5) / 100.0
    low = np.floor(place)
    low_value, high_value = _hypergeometric(low), _hypergeometric(low + 1.0)
    between = low_value + (high_value - low_value) * (place - low)
    found = np.where(place <= 10.0, _hypergeometric(near), np.where(place <= 100.0, between, np.nan))
    return np.asarray(1.5 * _two_thirds(count) * found)


def _hypergeometric(place: FloatArray) -> FloatArray:
    return np.asarray(special.hyp2f1(1 / 3, 2 / 3, 5 / 3, -place), np.float64)


def bound_in_compat(
    room: FloatArray, mean: FloatArray, after: FloatArray, kind: str, alpha: float, limit: float
) -> FloatArray:
    """The upper bound as R gives it: a count for most kinds, limit minus the statistic for anscombeNegBin and none.

    room = limit + reference value - the statistic before the row; after = the statistic with the row. Missing and
    negative bounds become 0 as in R.
    """
    m = mean
    if kind == "rossi":
        root = np.sqrt(m)
        bound = 2 * root * room + 5 * m - 2 * np.sqrt(4 * m * m + 2 * m * root * room)
    elif kind == "standard":
        bound = np.ceil(np.sqrt(m) * room + m)
    elif kind in ("anscombe", "anscombe2nd"):
        # R takes m^(1/3)/9 away here where its score has m^(-1/3)/9
        shift = np.cbrt(m) / 9.0 if kind == "anscombe2nd" else 0.0
        bound = np.maximum(2.0 / 3.0 * _sixth(m) * room + _two_thirds(m) - shift, 0.0) ** 1.5
    elif kind == "pearsonNegBin":
        bound = np.sqrt(m + alpha * m * m) * room + m
    else:
        bound = limit - after
    return np.asarray(np.maximum(np.nan_to_num(bound, nan=0.0), 0.0), np.float64)


def largest_calm(room: FloatArray, mean: FloatArray, kind: str, alpha: float) -> FloatArray:
    """The largest count whose score stays below `room`; NaN where even no case reaches it."""
    real = _count_at(room, mean, kind, alpha)
    guess = np.maximum(np.ceil(np.nan_to_num(real)) - 1.0, 0.0)
    with np.errstate(invalid="ignore"):
        # the way back is rounded: let the score itself decide between neighbours
        guess = np.where(scored(guess + 1.0, mean, kind, alpha) < room, guess + 1.0, guess)
        guess = np.where((guess > 0) & (scored(guess, mean, kind, alpha) >= room), guess - 1.0, guess)
        calm = scored(guess, mean, kind, alpha) < room
    return np.where(np.isfinite(real) & calm, guess, np.nan)


def _count_at(room: FloatArray, m: FloatArray, kind: str, alpha: float) -> FloatArray:
    """The real count whose score is `room` (0 where none is so low)."""
    with np.errstate(invalid="ignore"):
        if kind == "rossi":
            root = np.sqrt(np.maximum(4.0 * m + 2.0 * np.sqrt(m) * room, 0.0)) - np.sqrt(m)
            return np.asarray(np.maximum(root, 0.0) ** 2)
        if kind == "standard":
            return np.asarray(m + np.sqrt(m) * room)
        if kind in ("anscombe", "anscombe2nd"):
            shift = 1.0 / np.cbrt(m) / 9.0 if kind == "anscombe2nd" else 0.0
            return np.asarray(np.maximum(2.0 / 3.0 * _sixth(m) * room + _two_thirds(m) - shift, 0.0) ** 1.5)
        if kind == "pearsonNegBin":
            return np.asarray(m + np.sqrt(m + alpha * m * m) * room)
        if kind == "anscombeNegBin":
            return _levelled_back(levelled(m, alpha) + room * (m + alpha * m * m) ** (1.0 / 6.0), alpha)
    return room.copy()


def _levelled_back(goal: FloatArray, alpha: float) -> FloatArray:
    """The whole count at which the Anscombe scale first reaches each goal, by a table of whole counts."""
    most = float(np.nanmax(goal, initial=0.0))
    top = 64
    while levelled(np.array([float(top)]), alpha)[0] < most and top < 1 << 40:
        top *= 2
    if top <= 1 << 20:
        table = levelled(np.arange(top + 1, dtype=np.float64), alpha)
        return np.where(np.isnan(goal), np.nan, np.searchsorted(table, goal).astype(np.float64))
    low, high = np.zeros(goal.shape), np.full(goal.shape, float(top))
    for _ in range(60):
        middle = (low + high) / 2.0
        under = levelled(middle, alpha) < goal
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return np.where(np.isnan(goal), np.nan, high)


def _two_thirds(x: FloatArray) -> FloatArray:
    return np.asarray(np.cbrt(x) ** 2)


def _sixth(x: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.cbrt(x)))
