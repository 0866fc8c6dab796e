"""Reads the feeds for the operator at the machine."""

from __future__ import annotations

from typing import Any

from daybreak.directory.models import Feed


def feed_rows() -> list[dict[str, Any]]:
    """Every feed by name: what it is, how often, and how its last fetch ended."""
    return [
        {
            "feed": feed.slug,
            "kind": feed.kind,
            "address": feed.address,
            "asked": feed.asked,
            "every_hours": feed.every_hours,
            "next_at": feed.next_at.isoformat(timespec="seconds"),
            "last_at": feed.last_at.isoformat(timespec="seconds") if feed.last_at else None,
            "last_outcome": feed.last_outcome,
            "failures": feed.failures,
            "pages_done": len((feed.progress or {}).get("done", [])),
        }
        for feed in Feed.objects.order_by("slug")
    ]
