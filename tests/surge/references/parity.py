"""Runs a reference case of the R package and lists where our results differ from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from daybreak.surge import Counts, Outcome, detect
from daybreak.surge.counts import Period


def run_case(
    document: dict[str, Any],
    case: dict[str, Any],
    method: str,
    control: dict[str, Any],
    mode: str = "compat",
) -> Outcome:
    """The outcome of a case's series, range and control."""
    series = next(each for each in document["series"] if each["name"] == case["series"])
    counts = Counts.of(
        np.array(series["observed"], dtype=float), names=[series["name"]], period=Period(series["freq"])
    )
    return detect(counts, method, control, tested=np.array(case["range"]) - 1, mode=mode)


def numbers(values: list[Any]) -> np.ndarray:
    """A vector of a reference file: null and "NaN" are NaN, "Inf" is infinite."""
    return np.array([np.nan if value is None else float(value) for value in values])


def disagreements(
    outcome: Outcome, case: dict[str, Any], tolerance: float, *, alarms: bool = True
) -> list[tuple[str, int, float, float]]:
    """Places where bounds differ by more than the relative tolerance, or alarms at all."""
    wanted, got = numbers(case["upperbound"]), outcome.upper_bound[:, 0]
    far = ~np.isclose(got, wanted, rtol=tolerance, atol=tolerance * 1e-3, equal_nan=True)
    found = [("upperbound", int(at), float(got[at]), float(wanted[at])) for at in np.flatnonzero(far)]
    if alarms:
        said = np.array([-1 if value is None else int(value) for value in case["alarm"]])
        wrong = np.flatnonzero(said != outcome.alarm[:, 0])
        found += [("alarm", int(at), float(outcome.alarm[at, 0]), float(said[at])) for at in wrong]
    return found
