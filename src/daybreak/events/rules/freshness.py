"""Says how fresh a feed is, by whole local days; silence is never a zero. Every page and every brief asks here."""

from __future__ import annotations

from datetime import date

FRESHNESS = ("fresh", "late", "silent", "never")
# A feed that missed three of its turns says nothing any more.
_SILENT_TURNS = 3


def freshness(heard_on: date | None, *, expected_days: int, today: date) -> str:
    """ "fresh", "late" (more than ``expected_days`` without a delivery), "silent" (more than three times that), or "never".

    ``heard_on``: the local day on which the newest delivery that stands was received, None = none yet. ``today``: the
    local day for which it is said. Days are counted whole, so that the hour of asking changes nothing.
    """
    if heard_on is None:
        return "never"
    without = (today - heard_on).days
    if without <= expected_days:
        return "fresh"
    return "late" if without <= _SILENT_TURNS * expected_days else "silent"
