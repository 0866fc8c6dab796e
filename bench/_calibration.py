"""False alarms of `predictive` on steady noise, and its power on Noufaily's scenarios, beside a tester that knows all."""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from daybreak.surge._kernels.predictive_windows import window_test
from daybreak.surge.counts import Counts, FloatArray, Period
from daybreak.surge.methods import detect
from daybreak.surge.predictive import WINDOWS
from daybreak.surge.predictive_model import chain_nodes

ALPHAS = (0.001, 0.01, 0.05)
MEANS = (0.05, 0.1, 0.3, 1.0, 5.0, 30.0)
DISPERSIONS = (1.0, 1.5, 3.0, 5.0)


def noise(
    random: np.random.Generator, mean: FloatArray | float, dispersion: float, shape: tuple[int, int]
) -> FloatArray:
    """Poisson (dispersion 1) or negative binomial counts with variance dispersion · mean."""
    mean = np.broadcast_to(np.asarray(mean, dtype=np.float64), shape)
    if dispersion <= 1:
        return random.poisson(mean).astype(np.float64)
    return random.negative_binomial(mean / (dispersion - 1), 1 / dispersion).astype(np.float64)


def knowing(
    values: FloatArray, mean: FloatArray, dispersion: float, tested: range, windows: tuple[int, ...]
) -> FloatArray:
    """Corrected p of the same windows by a tester that knows each mean and the dispersion: (tested, series)."""
    nodes = np.array([[1.0, max(dispersion - 1.0, 1e-7), 1e13, 1.0]])
    one = np.array([[0.0, 1.0]])
    mixture = np.zeros((3, 2 + len(windows)))
    sums = [np.cumsum(np.vstack([np.zeros(values.shape[1]), x]), axis=0) for x in (values, mean)]
    answer = np.zeros(4)
    found = np.empty((len(tested), values.shape[1]))
    ends = np.array(list(tested)) + 1
    rolled = [np.stack([s[ends] - s[ends - w] for w in windows], axis=2) for s in sums]
    leverage = np.ones(len(windows))
    memory: dict[tuple[float, ...], float] = {}
    for place in range(len(tested)):
        for series in range(values.shape[1]):
            observed, expected = rolled[0][place, series], np.round(rolled[1][place, series], 10)
            key = (*observed, *expected)
            if key not in memory:
                window_test(
                    observed,
                    expected,
                    leverage,
                    nodes,
                    1,
                    one,
                    mixture,
                    chain_nodes(),
                    0,
                    1,
                    0.15,
                    0.01,
                    0.005,
                    answer,
                )
                memory[key] = answer[0]
            found[place, series] = memory[key]
    return found


def calibration(period: Period, series: int, rows: int, seed: int, settings: dict[str, object]) -> None:
    """Prints the share of tested times with p at or below each nominal rate, for each mean and dispersion."""
    training = 312 if period is Period.WEEK else 730
    tested = range(training, training + rows)
    print(f"{period.name} mean disp | " + " | ".join(f"{a:<6g} ours (s.e.)  known" for a in ALPHAS) + " | us")
    for mean in MEANS:
        for dispersion in DISPERSIONS:
            random = np.random.default_rng([seed, int(mean * 100), int(dispersion * 10)])
            values = noise(random, mean, dispersion, (training + rows, series))
            start = time.process_time()
            p = detect(Counts.of(values, period=period), "predictive", settings, tested=tested).p_value
            used = time.process_time() - start
            known = knowing(values, np.full_like(values, mean), dispersion, tested, WINDOWS[period])
            cells = []
            for alpha in ALPHAS:
                rate = (p <= alpha).mean(axis=0)
                error = rate.std(ddof=1) / np.sqrt(series)
                mark = "*" if rate.mean() > 1.1 * alpha + 2 * error else " "
                cells.append(f"{rate.mean():.5f} ({error:.5f}){mark} {(known <= alpha).mean():.5f}")
            print(
                f"{mean:9g} {dispersion:4g} | " + " | ".join(cells) + f" | {used / p.size * 1e6:.0f}",
                flush=True,
            )


def tables(*, quick: bool = False) -> None:
    """Both tables of section 2: 312 weeks, and two years of days, of training."""
    for period, series in ((Period.WEEK, 500), (Period.DAY, 200)):
        print(
            f"{series // (10 if quick else 1)} series, 52 tested rows each; * = above 1.1 x nominal + 2 s.e."
        )
        calibration(period, series // (10 if quick else 1), 52, 1, {})


def main(words: list[str]) -> int:
    """Runs the parts named in the words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--period", default="week")
    parser.add_argument("--series", type=int, default=400)
    parser.add_argument("--rows", type=int, default=52)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args(words)
    settings: dict[str, object] = dict(each.split("=", 1) for each in options.set)
    calibration(Period.named(options.period), options.series, options.rows, options.seed, settings)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
