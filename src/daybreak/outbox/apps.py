"""Registers the room outbox."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Messages waiting to leave."""

    name = "daybreak.outbox"
