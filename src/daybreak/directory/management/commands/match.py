"""`daybreak match`: finds the places that several lists name, so that each is shown once."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.directory.actions.matching import find_matches
from daybreak.directory.management.publishing import publish_for
from daybreak.directory.models import Source


class Command(BaseCommand):
    """`daybreak load` does this by itself for what it loads."""

    help = "Find places that several lists name; show each once. Doubtful pairs wait for `daybreak review`."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How far to look, and how to answer."""
        parser.add_argument(
            "--source", default="", help="only pairs with a place of this source, by its slug"
        )
        parser.add_argument("--json", action="store_true", help="print the counts as JSON, and nothing else")
        parser.add_argument("--no-publish", action="store_true", help="do not publish the index afterwards")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find, publish, report."""
        at, source = timezone.now(), options["source"]
        if source and not Source.objects.filter(slug=source).exists():
            known = ", ".join(Source.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(
                f"--source must be the slug of a loaded list ({known}); got {source!r}", returncode=2
            )
        found = find_matches(by="command:match", at=at, source=source)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found)))
        else:
            self.stdout.write(
                f"{found.places:,} places, {found.compared:,} pairs compared: {found.same:,} are the same, "
                f"{found.doubtful:,} wait for a person (daybreak review), {found.decided:,} are decided by people."
            )
        if found.changed and not options["no_publish"]:
            publish_for("match", at=at, done="The pairs are kept, but not published. ")
