"""`daybreak surge evaluate`: scenarios × detectors → false alerts, detection and delay, each with its error."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from daybreak.surge.commands.detect import rows_of
from daybreak.surge.counts import Counts, FloatArray, Period
from daybreak.surge.errors import BadInput
from daybreak.surge.evaluation.burst_table import criterion_of, evaluate_bursts, peers
from daybreak.surge.evaluation.bursts import BurstPlan, burst_streams, calm_streams, planted_in
from daybreak.surge.evaluation.calibration import false_alarms
from daybreak.surge.evaluation.harness import FLEXIBLE, Entry, evaluate
from daybreak.surge.evaluation.report import (
    burst_records,
    burst_tables,
    rate_records,
    rate_table,
    result_records,
    result_tables,
    write_records,
)
from daybreak.surge.evaluation.scenarios import Scenario, noufaily_scenarios
from daybreak.surge.methods import detector_named
from daybreak.surge.tables import open_table, period_of

SIMULATED = ("noufaily", "bursts", "noise")
REPETITIONS = {"noufaily": 100, "bursts": 100, "noise": 200}
CALM_SHARE = 4
"""Streams without bursts for false alerts: a quarter as many a mean as bursts a kind, each a year long."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that the sub-command takes."""
    add = parser.add_argument
    add(
        "--scenarios", default="noufaily", metavar="noufaily|bursts|noise|FILE.csv",
        help="simulated: weekly outbreaks, daily bursts reported late, steady noise; or your own wide table of counts",
    )  # fmt: skip
    add("--truth", type=Path, metavar="FILE", help="with FILE.csv: its outbreak cases, same rows and columns")
    add(
        "--detectors", default="", metavar="NAME[:SETTING=VALUE,…],…",
        help="the first is compared with the others; by default predictive and its peers",
    )  # fmt: skip
    add(
        "--detector",
        action="append",
        default=[],
        metavar="MODULE:OBJECT[:SETTING=VALUE,…]",
        help="your own daybreak.surge.Detector; may be given more than once",
    )
    add("--repetitions", type=int, metavar="N", help="series a scenario, or bursts a kind; 100 by default")
    add("--seed", type=int, default=1, metavar="S", help="of the simulation; 1 by default")
    add("--fpr", type=float, default=0.010, help="false-alarm rate at which all are compared; 0.010")
    add("--alerts", type=float, default=4.0, help="bursts: false alerts a stream and year; 4")
    add(
        "--dispersion", type=float, default=1.0, help="bursts: variance / mean of the background; 1 = Poisson"
    )
    add(
        "--plant-in", type=Path, metavar="FILE", help="bursts: into these daily counts (a wide table) instead"
    )
    add(
        "--period",
        choices=["day", "week", "month", "year"],
        help="FILE.csv: how long a row lasts; noise: day or week",
    )
    add(
        "--test",
        metavar="FIRST:LAST",
        help="FILE.csv: rows from 1, inclusive, or dates; the last third by default",
    )
    add("--cores", type=int, default=1, metavar="N", help="blocks of series at the same time")
    add("--out", type=Path, metavar="DIR|FILE", help="FILE.csv, FILE.json, or a folder for both and the text")


def run(options: argparse.Namespace) -> int:
    """Prints the tables, and keeps them if asked to."""
    if options.scenarios == "bursts":
        table, records = _bursts(options)
    elif options.scenarios == "noise":
        table, records = _noise(options)
    else:
        table, records = _outbreaks(options)
    print(table)
    if options.out is not None:
        for path in write_records(options.out, records, table):
            print(f"written: {path}")
    return 0


def entries_of(words: str) -> list[Entry]:
    """The detectors of `name:setting=value,…,name,…`; what follows a comma is a setting if it has an equals sign.

    A number after a comma belongs to the setting before it (least_cases=0,4).
    """
    joined: list[str] = []
    for part in filter(None, (each.strip() for each in words.split(","))):
        ahead = part.split(":", 1)[0]
        if joined and ("=" in ahead or re.fullmatch(r"[-+0-9.e]+", part)):
            joined[-1] += f",{part}"
        else:
            joined.append(part)
    return [Entry.of(each) for each in joined]


