"""The plot of a chart: axes, the usual range as a soft ground, bars, the expected line, alarms and words on the lines."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from daybreak.surge.charts.ink import Sheet, text_width
from daybreak.surge.charts.scale import Frame, count_ticks, time_ticks
from daybreak.surge.charts.words import number, runs, why
from daybreak.surge.counts import Counts, FloatArray
from daybreak.surge.outcome import Outcome

NARROW = 520
"""Below this width, in px, type and margins are those of a phone."""
SHARE_SHOWN = 0.99
NOTES = 3
"""Alarms that are said in words below the plot: the first, the least likely and the newest."""


@dataclass(frozen=True)
class Plot:
    """What every part of one drawing needs."""

    sheet: Sheet
    frame: Frame
    counts: Counts
    outcome: Outcome
    series: int
    unit: str
    incomplete: int
    bound: FloatArray
    bound_words: str
    adds_up: bool


def plot_of(
    sheet: Sheet, top: float, counts: Counts, outcome: Outcome, series: int, shown: range, unit: str,
    incomplete: int, bound_is_a_count: bool, adds_up: bool,
) -> Plot:  # fmt: skip
    narrow = sheet.width < NARROW
    bound, bound_words = _bound(outcome, series, bound_is_a_count)
    there = (outcome.tested >= shown.start) & (outcome.tested < shown.stop)
    known = counts.values[shown.start : shown.stop, series]
    both = np.r_[known, bound[there], _expected(outcome, series)[there]]
    both = both[np.isfinite(both)]
    # A limit far above all counts would press them flat; it is cut off at the top.
    most = float(np.nanmax(known)) if np.isfinite(known).any() else 1.0
    ticks = count_ticks(min(float(both.max(initial=1.0)), max(2.0 * most, 4.0)), 4 if narrow else 5)
    left = (16 if narrow else 24) + text_width(f"{ticks[-1]:,}", 13) + 8
    right = sheet.width - (74 if narrow else 96)
    height = max(170.0, min(0.38 * sheet.width, 330.0))
    frame = Frame(left, right, top, top + height, shown.start, shown.stop, float(ticks[-1]))
    return Plot(sheet, frame, counts, outcome, series, unit, incomplete, bound, bound_words, adds_up)


def _bound(outcome: Outcome, series: int, is_a_count: bool) -> tuple[FloatArray, str]:
    """The largest usual count per tested time, and its words: the method's limit, or 99 of 100 counts of its model."""
    bound = outcome.upper_bound[:, series]
    if "total" in outcome.extra:  # a bound of sums has no place among single counts
        return np.full(len(bound), np.nan), ""
    if is_a_count and np.isfinite(bound).any():
        return bound, "no alarm\nup to "
    expected = outcome.expected[:, series]
    if "dispersion" not in outcome.extra or not np.isfinite(expected).any():
        return np.full(len(expected), np.nan), ""
    excess = np.maximum(outcome.extra["dispersion"][:, series] - 1, 1e-9)
    return stats.nbinom.ppf(SHARE_SHOWN, expected / excess, 1 / (1 + excess)), "99 of 100\nup to "


def _expected(outcome: Outcome, series: int) -> FloatArray:
    """The expected count of each tested time; NaN where there is none, or it is that of a sum."""
    expected = outcome.expected[:, series]
    return np.full(len(expected), np.nan) if "total" in outcome.extra else expected


def axes(plot: Plot) -> None:
    sheet, frame = plot.sheet, plot.frame
    for tick in count_ticks(frame.highest, 4 if sheet.width < NARROW else 5):
        y = frame.y(tick)
        sheet.add(
            "path", stroke="ink-2" if tick == 0 else "line", d=f"M{frame.left:.1f} {y:.1f}H{frame.right:.1f}"
        )
        sheet.text(frame.left - 8, y + 4.5, f"{tick:,}", size=13, fill="ink-2", anchor="end")
    for row, words in time_ticks(plot.counts, frame):
        x = frame.x(row)
        sheet.add("path", stroke="ink-2", d=f"M{x:.1f} {frame.bottom:.1f}v5")
        if x + text_width(words, 13) / 2 < sheet.width - 8:
            sheet.text(x, frame.bottom + 20, words, size=13, fill="ink-2", anchor="middle")


