"""The detectors beside R's surveillance on the same series in one run: ratios of processor time, cold and warm."""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from daybreak.surge import Counts, Mode, detect
from daybreak.surge.blocks import blocks_of

PEER = Path(__file__).with_name("surge_peer.R")
WEEKS, FIRST, LAST = 464, 364, 464
"""Seven years of history, then 100 tested weeks (0-based rows 364 … 463)."""
FLEXIBLE = {"b": 5, "w": 3, "noPeriods": 10, "pastWeeksNotIncluded": 26, "limit54": (0, 4), "alpha": 0.01}
GLR = {"c.ARL": 5.0, "mu0_harmonics": 1, "mu0_trend": True, "ret": "value"}


@dataclass(frozen=True)
class Case:
    """One detector as R runs it: its label in the R script, our method and settings, the ratio to reach."""

    label: str
    method: str
    settings: dict[str, Any]
    cold_goal: float | None = None
    warm_goal: float | None = None


CASES = (
    Case("ears-c1", "ears-c1", {}, 300, 300),
    Case("ears-c2", "ears-c2", {}, 300, 300),
    Case("ears-c3", "ears-c3", {}, 300, 300),
    Case("cusum rossi", "cusum", {"k": 1.04, "h": 2.26, "trans": "rossi"}),
    Case("cusum rossi glm", "cusum", {"k": 1.04, "h": 2.26, "trans": "rossi", "m": "glm"}),
    Case("bayes", "bayes", {"b": 0, "w": 6, "actY": True, "alpha": 0.05}),
    Case("rki", "rki", {"b": 2, "w": 4, "actY": False}),
    Case("farrington", "farrington", {"b": 5, "w": 3, "alpha": 0.05}, 500, 500),
    Case("farrington-flexible delta P=1", "farrington-flexible",
         {"b": 5, "w": 3, "alpha": 0.01, "thresholdMethod": "delta"}, 200, 500),
    Case("farrington-flexible nbPlugin P=10", "farrington-flexible",
         {**FLEXIBLE, "thresholdMethod": "nbPlugin"}, 200, 500),
    Case("glr-poisson", "glr-poisson", {**GLR, "M": -1}),
    Case("glr-nb M=52", "glr-nb", {**GLR, "alpha": 0.15, "M": 52}, 100, 100),
    Case("outbreakp", "outbreakp", {"k": 100, "ret": "value"}, 500, 500),
)  # fmt: skip
OURS_ALONE = (
    Case("nssp-ewma", "nssp-ewma", {}),
    Case("nssp-regression", "nssp-regression", {}),
    Case("nssp-switch", "nssp-switch", {}),
    Case("cdc", "cdc", {}),
    Case("predictive", "predictive", {}),
)


def grown(series: int, seed: int = 5000) -> Counts:
    """Weekly counts like the reference's: means 0.5 to 9.5, a little trend and season, variance 1 to 2.5 times the mean."""
    random = np.random.default_rng(seed)
    week = np.arange(1, WEEKS + 1)[:, None]
    number = np.arange(1, series + 1)[None, :]
    season = 0.1 * np.cos(2 * np.pi * week / 52) + 0.1 * np.sin(2 * np.pi * week / 52)
    mean = (0.5 + number % 10) * np.exp(0.0005 * week + season)
    dispersion = np.broadcast_to(1 + (number % 4) * 0.5, mean.shape)
    plain = dispersion == 1
    size = mean / np.where(plain, 1.0, dispersion - 1)
    values = np.where(plain, random.poisson(mean), random.negative_binomial(size, 1 / dispersion))
    return Counts.of(values, period="week")


