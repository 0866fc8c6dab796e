"""cusum in compat mode equals the R package's algo.cusum on every reference case."""

from __future__ import annotations

import numpy as np
import pytest

from tests.surge.reference_files import bundled, complete
from tests.surge.references.parity import disagreements, numbers, run_case

TABLE_DIGITS = 1e-5  # quirk Q12: R reads the hypergeometric function from a table of rounded values


@pytest.mark.parametrize("source", [bundled, complete])
def test_every_cusum_bound_statistic_mean_and_alarm_is_that_of_the_reference(source):
    document = source("cusum")
    points = 0
    for case in document["cases"]:
        outcome = run_case(document, case, "cusum", case["control"])
        tabled = case["control"]["trans"] == "anscombeNegBin"
        tolerance = TABLE_DIGITS if tabled else 1e-6
        assert (case["id"], disagreements(outcome, case, tolerance)) == (case["id"], [])
        means = numbers(case["m"])
        assert np.allclose(outcome.expected[:, 0], means, rtol=1e-6, equal_nan=True), case["id"]
        assert np.allclose(
            outcome.score[:, 0], numbers(case["cusum"]), rtol=tolerance, atol=1e-9, equal_nan=True
        ), case["id"]
        points += len(outcome.tested)
    assert points > 10_000
