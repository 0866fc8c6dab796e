"""`daybreak quarantine`: shows the rows that were put aside, with their line, raw text and reason."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import IO, Any, cast

from django.core.management.base import BaseCommand
from rich.console import Console

from daybreak.directory.management.terminal import printable
from daybreak.directory.queries import quarantined_rows


class Command(BaseCommand):
    """For the operator, at the machine: raw rows can hold what was never meant to be published."""

    help = "Show the rows that could not be loaded."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to answer, and of which source."""
        parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
        parser.add_argument("--source", default="", help="only this source, by its slug")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every row."""
        rows = quarantined_rows(source=options["source"])
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        console = Console(file=cast("IO[str]", self.stdout), soft_wrap=True, markup=False)
        if not rows:
            console.print("Nothing is quarantined.")
        for row in rows:
            console.print(printable(f"{row['source']} {row['file']} line {row['line']}: {row['reason']}"))
            console.print(f"    {printable(row['raw'])}")
