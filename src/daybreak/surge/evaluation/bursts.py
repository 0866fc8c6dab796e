"""Daily streams with a weekday effect, late reports and short bursts, as a health officer sees them day by day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from daybreak.surge.counts import FloatArray, IntArray
from daybreak.surge.errors import BadInput
from daybreak.surge.evaluation.scenarios import noise

WEEKDAYS = (0.9, 0.85, 0.85, 0.95, 1.15, 1.25, 1.05)
"""Monday … Sunday, mean 1: overdoses gather at the end of the week."""
DELAYS = (0.45, 0.25, 0.12, 0.07, 0.04, 0.03, 0.02, 0.02)
"""Share of a day's events reported 0, 1 … 7 days later (sums to 1)."""
MEANS = (0.3, 0.5, 1.0, 2.0, 3.0)
SIZES = (3, 5, 8, 12)
LENGTHS = (1, 3, 5)


@dataclass(frozen=True)
class BurstPlan:
    """What is simulated.

    training: days before the first tested one. means, sizes, lengths: of streams (events a day), of bursts (extra cases)
    and their days. weekdays: factors of seven days. delays: share reported 0, 1 … days later. dispersion: variance /
    mean of the background. within: a burst is found if an alarm stands on its first day or one of so many days after it.
    """

    training: int = 372
    watched: int = 365
    means: tuple[float, ...] = MEANS
    sizes: tuple[int, ...] = SIZES
    lengths: tuple[int, ...] = LENGTHS
    weekdays: tuple[float, ...] = WEEKDAYS
    delays: tuple[float, ...] = DELAYS
    dispersion: float = 1.0
    within: int = 3

    def __post_init__(self) -> None:
        if abs(sum(self.delays) - 1) > 1e-9 or min(self.delays) < 0 or self.delays[0] <= 0:
            raise BadInput(
                "delays", "be shares that sum to 1, the first above 0", str(self.delays), "Try 0.6,0.3,0.1."
            )
        if self.training <= len(self.delays) or len(self.weekdays) != 7:
            raise BadInput(
                "plan", "have seven weekdays and more training than delays", str(self.training), "Try 372."
            )


@dataclass(frozen=True)
class Streams:
    """Streams of one length with what was reported when.

    reported: (time, lag, series) events of each day by delay in days, the whole delay known afterwards.
    mean: (time, series) true mean of the background. tested: rows on which detectors are asked.
    stratum: (series,) which mean, size and length, as a number; -1 = no burst.
    """

    reported: FloatArray
    mean: FloatArray
    tested: IntArray
    stratum: IntArray
    labels: tuple[str, ...]


class BurstCase(NamedTuple):
    """One kind of stream and burst."""

    mean: float
    size: int
    length: int


def cases_of(plan: BurstPlan) -> list[BurstCase]:
    """All kinds of the plan."""
    return [BurstCase(m, s, d) for m in plan.means for s in plan.sizes for d in plan.lengths]


def split_by_delay(random: np.random.Generator, counts: FloatArray, delays: tuple[float, ...]) -> FloatArray:
    """Each event gets a delay of its own: (time, series) → (time, lag, series)."""
    parts = random.multinomial(counts.astype(np.int64), delays)
    return np.ascontiguousarray(np.moveaxis(parts, -1, 1), dtype=np.float64)


def weekly_means(
    random: np.random.Generator, level: FloatArray, rows: int, weekdays: tuple[float, ...]
) -> FloatArray:
    """(rows, series): each stream starts on a weekday of its own."""
    factor = np.array(weekdays) / np.mean(weekdays)
    start = random.integers(0, 7, len(level))
    means: FloatArray = level * factor[(np.arange(rows)[:, None] + start) % 7]
    return means


def calm_streams(plan: BurstPlan, each: int, seed: int) -> Streams:
    """`each` streams a mean without bursts, watched for a year after the training, for false alerts."""
    random = np.random.default_rng([seed, 1])
    level = np.repeat(np.array(plan.means), each)
    rows = plan.training + plan.watched
    mean = weekly_means(random, level, rows, plan.weekdays)
    counts = noise(random, mean, plan.dispersion)
    return Streams(
        split_by_delay(random, counts, plan.delays), mean, np.arange(plan.training, rows),
        np.full(len(level), -1), tuple(f"mean {value:g}" for value in plan.means),
    )  # fmt: skip


