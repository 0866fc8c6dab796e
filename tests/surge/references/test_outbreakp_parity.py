"""Compat mode of outbreakP gives the numbers of R's package surveillance, its lost products included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from daybreak.surge.counts import Counts, FloatArray
from daybreak.surge.methods import detect
from tests.surge.reference_files import bundled, complete

Document = dict[str, Any]
FILE = "misc_outbreakP_bayes_rki_cdc"


def cases_of(document: Document) -> list[tuple[dict[str, Any], Counts]]:
    series = {each["name"]: Counts.of(each["observed"]) for each in document["series"]}
    return [(case, series[case["series"]]) for case in document["cases"] if case["fn"] == "outbreakP"]


def numbers(values: list[Any]) -> FloatArray:
    words = {"NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf}
    return np.array([np.nan if value is None else words.get(value, value) for value in values], np.float64)


@pytest.mark.parametrize(("files", "least"), [(bundled, 10), (complete, 35)])
def test_statistics_counts_and_alarms_are_those_of_r(files: Callable[[str], Document], least: int) -> None:
    cases = cases_of(files(FILE))
    assert len(cases) >= least
    for case, counts in cases:
        outcome = detect(
            counts, "outbreakp", case["control"], tested=np.array(case["range"]) - 1, mode="compat"
        )
        np.testing.assert_allclose(
            outcome.upper_bound[:, 0], numbers(case["upperbound"]), rtol=1e-6, err_msg=case["id"]
        )
        assert [None if a < 0 else bool(a) for a in outcome.alarm[:, 0]] == case["alarm"], case["id"]


def test_on_large_counts_the_corrected_mode_finds_the_alarm_that_the_product_loses() -> None:
    found = [
        (case, counts)
        for case, counts in cases_of(complete(FILE))
        if case["series"] == "salmHospitalized_total"
    ]
    case, counts = found[0]
    tested = np.array(case["range"]) - 1
    lost = detect(counts, "outbreakp", case["control"], tested=tested, mode="compat")
    mended = detect(counts, "outbreakp", case["control"], tested=tested)
    assert (lost.alarm == 0).all()
    assert (mended.alarm == 1).all()
    assert mended.score[0, 0] > 1e60
