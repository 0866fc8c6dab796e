"""What each tester sees of daily streams on each day, with reports still missing, and how surprised it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from daybreak.surge.counts import Counts, FloatArray, IntArray, Period
from daybreak.surge.detector import settings_from
from daybreak.surge.evaluation.bursts import BurstPlan, Streams
from daybreak.surge.evaluation.harness import LEAST_P, Entry, surprise_of
from daybreak.surge.evaluation.oracle import upper_tail
from daybreak.surge.methods import detect
from daybreak.surge.predictive import PREDICTIVE, PredictiveSettings, predictive

WINDOWS = (1, 3, 7, 14)
COLUMNS_AT_ONCE = 8192


def recent_of(reported: FloatArray, tested: IntArray, rows: int) -> FloatArray:
    """What was known of the days t, t − 1 … at the end of each tested day t: (tested, rows, series)."""
    known = np.cumsum(reported, axis=1)
    last = reported.shape[1] - 1
    return np.stack([known[tested - age, min(age, last)] for age in range(rows)], axis=1)


def known_mean_surprise(streams: Streams, plan: BurstPlan) -> FloatArray:
    """−log10 of the smallest tail over 1, 3, 7, 14 days, by one who knows each day's mean and the delays' shares.

    A thinned negative binomial count keeps its family with dispersion 1 + share · (dispersion − 1); a window of days
    with different shares is given the dispersion of their mean share, which is exact for Poisson counts.
    """
    rows = max(WINDOWS)
    share = np.append(np.cumsum(plan.delays), np.ones(rows))[:rows]
    count = np.cumsum(recent_of(streams.reported, streams.tested, rows), axis=1)
    level = np.stack([streams.mean[streams.tested - age] * share[age] for age in range(rows)], axis=1)
    mean = np.cumsum(level, axis=1)
    spread = np.cumsum(level * (1 + share[:, None] * (plan.dispersion - 1)), axis=1) / mean
    places = np.array(WINDOWS) - 1
    p = upper_tail(count[:, places], mean[:, places], spread[:, places]).min(axis=1)
    surprise: FloatArray = -np.log10(np.maximum(p, LEAST_P))
    return surprise


def predictive_surprise(streams: Streams, settings: dict[str, object]) -> FloatArray:
    """Ours on partial counts; each stream's delays are learned from its own training alone."""
    chosen: PredictiveSettings = settings_from(PREDICTIVE, settings)
    final = streams.reported.sum(axis=1)
    recent = recent_of(streams.reported, streams.tested, max(chosen.windows or WINDOWS))
    first, lags, series = int(streams.tested[0]), streams.reported.shape[1], final.shape[1]
    surprise = np.empty((len(streams.tested), series))
    for place in range(series):
        by_delay = streams.reported[: first - lags + 1, :, place].sum(axis=0) + 0.25
        share = np.minimum(np.cumsum(by_delay) / by_delay.sum(), 1.0)[:-1]
        one = replace(chosen, completeness=tuple(share.tolist()))
        part = slice(place, place + 1)
        counts = Counts.of(final[:, part], period=Period.DAY)
        outcome = predictive(counts, streams.tested, one, np.ascontiguousarray(recent[:, :, part]))
        surprise[:, place] = surprise_of(outcome)[:, 0]
    return surprise


def peer_surprise(streams: Streams, entry: Entry, history: int) -> FloatArray:
    """A detector that knows nothing of delays, given the counts as known at the end of each tested day.

    Each tested day of each stream becomes a series of its own that ends on that day, `history` days long, so that every
    day is judged on exactly what was to be seen then.
    """
    final = streams.reported.sum(axis=1)
    lags = streams.reported.shape[1]
    series = final.shape[1]
    surprise = np.empty((len(streams.tested), series))
    step = max(1, COLUMNS_AT_ONCE // series)
    for begin in range(0, len(streams.tested), step):
        days = streams.tested[begin : begin + step]
        take = days[None, :] + np.arange(1 - history, 1)[:, None]
        columns = final[take]
        columns[::-1][:lags] = np.moveaxis(recent_of(streams.reported, days, lags), 1, 0)
        flat = np.ascontiguousarray(columns.reshape(history, -1))
        outcome = detect(
            Counts.of(flat, period=Period.DAY), entry.detector, entry.settings,
            tested=np.array([history - 1]), mode=entry.mode,
        )  # fmt: skip
        surprise[begin : begin + step] = surprise_of(outcome)[0].reshape(len(days), series)
    return surprise


def surprise_at(streams: Streams, entry: Entry, plan: BurstPlan) -> FloatArray:
    """How surprised an entry is on each tested day of each stream; (tested, series)."""
    if entry.detector.name == "predictive":
        return predictive_surprise(streams, dict(entry.settings))
    return peer_surprise(streams, entry, plan.training)
