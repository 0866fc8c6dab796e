"""What the tests of charts share: weeks of counts, outcomes by hand, and what is in a drawing."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from daybreak.surge import Counts, Outcome
from daybreak.surge.outcome import DID_NOT_REPORT

SVG = "{http://www.w3.org/2000/svg}"


def weeks(values: list[float]) -> Counts:
    first = np.datetime64("2014-05-05")
    dates = first + 7 * np.arange(len(values))
    return Counts.of(values, names=["Deaths"], period="week", dates=dates)


def said_by_hand(counts: Counts, **columns: list[float]) -> Outcome:
    """An outcome with the given columns, all rows tested."""
    times = counts.times
    given = {name: np.array(values, dtype=float)[:, None] for name, values in columns.items()}
    nothing = np.full((times, 1), np.nan)
    return Outcome(
        tested=np.arange(times),
        expected=given.get("expected", nothing),
        upper_bound=given.get("upper_bound", nothing),
        score=given.get("score", nothing),
        p_value=given.get("p_value", nothing),
        alarm=given["alarm"].astype(np.int8),
        reason=given.get("reason", np.zeros((times, 1))).astype(np.uint8),
        reasons=("", DID_NOT_REPORT, "needs 5 years, has 2"),
        extra={
            name: given[name]
            for name in ("recurrence_days", "window_rows", "window_expected")
            if name in given
        },
    )


def elements(svg: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(SVG + tag))


def text_of(svg: str) -> str:
    return " ".join(each.text or "" for each in elements(svg, "text")).replace("\u00a0", " ")
