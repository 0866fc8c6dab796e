"""`daybreak surge scan --model … --cases F --geo F --analysis … --start D --end D`: where cases cluster, as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from math import inf
from pathlib import Path
from typing import Any

from daybreak.surge.errors import BadInput
from daybreak.surge.scan.clusters import Cluster
from daybreak.surge.scan.dates import Steps, Unit, last_day, read_date, steps_of, units_of
from daybreak.surge.scan.history import follow
from daybreak.surge.scan.inputs import Events, read_events, read_people, read_places
from daybreak.surge.scan.scanning import ANALYSES, MODELS, Question, scan

UNITS = {"day": Unit.DAY, "month": Unit.MONTH, "year": Unit.YEAR}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that the sub-command takes."""
    _add_files(parser)
    add = parser.add_argument
    add("--start", required=True, metavar="DATE", help="first day of the study: 2018-01-01, 2018/1/1 or 2018")
    add("--end", required=True, metavar="DATE", help="last day of the study")
    add("--aggregate", type=int, default=1, metavar="N", help="units a step, counted back from the end (1)")
    add("--unit", choices=tuple(UNITS), help="day, month or year; how exactly the cases are dated by default")
    add("--max-km", type=float, default=inf, metavar="K", help="largest radius, km (or the unit of x and y)")
    add(
        "--max-population", type=float, default=0.5, metavar="SHARE",
        help="largest circle, as share of expected cases (permutation: of cases) (0.5)",
    )  # fmt: skip
    add("--max-window", type=int, metavar="N", help="longest window, in units (half of the study)")
    add("--overlapping", action="store_true", help="also clusters that share places with a stronger one")
    add("--replicates", type=int, default=999, metavar="R", help="Monte Carlo replicates (999)")
    add("--seed", type=int, default=1, metavar="S", help="seed of the replicates (1)")
    add("--no-sequential", dest="sequential", action="store_false",
        help="draw all replicates, even after 50 were as large as the strongest cluster")  # fmt: skip
    add("--gumbel", action="store_true", help="also p by a Gumbel distribution fitted to the replicates")
    add("--cores", type=int, default=1, metavar="N", help="threads (1); the numbers are the same")
    add("--on", metavar="dask://HOST:PORT", help="compute the replicates on a dask cluster")
    add("--before", type=Path, metavar="FILE",
        help="an earlier answer of this command: tells which clusters are new, growing, ongoing or ended")  # fmt: skip
    add("--most", type=float, default=0.05, metavar="P", help="with --before: larger p are no clusters (0.05)")


def _add_files(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", required=True, choices=MODELS, help="poisson needs --population, bernoulli --controls")
    add("--analysis", required=True, choices=ANALYSES, help="prospective: clusters that last to the end")
    add("--cases", type=Path, required=True, metavar="FILE", help="id, cases, date, covariates")
    add("--geo", type=Path, required=True, metavar="FILE", help="id, latitude, longitude; or id, x, y")
    add("--population", type=Path, metavar="FILE", help="id, year, people, covariates")
    add("--controls", type=Path, metavar="FILE", help="id, controls, date")
    add("--coordinates", choices=("latlon", "xy"), default="latlon", help="what --geo holds (latlon)")


def run(options: argparse.Namespace) -> int:
    """Scan and print the clusters."""
    question = Question(
        model=options.model, analysis=options.analysis, degrees=options.coordinates == "latlon",
        most_share=options.max_population, most_km=options.max_km, overlapping=options.overlapping,
        replicates=options.replicates, seed=options.seed, sequential=options.sequential, gumbel=options.gumbel,
        longest=None,
    )  # fmt: skip
    places = read_places(options.geo, question.degrees)
    cases = read_events(options.cases, places)
    controls = None if options.controls is None else read_events(options.controls, places, "controls")
    steps, longest = _steps(options, cases)
    near = int(str(steps.edges[0])[:4])
    people = None if options.population is None else read_people(options.population, places, near)
    done = scan(
        Question(**(vars(question) | {"longest": longest})), places, steps, cases, controls=controls, people=people,
        cores=options.cores, on=options.on,
    )  # fmt: skip
    if done.left_out:
        print(f"{done.left_out} cases before --start or after --end are left out.", file=sys.stderr)
    answer: dict[str, Any] = {
        "clusters": [cluster.record() for cluster in done.clusters],
        "cases": done.cases,
        "replicates": len(done.chance.largest),
        "stopped_early": done.chance.stopped,
    }
    if options.before is not None:
        answer["followed"] = [
            {"course": each.course.value, "cluster": each.cluster.record()}
            for each in follow(_earlier(options.before), done.clusters, options.most)
        ]
    print(json.dumps(answer, ensure_ascii=False))
    return 0


def _steps(options: argparse.Namespace, cases: Events) -> tuple[Steps, int | None]:
    """The study's steps, and how many of them a window has at most."""
    unit = UNITS[options.unit] if options.unit else cases.unit
    if unit.days < cases.unit.days:
        raise BadInput(
            "--unit", f"be {cases.unit.name.lower()} or longer, as exact as the cases' dates", options.unit,
            "Leave it out.",
        )  # fmt: skip
    start, _ = read_date(options.start, "--start")
    length = units_of(options.aggregate, unit)
    steps = steps_of(start, last_day(*read_date(options.end, "--end")), unit, length)
    if options.max_window is None:
        return steps, None
    return steps, units_of(options.max_window, unit) // length


def _earlier(path: Path) -> list[Cluster]:
    try:
        records = json.loads(path.read_text(encoding="utf-8"))["clusters"]
        return [Cluster(**({"p_gumbel": None} | each | {"locations": tuple(each["locations"])})) for each in records]
    except (ValueError, KeyError, TypeError):
        raise BadInput(str(path), "be an answer of this command", "something else", "Save its output there.") from None
