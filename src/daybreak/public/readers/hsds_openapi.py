"""Reads the OpenAPI document of HSDS 3.0 that is bundled."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from daybreak.vocabulary import files


@cache
def upstream() -> dict[str, Any]:
    """Upstream's document with every reference local, as bundled; not to be changed."""
    path = files.folder() / "hsds" / "openapi-hsds-3.0-offline.json"
    if not path.is_file():
        raise FileNotFoundError(f"The HSDS document {path.name} is missing; install Daybreak again.")
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found