def usual_range(plot: Plot) -> None:
    """Counts that raise no alarm as a soft ground."""
    frame, tested = plot.frame, plot.outcome.tested
    for run in _runs(np.isfinite(plot.bound) & inside(plot)):
        steps = "".join(f"V{frame.y(plot.bound[at]):.1f}H{frame.x(tested[at] + 1):.1f}" for at in run)
        plot.sheet.add(
            "path",
            fill="band",
            d=f"M{frame.x(tested[run[0]]):.1f} {frame.bottom:.1f}{steps}V{frame.bottom:.1f}Z",
        )


def expected_line(plot: Plot) -> None:
    """The expected count as a line, with a rim that tells it from the bars."""
    frame, tested = plot.frame, plot.outcome.tested
    expected = _expected(plot.outcome, plot.series)
    for run in _runs(np.isfinite(expected) & inside(plot)):
        ends = [(frame.x(tested[run[0]]), run[0]), *((frame.x(tested[at] + 0.5), at) for at in run)]
        ends.append((frame.x(tested[run[-1]] + 1), run[-1]))
        points = " ".join(f"{x:.1f},{frame.y(expected[at]):.1f}" for x, at in ends)
        for colour, thick in (("card", 4.0), ("brand", 2.0)):
            plot.sheet.add(
                "polyline",
                stroke=colour,
                fill="none",
                points=points,
                stroke_width=thick,
                stroke_linejoin="round",
            )


def inside(plot: Plot) -> NDArray[np.bool_]:
    tested = plot.outcome.tested
    return np.asarray((tested >= plot.frame.first) & (tested < plot.frame.last))


def _runs(flags: NDArray[np.bool_]) -> list[list[int]]:
    """Places of neighbouring true flags, run by run."""
    runs: list[list[int]] = []
    for at in np.flatnonzero(flags):
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(int(at))
        else:
            runs.append([int(at)])
    return runs


def bars(plot: Plot) -> None:
    """Counts as bars from zero; one path for all quiet rows, so that ten years stay a small file."""
    frame, values = plot.frame, plot.counts.values[:, plot.series]
    alarmed = set(plot.outcome.tested[plot.outcome.alarm[:, plot.series] == 1].tolist())
    gap = min(0.28 * frame.slot, 4.0) if frame.slot > 2.5 else 0.0
    quiet: list[str] = []
    coming: list[str] = []  # too narrow for a bar each: one dashed outline
    for row in range(frame.first, frame.last):
        x, width = frame.x(row) + gap / 2, frame.slot - gap
        if np.isnan(values[row]):
            plot.sheet.add(
                "path",
                stroke="ink-2",
                d=f"M{x:.1f} {frame.bottom - 4:.1f}h{width:.1f}",
                stroke_dasharray="2 3",
            )
        elif row >= plot.counts.times - plot.incomplete and frame.slot < 4:
            coming.append(f"V{frame.y(values[row]):.1f}H{x + width:.1f}")
        elif row >= plot.counts.times - plot.incomplete:
            colour = "alarm" if row in alarmed else "ink-2"
            plot.sheet.add(
                "rect", fill="none", stroke=colour, x=x, y=frame.y(values[row]), width=width,
                height=frame.bottom - frame.y(values[row]), stroke_dasharray="3 3", stroke_width=1.5,
            )  # fmt: skip
        elif row not in alarmed and values[row] > 0:
            quiet.append(
                f"M{x:.1f} {frame.bottom:.1f}V{frame.y(values[row]):.1f}h{width:.1f}V{frame.bottom:.1f}Z"
            )
    if coming:
        start = frame.x(plot.counts.times - plot.incomplete)
        plot.sheet.add(
            "path", fill="none", stroke="ink-2", stroke_dasharray="3 3", stroke_width=1.5,
            d=f"M{start:.1f} {frame.bottom:.1f}{''.join(coming)}V{frame.bottom:.1f}",
        )  # fmt: skip
    if quiet:
        plot.sheet.add("path", fill="bar", d="".join(quiet))


