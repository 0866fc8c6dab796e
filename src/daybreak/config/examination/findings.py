"""What an examination says: one finding for each thing looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Three-valued, and one for what works but should be changed."""

    WELL = "well"
    WARNING = "warning"
    PROBLEM = "problem"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Finding:
    """``looked_at`` is one of a fixed list; ``says`` is what was found; ``cure`` is what to do, or empty."""

    looked_at: str
    verdict: Verdict
    says: str
    cure: str = ""


def well(looked_at: str, says: str) -> Finding:
    """Nothing is wrong."""
    return Finding(looked_at, Verdict.WELL, says)


def warning(looked_at: str, says: str, cure: str) -> Finding:
    """It works, and should be changed."""
    return Finding(looked_at, Verdict.WARNING, says, cure)


def problem(looked_at: str, says: str, cure: str) -> Finding:
    """Something is broken, lost or open to others."""
    return Finding(looked_at, Verdict.PROBLEM, says, cure)


def not_checked(looked_at: str, why: str) -> Finding:
    """Nobody knows; never to be read as well."""
    return Finding(looked_at, Verdict.NOT_CHECKED, why)
