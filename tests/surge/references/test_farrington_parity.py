"""Both Farrington methods in compat mode against the R package's results on every reference case."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from daybreak.surge.detector import Mode
from daybreak.surge.methods import detect
from daybreak.surge.replaying import _by_name, _range, _surveillance_counts
from daybreak.surge.replaying_controls import call_of_surveillance
from tests.surge.reference_files import complete

WORDS = {"NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf}
WITHIN = 1e-6
ALL_ZERO_LEVEL = "sim_w_verylow#67"  # one of its zones has no case at all, so that its fit has no maximum


def numbers(given: Any) -> np.ndarray:
    values = given if isinstance(given, list) else [given]
    return np.array([np.nan if v is None else WORDS.get(v, v) for v in values], dtype=np.float64)


def results(name: str) -> list[tuple[dict[str, Any], Any]]:
    document = complete(name)
    series = _by_name(document["series"])
    found = []
    for case in document["cases"]:
        counts = _surveillance_counts(series[case["series"]])
        call = call_of_surveillance(name, case["control"])
        tested = _range(case, counts.times)
        found.append((case, detect(counts, call.method, call.settings, tested=tested, mode=Mode.COMPAT)))
    return found


@pytest.mark.parametrize(("name", "cases"), [("farrington", 48), ("farringtonFlexible", 83)])
def test_bounds_agree_with_r_and_alarms_are_identical(name: str, cases: int) -> None:
    found = results(name)
    assert len(found) == cases
    for case, outcome in found:
        assert [bool(alarm) for alarm in outcome.alarm[:, 0]] == case["alarm"], case["id"]
        bounds = numbers(case["upperbound"])
        np.testing.assert_allclose(outcome.upper_bound[:, 0], bounds, rtol=WITHIN, err_msg=case["id"])


def test_expected_counts_dispersions_trends_and_p_values_agree_with_r() -> None:
    for case, outcome in results("farringtonFlexible"):
        if case["id"] == ALL_ZERO_LEVEL:
            continue
        for ours, theirs in (
            (outcome.expected, "expected"),
            (outcome.p_value, "pvalue"),
            (outcome.extra["dispersion"], "phi"),
            (outcome.extra["trend_used"], "trendUsed"),
        ):
            np.testing.assert_allclose(
                ours[:, 0], numbers(case[theirs]), rtol=WITHIN, atol=1e-14, err_msg=f"{case['id']} {theirs}"
            )
        for ours, theirs, least in (
            (outcome.extra["trend_coefficient"], "trendCoef", 1e-11),
            (outcome.score, "score", 1e-9),  # both may lie at 0, where only absolute errors mean anything
        ):
            np.testing.assert_allclose(
                ours[:, 0], numbers(case[theirs]), rtol=WITHIN, atol=least, err_msg=f"{case['id']} {theirs}"
            )
