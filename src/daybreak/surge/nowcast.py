"""What late reports will still add to recent counts: the whole predictive distribution of each recent row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import betaincinv

from daybreak.surge._kernels.nowcast import negative_binomial_mixture
from daybreak.surge.counts import DateArray, FloatArray, IntArray, Period
from daybreak.surge.delays import KAPPA, Reported, counted_delays, learn_delays
from daybreak.surge.detector import Mode
from daybreak.surge.errors import BadInput
from daybreak.surge.nowcast_compat import Delays, beta_negative_binomial, lawless
from daybreak.surge.nowcast_level import Levels, learn_levels, still_to_come
from daybreak.surge.triangle import Triangle

METHODS = {
    "learned": "delays and level learned from the past, both may drift; calibrated also at low counts (default)",
    "closed-form": "beta-negative-binomial: counted delays, nothing known of the level",
    "lawless": "truncated normal around N/W (Lawless 1994)",
}
NODES = 16
"""Values that stand for the uncertain share known."""
FORGOTTEN = 1e-9
"""Probability beyond the end of a cumulative distribution."""


@dataclass(frozen=True)
class Nowcast:
    """Predictive distributions of final counts.

    rows: (row,) the triangle's rows, 0-based, oldest first.
    names: the series. dates: (row,) first days, or None.
    known: (row, series) events known so far; NaN = nothing reported of the row.
    share: (row, series) expected share known so far; 0 where nothing was reported.
    expected: (row, series) mean of the final count.
    cumulative: [row][series] → P(final count ≤ known + k), k = 0, 1, 2 … until all but 1e-9 is told.
    """

    rows: IntArray
    names: tuple[str, ...]
    dates: DateArray | None
    known: FloatArray
    share: FloatArray
    expected: FloatArray
    cumulative: tuple[tuple[FloatArray, ...], ...]

    def quantile(self, probability: float) -> FloatArray:
        """The smallest counts whose cumulative probability reaches `probability`; (row, series)."""
        if not 0 < probability < 1:
            raise BadInput("probability", "lie between 0 and 1", f"{probability:g}", "0.5 is the median.")
        least = np.nan_to_num(self.known)
        added = [
            [min(int(np.searchsorted(each, probability)), len(each) - 1) for each in row]
            for row in self.cumulative
        ]
        counts: FloatArray = least + np.array(added, dtype=np.float64).reshape(least.shape)
        return counts

    def interval(self, probability: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """The narrowest intervals of counts that hold at least `probability`; two arrays of (row, series), inclusive.

        Counts are discrete, so that an interval between two quantiles holds more than it says, the more the lower the
        count; the narrowest one holds less too much.
        """
        if not 0 < probability < 1:
            raise BadInput("probability", "lie between 0 and 1", f"{probability:g}", "0.95 is usual.")
        ends = np.array([[_narrowest(each, probability) for each in row] for row in self.cumulative])
        least = np.nan_to_num(self.known)
        ends = ends.reshape(*least.shape, 2)
        return least + ends[..., 0], least + ends[..., 1]

    def probability_above(self, bound: object) -> FloatArray:
        """P(final count > bound), (row, series); NaN where the bound is."""
        limits = np.broadcast_to(np.asarray(bound, dtype=np.float64), self.known.shape)
        chance = np.full(limits.shape, np.nan)
        for (row, series), limit in np.ndenumerate(limits):
            if not np.isnan(limit):
                chance[row, series] = 1 - self._up_to(row, series, np.floor(limit))
        return chance

    def transform(self, final: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Randomised probability integral transform of the final counts: uniform if the nowcast is calibrated.

        Source: Czado, Gneiting & Held 2009 (Biometrics 65), section 2, with u drawn from `generator`.
        """
        drawn = generator.random(final.shape)
        out = np.full(final.shape, np.nan)
        for (row, series), count in np.ndenumerate(final):
            if not np.isnan(count):
                below = self._up_to(row, series, count - 1)
                at = self._up_to(row, series, count)
                out[row, series] = below + drawn[row, series] * (at - below)
        return out

    def _up_to(self, row: int, series: int, count: float) -> float:
        told = self.cumulative[row][series]
        place = int(count - np.nan_to_num(self.known[row, series]))
        return 0.0 if place < 0 else float(told[min(place, len(told) - 1)])


