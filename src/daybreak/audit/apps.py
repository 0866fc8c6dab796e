"""Registers the room audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only record of what was done."""

    name = "daybreak.audit"
