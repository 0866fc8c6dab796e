"""Registers the room events."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The ledger of events."""

    name = "daybreak.events"
