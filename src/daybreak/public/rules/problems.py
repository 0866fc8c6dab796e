"""What is wrong, as data for programs: RFC 9457 problem documents for every address below /api/."""

from __future__ import annotations

from typing import Any

# Addresses that programs ask; all others answer people with a page.
BELOW = "/api/"
TYPE = "application/problem+json"
METHODS = "GET, HEAD, OPTIONS"
# Kinds of problems that pages have too → what is wrong and what to do.
DETAILS = {
    "request": (
        "The request must name this site as its host and carry at most 1,000 values. "
        "Ask at the site's own address, with fewer values."
    ),
    "long-address": "The address must have at most 4,096 characters after its question mark. Ask for less at once.",
    "method": f"The method must be one of {METHODS}: this interface can only be read.",
    "no-page": "Nothing has this address. The documents at /api/find/openapi.json and /api/hsds/openapi.json list what has.",
    "preparing": "The directory is being made ready. Ask again in half a minute.",
    "busy": "Others are taking whole lists along just now. Ask again in half a minute, or ask for smaller pages.",
    "broken": "Something broke here; it was not the request. Ask again later.",
}


def problem_document(status: int, title: str, detail: str, **more: Any) -> dict[str, Any]:
    """The document for one problem; ``title`` is the status in words. None of it may repeat a value that was sent."""
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **more,
    }
