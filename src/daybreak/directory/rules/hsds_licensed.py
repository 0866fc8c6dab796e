"""Takes the terms of lists that must not leave this installation out of what goes out, however deep they stand."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

_NAMED_BY_ID = ("id", "taxonomy_term_id", "taxonomy_id", "parent_id")


def plain_name(name: str) -> str:
    """A list's name whatever its capitals and blanks."""
    return " ".join(name.split()).casefold()


def without_terms(value: Any, licensed: Collection[str]) -> Any:
    """The value without every entry that is, or carries, a term of these lists: ids in lower case, and plain names."""
    if isinstance(value, dict):
        return {
            name: without_terms(part, licensed)
            for name, part in value.items()
            if not _tells(part, licensed)
            and not (isinstance(part, str) and name in _NAMED_BY_ID and part.lower() in licensed)
        }
    if isinstance(value, list):
        return [without_terms(part, licensed) for part in value if not _tells(part, licensed)]
    return value


def _tells(value: Any, licensed: Collection[str]) -> bool:
    """Whether an attribute, a term or a list is one of those that stay."""
    if not isinstance(value, dict):
        return False
    ids = (value.get(name) for name in _NAMED_BY_ID)
    if any(isinstance(key, str) and key.lower() in licensed for key in ids):
        return True
    within = value.get("taxonomy_detail")
    names = (value.get("taxonomy"), within.get("name") if isinstance(within, dict) else None)
    if any(isinstance(name, str) and plain_name(name) in licensed for name in names):
        return True
    return _tells(value.get("taxonomy_term"), licensed) or _tells(within, licensed)
