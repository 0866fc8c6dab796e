"""Where the code lists that ship with the product stand."""

from __future__ import annotations

import csv
from pathlib import Path


def folder() -> Path:
    """data/ beside the code in a checkout, or its copy inside an installed wheel."""
    beside = Path(__file__).resolve().parents[3] / "data"
    return beside if beside.is_dir() else Path(__file__).resolve().parents[1] / "_data"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one list, by header name; raises FileNotFoundError that names the list."""
    path = folder() / name
    if not path.is_file():
        raise FileNotFoundError(
            f"The code list {name} is missing from {path.parent}; install Daybreak again."
        )
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
