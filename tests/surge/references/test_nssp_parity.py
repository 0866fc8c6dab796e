"""Compat mode of the NSSP detectors gives the numbers of CDC's package Rnssp."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from daybreak.surge.counts import Counts, FloatArray
from daybreak.surge.methods import detect
from daybreak.surge.nssp import ALERTS, DETECTORS
from daybreak.surge.outcome import Outcome
from tests.surge.reference_files import bundled

METHODS = {"alert_ewma": "nssp-ewma", "alert_regression": "nssp-regression", "alert_switch": "nssp-switch"}
DOCUMENT = bundled("rnssp")
CASES = {case["id"]: case for case in DOCUMENT["cases"]}


def outcome_of(case: dict[str, Any]) -> Outcome:
    series = next(each for each in DOCUMENT["series"] if each["name"] == case["series"])
    counts = Counts.of(series["observed"], period="day", dates=series["dates"])
    return detect(counts, METHODS[case["fn"]], case["control"], mode="compat")


def numbers(values: list[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values])


def test_the_reference_has_all_24_cases() -> None:
    assert len(CASES) == 24


@pytest.mark.parametrize("name", CASES)
def test_statistics_p_values_and_alerts_are_those_of_rnssp(name: str) -> None:
    case = CASES[name]
    outcome = outcome_of(case)
    given = {
        "baseline_expected": outcome.expected,
        "test_statistic": outcome.score,
        "p.value": outcome.p_value,
    }
    if case["fn"] == "alert_regression":
        given |= {name: outcome.extra[name] for name in ("sigma", "adjusted_r_squared")}
    for column, ours in given.items():
        # what is 0 in one is rounding noise of 1e-16 in the other
        np.testing.assert_allclose(ours[:, 0], numbers(case[column]), rtol=1e-6, atol=1e-12, err_msg=column)
    assert [ALERTS[int(code)] for code in outcome.extra["alert"][:, 0]] == case["alert"]
    if "detector" in case:
        assert [DETECTORS[int(code)] for code in outcome.extra["detector"][:, 0]] == case["detector"]
