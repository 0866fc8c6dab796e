"""What alarms are worth beside the truth: false alarms, detection, delay, each with its Monte Carlo error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from daybreak.surge.counts import FloatArray

BoolArray = NDArray[np.bool_]


class Measure(NamedTuple):
    """A number and its Monte Carlo standard error; NaN = there is nothing to measure it by."""

    value: float
    error: float


@dataclass(frozen=True)
class Tally:
    """What each series adds, arrays of (series,); NaN = the series has no part in it.

    false_rate: share of its rows without outbreak cases that alarm. false_alerts: runs of such alarms.
    detected, detected_first: whether any, and whether the first, row with outbreak cases alarms.
    delay: rows from the first outbreak row to the first alarm on an outbreak row. hits, misses, false: rows.
    """

    false_rate: FloatArray
    false_alerts: FloatArray
    detected: FloatArray
    detected_first: FloatArray
    delay: FloatArray
    hits: FloatArray
    misses: FloatArray
    false: FloatArray
    rows: int


def tally(alarm: BoolArray, outbreak: FloatArray) -> Tally:
    """Compares alarms with outbreak cases, both of the shape (tested rows, series); an untested row is no alarm.

    Rates are a series' own, and averaged over series afterwards, as in the literature. Neighbouring false alarms are one
    alert; an alarm that goes on after an outbreak's last row is a false alarm but no new alert.
    """
    sick = outbreak > 0
    calm = (~sick).sum(axis=0)
    wrong = alarm & ~sick
    before = np.vstack([np.zeros((1, alarm.shape[1]), bool), alarm[:-1]])
    any_sick, hit = sick.any(axis=0), alarm & sick
    first = sick.argmax(axis=0)
    found = hit.any(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = wrong.sum(axis=0) / calm.astype(np.float64)
    return Tally(
        false_rate=rate,
        false_alerts=(wrong & ~before).sum(axis=0).astype(np.float64),
        detected=np.where(any_sick, found, np.nan),
        detected_first=np.where(any_sick, alarm[first, np.arange(alarm.shape[1])], np.nan),
        delay=np.where(found, hit.argmax(axis=0) - first, np.nan),
        hits=hit.sum(axis=0).astype(np.float64),
        misses=(sick & ~alarm).sum(axis=0).astype(np.float64),
        false=wrong.sum(axis=0).astype(np.float64),
        rows=alarm.shape[0],
    )


def mean_of(values: FloatArray) -> Measure:
    """Mean over the series that have a value, and its standard error."""
    known = values[~np.isnan(values)]
    if not known.size:
        return Measure(float("nan"), float("nan"))
    spread = known.std(ddof=1) / np.sqrt(known.size) if known.size > 1 else float("nan")
    return Measure(float(known.mean()), float(spread))


def ratio_of(part: FloatArray, whole: FloatArray) -> Measure:
    """Sum of part over sum of whole, series being independent; the error is that of a ratio estimator (linearised)."""
    total = float(whole.sum())
    if total == 0:
        return Measure(float("nan"), float("nan"))
    ratio = float(part.sum()) / total
    residual = part - ratio * whole
    return Measure(ratio, float(np.sqrt((residual**2).sum()) / total))


def measures_of(counted: Tally, rows_a_year: int) -> dict[str, Measure]:
    """The measures by name: fpr, false_alerts_a_year, pod, pod_first, delay (rows), sensitivity, ppv."""
    return {
        "fpr": mean_of(counted.false_rate),
        "false_alerts_a_year": mean_of(counted.false_alerts * (rows_a_year / counted.rows)),
        "pod": mean_of(counted.detected),
        "pod_first": mean_of(counted.detected_first),
        "delay": mean_of(counted.delay),
        "sensitivity": ratio_of(counted.hits, counted.hits + counted.misses),
        "ppv": ratio_of(counted.hits, counted.hits + counted.false),
    }


def difference(one: FloatArray, other: FloatArray) -> Measure:
    """Mean of the paired differences on the same series, and its standard error: what they share drops out."""
    return mean_of(one - other)


def threshold_at_rate(surprise: FloatArray, outbreak: FloatArray, target: float) -> float:
    """The lowest threshold of `surprise` at which the false-alarm rate (mean over series) is at most the target.

    Alarm = surprise ≥ threshold; NaN never alarms. A tie at the threshold is taken whole or not at all.
    """
    calm = outbreak <= 0
    weight = calm / np.maximum(calm.sum(axis=0), 1) / max(1, int(calm.any(axis=0).sum()))
    free = calm & ~np.isnan(surprise)
    order = np.argsort(-surprise[free], kind="stable")
    values, rate = surprise[free][order], np.cumsum(weight[free][order])
    last = np.append(values[1:] != values[:-1], True)  # a tie's whole weight stands at its last place
    allowed = np.flatnonzero(last & (rate <= target * (1 + 1e-12)))
    if not allowed.size:
        return float(np.nextafter(values[0], np.inf)) if values.size else float("inf")
    place = int(allowed[-1])
    if place + 1 == values.size:
        return float(values[-1])
    return float(np.nextafter(values[place + 1], np.inf))


def threshold_at_alerts(surprise: FloatArray, most: float) -> float:
    """The lowest threshold with at most `most` alerts a series on series without outbreaks, (time, series).

    A run of alarms on neighbouring rows is one alert. Runs merge as the threshold falls, so the search goes from above
    and stops at the first threshold that raises too many.
    """
    now = np.nan_to_num(surprise, nan=-np.inf)
    kept = np.sort(now[now > -np.inf])
    echo = np.sort(np.minimum(now[1:], now[:-1]).ravel())
    values = np.unique(kept)[::-1]
    alerts = (kept.size - np.searchsorted(kept, values)) - (echo.size - np.searchsorted(echo, values))
    too_many = np.flatnonzero(alerts > most * surprise.shape[1])
    if not values.size:
        return float("inf")
    return float(np.nextafter(values[too_many[0]], np.inf)) if too_many.size else float(values[-1])


def alerts_of(surprise: FloatArray, threshold: float) -> FloatArray:
    """Alerts (runs of neighbouring alarms) of each series, (series,)."""
    alarm = surprise >= threshold
    before = np.vstack([np.zeros((1, alarm.shape[1]), bool), alarm[:-1]])
    starts: FloatArray = (alarm & ~before).sum(axis=0).astype(np.float64)
    return starts
