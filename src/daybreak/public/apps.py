"""Registers the room public."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Pages that anyone can open."""

    name = "daybreak.public"
