"""Registers the room directory."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Services, places, facts and their sources."""

    name = "daybreak.directory"
