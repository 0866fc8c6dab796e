"""What a chart says in words: why a time stood out, the finding for its title, dates and chances as people say them."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from daybreak.surge.counts import Counts, Period
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome

LONGEST_WAIT_YEARS = 100
"""A chance rarer than once in so many years is not said more exactly: no model is known that well in its tail."""
ADDS_UP = frozenset({"cusum", "glr-poisson", "glr-nb", "outbreakp", "ears-c3"})
"""Methods that add up several times: one count alone does not say why."""
SUMMED = 4
"""Rows in the sums of the method cdc, whose expectation and bound speak of the sum."""
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def why(
    counts: Counts, outcome: Outcome, time: int, series: int, *, unit: str = "cases", adds_up: bool = False
) -> str:
    """Why a tested time of a series raised an alarm, raised none, or could not be tested; sentences under 20 words.

    time: its place in `outcome.tested`. series: its column. unit: what is counted, in the plural.
    adds_up: the method adds up several times, so that a count may be an alarm only with those before it (`ADDS_UP`).
    """
    row = int(outcome.tested[time])
    count = counts.values[row, series]
    if np.isnan(count):
        return f"No report for {moment(counts, row)}."
    if outcome.alarm[time, series] == UNTESTED:
        return f"{_amount(count, unit)} {_at(counts, row)}. Not tested: {outcome.why(time, series) or 'no reason given'}."
    said = f"{_counted(counts, outcome, time, series, unit)}{_comparison(outcome, time, series)}"
    if outcome.alarm[time, series] == 0:
        return f"{said}. No alarm."
    if adds_up:
        return f"{said}. Together with the {counts.period.name.lower()}s before, that is an alarm."
    chance = _chance(counts, outcome, time, series)
    return f"{said}. {chance}" if chance else f"{said}."


def _counted(counts: Counts, outcome: Outcome, time: int, series: int, unit: str) -> str:
    """The count of the tested row, or of the days of the window that stood out."""
    row = int(outcome.tested[time])
    if "total" in outcome.extra:  # the method compares sums of so many rows, and nothing else
        total = extra(outcome, "total", time, series)
        return f"{_amount(total, unit)} in the {SUMMED} {counts.period.name.lower()}s to {_end(counts, row)}"
    window = extra(outcome, "window_rows", time, series)
    if np.isnan(window) or window <= 1:
        return f"{_amount(counts.values[row, series], unit)} {_at(counts, row)}"
    first = max(row + 1 - int(window), 0)
    total = float(np.nansum(counts.values[first : row + 1, series]))
    rows = f"{int(window)} {counts.period.name.lower()}s"
    return f"{_amount(total, unit)} in the {rows} to {_end(counts, row)}"


def _end(counts: Counts, row: int) -> str:
    """The end of a row: the last day of a week, else the row itself."""
    if counts.dates is None or counts.period is not Period.WEEK:
        return moment(counts, row)
    return day(counts.dates[row] + np.timedelta64(6, "D"))


def _comparison(outcome: Outcome, time: int, series: int) -> str:
    """What the count is measured against, or "" where the method gives nothing."""
    expected, bound = outcome.expected[time, series], outcome.upper_bound[time, series]
    if extra(outcome, "window_rows", time, series) > 1:
        expected = extra(outcome, "window_expected", time, series)
    if not np.isnan(expected):
        return f"; {number(expected)} {'was' if number(expected) == '1' else 'were'} expected"
    if not np.isnan(bound):
        return f"; the limit was {number(bound)}"
    score = outcome.score[time, series]
    return "" if np.isnan(score) else f"; its score was {number(score)}"


def _chance(counts: Counts, outcome: Outcome, time: int, series: int) -> str:
    """How seldom so many come without a surge; "" where the method gives no chance."""
    days = extra(outcome, "recurrence_days", time, series)
    chance = outcome.p_value[time, series]
    if not np.isnan(days):
        rows = days * counts.period.value / 365
    elif np.isnan(chance):
        return ""
    else:
        rows = np.inf if chance <= 0 else 1 / chance
    return f"So many come by chance {wait(float(rows), counts.period)}."


def wait(rows: float, period: Period) -> str:
    """Once in how many rows, in the period's own word up to ten years, then in years: "once in 340 weeks"."""
    years = rows / period.value
    if years > LONGEST_WAIT_YEARS:
        return f"less than once in {LONGEST_WAIT_YEARS} years"
    if years > 10:
        return f"once in {_two_digits(years)} years"
    if round(rows) <= 1:
        return f"every {period.name.lower()}"
    return f"once in {_two_digits(rows)} {period.name.lower()}s"