def alarms(plot: Plot) -> list[int]:
    """Bars and marks of the alarms; returns the alarms that are said in words, by place in `tested`."""
    frame, outcome, values = plot.frame, plot.outcome, plot.counts.values[:, plot.series]
    alarms = [int(at) for at in np.flatnonzero((outcome.alarm[:, plot.series] == 1) & inside(plot))]
    noted = _noted(outcome, plot.series, alarms)
    first_of_runs = {first for first, _ in runs(outcome, plot.series)}
    last_x, last_y = -np.inf, 0.0
    for at in alarms:
        row = int(outcome.tested[at])
        group = plot.sheet.add("g")
        ElementTree.SubElement(group, "title").text = why(
            plot.counts, outcome, at, plot.series, unit=plot.unit
        )
        width = max(frame.slot * 0.72 if frame.slot > 2.5 else frame.slot, 2.0)
        middle, top = frame.x(row + 0.5), frame.y(values[row])
        if row < plot.counts.times - plot.incomplete:
            plot.sheet.add(
                "rect",
                fill="alarm",
                inside=group,
                x=middle - width / 2,
                y=top,
                width=width,
                height=frame.bottom - top,
            )
        if at in noted:
            y = top - 14
            if middle - last_x < 20 and abs(y - last_y) < 20:
                y = last_y - 20  # side by side they would hide each other
            last_x, last_y = middle, y
            mark(plot.sheet, middle, y, str(noted.index(at) + 1), group)
        elif at in first_of_runs or values[row] == 0:  # a window may alarm on a row without a case
            plot.sheet.add("path", fill="alarm", inside=group, d=f"M{middle - 4:.1f} {top - 10:.1f}h8l-4 6z")
    return noted


def mark(sheet: Sheet, x: float, y: float, number: str, inside: ElementTree.Element | None = None) -> None:
    """A numbered mark, the same on the plot and beside its sentence."""
    sheet.add("circle", fill="alarm", inside=inside, cx=x, cy=y, r=9)
    words = sheet.add(
        "text",
        fill="on-alarm",
        inside=inside,
        x=x,
        y=y + 4.3,
        font_size=12,
        font_weight=700,
        text_anchor="middle",
    )
    words.text = number


def _noted(outcome: Outcome, series: int, alarms: list[int]) -> list[int]:
    if len(alarms) <= NOTES:
        return alarms
    chance, score = outcome.p_value[alarms, series], outcome.score[alarms, series]
    surprise = -chance if np.isfinite(chance).any() else score
    least_likely = alarms[int(np.nanargmax(surprise))] if np.isfinite(surprise).any() else alarms[0]
    return sorted({alarms[0], least_likely, alarms[-1]})


def end_labels(plot: Plot) -> None:
    """Words at the right end of the line and of the ground, instead of a legend."""
    sheet, frame = plot.sheet, plot.frame
    ends: list[tuple[float, str, str]] = []
    for values, colour, words in (
        (plot.bound, "ink-2", plot.bound_words),
        (_expected(plot.outcome, plot.series), "brand", "expected\n"),
    ):
        known = np.flatnonzero(np.isfinite(values) & inside(plot))
        if known.size:
            last = float(values[known[-1]])
            ends.append((frame.y(last) + 4, colour, f"{words}{number(last)}"))
    if len(ends) == 2 and ends[1][0] - ends[0][0] < 34:
        middle = (ends[0][0] + ends[1][0]) / 2
        middle = min(max(middle, frame.top + 17), frame.bottom - 21)
        ends = [(middle - 17, *ends[0][1:]), (middle + 17, *ends[1][1:])]
    for y, colour, words in ends:
        for line, part in enumerate(words.split("\n")):
            sheet.text(
                frame.right + 7,
                y + 15 * line,
                part,
                size=12 if sheet.width < NARROW else 13,
                fill=colour,
                weight=400 + 200 * line,
            )
