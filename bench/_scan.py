"""The scans on the reference's data sets, and how long a city's daily scan and New York's leukemia take."""

from __future__ import annotations

import os
import resource
import time
from argparse import Namespace
from pathlib import Path

import numpy as np

from daybreak.surge.commands.scan import study_from
from daybreak.surge.counts import IntArray
from daybreak.surge.scan.answer import clusters_of
from daybreak.surge.scan.dates import Unit, steps_of
from daybreak.surge.scan.inputs import Events, Places
from daybreak.surge.scan.study import Analysis, Limits, Model, Study, study_of

# Name, model, analysis, coordinates, start, end, window in days, kilometres; what SaTScan 10.3.2 gives for the best cluster.
REFERENCE = (
    ("nm", "poisson", "retrospective", "latlon", "1973-01-01", "1991-12-31", None, np.inf, 10.979758, 0.0118),
    (
        "NYCfever",
        "permutation",
        "prospective",
        "latlon",
        "2001-11-01",
        "2001-11-24",
        7,
        3.0,
        3.845418,
        0.2112,
    ),
    ("nc7484", "poisson", "spatial", "latlon", "1974-01-01", "1984-12-31", None, np.inf, 25.380685, 0.0001),
    ("nyl", "poisson", "spatial", "xy", "1978-01-01", "1982-12-31", None, np.inf, 15.005562, 0.0004),
    ("pa", "permutation", "prospective", "latlon", "2018-01-01", "2019-12-31", 28, np.inf, 8.793898, 0.013),
)


def reference_study(folder: Path, row: tuple[object, ...]) -> Study:
    """The study of one reference data set, from $DAYBREAK_FIXTURES/spacetime/inputs."""
    name, model, analysis, coordinates, start, end, window, most_km = row[:8]
    people = folder / f"{name}.pop"
    return study_from(Namespace(
        model=model, analysis=analysis, coordinates=coordinates, start=start, end=end, max_window=window, aggregate=1,
        max_km=most_km, max_population=0.5, cases=folder / f"{name}.cas", geo=folder / f"{name}.geo",
        population=people if people.is_file() else None, controls=None,
    ))  # fmt: skip


def city(points: int = 4000, cases: int = 20_000, seed: int = 1) -> Study:
    """A prospective permutation scan: points in 40 × 40 km, cases over three years of days, 3 km, 30 days."""
    random = np.random.default_rng(seed)
    places = Places(tuple(f"p{n}" for n in range(points)), random.uniform(0, 40, (points, 2)))
    weight = random.gamma(1.0, 1.0, points)
    place: IntArray = random.choice(points, cases, p=weight / weight.sum()).astype(np.int64)
    steps = steps_of(np.datetime64("2023-01-01"), np.datetime64("2025-12-31"), Unit.DAY, 1)
    date = steps.edges[random.integers(0, steps.count, cases)]
    events = Events(place, np.ones(cases, np.int64), date, Unit.DAY, ((),) * cases)
    return study_of(
        Model.PERMUTATION,
        Analysis.PROSPECTIVE,
        places,
        steps,
        events,
        degrees=False,
        limits=Limits(0.5, 3.0, 30),
    )


def timed(study: Study, replicates: int, cores: int, rounds: int = 3) -> tuple[float, float]:
    """The best cluster's p and the least seconds of some rounds, after one that compiles."""
    clusters_of(study, replicates=32, cores=cores)
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        found = clusters_of(study, replicates=replicates, sequential=False, cores=cores)
        taken.append(time.perf_counter() - began)
    return float(found[0].p or np.nan), min(taken)


def main(*, quick: bool = False) -> None:
    """Print the reference table, then the timings."""
    folder = Path(os.environ.get("DAYBREAK_FIXTURES", "")) / "spacetime" / "inputs"
    replicates = 999 if quick else 9999
    if folder.is_dir():
        print(
            f"{'data':10}{'LLR':>12}{'SaTScan':>12}{'p':>9}{'SaTScan':>9}{'obs':>6}{'exp':>10}  best cluster"
        )
        for row in REFERENCE:
            study = reference_study(folder, row)
            best = clusters_of(study, replicates=replicates, sequential=False, cores=2)[0]
            print(
                f"{row[0]:10}{best.llr:12.6f}{row[8]:12.6f}{best.p:9.4f}{row[9]:9.4f}{best.observed:6}"
                f"{best.expected:10.4f}  {len(best.locations)} places from {best.locations[0]}, {best.start} to {best.end}",
                flush=True,
            )
        p, seconds = timed(reference_study(folder, REFERENCE[3]), 9999, 2)
        print(f"NY leukemia, 9,999 replicates, warm, two cores: {seconds:.2f} s (p {p:.4f})", flush=True)
    else:
        print("left out: DAYBREAK_FIXTURES names no folder with spacetime/inputs")
    study = city()
    for cores in (1, 2):
        p, seconds = timed(study, 999, cores, 1 if quick else 3)
        print(
            f"4,000 points, 20,000 cases, 3 years of days, 999 replicates, {cores} core(s): {seconds:.2f} s (p {p:.3f})"
        )
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
