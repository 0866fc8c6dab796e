"""The loops of the EARS methods: moving windows as R computes them, and exact predictive bounds."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import compiled
from daybreak.surge._kernels.negative_binomial import at_least, growth, last_calm, mass
from daybreak.surge.counts import FloatArray, IntArray

# Codes of reasons; 10 + has = too few reported rows, has of the least needed.
REPORTED, SILENT, SHORT, GAP, UNDEFINED, FEW = 0, 1, 2, 3, 4, 10

TOTALS, STEPS = 1024, 40  # kept rows of probabilities: up to this total and these steps of dispersion
STEPS_AN_OCTAVE = 8.0
ROOM = 1_500_000
USED = TOTALS * STEPS  # behind the places of the rows: how much of the arena is taken


@compiled
def _spreads(
    values: FloatArray, ends: IntArray, baseline: int, least: float, mean: FloatArray, deviation: FloatArray
) -> None:
    """Mean and max(standard deviation (n - 1), least) of the `baseline` rows before each end; NaN if one is missing.

    Rows of `mean` and `deviation` are those of `ends`; they come as zeros. An end with too few rows before it gets NaN.
    Loops run along the series, which lie side by side in memory.
    """
    for place in range(len(ends)):
        first = ends[place] - baseline
        if first < 0:
            for column in range(values.shape[1]):
                mean[place, column], deviation[place, column] = np.nan, np.nan
            continue
        for row in range(first, first + baseline):
            for column in range(values.shape[1]):
                mean[place, column] += values[row, column]
        for column in range(values.shape[1]):
            mean[place, column] /= baseline
        for row in range(first, first + baseline):
            for column in range(values.shape[1]):
                away = values[row, column] - mean[place, column]
                deviation[place, column] += away * away
        for column in range(values.shape[1]):
            found = math.sqrt(deviation[place, column] / (baseline - 1))
            deviation[place, column] = found if found > least or found != found else least


def compat_shewhart(
    values: FloatArray, tested: IntArray, baseline: int, lag: int, normal: float, least: float
) -> tuple[FloatArray, FloatArray]:
    """Upper bounds and means of C1 (lag 0) and C2 (lag 2): mean + normal · max(sd, least)."""
    mean, deviation = np.zeros((2, len(tested), values.shape[1]))
    _spreads(values, tested - lag, baseline, least, mean, deviation)
    return mean + normal * deviation, mean


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
def _sums(
    values: FloatArray,
    tested: IntArray,
    places: IntArray,
    normal: float,
    mean: FloatArray,
    deviation: FloatArray,
    bound: FloatArray,
) -> None:
    """Bounds of C3; places[i] is the row of mean and deviation of the tested row i, those of the two before stand before."""
    for place in range(len(tested)):
        time, here = tested[place], places[place]
        for column in range(values.shape[1]):
            sums = 0.0
            for back in range(1, 3):
                count = values[time - back, column]
                sums += _excess(count, mean[here - back, column], deviation[here - back, column])
            found = values[time, column] + deviation[here, column] * (normal - sums)
            bound[place, column] = found if found > 0.0 or found != found else 0.0


def compat_sums(
    values: FloatArray, tested: IntArray, baseline: int, normal: float, least: float
) -> tuple[FloatArray, FloatArray]:
    """Upper bounds and means of C3: max(0, y + s·(normal - the excesses of the two rows before))."""
    bound, expected = np.full((2, len(tested), values.shape[1]), np.nan)
    able = tested >= baseline + 4
    times = tested[able]
    if len(times) == 0:
        return bound, expected
    ends = np.unique(np.concatenate((times - 4, times - 3, times - 2)))
    places = np.searchsorted(ends, times - 2)
    mean, deviation = np.zeros((2, len(ends), values.shape[1]))
    _spreads(values, ends, baseline, least, mean, deviation)
    found = np.empty((len(times), values.shape[1]))
    _sums(values, times, places, normal, mean, deviation, found)
    bound[able], expected[able] = found, mean[places]
    return bound, expected


def tables() -> tuple[IntArray, FloatArray, FloatArray, IntArray]:
    """Room for the rows of probabilities of one alpha, baseline and number of rows together; no two threads may share it.

    Where each row stands in the arena (-1 = not yet; the last says how much is taken), the arena, the greatest
    dispersion of each step, and the step at which the search for a dispersion begins, by its sixteenths.
    """
    places = np.full(USED + 1, -1, np.int64)
    places[USED] = 0
    edges = np.exp2((np.arange(STEPS, dtype=np.float64) + 1e-9) / STEPS_AN_OCTAVE)
    sixteenths = np.arange(16 * int(2 ** (STEPS / STEPS_AN_OCTAVE))) / 16
    return places, np.empty(ROOM), edges, np.searchsorted(edges, sixteenths).astype(np.int64)


@compiled
def _stepped(dispersion: float, edges: FloatArray, begin: IntArray) -> int:
    """The step at or above a dispersion: 2^(step/8)."""
    if dispersion <= 1.0:
        return 0
    if dispersion >= edges[STEPS - 1]:
        return math.ceil(STEPS_AN_OCTAVE * math.log2(dispersion) - 1e-9)
    step: int = begin[int(16.0 * dispersion)]
    while dispersion > edges[step]:
        step += 1
    return step


@compiled
def _kept(
    places: IntArray, arena: FloatArray, key: int, calm: float, tail: float, mean: float, ratio: float
) -> int:
    """Writes the bound, its deviation and P(Y ≥ 0 … calm + 1) into the arena and gives their place.

    A full arena is emptied, so that what is read from it never depends on what was asked before.
    """
    size = 3 + int(calm)
    if places[USED] + size + 1 > ROOM:
        for other in range(USED):
            places[other] = -1
        places[USED] = 0
    used: int = places[USED]
    places[key], places[USED] = used, used + size + 1
    arena[used], arena[used + 1] = calm, math.sqrt(mean * ratio)
    last = used + size
    arena[last] = tail
    count = calm
    term = mass(calm, mean, ratio)
    for place in range(last - 1, used + 2, -1):
        tail += term
        arena[place] = tail
        count -= 1.0
        if count >= 0.0:
            term /= growth(count, mean, ratio)
    arena[used + 2] = 1.0
    return used


@compiled
def _gather(
    values: FloatArray,
    first: int,
    after: int,
    rows: FloatArray,
    totals: FloatArray,
    squares: FloatArray,
) -> None:
    """Reported rows, total count and total of squares of rows first … after - 1; loops run along the series."""
    for column in range(values.shape[1]):
        rows[column], totals[column], squares[column] = 0.0, 0.0, 0.0
    for row in range(first, after):
        for column in range(values.shape[1]):
            count = values[row, column]
            rows[column] += 1.0 if count == count else 0.0
            count = count if count == count else 0.0
            totals[column] += count
            squares[column] += count * count


@compiled
def _under_exposure(
    values: FloatArray, exposure: FloatArray, first: int, after: int, series: int, total: float
) -> tuple[float, float]:
    """Total exposure of the reported rows first … after - 1 and their sum of (count - expected)²/expected."""
    watched, squares = 0.0, 0.0
    for row in range(first, after):
        if values[row, series] == values[row, series]:
            watched += exposure[row, series]
    rate = total / watched
    for row in range(first, after):
        count = values[row, series]
        if count == count and total > 0.0:
            expected = rate * exposure[row, series]
            squares += (count - expected) ** 2 / expected
    return watched, squares


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
def _judged(
    places: IntArray,
    arena: FloatArray,
    key: int,
    limits: tuple[float, float, float],
    count: float,
    mean: float,
    ratio: float,
) -> tuple[float, float]:
    """Bound and P(Y ≥ count) where they are not kept, or the count is beyond what is; key -1 = not to be kept."""
    kept: int = places[key] if key >= 0 else -1
    if kept >= 0:
        return arena[kept], at_least(count, mean, ratio)
    calm, tail = last_calm(limits[0], limits[1], mean, ratio)
    if key >= 0 and calm + 4.0 <= ROOM:
        kept = _kept(places, arena, key, calm, tail, mean, ratio)
        if count <= calm + 1.0:
            return calm, arena[kept + 2 + int(count)]
    return calm, at_least(count, mean, ratio)


@compiled
def _corrected(
    values: FloatArray,
    exposure: FloatArray,
    tested: IntArray,
    windows: tuple[int, int, int, int],
    limits: tuple[float, float, float],
    student: FloatArray,
    kept_rows: tuple[IntArray, FloatArray, FloatArray, IntArray],
    sums: tuple[FloatArray, FloatArray, FloatArray],
    results: FloatArray,
    code: NDArray[np.uint8],
    alarm: NDArray[np.int8],
) -> None:
    """The loop of `corrected`, which writes into results, code and alarm; results come as NaN, alarms as -1."""
    baseline, lag, together, least_rows = windows
    least, level = limits[2], exposure.shape[0] == 0
    (reported, totals, squares), (places, arena, edges, begin) = sums, kept_rows
    for place in range(len(tested)):
        time, after = tested[place], tested[place] - lag
        first = after - baseline
        if first >= 0:
            _gather(values, first, after, reported, totals, squares)
        for column in range(values.shape[1]):
            y, rows = values[time, column], int(reported[column])
            if y != y or first < 0 or rows < least_rows:
                code[place, column] = SILENT if y != y else SHORT if first < 0 else FEW + rows
                continue
            total, watched, dispersion = totals[column], reported[column], 1.0
            if not level:
                watched, pearson = _under_exposure(values, exposure, first, after, column, total)
                dispersion = pearson / (rows - 1.0)
            elif total > 0.0:
                dispersion = max(0.0, squares[column] / total - total / rows) * rows / (rows - 1.0)
            count, days, now = _recent(values, exposure, max(after, time - together + 1), time, column)
            mean = (total + 0.5) / watched * days
            if least > 0.0:
                if total == 0.0:
                    dispersion = 1.0
                dispersion = max(dispersion, least * least * watched / (now * (total + 0.5)))
            step = _stepped(1.0 + (dispersion - 1.0) * student[rows], edges, begin) if dispersion > 1.0 else 0
            key, kept = -1, -1
            if level and rows == baseline and int(days) == together and total < TOTALS and step < STEPS:
                key = int(total) * STEPS + step
                kept = places[key]
            if kept >= 0 and count <= arena[kept] + 1.0:  # looked up here: a call would double the time
                calm, deviation, p_value = arena[kept], arena[kept + 1], arena[kept + 2 + int(count)]
            else:
                ratio = 2.0 ** (step / STEPS_AN_OCTAVE) * (1.0 + days / watched)
                calm, p_value = _judged(places, arena, key, limits, count, mean, ratio)
                deviation = math.sqrt(mean * ratio)
            bound = max(0.0, calm - (count - y))
            results[0, place, column], results[1, place, column] = mean * now / days, bound
            results[2, place, column], results[3, place, column] = (count - mean) / deviation, p_value
            alarm[place, column] = 1 if y > bound else 0


def corrected(
    values: FloatArray,
    exposure: FloatArray,
    tested: IntArray,
    windows: tuple[int, int, int, int],
    limits: tuple[float, float, float],
    student: FloatArray,
    kept_rows: tuple[IntArray, FloatArray, FloatArray, IntArray],
) -> tuple[FloatArray, NDArray[np.uint8], NDArray[np.int8]]:
    """Exact predictive bounds.

    windows: baseline rows, rows between it and the tested rows, tested rows taken together, least reported rows.
    limits: alpha, normal quantile of 1 - alpha, least standard deviation.
    student: by reported rows, the factor of the excess dispersion.
    kept_rows: of `tables`, for this alpha, baseline and number of rows together only.
    Returns expected, upper bound, score, p-value (4, tested, series), codes of reasons and alarms.
    """
    shape = (len(tested), values.shape[1])
    results, code, alarm = (
        np.full((4, *shape), np.nan),
        np.zeros(shape, np.uint8),
        np.full(shape, -1, np.int8),
    )
    sums = (np.zeros(shape[1]), np.zeros(shape[1]), np.zeros(shape[1]))
    _corrected(values, exposure, tested, windows, limits, student, kept_rows, sums, results, code, alarm)
    return results, code, alarm
