"""Replays a file of reference cases: each case's inputs through our methods in compat mode, results in R's conventions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from daybreak.surge.counts import Counts, FloatArray, IntArray, Period
from daybreak.surge.detector import Mode
from daybreak.surge.errors import BadInput
from daybreak.surge.methods import detect
from daybreak.surge.outcome import Outcome
from daybreak.surge.replaying_controls import Call, call_of_nssp, call_of_surveillance

Case = Mapping[str, Any]
Result = dict[str, Any]
MEND = "Give a file of the reference shape."


def replay(document: Mapping[str, Any]) -> dict[str, Result]:
    """What compat mode gives for every case of a reference file, by the case's id.

    Parameters
    ----------
    document : a file of the reference fixtures' shape (schema surveillance-parity/1, rnssp-parity/1 or
        nowcast-parity/1). Only `series` (or `linelists`) and each case's inputs are read, never its results.

    Returns
    -------
    case id → {"upperbound", "alarm"}; rnssp: {"test_statistic", "p.value", "alert", …}; nowcast: {"nowcast",
    "pi_lower", "pi_upper"}. Vectors align with the case's range, dates or `when`; None where R has NA; NaN and
    infinities are the words "NaN", "Inf", "-Inf". A case that cannot be run (a misspelt control name, quirk Q9) has
    {"error": sentence} instead.

    Raises
    ------
    BadInput : an unknown schema, a missing part, two series or cases of one name.
    """
    schema = document.get("schema")
    runs: dict[str, Callable[[Mapping[str, Any]], Callable[[Case], Result]]] = {
        "surveillance-parity/1": _surveillance,
        "rnssp-parity/1": _nssp,
        "nowcast-parity/1": _nowcasts,
    }
    if not isinstance(schema, str) or schema not in runs:
        raise BadInput("schema", f"be one of: {', '.join(runs)}", repr(schema), "Give a reference file.")
    run = runs[schema](document)
    results: dict[str, Result] = {}
    for case in _list(document, "cases", "the file"):
        name = str(_part(case, "id", "a case"))
        if name in results:
            raise BadInput("case ids", "differ", f"{name!r} twice", "Give each case its own id.")
        try:
            results[name] = run(case)
        except BadInput as error:
            results[name] = {"error": str(error)}
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
            # a part of another kind than R writes there must not take the other cases with it
            results[name] = {"error": str(BadInput("the case", "have the reference shape", "another", MEND))}
    return results


def _surveillance(document: Mapping[str, Any]) -> Callable[[Case], Result]:
    series = _by_name(_list(document, "series", "the file"))
    algorithm = str(document.get("algorithm", "")).split(" ")[0].rstrip(",")

    def run(case: Case) -> Result:
        counts = _surveillance_counts(_named(series, case, "series"))
        tested = _range(case, counts.times)
        call = call_of_surveillance(str(case.get("fn") or algorithm), case.get("control") or {})
        outcome = detect(counts, call.method, call.settings, tested=tested, mode=Mode.COMPAT)
        return {
            "upperbound": _r_numbers(outcome.upper_bound[:, 0], missing=call.missing),
            "alarm": _r_logicals(outcome),
        }

    return run


def _surveillance_counts(series: Mapping[str, Any]) -> Counts:
    """The counts of a series; dates are used only where R was told to use them (epochAsDate)."""
    rows = {period.value: period for period in Period}
    frequency = _part(series, "freq", "a series")
    if frequency not in rows:
        raise BadInput("freq", f"be one of {sorted(rows)}", repr(frequency), "Give rows of a day … a year.")
    dates = series.get("epoch") if series.get("epochAsDate") else None
    values = np.array(_list(series, "observed", "a series"), dtype=np.float64)
    return Counts.of(values, names=[str(series["name"])], period=rows[frequency], dates=dates)


def _nssp(document: Mapping[str, Any]) -> Callable[[Case], Result]:
    series = _by_name(_list(document, "series", "the file"))

    def run(case: Case) -> Result:
        given = _named(series, case, "series")
        call = call_of_nssp(str(_part(case, "fn", "a case")), case.get("control") or {})
        counts = Counts.of(
            np.array(_list(given, "observed", "a series"), dtype=np.float64),
            names=[str(given["name"])],
            period=Period.DAY,
            dates=given.get("dates"),
        )
        return _nssp_result(detect(counts, call.method, call.settings, mode=Mode.COMPAT), call)

    return run


def _nssp_result(outcome: Outcome, call: Call) -> Result:
    result: Result = {
        "baseline_expected": _r_numbers(outcome.expected[:, 0]),
        "test_statistic": _r_numbers(outcome.score[:, 0]),
        "p.value": _r_numbers(outcome.p_value[:, 0]),
    }
    words = import_module("daybreak.surge.nssp")
    for name, column in outcome.extra.items():
        table: Sequence[str] | None = {"alert": words.ALERTS, "detector": words.DETECTORS}.get(name)
        values = column[:, 0]
        result[name] = _r_numbers(values) if table is None else [table[int(code)] for code in values]
    return result


def _nowcasts(document: Mapping[str, Any]) -> Callable[[Case], Result]:
    lists = _by_name(_list(document, "linelists", "the file"))
    run_case = import_module("daybreak.surge.replaying_nowcasts").nowcast_of_case

    def run(case: Case) -> Result:
        result: Result = run_case(_named(lists, case, "dataset"), case)
        return result

    return run


def _r_numbers(values: FloatArray, missing: str | None = None) -> list[float | str | None]:
    """Numbers as the reference files write them; `missing` is how the method's NaN is written (None = R's NA)."""
    words = {np.inf: "Inf", -np.inf: "-Inf"}
    return [missing if np.isnan(value) else words.get(value, float(value)) for value in values]


def _r_logicals(outcome: Outcome) -> list[bool | None]:
    return [None if alarm < 0 else bool(alarm) for alarm in outcome.alarm[:, 0]]


def _range(case: Case, times: int) -> IntArray:
    rows = np.asarray(_list(case, "range", "a case"), dtype=np.int64) - 1
    if rows.size == 0 or rows.min() < 0 or rows.max() >= times or (np.diff(rows) <= 0).any():
        raise BadInput("range", f"be increasing rows from 1 to {times}", "others", "Rows count from 1.")
    return rows


def _by_name(rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    named = {str(_part(row, "name", "a series")): row for row in rows}
    if len(named) != len(rows):
        raise BadInput("series names", "differ", "one twice", "Give each series its own name.")
    return named


def _named(rows: Mapping[str, Mapping[str, Any]], case: Case, key: str) -> Mapping[str, Any]:
    name = str(_part(case, key, "a case"))
    if name not in rows:
        raise BadInput(f"{key} of a case", "be in the file", repr(name), "Add it or correct the name.")
    return rows[name]


def _part(row: Mapping[str, Any], key: str, where: str) -> Any:
    if not isinstance(row, Mapping):
        raise BadInput(where, "be an object", type(row).__name__, MEND)
    if key not in row or row[key] is None:
        raise BadInput(where, f"have the part {key!r}", "none", MEND)
    return row[key]


def _list(row: Mapping[str, Any], key: str, where: str) -> list[Any]:
    part = _part(row, key, where)
    return part if isinstance(part, list) else [part]  # R writes a vector of one as a plain value
