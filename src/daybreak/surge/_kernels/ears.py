"""The loops of the EARS methods: moving windows as R computes them, and exact predictive bounds."""

from __future__ import annotations

import math

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge._kernels.negative_binomial import at_least, growth, last_calm, mass
from daybreak.surge.counts import FloatArray, IntArray

# Codes of reasons; 10 + has = too few reported rows, has of the least needed.
REPORTED, SILENT, SHORT, GAP, UNDEFINED, FEW = 0, 1, 2, 3, 4, 10

TOTALS, STEPS = 1024, 40  # kept rows of probabilities: up to this total and these steps of dispersion
STEPS_AN_OCTAVE = 8.0
ROOM = 300_000


@compiled
def spread_of(values: FloatArray, first: int, rows: int, series: int) -> tuple[float, float]:
    """Mean and standard deviation (n - 1) of `rows` values from row `first`; NaN if one of them is missing."""
    total = 0.0
    for row in range(first, first + rows):
        total += values[row, series]
    mean = total / rows
    squares = 0.0
    for row in range(first, first + rows):
        away = values[row, series] - mean
        squares += away * away
    return mean, math.sqrt(squares / (rows - 1))


@compiled
def compat_shewhart(
    values: FloatArray, tested: IntArray, baseline: int, lag: int, normal: float, least: float
) -> tuple[FloatArray, FloatArray]:
    """Upper bounds and means of C1 (lag 0) and C2 (lag 2): mean + normal · max(sd, least)."""
    series = values.shape[1]
    bound = np.full((len(tested), series), np.nan)
    expected = np.full((len(tested), series), np.nan)
    for place in range(len(tested)):
        first = tested[place] - lag - baseline
        if first < 0:
            continue
        for column in range(series):
            mean, deviation = spread_of(values, first, baseline, column)
            expected[place, column] = mean
            bound[place, column] = mean + normal * (
                deviation if deviation > least or deviation != deviation else least
            )
    return bound, expected


@compiled
def _excess(count: float, mean: float, deviation: float) -> float:
    """max(0, (count - mean) / deviation - 1) as R computes it: 0/0 is NaN, x/0 infinite."""
    away = count - mean
    if deviation == 0.0:
        if away == 0.0 or away != away:
            return np.nan
        return np.inf if away > 0.0 else 0.0
    above = away / deviation - 1.0
    return above if above > 0.0 or above != above else 0.0


@compiled
def compat_sums(
    values: FloatArray, tested: IntArray, baseline: int, normal: float, least: float
) -> tuple[FloatArray, FloatArray]:
    """Upper bounds and means of C3: max(0, y + s·(normal - the excesses of the two rows before))."""
    series = values.shape[1]
    bound = np.full((len(tested), series), np.nan)
    expected = np.full((len(tested), series), np.nan)
    for place in range(len(tested)):
        time = tested[place]
        if time - 4 - baseline < 0:
            continue
        for column in range(series):
            sums = 0.0
            for back in range(1, 3):
                mean, deviation = spread_of(values, time - back - 2 - baseline, baseline, column)
                deviation = deviation if deviation > least or deviation != deviation else least
                sums += _excess(values[time - back, column], mean, deviation)
            mean, deviation = spread_of(values, time - 2 - baseline, baseline, column)
            deviation = deviation if deviation > least or deviation != deviation else least
            expected[place, column] = mean
            found = values[time, column] + deviation * (normal - sums)
            bound[place, column] = found if found > 0.0 or found != found else 0.0
    return bound, expected


@compiled
def stepped(dispersion: float) -> int:
    """The step at or above a dispersion: 2^(step/8)."""
    if dispersion <= 1.0:
        return 0
    return math.ceil(STEPS_AN_OCTAVE * math.log2(dispersion) - 1e-9)


@compiled
def _row(arena: FloatArray, used: int, calm: float, tail: float, mean: float, ratio: float) -> None:
    """Writes P(Y ≥ 0 … calm + 1) into the arena, behind the bound itself."""
    arena[used] = calm
    last = used + 2 + int(calm)
    arena[last] = tail
    count = calm
    term = mass(calm, mean, ratio)
    for place in range(last - 1, used + 1, -1):
        tail += term
        arena[place] = tail
        count -= 1.0
        if count >= 0.0:
            term /= growth(count, mean, ratio)
    arena[used + 1] = 1.0


