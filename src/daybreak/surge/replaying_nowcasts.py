"""Replays a reference case of a nowcast: a line list, a moment, and the rows that are asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daybreak.surge.counts import FloatArray, IntArray
from daybreak.surge.detector import Mode
from daybreak.surge.errors import BadInput
from daybreak.surge.nowcast_compat import (
    Delays,
    LevelPrior,
    delays_of,
    lawless,
    quantile_above,
    uniform,
    with_level_prior,
    without_level_prior,
)

Days = NDArray[np.datetime64]
MONDAY = 3  # 1970-01-01, day 0, was a Thursday


def nowcast_of_case(line_list: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, list[int]]:
    """Median and prediction interval of each row of `when`, from the dates in the line list and the case's inputs."""
    period = str(_given(case, "aggregate_by"))
    first = int(_epochs(case, "dRange", period)[0])
    now = int(_epochs(case, "now", period)[0]) - first
    rows = _epochs(case, "when", period) - first
    if rows.min() < 0 or rows.max() > now:
        raise BadInput("when", "lie from the first of dRange to now", "other dates", "Leave them out.")
    window = None if case.get("m") is None else int(case["m"])
    event, report = (_dates(_given(line_list, part)) for part in ("event", "report"))
    dated = ~(np.isnat(event) | np.isnat(report))
    delays = delays_of(
        _numbers(event[dated], period) - first,
        _numbers(report[dated], period) - first,
        now,
        int(_given(case, "D")),
        window,
    )
    method = _method(case, period)
    largest = int(case.get("N_tInf_max") or 300)
    alpha = float(case.get("alpha") or 0.05)
    cumulative = [method(delays, int(row), largest) for row in rows]
    return {
        "nowcast": [quantile_above(each, 0.5) for each in cumulative],
        "pi_lower": [quantile_above(each, alpha / 2) for each in cumulative],
        "pi_upper": [quantile_above(each, 1 - alpha / 2) for each in cumulative],
    }


def _method(case: Mapping[str, Any], period: str) -> Callable[[Delays, int, int], FloatArray]:
    name = str(_given(case, "method"))
    kappa = float(case.get("gd_prior_kappa") or 0.1)
    if name == "bayes.notrunc":
        return partial(with_level_prior, prior=prior_of(str(_given(case, "prior")), period), kappa=kappa)
    methods: dict[str, Callable[[Delays, int, int], FloatArray]] = {
        "lawless": partial(lawless, mode=Mode.COMPAT),
        "bayes.notrunc.bnb": partial(without_level_prior, kappa=kappa),
        "unif": uniform,
    }
    if name not in methods:
        raise BadInput(
            "method of a nowcast",
            f"be one of: bayes.notrunc, {', '.join(methods)}",
            repr(name),
            "Choose one.",
        )
    return methods[name]


def prior_of(words: str, period: str) -> LevelPrior:
    """The prior in a sentence such as "poisgamma mean/var lambda 10/1000 (day) 8/400 (week)"."""
    found = re.findall(r"([\d.]+)\s*/\s*([\d.]+)(?:\s*\((\w+)\))?", words)
    fits = [(mean, var) for mean, var, unit in found if not unit or unit in period]
    if not words.startswith("poisgamma") or len(fits) != 1:
        raise BadInput("prior", "be poisgamma with one mean/variance", repr(words), "Name the period's.")
    mean, variance = map(float, fits[0])
    if not variance > mean > 0:
        raise BadInput("prior", "have a variance above its mean", f"{variance:g}/{mean:g}", "Widen it.")
    return LevelPrior(mean, variance)


def _epochs(case: Mapping[str, Any], part: str, period: str) -> IntArray:
    dates = _dates(_given(case, part))
    if not dates.size or np.isnat(dates).any():
        raise BadInput(part, "hold dates", "none", "Write YYYY-MM-DD.")
    return _numbers(dates, period)


def _dates(given: Any) -> Days:
    try:
        return np.atleast_1d(np.array(given, dtype="datetime64[D]"))
    except ValueError:
        raise BadInput("dates", "be YYYY-MM-DD", "something else", "Correct them.") from None


def _numbers(dates: Days, period: str) -> IntArray:
    """The number of the day, week (from Monday) or month of each date."""
    days = dates.astype(np.int64)
    if period == "1 day":
        return days
    if period == "1 week":
        weeks: IntArray = (days + MONDAY) // 7
        return weeks
    if period == "1 month":
        return dates.astype("datetime64[M]").astype(np.int64)
    raise BadInput("aggregate_by", "be 1 day, 1 week or 1 month", repr(period), "Choose one.")


def _given(row: Mapping[str, Any], part: str) -> Any:
    if row.get(part) is None:
        raise BadInput("a nowcast's case", f"have the part {part!r}", "none", "Add it.")
    return row[part]
