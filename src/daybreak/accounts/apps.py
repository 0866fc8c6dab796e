"""Registers the room accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The people who work with Daybreak."""

    name = "daybreak.accounts"
