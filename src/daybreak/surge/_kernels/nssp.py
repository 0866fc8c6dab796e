"""Hot loops of the NSSP detectors: two moving averages, one regression a day, Student's tail."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

# Codes a kernel writes where it cannot test; nssp.py has a sentence for each.
TESTED, SILENT, GAP, FLAT = 0, 1, 2, 3
SHORT = 4
"""SHORT + n: the baseline has n reported days, too few."""


@compiled
def student_tail(t: float, freedom: int) -> float:
    """P(T > t) for whole degrees of freedom (Abramowitz & Stegun 26.7.3–4; far out 26.5.4, which keeps small tails exact)."""
    if math.isnan(t):
        return math.nan
    share = freedom / (freedom + t * t)
    if share < 0.5:
        a = 0.5 * freedom
        term = 1.0
        total = 1.0
        n = 0
        while term > 1e-17 * total:
            term *= share * (a + 0.5 + n) / (a + 1.0 + n)
            total += term
            n += 1
        log_beta = math.lgamma(a) + math.lgamma(0.5) - math.lgamma(a + 0.5)
        tail = 0.5 * math.exp(a * math.log(share) - log_beta) * math.sqrt(1.0 - share) / a * total
        return tail if t > 0 else 1.0 - tail
    sine = t / math.sqrt(freedom + t * t)
    total = 0.0
    if freedom % 2 == 0:
        term = 1.0
        for n in range(0, freedom - 1, 2):
            total += term
            term *= share * (n + 1.0) / (n + 2.0)
        return 0.5 - 0.5 * sine * total
    term = math.sqrt(share)
    for n in range(1, freedom - 1, 2):
        total += term
        term *= share * (n + 1.0) / (n + 2.0)
    return 0.5 - (math.atan(t / math.sqrt(freedom)) + sine * total) / math.pi


@compiled
def smoothed(  # noqa: PLR0915 - a call within a hot loop is compiled anew wherever it stands
    values: _Floats,
    exposure: _Floats,
    tested: _Ints,
    guard: int,
    weights: _Floats,
    table: _Floats,
    strict: bool,
) -> tuple[_Floats, NDArray[np.uint8]]:
    """Two exponentially weighted averages against the mean of a baseline that ends `guard` rows earlier.

    table: (8, baseline + 1), by the number n of reported baseline days: smallest sigma, factor of the sd and what is
    added, each for the slow and the fast average; the statistic at which an average is drawn back; the one that alarms.
    strict: a missing value spoils all that follows or holds it, as in R; otherwise it is left out.
    Returns (6, tested, series) expected, statistic, sigma, bound, n, p; and codes.
    """
    series = values.shape[1]
    baseline = table.shape[1] - 1
    results = np.full((6, tested.shape[0], series), np.nan)
    codes = np.zeros((tested.shape[0], series), np.uint8)
    if tested.shape[0] == 0:
        return results, codes
    last = tested[-1]
    rate = np.empty(last + 1)
    people = np.ones(last + 1)
    for s in range(series):
        for t in range(last + 1):
            if exposure.shape[0] > 0:
                people[t] = exposure[t, s]
            rate[t] = values[t, s] / people[t]
        slow = np.nan
        fast = np.nan
        started = False
        place = 0
        for t in range(last + 1):
            row = place if t == tested[place] else -1
            if row >= 0:
                place += 1
            now = rate[t]
            if np.isnan(now) and not strict:
                if row >= 0:
                    codes[row, s] = SILENT
                continue
            before_slow = slow
            before_fast = fast
            if started:
                slow = weights[0] * now + (1.0 - weights[0]) * slow
                fast = weights[1] * now + (1.0 - weights[1]) * fast
            else:
                slow = now
                fast = now
                before_slow = now
                before_fast = now
                started = True
            n, mean, squares = _baseline(rate, max(0, t - guard - baseline), t - guard, strict)
            if n < 7:
                if row >= 0:
                    codes[row, s] = SHORT + n
                continue
            mean *= people[t]
            sd = people[t] * math.sqrt(squares / (n - 1))
            sigma_slow = max(table[0, n], sd * table[1, n] + table[2, n])
            sigma_fast = max(table[3, n], sd * table[4, n] + table[5, n])
            high_slow = (slow * people[t] - mean) / sigma_slow
            high_fast = (fast * people[t] - mean) / sigma_fast
            pull = table[6, n]
            if abs(high_slow) > pull:
                slow = (mean + math.copysign(pull * sigma_slow, high_slow)) / people[t]
            if abs(high_fast) > pull:
                fast = (mean + math.copysign(pull * sigma_fast, high_fast)) / people[t]
            if row < 0:
                continue
            if np.isnan(high_slow):
                codes[row, s] = SILENT if np.isnan(now) else GAP
                continue
            # in R both p-values round to 0 far out, and of equal ones the second counts
            by_slow = high_slow > high_fast and not (strict and _p_is_zero_in_r(high_fast, n - 1))
            results[0, row, s] = mean
            results[1, row, s] = high_slow if by_slow else high_fast
            results[2, row, s] = sigma_slow if by_slow else sigma_fast
            reach = table[7, n]
            bound_slow = (mean + reach * sigma_slow - (1.0 - weights[0]) * before_slow * people[t]) / weights[
                0
            ]
            bound_fast = (mean + reach * sigma_fast - (1.0 - weights[1]) * before_fast * people[t]) / weights[
                1
            ]
            results[3, row, s] = max(0.0, min(bound_slow, bound_fast))
            results[4, row, s] = n
            results[5, row, s] = student_tail(results[1, row, s], n - 1)
            if strict:
                results[5, row, s] = 1.0 - (1.0 - results[5, row, s])
    return results, codes


@compiled
def _p_is_zero_in_r(statistic: float, freedom: int) -> bool:
    """Whether 1 - P(T ≤ statistic) is 0 in double precision."""
    return statistic > 8.0 and student_tail(statistic, freedom) < 5.6e-17


@compiled
def _baseline(rate: _Floats, first: int, end: int, strict: bool) -> tuple[int, float, float]:
    """Number, mean and sum of squared deviations of the reported rates first … end - 1 (strict: missing ones too)."""
    n = 0
    total = 0.0
    for i in range(first, end):
        if strict or not np.isnan(rate[i]):
            n += 1
            total += rate[i]
    if n == 0:
        return 0, np.nan, np.nan
    mean = total / n
    squares = 0.0
    for i in range(first, end):
        if strict or not np.isnan(rate[i]):
            squares += (rate[i] - mean) ** 2
    return n, mean, squares


@compiled
def regressed(  # noqa: PLR0915 - a call within a hot loop is compiled anew wherever it stands
    values: _Floats,
    exposure: _Floats,
    weekdays: _Ints,
    tested: _Ints,
    baseline: int,
    guard: int,
    table: _Floats,
    strict: bool,
) -> tuple[_Floats, NDArray[np.uint8]]:
    """Least squares on time and weekdays over a baseline that ends `guard` rows earlier, forecast to the tested day.

    Weekday effects leave the slope as the pooled slope within weekdays, so no matrix is solved.
    table: (2, baseline) by degrees of freedom: smallest sigma, the statistic that alarms.
    Returns (7, tested, series) expected, statistic, sigma, bound, adjusted R², degrees of freedom, p; and codes.
    """
    series = values.shape[1]
    results = np.full((7, tested.shape[0], series), np.nan)
    codes = np.zeros((tested.shape[0], series), np.uint8)
    if tested.shape[0] == 0:
        return results, codes
    rate = np.empty(tested[-1] + 1)
    people = np.ones(tested[-1] + 1)
    number = np.empty(7)
    middle = np.empty(7)
    level = np.empty(7)
    for s in range(series):
        for t in range(tested[-1] + 1):
            if exposure.shape[0] > 0:
                people[t] = exposure[t, s]
            rate[t] = values[t, s] / people[t]
        for row in range(tested.shape[0]):
            t = tested[row]
            end = t - guard
            first = max(0, end - baseline)
            if np.isnan(rate[t]):
                codes[row, s] = SILENT
                continue
            n, mean, squares = _baseline(rate, first, end, strict)
            if n < 11:
                codes[row, s] = SHORT + n
                continue
            if np.isnan(mean):
                codes[row, s] = GAP
                continue
            spread, slope, days = _slope(rate, weekdays, first, end, number, middle, level)
            freedom = n - 1 - days
            weekday = weekdays[t]
            if spread <= 0.0 or freedom < 1 or number[weekday] == 0.0:
                codes[row, s] = FLAT
                continue
            lost = 0.0  # what the fit leaves over
            fitted = 0.0  # what it explains
            for i in range(first, end):
                if not np.isnan(rate[i]):
                    d = weekdays[i]
                    fit = level[d] + slope * (i - middle[d])
                    lost += (rate[i] - fit) ** 2
                    fitted += (fit - mean) ** 2
            if strict:
                widening = (n + 7.0) * (n - 4.0) / (n * (n - 7.0))
            else:
                widening = 1.0 + 1.0 / number[weekday] + (t - middle[weekday]) ** 2 / spread
            sigma = people[t] * math.sqrt(lost / freedom * widening)
            sigma = max(sigma, table[0, freedom])
            expected = people[t] * max(0.0, level[weekday] + slope * (t - middle[weekday]))
            statistic = (values[t, s] - expected) / sigma
            results[0, row, s] = expected
            results[1, row, s] = statistic
            results[2, row, s] = sigma
            results[3, row, s] = expected + table[1, freedom] * sigma
            results[4, row, s] = _adjusted(lost, fitted, squares, n, freedom, strict)
            results[5, row, s] = freedom
            results[6, row, s] = student_tail(statistic, freedom)
            if strict:
                results[6, row, s] = 1.0 - (1.0 - results[6, row, s])
    return results, codes


@compiled
def _adjusted(lost: float, fitted: float, squares: float, n: int, freedom: int, strict: bool) -> float:
    """Adjusted R²; 0 where nothing varies."""
    if lost + fitted <= 0.0 or (not strict and squares <= 0.0):
        return 0.0
    return 1.0 - lost / (lost + fitted) * (n - 1.0) / freedom


@compiled
def _slope(
    rate: _Floats,
    weekdays: _Ints,
    first: int,
    end: int,
    number: _Floats,
    middle: _Floats,
    level: _Floats,
) -> tuple[float, float, int]:
    """The slope within weekdays, its sum of squares, how many weekdays occur; fills each weekday's number and means."""
    number[:] = 0.0
    middle[:] = 0.0
    level[:] = 0.0
    for i in range(first, end):
        if not np.isnan(rate[i]):
            d = weekdays[i]
            number[d] += 1.0
            middle[d] += i - first
            level[d] += rate[i]
    days = 0
    for d in range(7):
        if number[d] > 0.0:
            days += 1
            middle[d] = first + middle[d] / number[d]
            level[d] /= number[d]
    spread = 0.0
    along = 0.0
    for i in range(first, end):
        if not np.isnan(rate[i]):
            d = weekdays[i]
            away = i - middle[d]
            spread += away * away
            along += away * (rate[i] - level[d])
    return spread, along / spread if spread > 0.0 else 0.0, days


