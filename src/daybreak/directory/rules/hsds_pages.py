"""The page around a list of HSDS objects, when all of them stand on one page."""

from __future__ import annotations

from typing import Any


def page(count: int) -> dict[str, Any]:
    """The page's own properties, without its contents."""
    return {
        "total_items": count, "total_pages": 1, "page_number": 1, "size": count, "first_page": True, "last_page": True,
        "empty": count == 0,
    }  # fmt: skip
