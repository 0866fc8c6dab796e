"""Scenarios × detectors → measures: as each detector alarms by itself, and all at the same false-alarm rate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from daybreak.surge.counts import FloatArray
from daybreak.surge.detector import Detector, Mode
from daybreak.surge.errors import BadInput
from daybreak.surge.evaluation.measures import (
    BoolArray,
    Measure,
    Tally,
    difference,
    measures_of,
    ratio_of,
    tally,
    threshold_at_rate,
)
from daybreak.surge.evaluation.oracle import TWO_WINDOWS, WEEKLY, known_mean_windows
from daybreak.surge.evaluation.scenarios import Scenario
from daybreak.surge.methods import detect, detector_named
from daybreak.surge.outcome import Outcome

LEAST_P = 1e-300
FLEXIBLE = {
    "alpha": 0.01,
    "zones": 10,
    "past_left_out": 26,
    "threshold_method": "nbPlugin",
    "least_cases": (0, 4),
}
"""Farrington flexible as Noufaily et al. 2013 use it, with the negative binomial bound."""


@dataclass(frozen=True)
class Entry:
    """A detector that takes part: its label in the tables, its settings and mode."""

    label: str
    detector: Detector
    settings: Mapping[str, Any] = field(default_factory=dict)
    mode: Mode = Mode.CORRECTED

    @classmethod
    def of(cls, words: str) -> Entry:
        """From `name`, `name:setting=value,…` or `module:object:setting=value,…`; `mode=compat` is taken too.

        A value may hold commas (least_cases=0,4). A module's object is a daybreak.surge.Detector of one's own.
        """
        name, _, rest = words.partition(":")
        if "." in name or (rest and "=" not in rest.split(":")[0]):
            inner, _, rest = rest.partition(":")
            detector = imported(f"{name}:{inner}")
        else:
            detector = detector_named(name)
        given = dict(_setting(words, each) for each in re.split(r",(?=\w+=)", rest) if each)
        mode = Mode(given.pop("mode", Mode.CORRECTED.value))
        return cls(words, detector, given, mode)


def _setting(words: str, each: str) -> tuple[str, str]:
    name, equals, value = each.partition("=")
    if not equals:
        raise BadInput(f"detector {words}", "have settings name=value", repr(each), "Write name:alpha=0.01.")
    return name.strip(), value.strip()


def imported(path: str) -> Detector:
    """The detector `module:object`."""
    module, _, name = path.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise BadInput("detector", "be module:object that can be imported", path, str(error)) from None
    if not isinstance(found, Detector):
        raise BadInput("detector", "be a daybreak.surge.Detector", type(found).__name__, "See its docstring.")
    return found


@dataclass(frozen=True)
class Result:
    """One row of the table.

    own: measures of the alarms the detector raises by itself. equal: the same with its threshold moved to the target
    false-alarm rate, empty if it says nothing that can be moved. share: POD at equal rate over the oracle's with the
    same windows. ahead: POD minus each other entry's at equal rate, on the same series.
    """

    label: str
    own: Mapping[str, Measure]
    equal: Mapping[str, Measure]
    share: Measure
    ahead: Mapping[str, Measure]
    tested: float


def surprise_of(outcome: Outcome) -> FloatArray:
    """What is compared with a threshold: −log10 p, or the score where the method has no p-value; NaN = not tested."""
    with np.errstate(divide="ignore"):
        by_p = -np.log10(np.maximum(outcome.p_value, LEAST_P))
    surprise = by_p if not np.isnan(by_p).all() else outcome.score.copy()
    surprise[outcome.alarm < 0] = np.nan
    return surprise


def evaluate(
    scenario: Scenario, entries: Sequence[Entry], *, target: float = 0.010, cores: int = 1
) -> list[Result]:
    """Judges the entries, and testers who know the truth if the scenario does, on the same series.

    Parameters
    ----------
    scenario : the series and their truth.
    entries : the detectors.
    target : the false-alarm rate at which all are compared: each detector's threshold on its p-value (or score) is the
        lowest that keeps it on these series.
    cores : blocks of series computed at the same time.
    """
    rows = scenario.tested
    seen: dict[str, tuple[BoolArray, FloatArray]] = {}
    shares: dict[str, float] = {}
    if scenario.mean is not None and scenario.dispersion is not None:
        for label, windows, alpha in (
            ("oracle, 1 row", (1,), WEEKLY),
            ("oracle, 1 and 2 rows", (1, 2), TWO_WINDOWS),
        ):
            p = known_mean_windows(scenario.counts.values, scenario.mean, scenario.dispersion, windows)[rows]
            seen[label], shares[label] = (p <= alpha, -np.log10(np.maximum(p, LEAST_P))), 1.0
    oracle = list(seen)[-1] if seen else None
    for entry in entries:
        outcome = detect(
            scenario.counts, entry.detector, entry.settings, tested=rows, mode=entry.mode, cores=cores
        )
        seen[entry.label] = (outcome.alarm == 1, surprise_of(outcome))
        shares[entry.label] = float((outcome.alarm >= 0).mean())
    return compare(seen, shares, scenario.outbreak[rows], scenario.counts.period.value, target, oracle)


def compare(
    seen: Mapping[str, tuple[BoolArray, FloatArray]],
    shares: Mapping[str, float],
    outbreak: FloatArray,
    rows_a_year: int,
    target: float,
    oracle: str | None,
) -> list[Result]:
    """The table's rows of (alarm, surprise) by label, all of the shape (tested rows, series)."""
    equal: dict[str, Tally] = {}
    for label, (_, surprise) in seen.items():
        if not np.isnan(surprise).all():
            equal[label] = tally(surprise >= threshold_at_rate(surprise, outbreak, target), outbreak)
    best = equal.get(oracle) if oracle else None
    results = []
    for label, (alarm, _) in seen.items():
        mine = equal.get(label)
        others = equal.items() if mine is not None else ()
        results.append(
            Result(
                label=label,
                own=measures_of(tally(alarm, outbreak), rows_a_year),
                equal={} if mine is None else measures_of(mine, rows_a_year),
                share=_share(mine, best),
                ahead={
                    name: difference(mine.detected, other.detected)
                    for name, other in others
                    if name != label and mine is not None
                },
                tested=shares[label],
            )
        )
    return results


def _share(mine: Tally | None, best: Tally | None) -> Measure:
    if mine is None or best is None:
        return Measure(float("nan"), float("nan"))
    judged = ~np.isnan(mine.detected)
    return ratio_of(mine.detected[judged], best.detected[judged])
