"""The chart of one series: a finding, bars of counts with the usual range behind them, alarms marked and said in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daybreak.surge.charts import plot as parts
from daybreak.surge.charts.ink import THEMES, Sheet
from daybreak.surge.charts.plot import NARROW, Plot, plot_of
from daybreak.surge.charts.words import finding, gaps, moment, number, why
from daybreak.surge.counts import Counts
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import UNTESTED, Outcome

NARROWEST, WIDEST = 280, 2400


@dataclass(frozen=True)
class Saying:
    """The words of a chart; "" = made from the numbers, or left out.

    title: the finding in a sentence. subtitle: what, where, when, unit. unit: what is counted, in the plural.
    method, source: below the plot.
    """

    title: str = ""
    subtitle: str = ""
    unit: str = "cases"
    method: str = ""
    source: str = ""


def chart(
    counts: Counts,
    outcome: Outcome,
    series: int | str = 0,
    *,
    saying: Saying | None = None,
    rows: range | None = None,
    incomplete: int = 0,
    bound_is_a_count: bool = True,
    adds_up: bool = False,
    width: int = 760,
    theme: str = "auto",
) -> str:
    """One series as SVG: counts as bars from zero, the usual range as a soft ground, alarms with words.

    Parameters
    ----------
    counts, outcome : what was tested and what the detector said.
    series : the column or its name.
    saying : title, subtitle, unit, method and source in words; made from the numbers where left out.
    rows : rows to show, 0-based; the tested ones and up to a third as many before them by default.
    incomplete : how many of the last rows are still coming in: drawn dashed, and said so.
    bound_is_a_count : whether `outcome.upper_bound` is a count; a statistic is not drawn among counts.
    adds_up : whether the method adds up several times (see `words.ADDS_UP`): then one count alone does not say why.
    width : px, 280 to 2400; text keeps its size, so ask for 360 for a phone.
    theme : "auto" follows the reader's light or dark mode (CSS custom properties); "light", "dark" are fixed.

    Returns
    -------
    SVG text with a title and a description; no script, no reference to anything outside.

    Raises
    ------
    BadInput : a series, rows, width or theme that cannot be drawn.
    """
    column = _column(counts, series)
    if theme not in THEMES:
        raise BadInput("theme", f"be one of: {', '.join(THEMES)}", repr(theme), "Leave it out for auto.")
    if not NARROWEST <= width <= WIDEST:
        raise BadInput("width", f"be {NARROWEST} to {WIDEST} px", str(width), "A phone has 360.")
    shown = _shown(counts, outcome, rows)
    said = saying or Saying()
    title = said.title or finding(counts, outcome, column, unit=said.unit)
    subtitle = said.subtitle or _subtitle(counts, shown, said.unit)
    sheet = Sheet(width, theme)
    background = sheet.add("rect", fill="card", width="100%", height="100%")
    pad = 16.0 if width < NARROW else 24.0
    y = sheet.paragraph(
        pad, pad - 6, title, width=width - 2 * pad, size=18 if width < NARROW else 22, weight=700
    )
    y = sheet.paragraph(pad, y + 4, subtitle, width=width - 2 * pad, size=14, fill="ink-2")
    plot = plot_of(
        sheet, y + 30, counts, outcome, column, shown, said.unit, incomplete, bound_is_a_count, adds_up
    )
    parts.axes(plot)
    parts.usual_range(plot)
    parts.bars(plot)
    parts.expected_line(plot)
    noted = parts.alarms(plot)
    parts.end_labels(plot)
    y = _below(plot, noted, pad, said)
    background.set("rx", "14")
    return sheet.finished(y + pad, title, _description(plot, subtitle))


def _column(counts: Counts, series: int | str) -> int:
    if isinstance(series, str):
        if series not in counts.names:
            raise BadInput("series", "be a column of the counts", repr(series), "Check its spelling.")
        return counts.names.index(series)
    if not 0 <= series < counts.series:
        raise BadInput("series", f"be 0 to {counts.series - 1}", str(series), "Give a column or its name.")
    return series


def _shown(counts: Counts, outcome: Outcome, rows: range | None) -> range:
    if rows is not None:
        if not (0 <= rows.start < rows.stop <= counts.times and rows.step == 1):
            raise BadInput("rows", f"lie in 0 to {counts.times}", str(rows), "Give a range of rows to show.")
        return rows
    if len(outcome.tested) == 0:
        return range(counts.times)
    first, last = int(outcome.tested[0]), int(outcome.tested[-1]) + 1
    return range(max(first - max((last - first) // 3, 8), 0), last)


def _below(plot: Plot, noted: list[int], pad: float, said: Saying) -> float:
    """The sentences of why, what is incomplete or untested, method and source; returns where they end."""
    sheet, y = plot.sheet, plot.frame.bottom + 34
    for mark, at in enumerate(noted, 1):
        parts.mark(sheet, pad + 9, y + 12, str(mark))
        words = why(plot.counts, plot.outcome, at, plot.series, unit=plot.unit, adds_up=plot.adds_up)
        y = sheet.paragraph(pad + 26, y, words, width=sheet.width - 2 * pad - 26, size=15) + 6
    more = int(((plot.outcome.alarm[:, plot.series] == 1) & parts.inside(plot)).sum()) - len(noted)
    facts = [f"{more} more alarm{'s' if more > 1 else ''}, in the same colour."] if more else []
    if plot.incomplete:
        word = plot.counts.period.name.lower()
        last = f"The last {plot.incomplete} {word}s are" if plot.incomplete > 1 else f"The last {word} is"
        facts.append(f"{last} still coming in: dashed.")
    facts += gaps(plot.counts, plot.outcome, plot.series)
    for words in (
        " ".join(facts),
        said.method,
        said.source and f"Source: {said.source}",
    ):
        if words:
            y = sheet.paragraph(pad, y + 2, words, width=sheet.width - 2 * pad, size=13, fill="ink-2")
    return y


def _subtitle(counts: Counts, shown: range, unit: str) -> str:
    word = counts.period.name.lower()
    first, last = moment(counts, shown.start), moment(counts, shown.stop - 1)
    return f"{unit.capitalize()} a {word}, {first} to {last}"


def _description(plot: Plot, subtitle: str) -> str:
    """The chart for people who hear it."""
    known = plot.counts.values[plot.frame.first : plot.frame.last, plot.series]
    alarms = int(((plot.outcome.alarm[:, plot.series] == 1) & parts.inside(plot)).sum())
    tested = int(((plot.outcome.alarm[:, plot.series] != UNTESTED) & parts.inside(plot)).sum())
    span = (
        f"Counts from {number(float(np.nanmin(known)))} to {number(float(np.nanmax(known)))}. "
        if np.isfinite(known).any()
        else ""
    )
    return f"{subtitle}. {span}{alarms} of {tested} tested times are alarms."
