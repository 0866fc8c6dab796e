"""Detection on Noufaily's 28 scenarios and on daily bursts, ours beside the peers and testers that know the truth."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

import numpy as np

from daybreak.surge.commands.evaluate import CALM_SHARE, weekly_peers
from daybreak.surge.counts import Counts, FloatArray, Period
from daybreak.surge.evaluation.burst_table import criterion_of, evaluate_bursts, peers
from daybreak.surge.evaluation.bursts import BurstPlan, burst_streams, calm_streams, planted_in
from daybreak.surge.evaluation.harness import Entry, evaluate
from daybreak.surge.evaluation.measures import difference, measures_of, tally
from daybreak.surge.evaluation.report import aligned, burst_tables, result_tables, said
from daybreak.surge.evaluation.scenarios import CURRENT, Scenario, noufaily_scenarios


def noufaily(*, quick: bool = False) -> None:
    """The 28 scenarios, 100 times each, then R's own alarms on its 336 series if the fixtures are there."""
    repetitions = 12 if quick else 100
    print(f"28 scenarios x {repetitions}, seed 1")
    print(result_tables(evaluate(noufaily_scenarios(repetitions, 1), weekly_peers(), cores=2), 0.010))
    folder = Path(os.environ.get("DAYBREAK_FIXTURES", "")) / "dev" / "noufaily_bench"
    if folder.is_dir():
        beside_r(folder)


def wide(path: Path) -> tuple[list[str], FloatArray]:
    """Names and numbers of a file whose first column is the week; NA = NaN."""
    with path.open(encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    return header[1:], np.array(
        [[np.nan if cell == "NA" else float(cell) for cell in row[1:]] for row in rows]
    )


def beside_r(folder: Path) -> None:
    """R's alarms on its series (measured from its alarm files), ours beside them and the paired difference of POD."""
    names, values = wide(folder / "series.csv")
    outbreak = wide(folder / "outbreak_cases_current49.csv")[1]
    whole = np.zeros_like(values)
    whole[CURRENT.start :] = outbreak
    scenario = Scenario(
        Counts.of(values, names=names, period=Period.WEEK), whole, np.array(CURRENT), tuple(names)
    )
    ours = next(r for r in evaluate(scenario, [Entry.of("predictive")]) if r.label == "predictive")
    print("\nR's alarms on its 336 series")
    heads = ["detector", "FPR", "POD", "POD first", "sensitivity", "PPV", "ours - it, at its FPR"]
    rows = [
        ["predictive", *(said(ours.own[n]) for n in ("fpr", "pod", "pod_first", "sensitivity", "ppv")), ""]
    ]
    for path in sorted(folder.glob("alarms_*.csv")):
        counted = tally(wide(path)[1] == 1, outbreak)
        found = measures_of(counted, 52)
        moved = _ours_at(scenario, found["fpr"].value)
        cells = [said(found[n]) for n in ("fpr", "pod", "pod_first", "sensitivity", "ppv")]
        rows.append([path.stem.removeprefix("alarms_"), *cells, said(difference(moved, counted.detected))])
    print(aligned(heads, rows))


_SURPRISE: dict[int, FloatArray] = {}


def _ours_at(scenario: Scenario, fpr: float) -> FloatArray:
    """Which outbreaks `predictive` finds at the false-alarm rate of another."""
    from daybreak.surge.evaluation.harness import surprise_of
    from daybreak.surge.evaluation.measures import threshold_at_rate
    from daybreak.surge.methods import detect

    rows = scenario.tested
    if id(scenario) not in _SURPRISE:
        _SURPRISE[id(scenario)] = surprise_of(detect(scenario.counts, "predictive", tested=rows))
    surprise, outbreak = _SURPRISE[id(scenario)], scenario.outbreak[rows]
    return tally(surprise >= threshold_at_rate(surprise, outbreak, fpr), outbreak).detected


def pennsylvania(path: Path) -> FloatArray:
    """Daily counts of each county, (day, county), from lines of county, cases, date."""
    lines = [
        line.rsplit(maxsplit=2) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    days = np.array([day.replace("/", "-") for _, _, day in lines], dtype="datetime64[D]")
    counties = sorted({county for county, _, _ in lines})
    first = days.min()
    counts = np.zeros((int((days.max() - first).astype(int)) + 1, len(counties)))
    for (county, cases, _), day in zip(lines, days, strict=True):
        counts[int((day - first).astype(int)), counties.index(county)] += float(cases)
    return counts


def bursts(*, quick: bool = False) -> None:
    """Simulated streams, Poisson and over-dispersed, then bursts planted in the Pennsylvania counties."""
    number = 12 if quick else 100
    entries = [Entry.of("predictive"), *peers()]
    for dispersion in (1.0, 1.5):
        plan = BurstPlan(dispersion=dispersion)
        calm, burst = calm_streams(plan, max(4, number // CALM_SHARE), 1), burst_streams(plan, number, 1)
        print(f"\nSimulated streams, variance / mean {dispersion:g}, {number} bursts a kind")
        results = evaluate_bursts(calm, burst, plan, entries)
        print(burst_tables(results, criterion_of(results, burst), 4))
    path = Path(os.environ.get("DAYBREAK_FIXTURES", "")) / "spacetime" / "inputs" / "pa.cas"
    if not path.is_file():
        print("left out: the Pennsylvania counties are not in $DAYBREAK_FIXTURES", file=sys.stderr)
        return
    plan = BurstPlan()
    calm, burst = planted_in(pennsylvania(path), plan, 1 if quick else 5, 1)
    print(
        f"\nBursts in {calm.mean.shape[1]} Pennsylvania counties; the known mean is the county's smoothed own"
    )
    results = evaluate_bursts(calm, burst, plan, entries)
    print(burst_tables(results, criterion_of(results, burst), 4))
