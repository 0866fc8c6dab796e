"""Registers the room alerts, and what waits for those who review signals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.apps import AppConfig

from daybreak.accounts.waiting import Item, register

if TYPE_CHECKING:
    from daybreak.accounts.viewers import Viewer


class AlertsConfig(AppConfig):
    """Streams, signals and their reviews."""

    name = "daybreak.alerts"

    def ready(self) -> None:
        """Say what waits: signals that nobody has reviewed."""
        register("alerts", _waiting)


def _waiting(viewer: Viewer) -> Iterator[Item]:
    from django.urls import reverse

    from daybreak.alerts.queries.morning import name_of, waiting_signals

    for signal in waiting_signals(viewer)[:5]:
        yield Item(
            template="alerts/waits.html",
            url=reverse("stream", args=[signal.stream.public_id]),
            facts={"name": name_of(signal.stream)},
            urgent=True,
        )
