"""Sums over the baseline windows of bayes, rki and cdc: rows just before the tested one and around it in earlier years."""

from __future__ import annotations

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge.counts import FloatArray, IntArray


@compiled
def _added(sums: FloatArray, count: float, watched: float) -> None:
    """One more row: how many, how many reported, total, exposure, squares of counts, Σ y²/e."""
    sums[0] += 1.0
    if count == count:
        sums[1] += 1.0
        sums[2] += count
        sums[3] += watched
        sums[4] += count * count
        sums[5] += count * count / watched


@compiled
def of_years(
    values: FloatArray,
    exposure: FloatArray,
    tested: IntArray,
    years: int,
    half: int,
    rows_a_year: int,
    recent: bool,
) -> FloatArray:
    """Sums (6, tested, series) of the `half` rows before (if recent) and of 2·half + 1 rows around each earlier year's.

    The sums: rows, reported rows, total, exposure, Σ y², Σ y²/exposure. No rows at all = the history is too short.
    """
    series = values.shape[1]
    found = np.zeros((6, len(tested), series))
    level = exposure.shape[0] == 0
    sums = np.zeros(6)
    for place in range(len(tested)):
        time = tested[place]
        if time - years * rows_a_year - half < 0:
            continue
        for column in range(series):
            sums[:] = 0.0
            for year in range(0 if recent else 1, years + 1):
                middle = time - year * rows_a_year
                after = middle if year == 0 else middle + half + 1
                for row in range(middle - half, after):
                    _added(sums, values[row, column], 1.0 if level else exposure[row, column])
            for kind in range(6):
                found[kind, place, column] = sums[kind]
    return found


@compiled
def of_months(
    values: FloatArray, exposure: FloatArray, tested: IntArray, years: int, months: int, rows_a_year: int
) -> tuple[FloatArray, FloatArray]:
    """Four-row sums (years · (2·months + 1) + 1, tested, series) and their exposures; the last is that of now.

    NaN where a row did not report; all NaN where the history is too short.
    """
    series = values.shape[1]
    each = 2 * months + 1
    sums = np.full((years * each + 1, len(tested), series), np.nan)
    watched = np.full((years * each + 1, len(tested), series), np.nan)
    level = exposure.shape[0] == 0
    for place in range(len(tested)):
        time = tested[place]
        if time - years * rows_a_year - 4 * months - 3 < 0:
            continue
        for month in range(years * each + 1):
            first = time - 3
            if month < years * each:
                year = years - month // each
                first = time - year * rows_a_year - 4 * months - 3 + 4 * (month % each)
            for column in range(series):
                total, under = 0.0, 0.0
                for row in range(first, first + 4):
                    total += values[row, column]
                    under += 1.0 if level else exposure[row, column]
                sums[month, place, column] = total
                watched[month, place, column] = under
    return sums, watched
