"""`daybreak surge scan --model … --cases F --geo F --analysis … --start D --end D`: where cases cluster, as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from daybreak.surge.errors import BadInput
from daybreak.surge.scan.answer import Cluster, clusters_of
from daybreak.surge.scan.dates import last_day, read_date, steps_of, units_of
from daybreak.surge.scan.history import follow
from daybreak.surge.scan.inputs import read_events, read_people, read_places
from daybreak.surge.scan.study import Analysis, Limits, Model, Study, study_of

MOST_SHARE = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that the sub-command takes."""
    _add_files(parser)
    add = parser.add_argument
    add("--start", required=True, metavar="DATE", help="first day of the study: 2018-01-01, 2018/1/1 or 2018")
    add("--end", required=True, metavar="DATE", help="last day of the study")
    add("--aggregate", type=int, default=1, metavar="N",
        help="days a step (months, years where cases are dated no finer), counted back from the end (1)")  # fmt: skip
    add("--max-km", type=float, default=inf, metavar="K", help="largest radius, km (or the unit of x and y)")
    add("--max-population", type=float, default=MOST_SHARE, metavar="SHARE",
        help="largest circle, as share of expected cases (permutation: of cases) (0.5)")  # fmt: skip
    add("--max-window", type=int, metavar="N", help="longest window, in days (half of the study)")
    add("--replicates", type=int, default=999, metavar="R", help="Monte Carlo replicates (999)")
    add("--seed", type=int, default=1, metavar="S", help="seed of the replicates (1)")
    add("--no-sequential", dest="sequential", action="store_false",
        help="draw all replicates, even after 50 were as large as the strongest cluster")  # fmt: skip
    add(
        "--gumbel",
        action="store_true",
        help="tell recurrence from a Gumbel distribution fitted to the replicates",
    )
    add("--cores", type=int, default=1, metavar="N", help="threads (1); the numbers are the same")
    add("--on", metavar="dask://HOST:PORT", help="compute the replicates on a dask cluster")
    add("--before", type=Path, metavar="FILE",
        help="an earlier answer of this command: tells which clusters are new, growing, ongoing or ended")  # fmt: skip
    add(
        "--most", type=float, default=0.05, metavar="P", help="with --before: larger p are no clusters (0.05)"
    )


def _add_files(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    models, analyses = ([each.value for each in kind] for kind in (Model, Analysis))
    add("--model", required=True, choices=models, help="poisson needs --population, bernoulli --controls")
    add(
        "--analysis",
        choices=analyses,
        default="prospective",
        help="prospective: clusters that last to the end",
    )
    add("--cases", type=Path, required=True, metavar="FILE", help="id, cases, date, covariates")
    add("--geo", type=Path, required=True, metavar="FILE", help="id, latitude, longitude; or id, x, y")
    add("--population", type=Path, metavar="FILE", help="id, year, people, covariates")
    add("--controls", type=Path, metavar="FILE", help="id, controls, date")
    add("--coordinates", choices=("latlon", "xy"), default="latlon", help="what --geo holds (latlon)")


def run(options: argparse.Namespace) -> int:
    """Scan and print the clusters."""
    if options.cores < 1 or options.replicates < 0 or not 0 <= options.seed < 2**64:
        raise BadInput(
            "--cores, --replicates and --seed", "be 1 or more, 0 or more and 0 … 2^64 - 1",
            f"{options.cores}, {options.replicates}, {options.seed}", "Leave them out for 1, 999 and 1.",
        )  # fmt: skip
    before = None if options.before is None else _earlier(options.before)
    study = study_from(options)
    if study.left_out:
        print(f"{study.left_out} cases before --start or after --end are left out.", file=sys.stderr)
    found = clusters_of(
        study, replicates=options.replicates, seed=options.seed, sequential=options.sequential,
        gumbel=options.gumbel, cores=options.cores, on=options.on,
    )  # fmt: skip
    answer: dict[str, Any] = {"clusters": [_record(each) for each in found]}
    if before is not None:
        answer["followed"] = [
            {"course": each.course.value, "cluster": _record(each.cluster)}
            for each in follow(before, found, options.most)
        ]
    print(json.dumps(answer, ensure_ascii=False))
    return 0


def study_from(options: argparse.Namespace) -> Study:
    """The study that the command's words describe, its files read."""
    if not 0 < options.max_population <= MOST_SHARE:
        raise BadInput(
            "--max-population", f"be above 0 and at most {MOST_SHARE}", f"{options.max_population:g}",
            "Clusters of more than half of the cases are told better as what is missing elsewhere.",
        )  # fmt: skip
    if not options.max_km > 0 or (options.max_window is not None and options.max_window < 1):
        raise BadInput(
            "--max-km and --max-window", "be greater than 0", f"{options.max_km:g}, {options.max_window}",
            "Leave them out for no limit and half of the study.",
        )  # fmt: skip
    model, analysis = Model(options.model), Analysis(options.analysis)
    if model is Model.PERMUTATION and analysis is Analysis.SPATIAL:
        raise BadInput(
            "--model permutation", "be asked about time", "--analysis spatial", "Choose another model."
        )
    degrees = options.coordinates == "latlon"
    places = read_places(options.geo, degrees)
    cases = read_events(options.cases, places)
    start, _ = read_date(options.start, "--start")
    length = units_of(options.aggregate, cases.unit)
    steps = steps_of(start, last_day(*read_date(options.end, "--end")), cases.unit, length)
    near = int(str(start)[:4])
    longest = (
        None if options.max_window is None else max(1, units_of(options.max_window, cases.unit) // length)
    )
    return study_of(
        model, analysis, places, steps, cases,
        controls=None if options.controls is None else read_events(options.controls, places, "controls"),
        people=None if options.population is None else read_people(options.population, places, near),
        degrees=degrees, limits=Limits(options.max_population, options.max_km, longest),
    )  # fmt: skip


def _record(cluster: Cluster) -> dict[str, Any]:
    return asdict(cluster) | {
        "locations": list(cluster.locations), "start": str(cluster.start), "end": str(cluster.end)
    }  # fmt: skip


def _earlier(path: Path) -> list[Cluster]:
    try:
        return [_read(each) for each in json.loads(path.read_text(encoding="utf-8"))["clusters"]]
    except (ValueError, KeyError, TypeError):
        raise BadInput(
            str(path), "be an answer of this command", "something else", "Save its output there."
        ) from None


def _read(record: dict[str, Any]) -> Cluster:
    days = {name: np.datetime64(record[name], "D") for name in ("start", "end")}
    return Cluster(**(record | days | {"locations": tuple(record["locations"])}))
