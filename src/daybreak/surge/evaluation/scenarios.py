"""Series with known outbreaks: the 28 scenarios of Noufaily et al. 2013, and series of one's own with their truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daybreak.surge.counts import Counts, FloatArray, IntArray, Period
from daybreak.surge.errors import BadInput

# Rows of the 28 scenarios: level, trend a week, dispersion, cosine, sine. Each is run without and with the season, and
# without and with the trend: four scenarios a row. Noufaily et al. 2013, Stat Med 32:1206, section 4.1.
PARAMETERS = (
    (0.1, 0.0025, 1.5, 0.6, 0.6),
    (-2.0, 0.005, 2.0, 0.1, 0.3),
    (1.5, 0.003, 1.0, 0.2, -0.4),
    (0.5, 0.002, 5.0, 0.5, 0.5),
    (2.5, 0.001, 3.0, 1.0, 0.1),
    (3.75, 0.001, 1.1, 0.1, -0.1),
    (5.0, 0.0001, 1.2, 0.05, 0.01),
)
SCENARIOS = 4 * len(PARAMETERS)
WEEKS = 624
BASELINE = range(312, 575)
CURRENT = range(575, 624)
PAST_OUTBREAKS = 4
PAST_SIZES = (2, 3, 5, 10)


@dataclass(frozen=True)
class Scenario:
    """Series of which the truth is known.

    counts: (time, series), outbreaks included.
    outbreak: (time, series) how many of the counts belong to an outbreak.
    tested: 0-based rows on which detectors are judged.
    group: the scenario of each series.
    mean, dispersion: (time, series) and (series,) of the counts without outbreaks, variance = dispersion · mean; None =
        nobody knows them (real series), so that there is no tester who does.
    """

    counts: Counts
    outbreak: FloatArray
    tested: IntArray
    group: tuple[str, ...]
    mean: FloatArray | None = None
    dispersion: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.outbreak.shape != self.counts.values.shape:
            raise BadInput(
                "truth", f"have the counts' shape {self.counts.values.shape}", str(self.outbreak.shape),
                "Give the outbreak cases of each row and series; 0 = none.",
            )  # fmt: skip
        if len(self.group) != self.counts.series:
            raise BadInput("group", "be one a series", str(len(self.group)), "Name each series' scenario.")


def parameters_of(scenario: int) -> tuple[float, float, float, float, float]:
    """Level, trend, dispersion, cosine and sine of scenario 1 … 28, zero where the scenario has no trend or season."""
    if not 1 <= scenario <= SCENARIOS:
        raise BadInput("scenario", f"be 1 to {SCENARIOS}", str(scenario), "Leave it out for all.")
    level, trend, dispersion, cosine, sine = PARAMETERS[(scenario - 1) // 4]
    variant = (scenario - 1) % 4
    season = variant % 2 == 1
    return level, trend if variant >= 2 else 0.0, dispersion, cosine * season, sine * season


def noise(random: np.random.Generator, mean: FloatArray, dispersion: float) -> FloatArray:
    """Counts with the mean given and variance dispersion · mean: Poisson for 1, negative binomial above."""
    if dispersion <= 1:
        return random.poisson(mean).astype(np.float64)
    return random.negative_binomial(mean / (dispersion - 1), 1 / dispersion).astype(np.float64)


def noufaily_scenarios(repetitions: int, seed: int, only: tuple[int, ...] = ()) -> Scenario:
    """The 28 scenarios, each `repetitions` times; series of their own seed (seed, scenario, repetition).

    624 weeks: four past outbreaks of size k in 2, 3, 5, 10 start in weeks 313–575, one of k in 1 … 10 in weeks 576–624,
    which are tested. An outbreak has Poisson(k · standard deviation at its start) cases, spread over
    floor(lognormal(0, 0.5)) weeks.

    Source: Noufaily et al. 2013, Stat Med 32:1206, section 4.1.
    """
    if repetitions < 1:
        raise BadInput("repetitions", "be 1 or more", str(repetitions), "100 give errors of about .01.")
    chosen = only or tuple(range(1, SCENARIOS + 1))
    series = len(chosen) * repetitions
    values, outbreak, means = (np.zeros((WEEKS, series)) for _ in range(3))
    dispersion, names, group = np.empty(series), [], []
    for place in range(series):
        scenario, repetition = chosen[place // repetitions], place % repetitions + 1
        random = np.random.default_rng([seed, scenario, repetition])
        means[:, place], dispersion[place] = _mean_of(scenario), parameters_of(scenario)[2]
        outbreak[:, place] = _outbreaks(random, np.sqrt(dispersion[place] * means[:, place]))
        values[:, place] = noise(random, means[:, place], dispersion[place]) + outbreak[:, place]
        names.append(f"s{scenario:02d}_r{repetition:03d}")
        group.append(f"s{scenario:02d}")
    return Scenario(
        Counts.of(values, names=names, period=Period.WEEK), outbreak, np.array(CURRENT), tuple(group), means, dispersion
    )  # fmt: skip


def _mean_of(scenario: int) -> FloatArray:
    level, trend, _, cosine, sine = parameters_of(scenario)
    week = np.arange(1, WEEKS + 1)
    turn = 2 * np.pi * week / 52
    mean: FloatArray = np.exp(level + trend * week + cosine * np.cos(turn) + sine * np.sin(turn))
    return mean


def _outbreaks(random: np.random.Generator, deviation: FloatArray) -> FloatArray:
    cases = np.zeros(WEEKS)
    for start in random.choice(np.array(BASELINE), PAST_OUTBREAKS, replace=False):
        _add(random, cases, int(start), random.choice(PAST_SIZES) * deviation[start], BASELINE.stop)
    start = int(random.choice(np.array(CURRENT)))
    _add(random, cases, start, random.integers(1, 11) * deviation[start], CURRENT.stop)
    return cases


def _add(random: np.random.Generator, cases: FloatArray, start: int, size: float, end: int) -> None:
    rows = start + np.floor(random.lognormal(0.0, 0.5, random.poisson(size))).astype(np.int64)
    np.add.at(cases, rows[rows < end], 1.0)
