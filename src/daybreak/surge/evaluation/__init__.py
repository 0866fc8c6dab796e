"""How good a detector is: scenarios with known truth, testers that know everything, measures with their errors."""

from __future__ import annotations

from daybreak.surge.evaluation.harness import Entry, Result, evaluate
from daybreak.surge.evaluation.measures import Measure, measures_of
from daybreak.surge.evaluation.scenarios import Scenario, noufaily_scenarios

__all__ = ["Entry", "Measure", "Result", "Scenario", "evaluate", "measures_of", "noufaily_scenarios"]
