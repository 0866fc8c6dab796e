"""`daybreak publish`: write a new generation of the index from the database."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from daybreak.directory.management.publishing import publish_for


class Command(BaseCommand):
    """Workers that are serving pick the new generation up by themselves."""

    help = "Write a new generation of the finder's index from the database."

    def add_arguments(self, parser: Any) -> None:
        """One switch."""
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the counts as JSON")

    def handle(self, *, as_json: bool, **_: Any) -> None:
        """Publish and say what was published."""
        counts = publish_for("publish", at=timezone.now())
        if as_json:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(
                f"Published {counts['listings']:,} listings with {counts['services']:,} services."
            )
