"""Registers the room publishing."""

from __future__ import annotations

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """Briefs for the task force, and the demonstration."""

    name = "daybreak.publishing"