def _entries(options: argparse.Namespace, usual: list[Entry]) -> list[Entry]:
    own = [Entry.of(each) for each in options.detector]
    entries = [*(entries_of(options.detectors) if options.detectors else usual), *own]
    labels = [each.label for each in entries]
    if len(set(labels)) < len(labels):
        raise BadInput(
            "--detectors", "name each detector once", options.detectors, "Change a setting of one."
        )
    return entries


def _repetitions(options: argparse.Namespace) -> int:
    number: int = options.repetitions or REPETITIONS.get(options.scenarios, 1)
    if number < 2:
        raise BadInput("--repetitions", "be 2 or more", str(number), "100 give small errors.")
    return number


def weekly_peers() -> list[Entry]:
    """Ours, then the peers on weekly counts."""
    plain = ("farrington", "ears-c1", "ears-c2", "ears-c3", "bayes", "rki", "cdc", "cusum", "glr-poisson")
    return [
        Entry.of("predictive"),
        Entry("farrington-flexible", detector_named("farrington-flexible"), FLEXIBLE),
        *(Entry.of(name) for name in plain),
    ]


def _outbreaks(options: argparse.Namespace) -> tuple[str, list[dict[str, str | float]]]:
    simulated = options.scenarios == "noufaily"
    scenario = noufaily_scenarios(_repetitions(options), options.seed) if simulated else _own(options)
    results = evaluate(scenario, _entries(options, weekly_peers()), target=options.fpr, cores=options.cores)
    return result_tables(results, options.fpr), result_records(results)


def _own(options: argparse.Namespace) -> Scenario:
    """A table of one's own with its truth."""
    path = Path(options.scenarios)
    if not path.exists() and path.suffix == "":
        raise BadInput("--scenarios", f"be {', '.join(SIMULATED)} or a file", options.scenarios, "Check it.")
    if options.truth is None:
        raise BadInput(
            "--truth", "be given with a file", "none", "A table of each row's outbreak cases, 0 = none."
        )
    table, truth = open_table(path), open_table(options.truth)
    if truth.names != table.names or truth.labels != table.labels:
        raise BadInput(
            str(options.truth), f"have the rows and columns of {path}", "others", "Write 0 for none."
        )
    period = Period.named(options.period) if options.period else period_of(table.dates) or Period.WEEK
    number = len(table.names)
    counts = Counts(table.counts_block(0, number), table.names, period, table.dates)
    outbreak = np.nan_to_num(truth.counts_block(0, number))
    last_third = np.arange(table.times - max(1, table.times // 3), table.times)
    tested = rows_of(options.test, table) if options.test else last_third
    return Scenario(counts, outbreak, tested, table.names)


def _noise(options: argparse.Namespace) -> tuple[str, list[dict[str, str | float]]]:
    period = Period.named(options.period or "week")
    if period not in (Period.WEEK, Period.DAY):
        raise BadInput("--period", "be day or week", options.period, "Noise is simulated by day or week.")
    daily = ("nssp-ewma", "nssp-regression") if period is Period.DAY else ()
    usual = [Entry.of(name) for name in ("predictive", "ears-c1", "ears-c3", *daily)]
    usual += [Entry.of(f"{name}:mode=compat") for name in ("ears-c1", "ears-c3")]
    rates = list(
        false_alarms(
            _entries(options, usual), period, series=_repetitions(options), rows=52, seed=options.seed
        )
    )
    return rate_table(rates), rate_records(rates)


def _bursts(options: argparse.Namespace) -> tuple[str, list[dict[str, str | float]]]:
    plan, number = BurstPlan(dispersion=options.dispersion), _repetitions(options)
    if options.plant_in is not None:
        calm, burst = planted_in(_daily(options.plant_in), replace(plan), max(1, number // 20), options.seed)
    else:
        calm = calm_streams(plan, max(2, number // CALM_SHARE), options.seed)
        burst = burst_streams(plan, number, options.seed)
    entries = _entries(options, [Entry.of("predictive"), *peers()])
    results = evaluate_bursts(calm, burst, plan, entries, options.alerts)
    criterion = criterion_of(results, burst) if len(results) > 1 else None
    return burst_tables(results, criterion, options.alerts), burst_records(results)


def _daily(path: Path) -> FloatArray:
    table = open_table(path)
    values = table.counts_block(0, len(table.names))
    if np.isnan(values).any():
        raise BadInput(str(path), "have a count on every day", "an empty cell", "Leave such series out.")
    return values
