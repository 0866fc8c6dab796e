"""EARS in compat mode equals the R package's earsC on every reference case."""

from __future__ import annotations

import numpy as np
import pytest

from tests.surge.reference_files import bundled, complete
from tests.surge.references.parity import disagreements, run_case

METHODS = {"C1": "ears-c1", "C2": "ears-c2", "C3": "ears-c3"}


@pytest.mark.parametrize("source", [bundled, complete])
def test_every_ears_bound_and_alarm_is_that_of_the_reference(source):
    document = source("earsC")
    points = 0
    for case in document["cases"]:
        control = dict(case["control"])
        outcome = run_case(document, case, METHODS[control.pop("method")], control)
        assert disagreements(outcome, case, tolerance=1e-9) == []
        points += len(outcome.tested)
    assert points > 10_000


def test_corrected_bounds_are_never_missing_where_the_reference_divides_zero_by_zero():
    document = bundled("earsC")
    undefined = 0
    for case in document["cases"]:
        control = dict(case["control"])
        outcome = run_case(document, case, METHODS[control.pop("method")], control, mode="corrected")
        assert np.isfinite(outcome.upper_bound).all()
        undefined += sum(value == "NaN" for value in case["upperbound"])
    assert undefined > 0
