"""`daybreak set-up`: make everything ready, or say that it is."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from daybreak.config.preparation import is_ready, prepare


class Command(BaseCommand):
    """Database, static files, bundled listings, index and compiled kernels."""

    help = "Make everything ready: database, static files, bundled listings, index, compiled kernels."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """One switch."""
        parser.add_argument("--again", action="store_true", help="do it even when all is ready")

    def handle(self, *, again: bool, **_: Any) -> None:
        """Prepare unless ready."""
        if is_ready() and not again:
            self.stdout.write("All is ready.")
            return
        prepare(
            by="command:set-up",
            at=timezone.now(),
            say=self.stdout.write,
            progress=sys.stderr.isatty(),
            again=again,
        )
