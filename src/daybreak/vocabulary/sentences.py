"""The sentences of the desk that numbers are put into: read from content/, one file a subject, so that Python glues none."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from daybreak.vocabulary import files


@cache
def sentences(subject: str, language: str = "en") -> dict[str, Any]:
    """The patterns of one subject ("comparisons", "lag"); raises FileNotFoundError that names the file."""
    beside = files.folder().parent / ("content" if files.folder().name == "data" else "_content")
    path = beside / language / "desk" / f"{subject}.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"The sentences {subject}.json must stand in {path.parent.name}/ of {language}."
        )
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found
