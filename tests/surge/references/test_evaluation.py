"""The measures, computed from R's own alarms on its 336 series, against the published table."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from daybreak.surge.evaluation.measures import measures_of, tally
from tests.surge.reference_files import fixtures_folder

# reference, section 6: FPR, POD, POD in week 1, weekly sensitivity, PPV
TABLE = {
    "ears_c1_default": (0.0307, 0.541, 0.489, 0.189, 0.281),
    "ears_c3_default": (0.0669, 0.598, 0.082, 0.410, 0.282),
    "cusum_rossi": (0.4245, 0.795, 0.689, 0.753, 0.102),
    "bayes_b0w6_a05": (0.0843, 0.798, 0.701, 0.413, 0.239),
    "glrpois_c5": (0.0194, 0.628, 0.462, 0.312, 0.507),
    "farrington_orig_a01": (0.0386, 0.689, 0.571, 0.385, 0.389),
    "flex_nbPlugin_P10_a01": (0.0095, 0.544, 0.447, 0.259, 0.634),
}


def wide(path: Path) -> np.ndarray:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([[np.nan if cell == "NA" else float(cell) for cell in row[1:]] for row in rows])


@pytest.mark.parametrize("method", TABLE)
def test_measures_of_alarms_of_r_are_those_of_the_table(method: str) -> None:
    folder = fixtures_folder() / "dev" / "noufaily_bench"
    outbreak = wide(folder / "outbreak_cases_current49.csv")
    found = measures_of(tally(wide(folder / f"alarms_{method}.csv") == 1, outbreak), 52)
    names = ("fpr", "pod", "pod_first", "sensitivity", "ppv")
    for name, said, digits in zip(names, TABLE[method], (4, 3, 3, 3, 3), strict=True):
        assert found[name].value == pytest.approx(said, abs=0.51 * 10**-digits), name
    assert found["pod"].error == pytest.approx(0.025, abs=0.006)
