"""How often detectors alarm on steady noise, beside what they say and beside a tester that knows the parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from daybreak.surge.counts import Counts, FloatArray, Period
from daybreak.surge.evaluation.harness import Entry
from daybreak.surge.evaluation.measures import Measure, mean_of
from daybreak.surge.evaluation.oracle import known_mean_windows
from daybreak.surge.evaluation.scenarios import noise
from daybreak.surge.methods import detect

ALPHAS = (0.001, 0.01, 0.05)
MEANS = (0.05, 0.1, 0.3, 1.0, 5.0, 30.0)
DISPERSIONS = (1.0, 1.5, 2.0, 3.0, 5.0)
TRAINING = {Period.WEEK: 312, Period.DAY: 730}
WINDOWS = {Period.WEEK: (1, 2), Period.DAY: (1, 3, 7, 14)}
REFERENCE_ROWS = 400_000
TOLERANCE = 1.1
KNOWN = "knows the parameters"


@dataclass(frozen=True)
class Rate:
    """The share of tested rows on which a detector alarms at a nominal rate; NaN = it has no such setting."""

    mean: float
    dispersion: float
    label: str
    alpha: float
    rate: Measure
    untested: float

    @property
    def too_high(self) -> bool:
        """Whether it is above 1.1 × nominal by more than twice its Monte Carlo error."""
        return self.rate.value > TOLERANCE * self.alpha + 2 * self.rate.error


def false_alarms(
    entries: Sequence[Entry],
    period: Period,
    *,
    series: int,
    rows: int,
    seed: int,
    means: Sequence[float] = MEANS,
    dispersions: Sequence[float] = DISPERSIONS,
    alphas: Sequence[float] = ALPHAS,
) -> Iterator[Rate]:
    """Rates on Poisson (dispersion 1) and negative binomial noise of each mean; errors are over series.

    Each entry is asked anew at each nominal rate (its setting `alpha`). The tester that knows the parameters uses one
    and two weeks, or 1, 3, 7 and 14 days; its smallest tail is corrected by its distribution on 400,000 rows of the same
    noise, and counts are discrete, so its rate is at most nominal: nobody can come closer with those windows.
    """
    training = TRAINING[period]
    for place, mean in enumerate(means):
        for dispersion in dispersions:
            random = np.random.default_rng([seed, place, round(dispersion * 10)])
            values = noise(random, np.full((training + rows, series), mean), dispersion)
            counts, tested = Counts.of(values, period=period), np.arange(training, training + rows)
            corrected = _known(random, values, mean, dispersion, WINDOWS[period])[tested]
            for alpha in alphas:
                rate = mean_of((corrected <= alpha).mean(axis=0))
                yield Rate(mean, dispersion, KNOWN, alpha, rate, 0.0)
                for entry in entries:
                    asked = replace(entry, settings={**entry.settings, **_at(entry, alpha)})
                    alarm = detect(
                        counts, asked.detector, asked.settings, tested=tested, mode=asked.mode
                    ).alarm
                    share = mean_of((alarm == 1).mean(axis=0))
                    yield Rate(mean, dispersion, entry.label, alpha, share, float((alarm < 0).mean()))


def _at(entry: Entry, alpha: float) -> dict[str, float]:
    """The settings that make alpha the nominal rate."""
    if entry.detector.name.startswith("nssp-"):
        return {"alpha": alpha, "alpha_warning": max(alpha, 0.05)}
    return {"alpha": alpha}


def _known(
    random: np.random.Generator, values: FloatArray, mean: float, dispersion: float, windows: tuple[int, ...]
) -> FloatArray:
    """The smallest tail over the windows, turned into how often noise has one so small."""
    columns = 100
    reference = noise(random, np.full((REFERENCE_ROWS // columns, columns), mean), dispersion)
    usual = known_mean_windows(reference, np.full_like(reference, mean), dispersion, windows)
    usual = np.sort(usual[max(windows) - 1 :].ravel())
    # equal tails differ in the last digits when sums are formed in another order
    smallest = known_mean_windows(values, np.full_like(values, mean), dispersion, windows) * (1 + 1e-9)
    share: FloatArray = np.searchsorted(usual, smallest, side="right") / usual.size
    return share
