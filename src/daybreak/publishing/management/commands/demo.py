"""`daybreak demo`: fill an empty installation with a synthetic ledger whose totals are published figures."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from daybreak.publishing.actions.demo import NotEmpty, fill_with_lexington
from daybreak.publishing.rules.demonstration import SCENARIO


class Command(BaseCommand):
    """All or nothing: one transaction."""

    help = "Fill an empty installation with a synthetic ledger, labelled so on every page of the desk."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which demonstration, and where the site answers."""
        parser.add_argument("scenario", choices=[SCENARIO], help="which demonstration")
        parser.add_argument(
            "--site",
            default=settings.DAYBREAK_URL or "http://localhost:8000",
            metavar="URL",
            help="the address of the site, for the invitations (%(default)s)",
        )

    def handle(self, *, scenario: str, site: str, **_: Any) -> None:
        """Fill, and print how to come in."""
        try:
            with transaction.atomic():
                filled = fill_with_lexington(by="command:demo", at=timezone.now(), site=site)
        except NotEmpty:
            raise CommandError(
                "the installation must be empty; it has agencies or events. A demonstration never goes among other rows: "
                "give it a DAYBREAK_HOME (or a database) of its own."
            ) from None
        self.stdout.write(
            f"Synthetic data: {filled.events:,} invented events in {filled.deliveries:,} deliveries of {filled.agencies} "
            f"agencies, and {filled.figures} published figures. Only the totals follow those figures.\n\n"
            f"Come in with one of these links. Each works once, for {settings.DAYBREAK_INVITATION_HOURS} hours:\n"
        )
        for one in filled.invited:
            self.stdout.write(f"  {one.role:<16} {one.email:<44} {one.link}")
        self.stdout.write("\nThe brief of that July:  daybreak brief --as-of 2013-07-15 --out brief.pdf")
