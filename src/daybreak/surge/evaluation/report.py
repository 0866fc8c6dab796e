"""Tables of an evaluation: aligned text to read, CSV and JSON to keep."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from daybreak.surge.errors import BadInput
from daybreak.surge.evaluation.burst_table import CEILING, Criterion, Found
from daybreak.surge.evaluation.calibration import Rate
from daybreak.surge.evaluation.harness import Result
from daybreak.surge.evaluation.measures import Measure

Cell = str | float
HEADINGS = {
    "fpr": "FPR",
    "false_alerts_a_year": "false alerts/yr",
    "pod": "POD",
    "pod_first": "POD first row",
    "delay": "rows to detect",
    "sensitivity": "sensitivity",
    "ppv": "PPV",
}


def aligned(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Plain text: the first column to the left, the others to the right."""
    widths = [max(len(row[place]) for row in (headings, *rows)) for place in range(len(headings))]
    lines = []
    for row in (headings, *rows):
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells[1:]]).rstrip())
    return "\n".join(lines)


def said(measure: Measure, digits: int = 3) -> str:
    """A number and its Monte Carlo error in brackets; a dash if there is none."""
    if math.isnan(measure.value):
        return "-"
    error = "" if math.isnan(measure.error) else f" ({measure.error:.{digits}f})"
    return f"{measure.value:.{digits}f}{error}"


def result_tables(results: Sequence[Result], target: float) -> str:
    """Measures of the detectors' own alarms, at the same false-alarm rate, and ahead of each other."""
    own = [
        [r.label, *(said(r.own[name], 4 if name == "fpr" else 3) for name in HEADINGS), f"{r.tested:.3f}"]
        for r in results
    ]
    equal = [
        [r.label, *(said(r.equal[name], 4 if name == "fpr" else 3) for name in HEADINGS), said(r.share)]
        for r in results
        if r.equal
    ]
    heads = ["detector", *HEADINGS.values()]
    parts = [
        "As they alarm by themselves (Monte Carlo standard error in brackets)",
        aligned([*heads, "tested"], own),
        "",
        f"All at a false-alarm rate of at most {target:g}",
        aligned([*heads, "POD/oracle"], equal),
    ]
    judged = [r for r in results if r.ahead]
    if judged:
        names = [r.label for r in judged]
        rows = [
            [r.label, *("" if name == r.label else said(r.ahead[name]) for name in names)] for r in judged
        ]
        title = "POD at that rate minus the POD of the column's detector, on the same series"
        parts += ["", title, aligned(["detector", *names], rows)]
    return "\n".join(parts)


def burst_tables(results: Sequence[Found], criterion: Criterion | None, alerts: float) -> str:
    """Bursts found at the allowed number of false alerts, by kind of burst, and what is asked of the first detector."""
    rows = [
        [r.label, f"{r.threshold:.3f}", said(r.alerts, 2), said(r.found), said(r.share), said(r.kept), said(r.ahead)]
        for r in results
    ]  # fmt: skip
    heads = ["detector", "threshold", "alerts/yr", "found", "found/oracle", "of the oracle's", "minus first"]
    parts = [f"Bursts found at ≤ {alerts:g} false alerts a stream and year", aligned(heads, rows)]
    kinds = [[name, *(f"{r.by_stratum[name].value:.2f}" for r in results)] for name in results[0].by_stratum]
    parts += ["", "Share found, by kind", aligned(["kind", *(r.label for r in results)], kinds)]
    if criterion is not None and criterion.lead:
        leads = [
            [
                name,
                f"{each.ours:.2f}",
                each.peer,
                f"{each.found:.2f}",
                said(each.ratio, 2),
                f"{each.oracle:.2f}",
            ]
            for name, each in criterion.lead.items()
        ]
        ours = results[1].label
        title = (
            f"Where no peer finds more than {CEILING:.0%}: {ours} over the best peer, and the oracle over it"
        )
        heads = ["kind", ours, "best peer", "its share", "ratio", "oracle's ratio"]
        parts += ["", title, aligned(heads, leads)]
        parts += [f"smallest ratio {criterion.smallest_lead:.2f}; asked: 1.50"]
        parts += [f"share of the oracle {said(criterion.share)}; asked: 0.900"]
    return "\n".join(parts)


