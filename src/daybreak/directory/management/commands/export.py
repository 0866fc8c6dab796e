"""`daybreak export`: writes the directory into a folder, in a form that other programs read."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.directory.actions import NotWritten
from daybreak.directory.actions.exporting import export_hsds
from daybreak.directory.management.bars import loading_bar
from daybreak.directory.management.terminal import printable


class Command(BaseCommand):
    """Exit codes: 0 = written; 1 = not written, and what was there before stands."""

    help = (
        "Write what stands in the directory today into a folder: HSDS 3.0 as JSON and as a CSV datapackage."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form, the folder, and whether it may replace an export."""
        parser.add_argument("form", choices=["hsds"], help="in which form")
        parser.add_argument("folder", type=Path, help="the folder to write; made where it is not there")
        parser.add_argument("--force", action="store_true", help="replace an export that is in the folder")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say what was written."""
        at, began = timezone.now(), time.perf_counter()
        folder = Path(options["folder"]).resolve()
        try:
            with loading_bar(doing="Exporting") as tell:
                done = export_hsds(
                    by="command:export", at=at, folder=folder, force=options["force"],
                    progress=lambda count, total: tell("services", count, total),
                )  # fmt: skip
        except NotWritten as problem:
            raise CommandError(printable(problem), returncode=1) from None
        if options["json"]:
            self.stdout.write(json.dumps({"counts": done.counts, "bytes": done.size_bytes}))
            return
        self.stdout.write(
            f"Exported {done.counts['services']:,} services and {done.counts['organizations']:,} organizations, "
            f"{done.size_bytes / 1e6:,.1f} MB in {time.perf_counter() - began:,.1f} s. "
            "To check them: daybreak check-hsds FOLDER"
        )
