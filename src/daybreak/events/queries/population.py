"""People who live in a county or ZIP code, where the installation has a table of them: then maps show rates."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from django.conf import settings

FILE = "population.csv"


def population(year: int) -> dict[str, int]:
    """Area (five FIPS digits of a county, or a ZIP code) → people, of the newest year in the table up to ``year``.

    Empty where the home folder holds no population.csv (columns area,year,people); then there are no rates.
    """
    path = Path(settings.HOME) / FILE
    if not path.is_file():
        return {}
    return dict(_newest(_table(path, path.stat().st_mtime_ns), year))


def _newest(rows: tuple[tuple[str, int, int], ...], year: int) -> dict[str, int]:
    found: dict[str, tuple[int, int]] = {}
    for area, when, people in rows:
        if when <= year and when >= found.get(area, (0, 0))[0]:
            found[area] = (when, people)
    return {area: people for area, (_, people) in found.items()}


@lru_cache(maxsize=2)
def _table(path: Path, changed: int) -> tuple[tuple[str, int, int], ...]:
    """The rows of the table; raises ValueError that names the line which cannot be read."""
    rows = []
    with path.open(encoding="utf-8-sig", newline="") as table:
        for line, row in enumerate(csv.DictReader(table), 2):
            try:
                area, year, people = row["area"].strip(), int(row["year"]), int(row["people"])
            except (KeyError, ValueError, AttributeError, TypeError):
                raise ValueError(
                    f"Line {line} of {FILE} must have an area, a year and a number of people. Correct it."
                ) from None
            if people > 0:
                rows.append((area, year, people))
    return tuple(rows)
