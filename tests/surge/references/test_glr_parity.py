"""Compat mode of the GLR detectors gives the numbers of R's package surveillance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from daybreak.surge.counts import Counts
from daybreak.surge.glr import glr_settings_of_r
from daybreak.surge.methods import detect
from daybreak.surge.outcome import Outcome
from tests.surge.reference_files import bundled, complete

Document = dict[str, Any]
# Quirk Q11: the reference's search for the maximum fails there (places in the case's range).
SEARCH_FAILS = {"m1#10": range(28, 29), "sim_w_verylow#59": range(35, 44)}


def outcome_of(case: dict[str, Any], document: Document) -> Outcome:
    series = next(each for each in document["series"] if each["name"] == case["series"])
    settings = glr_settings_of_r(case["control"])
    method = "glr-nb" if settings["alpha"] > 0 else "glr-poisson"
    if method == "glr-poisson":
        del settings["alpha"]
    counts = Counts.of(series["observed"], period="week")
    return detect(counts, method, settings, tested=np.array(case["range"]) - 1, mode="compat")


@pytest.mark.parametrize(("files", "least"), [(bundled, 21), (complete, 70)])
def test_statistics_counts_and_alarms_are_those_of_r(files: Callable[[str], Document], least: int) -> None:
    document = files("glrnb")
    assert len(document["cases"]) >= least
    for case in document["cases"]:
        outcome = outcome_of(case, document)
        same = np.ones(len(case["range"]), np.bool_)
        same[list(SEARCH_FAILS.get(case["id"], ()))] = False
        np.testing.assert_allclose(
            outcome.expected[same, 0], np.array(case["mu0_fitted"])[same], rtol=1e-6, err_msg=case["id"]
        )
        np.testing.assert_allclose(
            outcome.upper_bound[same, 0],
            np.array(case["upperbound"])[same],
            rtol=1e-6,
            atol=1e-12,
            err_msg=case["id"],
        )
        assert (outcome.alarm[same, 0] == np.array(case["alarm"])[same]).all(), case["id"]


def test_where_the_reference_finds_nothing_both_modes_give_the_true_maximum() -> None:
    document = complete("glrnb")
    case = next(each for each in document["cases"] if each["id"] == "m1#10")
    place = SEARCH_FAILS["m1#10"][0]
    outcome = outcome_of(case, document)
    counts = np.array(document["series"][1]["observed"], np.float64)[np.array(case["range"]) - 1][: place + 1]
    means = outcome.expected[: place + 1, 0]

    def ratio(theta: float, first: int) -> float:
        x, mean = counts[first:], means[first:]
        grown = np.log((1 + 0.15 * mean * np.exp(theta)) / (1 + 0.15 * mean))
        return float(theta * x.sum() - ((x + 1 / 0.15) * grown).sum())

    highest = max(
        -minimize_scalar(lambda theta, k=first: -ratio(theta, k), bounds=(0, 20), method="bounded").fun
        for first in range(place + 1)
    )
    assert case["upperbound"][place] == 0
    assert outcome.score[place, 0] == pytest.approx(highest, rel=1e-6)
    assert outcome.alarm[place, 0] == 1