@compiled
def below_its_weeks(values: _Floats, exposure: _Floats, weekdays: _Ints, tested: _Ints) -> NDArray[np.bool_]:
    """(tested, series): below the mean of the last seven rows and, on Saturdays and Sundays, of the last seven such days.

    False where one of these did not report.
    """
    series = values.shape[1]
    low = np.zeros((tested.shape[0], series), np.bool_)
    for row in range(tested.shape[0]):
        t = tested[row]
        weekend = weekdays[t] >= 5
        for s in range(series):
            here = values[t, s]
            if exposure.shape[0] > 0:
                here /= exposure[t, s]
            low[row, s] = t >= 6 and 7.0 * here < _last_seven(values, exposure, weekdays, t, s, -1)
            if low[row, s] and weekend:
                low[row, s] = 7.0 * here < _last_seven(values, exposure, weekdays, t, s, weekdays[t])
    return low


@compiled
def _last_seven(values: _Floats, exposure: _Floats, weekdays: _Ints, t: int, s: int, weekday: int) -> float:
    """Sum of the last seven rates up to row t (of one weekday, or of all if -1); NaN if there are fewer."""
    total = 0.0
    found = 0
    i = t
    while i >= 0 and found < 7:
        if weekday < 0 or weekdays[i] == weekday:
            total += values[i, s] / exposure[i, s] if exposure.shape[0] > 0 else values[i, s]
            found += 1
        i -= 1
    return total if found == 7 else np.nan
