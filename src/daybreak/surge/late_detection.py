"""Detection while reports are still coming in: on partial counts with their share known, and on the nowcast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.polynomial.legendre import leggauss

from daybreak.surge.counts import Counts, FloatArray, IntArray
from daybreak.surge.delays import KAPPA, Reported, learn_delays
from daybreak.surge.detector import Detector, Mode, settings_from
from daybreak.surge.errors import BadInput
from daybreak.surge.methods import detect, detector_named
from daybreak.surge.nowcast import Nowcast, last_lags, nowcast
from daybreak.surge.outcome import Outcome, joined
from daybreak.surge.triangle import Triangle

SHARE_NODES = 7
"""Quantiles that stand for the uncertain share known."""
LEAST_SHARE = 0.02
"""Rows of which less than this is expected to be known are not tested: nothing is to be seen in them yet."""


def partial_counts(
    triangle: Triangle, at: int, least_share: float = LEAST_SHARE, *, rank: float | None = None
) -> Counts:
    """Counts of rows 0 … at as known at the end of row `at`, with the share known so far as their exposure.

    A model with exposure E(N_t)·F(age) then tests incomplete rows without bias and learns from them too. NaN: nothing
    reported (a silent source), or less than `least_share` expected to be known. Delays are learned from what was known
    at `at` alone. `rank` takes that quantile of each uncertain share in place of its mean.
    """
    return _with_exposure(triangle, at, _learned_delays(triangle.as_of(at)), least_share, rank)


Learned = list[tuple[IntArray, Reported]]


def _learned_delays(seen: Triangle) -> Learned:
    """Each series' rows' longest reported lag, and its delays."""
    columns = [np.ascontiguousarray(seen.reported[:, :, series]) for series in range(seen.series)]
    return [(last_lags(cells), learn_delays(cells, KAPPA)) for cells in columns]


def _with_exposure(
    triangle: Triangle, at: int, learned: Learned, least_share: float, rank: float | None
) -> Counts:
    known, share = triangle.known_at(at), np.ones((at + 1, triangle.series))
    mean = np.ones_like(share)
    for series, (age, delays) in enumerate(learned):
        mean[:, series] = np.where(age < 0, 0.0, delays.share[age])
        by_lag = delays.share if rank is None else delays.quantile(rank)
        share[:, series] = np.where(age < 0, 0.0, by_lag[age])
    known[np.isnan(known) | (mean < least_share)] = np.nan
    dates = None if triangle.dates is None else triangle.dates[: at + 1]
    return Counts(known, triangle.names, triangle.period, dates, np.maximum(share, least_share / 10))


def detect_partial(
    triangle: Triangle,
    method: str | Detector = "predictive",
    settings: Mapping[str, Any] | None = None,
    *,
    at: int | None = None,
    rows: IntArray | None = None,
    mode: Mode | str = Mode.CORRECTED,
) -> Outcome:
    """Tests recent rows by what is known of them: y ~ NB(μ·F), F = the share expected to be known by now.

    F is uncertain, in the same direction for all rows: p-values are averaged over its distribution (seven nodes), so
    that reports which happen to come early raise no alarm of themselves.

    Parameters
    ----------
    triangle : reports by event period and delay; those after `at` are not looked at.
    method : a method that takes exposure, and a nominal false-alarm rate `alpha` if it gives p-values.
    at : the moment of knowledge; the last row by default.
    rows : rows tested (0 … at); the row `at` alone by default. Earlier rows are tested with what arrived since.

    Returns
    -------
    Outcome of the shape (rows, series); expected and upper bound are of the partial count at the mean share, p-value
    and alarm are over all shares (a method without p-values alarms by the mean share). A silent source's rows are
    untested, never zero.
    """
    now = triangle.times - 1 if at is None else at
    chosen = np.array([now], dtype=np.int64) if rows is None else np.asarray(rows, dtype=np.int64)
    learned = _learned_delays(triangle.as_of(now))

    def outcome_at(rank: float | None) -> Outcome:
        counts = _with_exposure(triangle, now, learned, LEAST_SHARE, rank)
        return detect(counts, method, settings, tested=chosen, mode=mode)

    outcome = outcome_at(None)
    detector = detector_named(method) if isinstance(method, str) else method
    alpha = getattr(settings_from(detector, settings or {}), "alpha", None)
    if alpha is None or np.isnan(outcome.p_value).all():
        return outcome
    points, weights = leggauss(SHARE_NODES)
    p_value = np.zeros_like(outcome.p_value)
    for point, weight in zip(points, weights, strict=True):
        p_value += weight / 2 * outcome_at(float(point + 1) / 2).p_value
    alarm = np.where(outcome.alarm < 0, outcome.alarm, p_value <= alpha).astype(np.int8)
    extra = {name: each for name, each in outcome.extra.items() if name != "recurrence_days"}
    return replace(outcome, p_value=p_value, alarm=alarm, extra=extra)


@dataclass(frozen=True)
class LateAlarms:
    """What the nowcast says of each row; arrays of (row, series).

    upper_bound: the largest final count that raises no alarm; NaN = could not be tested (see `outcome`).
    probability: P(final count > upper bound), by the nowcast; NaN = no bound.
    alarm: int8; 1 if that is at least the confidence asked for, 0 if not, -1 = could not be tested.
    reason: why a row has no bound; "" = it has one.
    """

    rows: IntArray
    upper_bound: FloatArray
    probability: FloatArray
    alarm: np.ndarray[Any, np.dtype[np.int8]]
    reason: tuple[tuple[str, ...], ...]
    nowcast: Nowcast


def detect_on_nowcast(
    triangle: Triangle,
    method: str | Detector = "predictive",
    settings: Mapping[str, Any] | None = None,
    *,
    at: int | None = None,
    rows: IntArray | None = None,
    confidence: float = 0.5,
    mode: Mode | str = Mode.CORRECTED,
) -> LateAlarms:
    """How probable it is that the final counts of recent rows are above their bounds.

    The bound of a row is the method's for a complete count, learned from rows before it with the share that is known
    of them as exposure; `predictive` is asked about single rows unless its setting `windows` says otherwise.
    `confidence` 0.5 means more likely than not; higher waits for more reports. A row of which nothing is reported yet
    has a bound and a nowcast from its level all the same.
    """
    if not 0 < confidence < 1:
        raise BadInput("confidence", "lie between 0 and 1", f"{confidence:g}", "0.5 is more likely than not.")
    now = triangle.times - 1 if at is None else at
    chosen = (
        np.arange(max(0, now - triangle.lags + 2), now + 1)
        if rows is None
        else np.asarray(rows, dtype=np.int64)
    )
    asked = dict(settings or {})
    if method == "predictive":
        asked.setdefault("windows", (1,))
    outcome = complete_bounds(partial_counts(triangle, now), method, asked, chosen, Mode(mode))
    cast = nowcast(triangle, now, rows=chosen)
    probability = cast.probability_above(outcome.upper_bound)
    alarm = np.where(np.isnan(probability), -1, probability >= confidence).astype(np.int8)
    reason = tuple(
        tuple(outcome.why(row, series) for series in range(triangle.series)) for row in range(len(chosen))
    )
    return LateAlarms(chosen, outcome.upper_bound, probability, alarm, reason, cast)


def complete_bounds(
    counts: Counts, method: str | Detector, settings: Mapping[str, Any] | None, rows: IntArray, mode: Mode
) -> Outcome:
    """The method's outcome of each row as if its own count were complete (exposure 1); what is missing counts as 0."""
    parts = []
    for row in rows.tolist():
        values = counts.values[: row + 1].copy()
        exposure = np.ones_like(values) if counts.exposure is None else counts.exposure[: row + 1].copy()
        # a bound is asked for even where nothing is known of the row yet; the row's own count changes no bound
        values[row] = np.nan_to_num(values[row])
        exposure[row] = 1.0
        until = Counts(
            values,
            counts.names,
            period=counts.period,
            dates=None if counts.dates is None else counts.dates[: row + 1],
            exposure=exposure,
        )
        parts.append(detect(until, method, settings, tested=np.array([row], dtype=np.int64), mode=mode))
    return _stacked(parts)


def _stacked(parts: list[Outcome]) -> Outcome:
    """One outcome of outcomes of one time each."""
    turned = joined([_turned(part) for part in parts])
    tested = np.concatenate([part.tested for part in parts])
    return _turned(turned, tested)


def _turned(outcome: Outcome, tested: IntArray | None = None) -> Outcome:
    return Outcome(
        tested=outcome.tested if tested is None else tested,
        expected=outcome.expected.T,
        upper_bound=outcome.upper_bound.T,
        score=outcome.score.T,
        p_value=outcome.p_value.T,
        alarm=outcome.alarm.T,
        reason=outcome.reason.T,
        reasons=outcome.reasons,
        extra={name: each.T for name, each in outcome.extra.items()},
    )
