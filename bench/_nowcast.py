"""Are nowcasts calibrated? Coverage and randomised PIT on simulated triangles and line lists, and time a nowcast."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from daybreak.surge.late_detection import detect_partial
from daybreak.surge.nowcast import Nowcast, nowcast
from daybreak.surge.triangle import Triangle

ROWS, LAGS = 150, 15
SEED = 20260501
Shares = Callable[[np.random.Generator, int], np.ndarray]


def reported_by(median: float, lags: int = LAGS) -> np.ndarray:
    """Delay probabilities: negative binomial with size 2, the tail in the last lag."""
    size, mean = 2.0, median
    lag = np.arange(lags)
    log = np.array([np.sum(np.log((size + np.arange(k)) / (np.arange(k) + 1.0))) for k in lag])
    mass = np.exp(log + lag * np.log(mean / (mean + size)) + size * np.log(size / (mean + size)))
    mass[-1] += 1 - mass.sum()
    return mass


def stable(generator: np.random.Generator, rows: int) -> np.ndarray:
    return np.tile(reported_by(3.0), (rows, 1))


def drifting(generator: np.random.Generator, rows: int) -> np.ndarray:
    """The mean delay doubles, or halves, over the last 60 rows."""
    faster = generator.random() < 0.5
    way = np.clip((np.arange(rows) - (rows - 60)) / 60, 0, 1)
    return np.array([reported_by(3.0 * 2 ** (-step if faster else step)) for step in way])


def jumping(generator: np.random.Generator, rows: int) -> np.ndarray:
    """The mean delay goes from 2 to 4 days forty rows before now."""
    return np.array([reported_by(2.0 if row < rows - 40 else 4.0) for row in range(rows)])


def uneven(generator: np.random.Generator, rows: int) -> np.ndarray:
    """Every row has delays of its own: Dirichlet with concentration 20."""
    return generator.dirichlet(20 * reported_by(3.0), size=rows)


def steady(generator: np.random.Generator, rows: int) -> np.ndarray:
    return np.ones(rows)


def growing(generator: np.random.Generator, rows: int) -> np.ndarray:
    return np.exp(0.03 * np.clip(np.arange(rows) - (rows - 60), 0, None)) / np.exp(0.9)


def weekly(generator: np.random.Generator, rows: int) -> np.ndarray:
    return np.array([1.2, 1.1, 1.1, 1.0, 1.2, 0.7, 0.7])[np.arange(rows) % 7]


def wandering(generator: np.random.Generator, rows: int) -> np.ndarray:
    """Level and rows over-dispersed: a slow walk times gamma noise of variance 0.1."""
    walk = np.exp(np.cumsum(generator.normal(0, 0.05, rows)))
    return walk / walk.mean() * generator.gamma(10, 0.1, rows)


SCENARIOS: list[tuple[str, Shares, Shares]] = [
    ("stable", stable, steady),
    ("stable, growing", stable, growing),
    ("stable, weekday", stable, weekly),
    ("stable, wandering", stable, wandering),
    ("drifting", drifting, steady),
    ("drifting, wandering", drifting, wandering),
    ("jump", jumping, steady),
    ("over-dispersed delays", uneven, steady),
]


def triangle(
    mean: float, shares: Shares, level: Shares, generator: np.random.Generator, rows: int = ROWS
) -> Triangle:
    """A whole triangle, reports after now included."""
    counts = generator.poisson(mean * level(generator, rows))
    chances = shares(generator, rows)
    cells = np.array([generator.multinomial(n, p / p.sum()) for n, p in zip(counts, chances, strict=True)])
    return Triangle(cells[:, :, None].astype(np.float64), ("all",))


class Score:
    """Coverage and PIT of many nowcasts."""

    def __init__(self) -> None:
        self.transforms: list[np.ndarray] = []
        self.inside: list[np.ndarray] = []
        self.widths: list[np.ndarray] = []

    def add(self, cast: Nowcast, final: np.ndarray, generator: np.random.Generator) -> None:
        low, high = cast.interval(0.95)
        self.inside.append((final >= low) & (final <= high))
        self.widths.append(high - low)
        self.transforms.append(cast.transform(final, generator))

    def line(self) -> str:
        inside, transforms = np.array(self.inside), np.array(self.transforms)
        each = inside.mean(axis=(1, 2))
        error = each.std(ddof=1) / np.sqrt(len(each))
        central = ((transforms > 0.025) & (transforms < 0.975)).mean()
        bins = np.histogram(transforms, bins=10, range=(0, 1))[0] / transforms.size
        newest = inside[:, -3:].mean()
        return (
            f"95 % interval {inside.mean():.3f} ± {error:.3f} (newest three rows {newest:.3f}); randomised {central:.3f}; "
            f"mean PIT {transforms.mean():.3f}; bins {bins.min():.3f}–{bins.max():.3f}; width {np.mean(self.widths):.1f}"
        )


def simulated(repetitions: int, methods: tuple[str, ...], means: tuple[float, ...]) -> None:
    for name, shares, level in SCENARIOS:
        for mean in means:
            for method in methods:
                score, generator = Score(), np.random.default_rng([SEED, int(mean * 10)])
                for _ in range(repetitions):
                    whole = triangle(mean, shares, level, generator)
                    cast = nowcast(whole.as_of(ROWS - 1), method=method)
                    score.add(cast, whole.final()[cast.rows], generator)
                print(f"{name:<22} mean {mean:>5g} {method:<12} {score.line()}", flush=True)


def line_lists(path: Path) -> None:
    """Every possible now of the reference line lists, against what became known later."""
    for given in json.loads(path.read_text())["linelists"]:
        weekly_list = given["name"].endswith("weekly")
        period, lags = ("week", 12) if weekly_list else ("day", 15)
        whole = Triangle.of_line_list(given["event"], given["report"], period=period, lags=lags)
        for method in ("learned", "closed-form"):
            score, generator = Score(), np.random.default_rng(SEED)
            final = whole.final()
            for now in range(2 * lags, whole.times - lags):
                cast = nowcast(whole, now, method=method)
                score.add(cast, final[cast.rows], generator)
            print(f"{given['name']:<22} {len(score.inside)} nows {method:<12} {score.line()}")


def partial(series: int) -> None:
    """How often partial counts alarm without a surge, delays learned, nominal 0.05."""
    for name, shares, level in SCENARIOS:
        if level is not steady:
            continue
        for mean in (0.3, 3.0, 30.0):
            generator = np.random.default_rng([SEED, int(mean * 10)])
            cells = [triangle(mean, shares, level, generator, 300).reported for _ in range(series)]
            whole = Triangle(np.concatenate(cells, axis=2), tuple(f"s{n}" for n in range(series)))
            alarm = detect_partial(whole, settings={"alpha": 0.05}).alarm
            tested = alarm[alarm >= 0]
            error = np.sqrt(0.05 * 0.95 / max(1, len(tested)))
            print(
                f"{name:<22} mean {mean:>5g} partial counts alarm {(tested == 1).mean():.3f} (nominal 0.05 ± {error:.3f})"
            )


def timing() -> None:
    whole = triangle(30, stable, steady, np.random.default_rng(SEED))
    for method in ("learned", "closed-form", "lawless"):
        nowcast(whole, method=method)
        took = []
        for _ in range(10):
            start = time.process_time()
            nowcast(whole, method=method).quantile(0.975)
            took.append(time.process_time() - start)
        print(
            f"{method:<12} {1000 * min(took):.1f} ms of processor for {LAGS - 1} rows from {ROWS} × {LAGS} cells"
        )


def main(repetitions: int = 60) -> None:
    """Print time, and calibration on the reference line lists ($DAYBREAK_FIXTURES) and on simulated triangles."""
    timing()
    fixtures = os.environ.get("DAYBREAK_FIXTURES")
    if fixtures:
        line_lists(Path(fixtures) / "dev" / "nowcast.json")
    simulated(repetitions, ("learned", "closed-form"), (1.0, 5.0, 30.0))
    partial(repetitions)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