@compiled
def baseline_of(
    values: FloatArray, exposure: FloatArray, first: int, after: int, series: int
) -> tuple[int, float, float, float]:
    """Reported rows, total count, total exposure and Pearson dispersion of rows first … after - 1."""
    rows, total, watched, squares = 0, 0.0, 0.0, 0.0
    level = exposure.shape[0] == 0
    for row in range(first, after):
        count = values[row, series]
        if count == count:
            rows += 1
            total += count
            squares += count * count
            watched += 1.0 if level else exposure[row, series]
    if rows < 2 or total == 0.0:
        return rows, total, watched, 1.0
    if level:
        return rows, total, watched, max(0.0, squares / total - total / rows) * rows / (rows - 1.0)
    rate, squares = total / watched, 0.0
    for row in range(first, after):
        count = values[row, series]
        if count == count:
            expected = rate * exposure[row, series]
            squares += (count - expected) ** 2 / expected
    return rows, total, watched, squares / (rows - 1.0)


@compiled
def _kept(
    arena: FloatArray, used: int, limits: tuple[float, float, float, float], mean: float, ratio: float
) -> int:
    """Writes the bound and P(Y ≥ 0 … bound + 1) into the arena; the first free place after it (`used` if it is full)."""
    calm, tail = last_calm(limits[0], limits[1], mean, ratio)
    if used + int(calm) + 3 >= ROOM:
        return used
    _row(arena, used, calm, tail, mean, ratio)
    return used + int(calm) + 3


@compiled
def _judged(
    arena: FloatArray,
    kept: int,
    count: float,
    limits: tuple[float, float, float, float],
    mean: float,
    ratio: float,
) -> tuple[float, float]:
    """The bound and P(Y ≥ count), from the arena where they were kept."""
    if kept < 0:
        return last_calm(limits[0], limits[1], mean, ratio)[0], at_least(count, mean, ratio)
    calm = arena[kept]
    return calm, arena[kept + 1 + int(count)] if count <= calm + 1.0 else at_least(count, mean, ratio)


@compiled
def _recent(
    values: FloatArray, exposure: FloatArray, first: int, time: int, series: int
) -> tuple[float, float, float]:
    """Count and exposure of the reported rows first … time together, and the exposure of `time`."""
    count, days, now = 0.0, 0.0, 0.0
    for row in range(first, time + 1):
        if values[row, series] == values[row, series]:
            count += values[row, series]
            now = 1.0 if exposure.shape[0] == 0 else exposure[row, series]
            days += now
    return count, days, now


@compiled
def corrected(
    values: FloatArray,
    exposure: FloatArray,
    tested: IntArray,
    windows: tuple[int, int, int, int],
    limits: tuple[float, float, float, float],
    student: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Exact predictive bounds.

    windows: baseline rows, rows between it and the tested rows, tested rows taken together, least reported rows.
    limits: alpha, normal quantile of 1 - alpha, least standard deviation.
    student: by reported rows, the factor of the excess dispersion.
    Returns expected, upper bound, score, p-value (4, tested, series) and codes of reasons.
    """
    baseline, lag, together, least_rows = windows
    least = limits[2]
    series, level = values.shape[1], exposure.shape[0] == 0
    results = np.full((4, len(tested), series), np.nan)
    code = np.zeros((len(tested), series))
    places = np.full((TOTALS, STEPS), -1, np.int32)
    arena = np.empty(ROOM)
    powers, used = 2.0 ** (np.arange(STEPS) / STEPS_AN_OCTAVE), 0
    for place in range(len(tested)):
        time, after = tested[place], tested[place] - lag
        for column in range(series):
            if values[time, column] != values[time, column]:
                code[place, column] = SILENT
                continue
            if after - baseline < 0:
                code[place, column] = SHORT
                continue
            rows, total, watched, dispersion = baseline_of(values, exposure, after - baseline, after, column)
            if rows < least_rows:
                code[place, column] = FEW + rows
                continue
            count, days, now = _recent(values, exposure, max(after, time - together + 1), time, column)
            mean = (total + 0.5) / watched * days
            if least > 0.0:
                dispersion = max(dispersion, least * least * watched / (now * (total + 0.5)))
            step = stepped(1.0 + (dispersion - 1.0) * student[rows]) if dispersion > 1.0 else 0
            power = powers[step] if step < STEPS else 2.0 ** (step / STEPS_AN_OCTAVE)
            ratio = power * (1.0 + days / watched)
            kept = -1
            if level and rows == baseline and int(days) == together and total < TOTALS and step < STEPS:
                kept = places[int(total), step]
                if kept < 0:
                    after_it = _kept(arena, used, limits, mean, ratio)
                    if after_it > used:
                        kept, places[int(total), step], used = used, used, after_it
            calm, p_value = _judged(arena, kept, count, limits, mean, ratio)
            before = count - values[time, column]
            results[0, place, column] = mean * now / days
            results[1, place, column] = max(0.0, calm - before)
            results[2, place, column] = (count - mean) / math.sqrt(mean * ratio)
            results[3, place, column] = p_value
    return results, code