def burst_streams(plan: BurstPlan, each: int, seed: int) -> Streams:
    """`each` streams of every mean, size and length, the burst starting on the first tested row."""
    random = np.random.default_rng([seed, 2])
    cases = cases_of(plan)
    stratum = np.repeat(np.arange(len(cases)), each)
    level = np.array([cases[place].mean for place in stratum])
    rows = plan.training + plan.within + 1
    mean = weekly_means(random, level, rows, plan.weekdays)
    counts = noise(random, mean, plan.dispersion)
    plant(random, counts, plan.training, [cases[place] for place in stratum])
    labels = tuple(f"mean {m:g}, {s} cases in {d} d" for m, s, d in cases)
    return Streams(
        split_by_delay(random, counts, plan.delays),
        mean,
        np.arange(plan.training, rows),
        stratum,
        labels,
    )


def plant(random: np.random.Generator, counts: FloatArray, start: int, bursts: list[BurstCase]) -> None:
    """Adds each series' extra cases from row `start` on: one on the first day, the others on any of the burst's days.

    Days after the last row are not seen by anybody and are left out.
    """
    for series, burst in enumerate(bursts):
        days = np.append(0, random.integers(0, burst.length, burst.size - 1)) + start
        np.add.at(counts[:, series], days[days < len(counts)], 1.0)


def planted_in(
    series: FloatArray, plan: BurstPlan, copies: int, seed: int, least_mean: float = 0.1
) -> tuple[Streams, Streams]:
    """Given daily series, (time, series), as calm streams, and copies of them with bursts at random days.

    Series with fewer events a day than `least_mean` in the training are left out. Reports are delayed as the plan says.
    What stands for the known mean is the series' own level, smoothed over 91 days about each day, times its weekdays.
    """
    if len(series) < plan.training + 2 * (plan.within + 1):
        raise BadInput(
            "series", f"have more than {plan.training} days", str(len(series)), "Shorten training."
        )
    random = np.random.default_rng([seed, 3])
    kept = np.ascontiguousarray(series[:, np.mean(series[: plan.training], axis=0) >= least_mean])
    mean = smoothed(kept)
    reported = split_by_delay(random, kept, plan.delays)
    number = kept.shape[1]
    calm = Streams(
        reported, mean, np.arange(plan.training, len(kept)), np.full(number, -1), tuple(map(str, range(number)))
    )  # fmt: skip
    kinds = sorted({(case.size, case.length) for case in cases_of(plan)})
    rows = plan.training + plan.within + 1
    place = np.tile(np.arange(number), len(kinds) * copies)
    stratum = np.repeat(np.arange(len(kinds)), number * copies)
    start = random.integers(0, len(kept) - rows + 1, len(place))
    take = start[None, :] + np.arange(rows)[:, None]
    cut, levels = kept[take, place].copy(), mean[take, place]
    extra = np.zeros_like(cut)
    plant(random, extra, plan.training, [BurstCase(0.0, *kinds[kind]) for kind in stratum])
    # the background keeps the delays it has in the calm streams, so that only the burst differs
    seen = reported[take, :, place].transpose(0, 2, 1) + split_by_delay(random, extra, plan.delays)
    labels = tuple(f"{size} cases in {length} d" for size, length in kinds)
    return calm, Streams(np.ascontiguousarray(seen), levels, np.arange(plan.training, rows), stratum, labels)


def smoothed(series: FloatArray, half: int = 45) -> FloatArray:
    """Mean of the days about each one times the weekday's share, at least one event in a year."""
    total = np.cumsum(np.vstack([np.zeros((1, series.shape[1])), series]), axis=0)
    row = np.arange(len(series))
    low, high = np.maximum(row - half, 0), np.minimum(row + half + 1, len(series))
    level = (total[high] - total[low]) / (high - low)[:, None]
    weekday = np.stack([series[day::7].mean(axis=0) for day in range(7)])
    share = (weekday + 0.5 / 52) / (weekday + 0.5 / 52).mean(axis=0)
    mean: FloatArray = np.maximum(level * share[row % 7], 1 / 365)
    return mean