def nowcast(
    triangle: Triangle,
    at: int | None = None,
    *,
    rows: IntArray | None = None,
    method: str = "learned",
    window: int | None = None,
    kappa: float = KAPPA,
) -> Nowcast:
    """Final counts of recent rows from what was known at the end of row `at`.

    Parameters
    ----------
    triangle : reports by event period and delay. Reports after `at` are not looked at.
    at : the moment of knowledge; the last row by default.
    rows : which rows (0 … at) are nowcast; those whose longest delay has not passed by default.
    method : "learned" (delays and levels that may drift, averaged over how fast), "closed-form" (reference method: beta-
        negative-binomial with counted delays) or "lawless".
    window : events of the last `window` rows alone teach delays (and the level); None = all, which "learned" forgets as
        fast as the data ask for.
    kappa : prior events a lag.

    Returns
    -------
    Nowcast. A row of which the source reported nothing (NaN) is predicted from the level alone; "closed-form" and
    "lawless" cannot, and give it the reports' absence as one event known of none.

    Raises
    ------
    BadInput : an unknown method, row or window.

    Source: Höhle & an der Heiden 2014 (Biometrics 70); Lawless 1994 (Canadian Journal of Statistics 22); for "learned"
    see `learn_delays` and `learn_levels`.
    """
    if method not in METHODS:
        raise BadInput("method", f"be one of: {', '.join(METHODS)}", repr(method), "Choose one.")
    now = triangle.times - 1 if at is None else at
    seen = triangle.as_of(now)
    if window is not None and window < 1:
        raise BadInput("window", "be 1 row or more", str(window), "Leave it out.")
    chosen = (
        np.arange(max(0, now - triangle.lags + 2), now + 1) if rows is None else np.asarray(rows, np.int64)
    )
    if chosen.size and (chosen.min() < 0 or chosen.max() > now):
        raise BadInput("rows", f"lie from 0 to {now}", "others", "Rows count from 0.")
    parts = [_one_series(seen, series, chosen, method, window, kappa) for series in range(triangle.series)]
    known = seen.known_at(now)[chosen]
    return Nowcast(
        rows=chosen,
        names=triangle.names,
        dates=None if triangle.dates is None else triangle.dates[chosen],
        known=known,
        share=np.array([share for share, _ in parts]).T.reshape(known.shape),
        expected=np.array([[_mean(each) for each in told] for _, told in parts]).T.reshape(known.shape)
        + np.nan_to_num(known),
        cumulative=tuple(tuple(told[row] for _, told in parts) for row in range(len(chosen))),
    )


def _narrowest(told: FloatArray, probability: float) -> tuple[int, int]:
    """First and last place of the narrowest stretch with this mass; of equally narrow ones that with most mass."""
    before = np.concatenate([[0.0], told[:-1]])
    last = np.minimum(np.searchsorted(told, before + probability - 1e-12), len(told) - 1)
    holds = told[last] - before
    width = np.where(holds >= probability - 1e-9, last - np.arange(len(told)), len(told))
    if width.min() == len(told):
        return 0, len(told) - 1
    best = np.flatnonzero(width == width.min())
    first = int(best[np.argmax(holds[best])])
    return first, int(last[first])


def last_lags(cells: FloatArray) -> IntArray:
    """(time,) the longest lag at which the source has reported; -1 = never."""
    there = ~np.isnan(cells)
    last: IntArray = np.where(there.any(axis=1), cells.shape[1] - 1 - there[:, ::-1].argmax(axis=1), -1)
    return last.astype(np.int64)


def _mean(cumulative: FloatArray) -> float:
    return float((1 - cumulative[:-1]).sum()) if len(cumulative) > 1 else 0.0


