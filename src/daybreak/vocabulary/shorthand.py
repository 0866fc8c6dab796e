"""The short forms that counsellors type, by language."""

from __future__ import annotations

from functools import cache

from daybreak.vocabulary import files


@cache
def shorthand(language: str) -> dict[str, str]:
    """Short form → the words that it stands for, in "en" or "es"."""
    return {
        row["short"]: row["words"]
        for row in files.rows("vocabulary/shorthand.csv")
        if row["language"] == language
    }
