"""`daybreak surge scan`: where, and since when, cases cluster; JSON on standard output."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from daybreak.surge.errors import BadInput
from daybreak.surge.scan.answer import Cluster, clusters_of
from daybreak.surge.scan.dates import Steps, Unit, last_day, read_date, steps_of, units_of
from daybreak.surge.scan.inputs import read_events, read_people, read_places
from daybreak.surge.scan.study import Analysis, Limits, Model, study_of

ANY_START, ANY_END = "2000-01-01", "2000-12-31"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that the sub-command takes."""
    add = parser.add_argument
    add("--model", choices=[each.value for each in Model], required=True, help="what is random")
    add("--cases", type=Path, required=True, metavar="F", help="id, cases, date, covariates")
    add("--geo", type=Path, required=True, metavar="F", help="id, latitude, longitude; or id, x, y")
    add("--population", type=Path, metavar="F", help="id, year, people, covariates (Poisson)")
    add("--controls", type=Path, metavar="F", help="id, controls, date (Bernoulli)")
    add("--analysis", choices=[each.value for each in Analysis], default="prospective", help="(prospective)")
    add("--coordinates", choices=["latlon", "xy"], default="latlon", help="degrees, or kilometres (latlon)")
    add("--start", metavar="D", help="first day of the study")
    add("--end", metavar="D", help="last day of the study")
    add(
        "--aggregate",
        type=int,
        default=1,
        metavar="N",
        help="days (years, if cases have only years) a step (1)",
    )
    add("--max-km", type=float, default=np.inf, metavar="K", help="largest radius; no limit by default")
    add(
        "--max-population",
        type=float,
        default=0.5,
        metavar="SHARE",
        help="largest share of what is expected (0.5)",
    )
    add("--max-window", type=int, metavar="N", help="longest window in days; half the study by default")
    add("--replicates", type=int, default=999, metavar="R", help="Monte Carlo replicates (999; 0: no p)")
    add(
        "--seed",
        type=int,
        default=1,
        metavar="S",
        help="the same seed gives the same answer on any number of cores",
    )
    add("--no-sequential", action="store_true", help="run all replicates, also where p is far from small")
    add("--gumbel", action="store_true", help="recurrence by a Gumbel tail: for p below 1/replicates")
    add("--clusters", type=int, default=10, metavar="N", help="most clusters told (10)")
    add("--cores", type=int, default=1, metavar="N", help="processor cores to use (1)")
    add("--on", metavar="dask://HOST:PORT", help="spread the replicates over a dask cluster")


def run(options: argparse.Namespace) -> int:
    """Scan and print the clusters."""
    _check(options)
    degrees = options.coordinates == "latlon"
    analysis = Analysis(options.analysis)
    places = read_places(options.geo, degrees)
    cases = read_events(options.cases, places)
    controls = None if options.controls is None else read_events(options.controls, places, "controls")
    units = [cases.unit] if controls is None else [cases.unit, controls.unit]
    unit = max(units, key=lambda each: each.days)
    steps = _steps(options, unit, analysis)
    people = None
    if options.population is not None:
        people = read_people(options.population, places, int(str(steps.edges[0])[:4]))
    longest = None
    if options.max_window is not None:
        longest = max(1, units_of(options.max_window, unit) // units_of(options.aggregate, unit))
    study = study_of(
        Model(options.model), analysis, places, steps, cases, controls=controls, people=people, degrees=degrees,
        limits=Limits(options.max_population, options.max_km, longest),
    )  # fmt: skip
    found = clusters_of(
        study, replicates=options.replicates, seed=options.seed, sequential=not options.no_sequential,
        gumbel=options.gumbel, cores=options.cores, on=options.on, most=options.clusters,
    )  # fmt: skip
    print(json.dumps({"clusters": [told(each) for each in found]}, indent=1))
    return 0


def told(cluster: Cluster) -> dict[str, Any]:
    """A cluster as JSON."""
    answer: dict[str, Any] = {
        "locations": list(cluster.locations),
        "start": str(cluster.start),
        "end": str(cluster.end),
        "observed": cluster.observed,
        "expected": cluster.expected,
        "llr": cluster.llr,
        "p": cluster.p,
        "recurrence_days": cluster.recurrence_days,
    }
    if cluster.p_gumbel is not None:
        answer["p_gumbel"] = cluster.p_gumbel
    return answer


def _steps(options: argparse.Namespace, unit: Unit, analysis: Analysis) -> Steps:
    if (options.start is None) != (options.end is None):
        raise BadInput("--start and --end", "be given together", "one of them", "Give both.")
    if options.start is None and analysis is not Analysis.SPATIAL:
        raise BadInput("--start and --end", "be given", "none", "Or use --analysis spatial.")
    start, _ = read_date(options.start or ANY_START, "--start")
    end, exact = read_date(options.end or ANY_END, "--end")
    if analysis is Analysis.SPATIAL:
        return Steps(
            np.array([start, last_day(end, exact) + np.timedelta64(1, "D")], "datetime64[D]"),
            float((end - start).astype(int)) + 1,
        )
    return steps_of(start, last_day(end, exact), unit, units_of(options.aggregate, unit))


def _check(options: argparse.Namespace) -> None:
    if not 0 < options.max_population <= 0.5:
        raise BadInput(
            "--max-population", "be above 0 and at most 0.5", f"{options.max_population:g}",
            "A circle with more than half of everything is better told as few cases outside it.",
        )  # fmt: skip
    if not options.max_km > 0:
        raise BadInput("--max-km", "be above 0", f"{options.max_km:g}", "Leave it out for no limit.")
    for name in ("aggregate", "cores", "clusters"):
        if getattr(options, name) < 1:
            raise BadInput(f"--{name}", "be 1 or more", str(getattr(options, name)), "Leave it out.")
    if options.max_window is not None and options.max_window < 1:
        raise BadInput(
            "--max-window", "be 1 or more", str(options.max_window), "Leave it out for half the study."
        )
    if options.replicates < 0 or options.seed < 0:
        raise BadInput("--replicates and --seed", "be 0 or more", "less", "The usual are 999 and 1.")
