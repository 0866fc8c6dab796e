"""`daybreak send`: send the messages that are due."""

from __future__ import annotations

import os
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils import timezone

from daybreak.outbox.actions import send_due
from daybreak.outbox.channels.mail import SmtpMailer
from daybreak.outbox.queries import waiting


class Command(BaseCommand):
    """Sends once and ends, or goes on as `daybreak serve` has it do."""

    help = "Send the messages that are due."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """Whether only to count, and whether to be quiet where there is no mail server."""
        parser.add_argument(
            "--count", action="store_true", help="only say how many wait, and how many were given up"
        )
        parser.add_argument(
            "--every",
            type=int,
            default=0,
            metavar="SECONDS",
            help="go on sending, with such pauses, until ended",
        )

    def handle(self, *, count: bool, every: int, verbosity: int, **_: Any) -> None:
        """Send, and say how it went."""
        if count:
            state = waiting(at=timezone.now())
            self.stdout.write(
                f"{state.due} due, {state.later} later, {state.failed} given up, {state.sent} sent."
            )
            return
        if not settings.DAYBREAK_SMTP_URL:
            raise CommandError(
                "DAYBREAK_SMTP_URL must name the mail server, like smtp://user:password@mail.example.gov:587; "
                "it is not set."
            )
        failed = self._send(verbosity)
        parent = os.getppid()
        while every and os.getppid() == parent:  # a server that is gone must not leave a sender behind
            time.sleep(every)
            close_old_connections()
            self._send(verbosity)
        if failed:
            raise CommandError("Not everything could be sent: daybreak send --count says what waits.")

    def _send(self, verbosity: int) -> int:
        with SmtpMailer() as mailer:
            sent, failed = send_due(at=timezone.now(), mailer=mailer)
        if verbosity:
            self.stdout.write(f"{sent} sent, {failed} failed.")
        return failed
