"""Where the reference cases lie: those on simulated series beside the tests, the others in $DAYBREAK_FIXTURES."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

BUNDLED = Path(__file__).parent / "references" / "bundled"


def fixtures_folder() -> Path:
    """The folder of reference files that may not be bundled: absent is a loud skip, under CI a failure."""
    given = os.environ.get("DAYBREAK_FIXTURES", "")
    if given and Path(given).is_dir():
        return Path(given)
    said = f"DAYBREAK_FIXTURES must name the folder of reference files (dev/, spacetime/ …), got {given!r}"
    if os.environ.get("CI") == "true":
        pytest.fail(said)
    pytest.skip(f"{said}. These tests did NOT run.")


def bundled(name: str) -> dict[str, Any]:
    """The reference cases of one file that are on simulated series."""
    return json.loads((BUNDLED / f"{name}.json").read_text(encoding="utf-8"))


def complete(name: str) -> dict[str, Any]:
    """All reference cases of one file, real series included."""
    return json.loads((fixtures_folder() / "dev" / f"{name}.json").read_text(encoding="utf-8"))
