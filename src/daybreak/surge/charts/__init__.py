"""Charts of one series: its counts, what was expected, the alarms and a sentence of why, as SVG or PNG."""

from __future__ import annotations

from daybreak.surge.charts.figure import Saying, chart
from daybreak.surge.charts.picture import png
from daybreak.surge.charts.words import finding, why

__all__ = ["Saying", "chart", "finding", "png", "why"]
