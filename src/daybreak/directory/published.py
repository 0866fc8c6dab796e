"""The published directory as the open pages read it: this process's one finder over the generations folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from daybreak.finder.generations import Finder


def finder() -> Finder:
    """The finder of this process; it follows the newest generation by itself."""
    return _finder(settings.GENERATIONS)


@cache
def _finder(folder: Path) -> Finder:
    return Finder(folder)