def peer_times(counts: Counts, small: int, medium: int) -> tuple[dict[str, float], str]:
    """Microseconds of processor a series-week that R takes, by label, and R's own version line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "series.csv"
        with path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["week", *counts.names])
            rows.writerows([week, *map(int, row)] for week, row in enumerate(counts.values, 1))
        words = ["Rscript", str(PEER), str(path), str(FIRST + 1), str(LAST), str(small), str(medium)]
        done = subprocess.run(
            words, capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
    lines = done.stdout.strip().splitlines()
    taken = {}
    for line in (line for line in lines if line.count(",") == 3):
        label, seconds, series, weeks = line.split(",")
        taken[label] = 1e6 * float(seconds) / (int(series) * int(weeks))
    return taken, lines[-1].lstrip("# ")


def least(
    run: Callable[[], object], rounds: int = 3, clock: Callable[[], float] = time.process_time
) -> float:
    """The least seconds of some rounds, after one that compiles."""
    run()
    taken = []
    for _ in range(rounds):
        start = clock()
        run()
        taken.append(clock() - start)
    return min(taken)


def speed(series: int = 1000, small: int = 20, medium: int = 200) -> None:
    """Print microseconds a series-week and the ratio to R for each detector, compat and default, one core and two."""
    counts = grown(series)
    taken, version = peer_times(counts, small, medium)
    rows = range(FIRST, LAST)
    print(
        f"{version}; {series} series x {LAST - FIRST} weeks; R on {small} series where slow, {medium} where middling"
    )
    print(
        f"{'':34}{'R µs':>9}{'compat µs':>11}{'ratio':>8}{'default µs':>12}{'ratio':>8}{'2 cores':>9}  goals"
    )
    for case in (*CASES, *OURS_ALONE):
        alone = case in OURS_ALONE
        part = counts.columns(0, min(series, 100)) if alone else counts
        if case.method.startswith("nssp"):
            part = Counts.of(part.values, period="day")
        scale = 1e6 / (part.series * (LAST - FIRST))

        def run(mode: Mode, cores: int = 1, part: Counts = part, case: Case = case) -> object:
            return detect(part, case.method, case.settings, tested=rows, mode=mode, cores=cores)

        cold = least(lambda: run(Mode.COMPAT)) * scale
        warm = least(lambda: run(Mode.CORRECTED)) * scale
        one = least(lambda: run(Mode.CORRECTED), clock=time.perf_counter)
        two = least(lambda: run(Mode.CORRECTED, 2), clock=time.perf_counter)
        peer = taken.get(case.label)
        ratios = [f"{peer / each:.0f} x" if peer else "-" for each in (cold, warm)]
        goals = f"{case.cold_goal:g} / {case.warm_goal:g}" if case.cold_goal else ""
        print(
            f"{case.label:34}{peer or float('nan'):9.1f}{cold:11.3f}{ratios[0]:>8}{warm:12.3f}{ratios[1]:>8}"
            f"{one / two:8.2f}x  {goals}",
            flush=True,
        )


def streamed(counties: int = 3143, drugs: int = 10, weeks: int = 520, block: int = 1000) -> None:
    """Print time and peak memory of testing every county and drug, block by block, the counts drawn as they are needed."""
    random = np.random.default_rng(7)
    mean = np.exp(random.normal(-1.0, 1.5, counties * drugs))

    def drawn() -> Iterator[Counts]:
        for first in range(0, counties * drugs, block):
            part = mean[first : first + block]
            values = np.random.default_rng(first).poisson(part, (weeks, len(part)))
            yield Counts.of(values, period="week")

    for method, settings in (("ears-c2", {}), ("farrington-flexible", FLEXIBLE)):
        before, alarms, tested = time.process_time(), 0, 0
        for counts in drawn():
            for part in blocks_of(counts):
                outcome = detect(part, method, settings, tested=range(weeks - 52, weeks))
                alarms += int((outcome.alarm == 1).sum())
                tested += int((outcome.alarm >= 0).sum())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{method}: {counties} counties x {drugs} drugs x {weeks} weeks, last 52 tested: {tested:,} tests, "
            f"{alarms:,} alarms, {time.process_time() - before:.1f} s of processor, peak {peak:.0f} MB",
            flush=True,
        )


def streamed_alone() -> None:
    """The streamed run in a process of its own, so that its peak memory is its own."""
    subprocess.run([sys.executable, str(Path(__file__)), "--streamed"], check=True)


if __name__ == "__main__":
    streamed() if "--streamed" in sys.argv[1:] else speed()
