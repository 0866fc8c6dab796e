"""The lines that always answer: which one a listing's card offers where no number of its own can be trusted."""

from __future__ import annotations

from functools import cache

from daybreak.public.queries.shapes import Helpline
from daybreak.vocabulary import files


@cache
def helpline(state: str, language: str) -> Helpline:
    """The helpline of a state, or the national 988."""
    rows = files.rows("vocabulary/helplines.csv")
    row = next((row for row in rows if row["state"] == state and state), None)
    row = row or next(row for row in rows if not row["state"])
    name = row["name_es"] if language == "es" else row["name_en"]
    return Helpline(name, row["shown"], f"tel:{row['number']}")
