"""Where the bars of a chart stand: horizontal, from zero, with their words beside them or, on a narrow sheet, above."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from daybreak.publishing.rules.brief import Bar, Chart

NARROW = 480
ROW, ROW_NARROW, BAR = 38, 52, 22
TOP = 8


@dataclass(frozen=True, slots=True)
class Drawn:
    """One bar in px: where it begins, how long it is, and where its words and its number stand."""

    bar: Bar
    x: float
    y: float
    length: float
    height: float
    label_x: float
    label_y: float
    number_x: float
    number_y: float
    newest: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawing of ``width`` × ``height`` px with its bars; ``zero`` is where they begin."""

    chart: Chart
    width: int
    height: int
    zero: float
    bars: tuple[Drawn, ...]


def sheet(chart: Chart, width: int) -> Sheet:
    """The chart's bars on a sheet of that width; the longest leaves room for its number."""
    narrow = width < NARROW
    row = ROW_NARROW if narrow else ROW
    longest = max((len(bar.label) for bar in chart.bars), default=0)
    zero = 0.0 if narrow else min(9.0 * longest + 14, width * 0.45)
    room = 11.0 * max((len(bar.shown) for bar in chart.bars), default=1) + 12
    most = max((bar.value for bar in chart.bars), default=Decimal(0)) or Decimal(1)
    drawn = []
    for number, bar in enumerate(chart.bars):
        top = TOP + number * row + (24 if narrow else 0)
        length = float(bar.value / most) * (width - zero - room)
        drawn.append(
            Drawn(
                bar=bar,
                x=zero,
                y=top,
                length=round(length, 1),
                height=BAR,
                label_x=0.0 if narrow else zero - 10,
                label_y=top - 7 if narrow else top + BAR - 6,
                number_x=round(zero + length + 8, 1),
                number_y=top + BAR - 5,
                newest=number == len(chart.bars) - 1,
            )
        )
    return Sheet(chart, width, TOP + row * len(chart.bars) + 4, zero, tuple(drawn))
