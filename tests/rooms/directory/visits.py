"""Refreshes a feed of a replaying server in a test, with time that passes only when somebody sleeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from daybreak.directory.actions import claim_feed, refresh_feed
from daybreak.directory.actions.refreshing import Refreshed, Visit
from daybreak.directory.channels import Manners, Visitor
from tests.rooms.directory.replaying import Hours


def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell says of proxies is nothing to a server on this machine."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def refresh(
    slug: str, hours: Hours, folder: Path, *, told: list[str] | None = None, **options: Any
) -> Refreshed:
    """Refresh the feed; ``told`` collects what a person would be told."""
    claim = claim_feed(at=hours.now(), slug=slug, folder=folder)
    manners = Manners(agent="Daybreak/test", tries=3)
    with Visitor(manners, hours.sleep, hours.clock, hours.now, seed=1) as guest:
        visit = Visit(
            "person:test", claim, guest, hours.now, folder / slug, (told if told is not None else []).append,
            page_size=options.pop("page_size", 10), **options,
        )  # fmt: skip
        return refresh_feed(visit)
