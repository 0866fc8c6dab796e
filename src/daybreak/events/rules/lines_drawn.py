"""Draws counts over time: lines with their names at their ends, and small multiples on one scale; gaps are not zeros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from daybreak.surge.charts.ink import Sheet, text_width
from daybreak.surge.charts.scale import count_ticks

# Five hues that readers who see few colours tell apart, each at least 3:1 on light and on dark ground; the rest grey.
HUES = ("#0f7f96", "#c2660a", "#a8478c", "#5c7f1f", "#6f6bd0")
OTHER = "#7b8894"
NARROW = 520
_LABEL = 17.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Line:
    """A named line: one count for each period, None = not reported; the last ``incomplete`` periods are drawn dashed."""

    name: str
    counts: Sequence[int | None]
    incomplete: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """What is said around a drawing: the finding, what-where-when-unit, and notes below (source, method, what is missing)."""

    title: str
    subtitle: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plot:
    """The place of a plot on the sheet in px, the highest count, and how many periods it has."""

    left: float
    right: float
    top: float
    bottom: float
    highest: float
    periods: int

    def x(self, period: int) -> float:
        return self.left + (self.right - self.left) * (period + 0.5) / max(self.periods, 1)

    def y(self, count: float) -> float:
        return self.bottom - (self.bottom - self.top) * count / max(self.highest, 1)


def lines(
    starts: Sequence[date], drawn: Sequence[Line], words: Words, *, width: int = 760, theme: str = "auto"
) -> str:
    """SVG of several lines over the same periods, zero at the bottom, at most five in colour."""
    sheet, y, pad = _headed(words, width, theme)
    names = [line.name for line in drawn]
    room = min(max((text_width(name, 13) for name in names), default=0) + 14, width * 0.3)
    highest = max((count for line in drawn for count in line.counts if count is not None), default=0)
    ticks = count_ticks(highest, 4 if width < NARROW else 5)
    left = pad + text_width(f"{ticks[-1]:,}", 13) + 8
    plot = _Plot(
        left, width - pad - room, y + 16, y + 16 + max(170.0, min(width * 0.4, 330.0)), ticks[-1], len(starts)
    )
    _grid(sheet, plot, ticks)
    _dates(sheet, plot, starts)
    for number, line in enumerate(drawn):
        _line(sheet, plot, line, HUES[number] if number < len(HUES) else OTHER)
    for (name, colour), place in zip(_end_names(drawn), _end_places(plot, drawn), strict=True):
        sheet.add("circle", fill=colour, cx=plot.right + 5, cy=place, r=3.5)
        sheet.text(plot.right + 12, place + 4.5, _cut(name, room - 14), size=13)
    return _footed(sheet, plot.bottom + 30, pad, words)


def multiples(
    starts: Sequence[date], drawn: Sequence[Line], words: Words, *, width: int = 760, theme: str = "auto"
) -> str:
    """SVG of one small chart a line, all on the same scale, so that heights compare."""
    sheet, y, pad = _headed(words, width, theme)
    columns = max(1, min(4, int((width - 2 * pad) // 210)))
    gap = 20.0
    wide = (width - 2 * pad - gap * (columns - 1)) / columns
    high = 96.0
    highest = max((count for line in drawn for count in line.counts if count is not None), default=0)
    top_tick = count_ticks(highest, 2)[-1]
    bottom = y
    for number, line in enumerate(drawn):
        left = pad + (number % columns) * (wide + gap)
        top = y + 12 + (number // columns) * (high + 76)
        sheet.text(left, top + 12, _cut(line.name, wide - 60), size=14, weight=650)
        told = sum(count or 0 for count in line.counts)
        sheet.text(left + wide, top + 12, f"{told:,}", size=13, fill="ink-2", anchor="end")
        plot = _Plot(left, left + wide, top + 36, top + 36 + high, float(top_tick), len(starts))
        sheet.add("path", stroke="ink-2", d=f"M{plot.left:.1f} {plot.bottom:.1f}H{plot.right:.1f}")
        sheet.add("path", stroke="line", d=f"M{plot.left:.1f} {plot.top:.1f}H{plot.right:.1f}")
        if number % columns == 0:
            sheet.text(left, plot.top - 4, f"{top_tick:,}", size=12, fill="ink-2")
        _bars(sheet, plot, line)
        if starts:
            sheet.text(plot.left, plot.bottom + 16, _label(starts[0]), size=12, fill="ink-2")
            sheet.text(plot.right, plot.bottom + 16, _label(starts[-1]), size=12, fill="ink-2", anchor="end")
        bottom = max(bottom, plot.bottom + 22)
    return _footed(sheet, bottom + 8, pad, words)


def _headed(words: Words, width: int, theme: str) -> tuple[Sheet, float, float]:
    sheet = Sheet(width, theme)
    sheet.add("rect", fill="card", width="100%", height="100%", rx="14")
    pad = 16.0 if width < NARROW else 24.0
    # Readers' fonts may be wider than the estimate: a title is folded before it reaches the edge.
    y = sheet.paragraph(
        pad,
        pad - 6,
        words.title,
        width=(width - 2 * pad) * 0.88,
        size=18 if width < NARROW else 22,
        weight=700,
    )
    return (
        sheet,
        sheet.paragraph(pad, y + 4, words.subtitle, width=width - 2 * pad, size=14, fill="ink-2"),
        pad,
    )


def _footed(sheet: Sheet, y: float, pad: float, words: Words) -> str:
    for note in words.notes:
        y = sheet.paragraph(pad, y + 2, note, width=(sheet.width - 2 * pad) * 0.94, size=13, fill="ink-2")
    return sheet.finished(y + pad, words.title, " ".join((words.subtitle, *words.notes)))


def _grid(sheet: Sheet, plot: _Plot, ticks: Sequence[int]) -> None:
    for tick in ticks:
        y = plot.y(tick)
        sheet.add(
            "path", stroke="ink-2" if tick == 0 else "line", d=f"M{plot.left:.1f} {y:.1f}H{plot.right:.1f}"
        )
        sheet.text(plot.left - 8, y + 4.5, f"{tick:,}", size=13, fill="ink-2", anchor="end")


def _dates(sheet: Sheet, plot: _Plot, starts: Sequence[date]) -> None:
    """A few dates below the plot, never so many that they touch."""
    room = max(int((plot.right - plot.left) / 64), 1)
    years = [place for place, day in enumerate(starts) if place == 0 or day.year != starts[place - 1].year]
    whole = [place for place in years if place or starts[0].timetuple().tm_yday <= 7]
    if len(whole) >= 3:
        step = -(-len(whole) // room)
        chosen = [(place, str(starts[place].year)) for place in whole[::step]]
    else:
        step = max(-(-len(starts) // room), 1)
        chosen = [(place, _label(starts[place])) for place in range(0, len(starts), step)]
    for place, name in chosen:
        x = plot.x(place)
        sheet.add("path", stroke="ink-2", d=f"M{x:.1f} {plot.bottom:.1f}v5")
        sheet.text(x, plot.bottom + 20, name, size=13, fill="ink-2", anchor="middle")


def _label(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}" if day.day == 1 else f"{_MONTHS[day.month - 1]} {day.day}"


def _line(sheet: Sheet, plot: _Plot, line: Line, colour: str) -> None:
    whole = len(line.counts) - line.incomplete
    for run in _runs(line.counts[:whole]):
        points = " ".join(f"{plot.x(at):.1f},{plot.y(line.counts[at] or 0):.1f}" for at in run)
        if len(run) == 1:
            sheet.add("circle", fill=colour, cx=plot.x(run[0]), cy=plot.y(line.counts[run[0]] or 0), r=2.5)
        else:
            sheet.add(
                "polyline",
                fill="none",
                stroke=colour,
                points=points,
                stroke_width=2.2,
                stroke_linejoin="round",
            )
    rest = [at for at in range(max(whole - 1, 0), len(line.counts)) if line.counts[at] is not None]
    if line.incomplete and len(rest) > 1:
        points = " ".join(f"{plot.x(at):.1f},{plot.y(line.counts[at] or 0):.1f}" for at in rest)
        sheet.add(
            "polyline", fill="none", stroke=colour, points=points, stroke_width=2.0, stroke_dasharray="3 4"
        )


def _bars(sheet: Sheet, plot: _Plot, line: Line) -> None:
    """Bars from zero as one path; gaps stay empty with a dotted foot; incomplete periods are outlined."""
    slot = (plot.right - plot.left) / max(plot.periods, 1)
    gap = min(slot * 0.25, 3.0) if slot > 3 else 0.0
    whole = len(line.counts) - line.incomplete
    solid: list[str] = []
    open_: list[str] = []
    missing: list[str] = []
    for at, count in enumerate(line.counts):
        x = plot.left + at * slot + gap / 2
        if count is None:
            missing.append(f"M{x:.1f} {plot.bottom - 3:.1f}h{slot - gap:.1f}")
        elif count:
            piece = f"M{x:.1f} {plot.bottom:.1f}V{plot.y(count):.1f}h{slot - gap:.1f}V{plot.bottom:.1f}Z"
            (solid if at < whole else open_).append(piece)
    if solid:
        sheet.add("path", fill="brand", d="".join(solid))
    if open_:
        sheet.add("path", fill="none", stroke="ink-2", stroke_dasharray="3 3", d="".join(open_))
    if missing:
        sheet.add("path", stroke="ink-2", stroke_dasharray="1 3", d="".join(missing))


def _runs(counts: Sequence[int | None]) -> list[list[int]]:
    runs: list[list[int]] = []
    for at, count in enumerate(counts):
        if count is None:
            continue
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _end_names(drawn: Sequence[Line]) -> list[tuple[str, str]]:
    return [(line.name, HUES[number] if number < len(HUES) else OTHER) for number, line in enumerate(drawn)]


def _end_places(plot: _Plot, drawn: Sequence[Line]) -> list[float]:
    """How high each name stands: beside the line's end, pushed apart so that none covers another."""
    ends = [next((count for count in reversed(line.counts) if count is not None), 0) for line in drawn]
    order = sorted(range(len(ends)), key=lambda number: plot.y(ends[number]))
    places = [plot.y(ends[number]) for number in order]
    for at in range(1, len(places)):
        places[at] = max(places[at], places[at - 1] + _LABEL)
    if places and places[-1] > plot.bottom:
        places[-1] = plot.bottom
        for at in reversed(range(len(places) - 1)):
            places[at] = min(places[at], places[at + 1] - _LABEL)
    return [places[order.index(number)] for number in range(len(ends))]


def _cut(name: str, width: float) -> str:
    """The name, or as much of it as fits, with an ellipsis."""
    if text_width(name, 13) <= width:
        return name
    while name and text_width(name + "…", 13) > width:
        name = name[:-1]
    return name.rstrip() + "…"
