"""Registers the room intake, and what waits for those who bring files in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.apps import AppConfig

from daybreak.accounts.waiting import Item, register

if TYPE_CHECKING:
    from daybreak.accounts.viewers import Viewer


class IntakeConfig(AppConfig):
    """Agency files in: mappings, imports, folders and calls."""

    name = "daybreak.intake"

    def ready(self) -> None:
        """Say what waits: files without a mapping, imports that failed, feeds that are late."""
        register("intake", _waiting)


def _waiting(viewer: Viewer) -> Iterator[Item]:
    from django.urls import reverse

    from daybreak.intake.queries.waiting import waiting

    for template, route, public_id, facts, since in waiting(viewer):
        yield Item(
            template=f"intake/waits/{template}.html",
            url=reverse(route, args=[public_id] if public_id else []),
            facts=facts,
            since=since,
            urgent=template == "failed",
        )