def rate_table(rates: Sequence[Rate]) -> str:
    """Actual false-alarm rates by mean and dispersion; * = above 1.1 × nominal by more than two Monte Carlo errors."""
    labels = list(dict.fromkeys(rate.label for rate in rates))
    found = {(r.alpha, r.mean, r.dispersion, r.label): r for r in rates}
    rows = []
    for alpha, mean, dispersion in dict.fromkeys((r.alpha, r.mean, r.dispersion) for r in rates):
        cells = [found[alpha, mean, dispersion, label] for label in labels]
        said_of = [said(r.rate, 5) + ("*" if r.too_high else " ") for r in cells]
        rows.append([f"{alpha:g}", f"{mean:g}", f"{dispersion:g}", *said_of])
    rows.sort(key=lambda row: (float(row[0]), float(row[1]), float(row[2])))
    return aligned(["nominal", "mean", "var/mean", *labels], rows)


def result_records(results: Sequence[Result]) -> list[dict[str, Cell]]:
    """One flat record a detector."""
    records: list[dict[str, Cell]] = []
    for r in results:
        record: dict[str, Cell] = {"detector": r.label, "tested": r.tested}
        for kind, measures in (("own", r.own), ("equal_fpr", r.equal)):
            record |= _flat(f"{kind}_", measures)
        records.append(record | _flat("", {"pod_over_oracle": r.share}) | _flat("pod_minus ", r.ahead))
    return records


def burst_records(results: Sequence[Found]) -> list[dict[str, Cell]]:
    """One flat record a detector and kind of burst; kind "all" first."""
    records: list[dict[str, Cell]] = []
    for r in results:
        whole = {
            "alerts_a_year": r.alerts,
            "found": r.found,
            "found_over_oracle": r.share,
            "of_oracles": r.kept,
        }
        start: dict[str, Cell] = {"detector": r.label, "kind": "all", "threshold": r.threshold}
        records.append(start | _flat("", whole))
        records += [
            start | {"kind": name} | _flat("", {"found": each}) for name, each in r.by_stratum.items()
        ]
    return records


def rate_records(rates: Sequence[Rate]) -> list[dict[str, Cell]]:
    """One flat record a detector, mean, dispersion and nominal rate."""
    records: list[dict[str, Cell]] = []
    for r in rates:
        start: dict[str, Cell] = {"detector": r.label, "mean": r.mean, "dispersion": r.dispersion}
        records.append(start | {"alpha": r.alpha, "untested": r.untested} | _flat("", {"rate": r.rate}))
    return records


def _flat(start: str, measures: Mapping[str, Measure]) -> dict[str, Cell]:
    record: dict[str, Cell] = {}
    for name, measure in measures.items():
        record[f"{start}{name}"] = measure.value
        record[f"{start}{name}_error"] = measure.error
    return record


def write_records(out: Path, records: Sequence[Mapping[str, Cell]], table: str) -> list[Path]:
    """Writes one .csv or .json file, or, if `out` has no suffix, a folder with both and the table as text."""
    if out.suffix and out.suffix not in (".csv", ".json"):
        raise BadInput(
            "--out", "be a folder or end in .csv or .json", out.suffix, "Name it results.csv, say."
        )
    paths = [out] if out.suffix else [out / f"evaluation{end}" for end in (".csv", ".json", ".txt")]
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(name for record in records for name in record))
    for path in paths:
        if path.suffix == ".txt":
            path.write_text(table + "\n", encoding="utf-8")
        elif path.suffix == ".json":
            path.write_text(json.dumps([_plain(each) for each in records], indent=1) + "\n", encoding="utf-8")
        else:
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, columns, restval="")
                writer.writeheader()
                writer.writerows(_plain(each) for each in records)
    return paths


def _plain(record: Mapping[str, Cell]) -> dict[str, Cell | None]:
    """NaN is not JSON: nothing stands for it."""
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in record.items()}
