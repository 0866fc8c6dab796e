"""How many false alerts the morning list makes in a year over all streams, where nothing rises; and what it finds.

Synthetic streams: daily counts, means from 0.05 to 5, weekdays and a season, Poisson or over-dispersed, three years of which
the first is history. Run: script/bench alerts [--quick]
"""

from __future__ import annotations

import argparse
import math
import time

import numpy as np

from daybreak.alerts.rules.morning import SAME_EPISODE_DAYS
from daybreak.surge.counts import Counts, FloatArray, Period
from daybreak.surge.discovery_rate import discoveries
from daybreak.surge.predictive import PredictiveSettings, predictive

SHARE = 12 / 365.25
YEAR = 365
GOAL = 12.0


def streams(rng: np.random.Generator, number: int, dispersion: float) -> FloatArray:
    """(days, streams) of three years without any rise."""
    days = np.arange(3 * YEAR)
    level = np.exp(rng.uniform(math.log(0.05), math.log(5), number))
    weekday = np.exp(rng.normal(0, 0.15, (7, number)))[days % 7]
    season = np.exp(0.2 * np.cos(2 * np.pi * (days[:, None] / 365.25 + rng.uniform(0, 1, number))))
    mean = level * weekday * season
    if dispersion == 1:
        return rng.poisson(mean).astype(float)
    return rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion).astype(float)


def episodes(alarm: np.ndarray) -> int:
    """Signals that a person would see: alarms within two weeks of one another on a stream are one."""
    found = 0
    for column in alarm.T:
        last = -(10**9)
        for day in np.flatnonzero(column == 1):
            found += day - last > SAME_EPISODE_DAYS
            last = day
    return found


def run(number: int, dispersion: float, ledgers: int) -> None:
    """Print false alerts a year of `ledgers` ledgers, and the share of bursts of 5 to 12 cases in 3 days that are listed."""
    false, burst_found, bursts = [], 0, 0
    began = time.process_time()
    for seed in range(ledgers):
        rng = np.random.default_rng([seed, number, int(10 * dispersion)])
        values = streams(rng, number, dispersion)
        days = np.datetime64("2020-01-06") + np.arange(len(values))
        tested = np.arange(YEAR, len(values))
        quiet = predictive(Counts.of(values, period=Period.DAY, dates=days), tested, PredictiveSettings())
        false.append(episodes(discoveries(quiet.p_value, SHARE)) / 2)
        day, where = (
            int(rng.integers(2 * YEAR, len(values) - 7)),
            rng.permutation(number)[: max(number // 20, 1)],
        )
        for column in where:
            values[day : day + 3, column] += rng.multinomial(rng.integers(5, 13), [1 / 3] * 3)
        after = np.arange(day, day + 6)
        risen = predictive(Counts.of(values, period=Period.DAY, dates=days), after, PredictiveSettings())
        listed = discoveries(risen.p_value, SHARE) == 1
        burst_found += int(listed[:, where].any(axis=0).sum())
        bursts += len(where)
    mean = float(np.mean(false))
    error = float(np.std(false, ddof=1) / math.sqrt(ledgers))
    print(
        f"{number:4d} streams, dispersion {dispersion:3.1f}: {mean:5.2f} (s.e. {error:.2f}) false alerts a year over all, "
        f"goal at most {GOAL:.0f}; bursts listed within 3 days of their end: {burst_found} of {bursts}; "
        f"{time.process_time() - began:.0f} s",
        flush=True,
    )


def main() -> None:
    """All sizes of ledger and all dispersions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the ledgers")
    quick = parser.parse_args().quick
    for dispersion in (1.0, 1.5, 3.0):
        for number, ledgers in ((20, 30), (200, 6)):
            run(number, dispersion, max(ledgers // 10, 2) if quick else ledgers)


if __name__ == "__main__":
    main()
