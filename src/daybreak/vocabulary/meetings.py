"""The kinds of recovery meetings: Meeting Guide's codes in plain words, English and Spanish."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from daybreak.vocabulary import files


@dataclass(frozen=True, slots=True)
class MeetingType:
    """One code. ``kind``: who (open, closed), people, language, access, or way (how the hour is spent)."""

    code: str
    kind: str
    en: str
    es: str

    def label(self, language: str) -> str:
        """What people read."""
        return self.es if language == "es" else self.en


@cache
def meeting_types() -> dict[str, MeetingType]:
    """Code → what it means, in the order of data/vocabulary/meeting_types.csv."""
    return {
        row["code"]: MeetingType(row["code"], row["kind"], row["en"], row["es"])
        for row in files.rows("vocabulary/meeting_types.csv")
    }
