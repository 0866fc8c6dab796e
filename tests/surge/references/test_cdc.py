"""cdc in compat mode equals the R package on every reference case."""

from __future__ import annotations

import pytest

from tests.surge.reference_files import bundled, complete
from tests.surge.references.parity import disagreements, run_case


@pytest.mark.parametrize("source", [bundled, complete])
def test_every_cdc_bound_and_alarm_is_that_of_the_reference(source):
    document = source("misc_outbreakP_bayes_rki_cdc")
    cases = [case for case in document["cases"] if case["fn"].removeprefix("algo.") == "cdc"]
    assert cases
    for case in cases:
        assert disagreements(run_case(document, case, "cdc", case["control"]), case, tolerance=1e-9) == []
