"""Registers the room events, and what waits for those who set prices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.apps import AppConfig

from daybreak.accounts.waiting import Item, register

if TYPE_CHECKING:
    from daybreak.accounts.viewers import Viewer


class EventsConfig(AppConfig):
    """The ledger of events."""

    name = "daybreak.events"

    def ready(self) -> None:
        """Say what waits: seized substances without a price."""
        register("events", _waiting)


def _waiting(viewer: Viewer) -> Iterator[Item]:
    from django.urls import reverse

    from daybreak.events.queries.prices import unpriced
    from daybreak.vocabulary.substances import substance

    if viewer.may("set-prices"):
        for slug in unpriced(viewer)[:5]:
            yield Item(
                template="events/waits.html",
                url=f"{reverse('price_new')}?substance={slug}",
                facts={"substance": substance(slug).name},
            )