def _two_digits(value: float) -> str:
    step = 10 ** max(len(str(round(value))) - 2, 0)
    return f"{round(value / step) * step:,}"


def number(value: float) -> str:
    """A number with as many digits as a reader needs: 0.04, 2.1, 12, 1,240."""
    if np.isinf(value):
        return "no limit"
    if abs(value) >= 10 or value == round(value):
        return f"{value:,.0f}"
    said = f"{value:.1f}" if abs(value) >= 0.1 else f"{value:.2f}"
    return said.removesuffix(".0") if float(said) else "0"


def _amount(count: float, unit: str) -> str:
    return f"{count:,.0f} {unit.removesuffix('s') if count == 1 else unit}"


def day(date: np.datetime64) -> str:
    """A date as people say it: 5 May 2014."""
    said: datetime.date = date.astype("datetime64[D]").item()
    return f"{said.day} {MONTHS[said.month - 1]} {said.year}"


def moment(counts: Counts, row: int) -> str:
    """A row as people say it: the week of 5 May 2014, May 2014, 5 May 2014, 2014, or week 17 where rows have no date."""
    word = counts.period.name.lower()
    if counts.dates is None:
        return f"{word} {row + 1}"
    date = counts.dates[row]
    said: datetime.date = date.astype("datetime64[D]").item()
    if counts.period is Period.WEEK:
        return f"the week of {day(date)}"
    if counts.period is Period.MONTH:
        return f"{MONTHS[said.month - 1]} {said.year}"
    return str(said.year) if counts.period is Period.YEAR else day(date)


def _at(counts: Counts, row: int) -> str:
    """A row with its preposition: on 5 May 2014, in the week of 5 May 2014."""
    dated_day = counts.dates is not None and counts.period is Period.DAY
    return f"{'on' if dated_day else 'in'} {moment(counts, row)}"


def finding(counts: Counts, outcome: Outcome, series: int, *, unit: str = "cases", name: str = "") -> str:
    """The finding in one sentence, for a chart's title: the newest tested time if it is an alarm, else how many were."""
    whose = name or counts.names[series]
    whose = whose[:1].upper() + whose[1:]
    word = counts.period.name.lower()
    alarms = np.flatnonzero(outcome.alarm[:, series] == 1)
    tested = int((outcome.alarm[:, series] != UNTESTED).sum())
    if tested == 0:
        return f"{whose}: no {word} could be tested"
    if alarms.size == 0:
        return f"{whose}: none of {tested} tested {word}s stood out"
    if alarms[-1] == len(outcome.tested) - 1 and _is_high(counts, outcome, series):
        said = f"{_counted(counts, outcome, int(alarms[-1]), series, unit)}"
        return f"{whose}: {said}{_comparison(outcome, int(alarms[-1]), series)}"
    first = _at(counts, int(outcome.tested[alarms[0]]))
    if alarms.size == 1:
        return f"{whose}: more {unit} than usual {first}"
    return f"{whose}: more {unit} than usual in {alarms.size} of {tested} {word}s, first {first}"


def _is_high(counts: Counts, outcome: Outcome, series: int) -> bool:
    """Whether the newest count itself is above what was expected; where sums alarm it may not be."""
    return not counts.values[outcome.tested[-1], series] <= outcome.expected[-1, series]


def runs(outcome: Outcome, series: int) -> list[tuple[int, int]]:
    """First and last alarm, by place in `tested`, of each run of alarms without a break."""
    found: list[tuple[int, int]] = []
    for at in np.flatnonzero(outcome.alarm[:, series] == 1).tolist():
        if found and found[-1][1] == at - 1:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


def gaps(counts: Counts, outcome: Outcome, series: int) -> list[str]:
    """What a reader must know about times that did not report or could not be tested, a sentence each."""
    word = counts.period.name.lower()
    found: dict[str, int] = {}
    for time in np.flatnonzero(outcome.alarm[:, series] == UNTESTED):
        reason = outcome.why(int(time), series) or "no reason given"
        if np.isnan(counts.values[outcome.tested[time], series]):
            reason = DID_NOT_REPORT
        found[reason] = found.get(reason, 0) + 1
    return [
        f"{times} {word}{'s' if times > 1 else ''} "
        + ("did not report." if reason == DID_NOT_REPORT else f"not tested: {reason}.")
        for reason, times in sorted(found.items(), key=lambda each: -each[1])[:3]
    ]


def extra(outcome: Outcome, name: str, time: int, series: int) -> float:
    """One value of what else a method gives, NaN where it gives none."""
    values: Any = outcome.extra.get(name)
    return float("nan") if values is None else float(values[time, series])
