"""The early-warning engine: a numeric library that knows no Django, no database and no clock."""

from __future__ import annotations

from daybreak.surge.counts import Counts, Period
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.methods import METHODS, detect, detector_named
from daybreak.surge.outcome import Outcome

__all__ = [
    "METHODS",
    "BadInput",
    "Counts",
    "Detector",
    "Mode",
    "Outcome",
    "Period",
    "detect",
    "detector_named",
    "setting",
]