def _one_series(
    seen: Triangle, series: int, rows: IntArray, method: str, window: int | None, kappa: float
) -> tuple[FloatArray, list[FloatArray]]:
    """Expected shares known and cumulative probabilities of the rows of one series."""
    cells = np.ascontiguousarray(seen.reported[:, :, series])
    skipped = 0 if window is None else max(0, len(cells) - window)
    known = np.where(np.isnan(cells).all(axis=1), np.nan, np.nansum(cells, axis=1))
    age = last_lags(cells)
    if method == "learned":
        delays = learn_delays(cells[skipped:], kappa)
        share = np.where(age < 0, 0.0, delays.share[age])
        weekday = _weekday(seen)
        levels = learn_levels(np.where(np.arange(len(cells)) < skipped, np.nan, known), share, weekday)
        told = [_learned(delays, levels, int(row), known[row], int(age[row])) for row in rows]
    else:
        delays = counted_delays(cells, window, kappa)
        share = np.where(age < 0, 0.0, delays.share[age])
        counted = _delays(cells, known, window)
        told = [_reference(method, delays, counted, int(row), int(age[row])) for row in rows]
    return share[rows], told


def _weekday(seen: Triangle) -> FloatArray | None:
    if seen.period is not Period.DAY:
        return None
    days = np.arange(seen.times) if seen.dates is None else seen.dates.astype(np.int64)
    return np.asarray(days % 7, dtype=np.float64)


def _learned(delays: Reported, levels: Levels, row: int, known: float, age: int) -> FloatArray:
    shares, mass = np.array([0.0]), np.array([1.0])
    if age >= 0:
        a, b = float(delays.a[age]), float(delays.b[age])
        if b == 0:
            return np.ones(1)
        points, weights = leggauss(NODES)
        shares, mass = betaincinv(a, b, (points + 1) / 2), weights / 2
    size, stay, weight = still_to_come(levels, row, float(np.nan_to_num(known)), shares, mass)
    return told_until(size, stay, weight)


def told_until(size: FloatArray, stay: FloatArray, weight: FloatArray) -> FloatArray:
    """Cumulative probabilities of a negative binomial mixture, ending where nothing more is to tell."""
    heavy = weight > FORGOTTEN / len(weight)
    mean = size[heavy] * stay[heavy] / (1 - stay[heavy])
    spread = np.sqrt(mean / (1 - stay[heavy]))
    length = (
        int(np.max(mean + 8 * spread + 25 / np.maximum(-np.log(np.maximum(stay[heavy], 1e-300)), 1e-6))) + 2
    )
    told = negative_binomial_mixture(size[heavy], stay[heavy], weight[heavy] / weight[heavy].sum(), length)
    return told[: int(np.searchsorted(told, 1 - FORGOTTEN)) + 1]


def _delays(cells: FloatArray, known: FloatArray, window: int | None) -> Delays:
    """The sums that Lawless's method needs, of the last `window` rows."""
    now = len(cells) - 1
    first = 0 if window is None else max(0, now - window)
    lags = cells.shape[1]
    reports, exposed = np.zeros(lags), np.zeros(lags)
    for lag in range(lags):
        rows = cells[first : now - lag + 1]
        reports[lag] = np.nansum(rows[:, lag])
        exposed[lag] = np.nansum(rows[:, : lag + 1])
    return Delays(reports, exposed, np.nan_to_num(known))


def _reference(method: str, delays: Reported, counted: Delays, row: int, age: int) -> FloatArray:
    known = counted.known[row]
    if age >= counted.longest:
        return np.ones(1)
    largest = 64
    while True:
        if method == "closed-form":
            place = max(age, 0)
            log = beta_negative_binomial(
                np.arange(largest + 1.0), known + 1, float(delays.a[place]), float(delays.b[place])
            )
            told: FloatArray = np.cumsum(np.exp(log))
        else:
            told = lawless(counted, row, int(known) + largest, Mode.CORRECTED)[int(known) :]
            if not told[-1] > 0:  # no report of this age has ever been seen: W = 0 says nothing
                return _reference("closed-form", delays, counted, row, age)
        if told[-1] > 1 - 1e-6 or largest > 10**6:
            return told
        largest *= 4
