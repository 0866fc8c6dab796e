"""`predictive` beside a peer on the simulated series of Noufaily's 28 scenarios, outbreaks known."""

from __future__ import annotations

import csv

import numpy as np

from daybreak.surge.counts import Counts
from daybreak.surge.methods import detect
from tests.surge.reference_files import fixtures_folder

CURRENT = slice(575, 624)
EVERY = 2


def columns(name: str) -> np.ndarray:
    """The numbers of one file of the benchmark without its first column (week); NA = NaN."""
    path = fixtures_folder() / "dev" / "noufaily_bench" / name
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines))[1:]
    return np.array([[np.nan if cell == "NA" else float(cell) for cell in row[1:]] for row in rows])[
        :, ::EVERY
    ]


def rates(alarm: np.ndarray, outbreak: np.ndarray) -> tuple[float, float]:
    """False-positive rate in weeks without outbreak cases, and share of outbreaks with any alarm."""
    has = outbreak.any(axis=0)
    return float(alarm[~outbreak].mean()), float((alarm & outbreak).any(axis=0)[has].mean())


def test_more_outbreaks_are_found_than_by_farrington_flexible_at_no_more_false_alarms() -> None:
    series = columns("series.csv")
    outbreak = columns("outbreak_cases_current49.csv") > 0
    peer = rates(np.nan_to_num(columns("alarms_flex_nbPlugin_P10_a01.csv")) > 0, outbreak)
    p = detect(Counts.of(series), "predictive", {}, tested=np.arange(624)[CURRENT]).p_value
    at_nominal = rates(p <= 0.01, outbreak)
    assert at_nominal[0] < 0.011
    equal = max(
        (a for a in np.geomspace(1e-3, 0.05, 60) if rates(p <= a, outbreak)[0] <= peer[0]), default=0.0
    )
    assert rates(p <= equal, outbreak)[1] > peer[1]
