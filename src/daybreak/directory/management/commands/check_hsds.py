"""`daybreak check-hsds`: checks a file or a folder of HSDS 3.0 and lists what is wrong in it."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from daybreak.directory.management.terminal import printable
from daybreak.directory.readers.hsds_check import KINDS, Check
from daybreak.directory.readers.tables import UnusableFile


class Command(BaseCommand):
    """Exit codes: 0 = nothing is wrong; 1 = something is; 2 = there is nothing that can be checked."""

    help = "Check a file or a folder of HSDS 3.0: an export of ours, anybody's JSON, a CSV datapackage."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to check, and how to answer."""
        parser.add_argument("path", type=Path, help="a JSON or ndjson file, or a folder")
        parser.add_argument(
            "--entity",
            default="",
            choices=sorted(set(KINDS.values())),
            help="what a file holds, where its name does not tell",
        )
        parser.add_argument("--show", type=int, default=50, help="how many problems to list (50)")
        parser.add_argument(
            "--json", action="store_true", help="print all problems as JSON, and nothing else"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """List the problems, then how many objects were checked."""
        check, began = Check(options["path"], options["entity"]), time.perf_counter()
        met: Counter[str] = Counter()
        kept = []
        try:
            for problem in check.problems():
                met[problem.file] += 1
                if options["json"]:
                    kept.append({"file": problem.file, "where": problem.where, "reason": problem.reason})
                elif met.total() <= options["show"]:
                    self.stdout.write(printable(f"{problem.file} {problem.where} {problem.reason}"))
        except (UnusableFile, UnicodeError) as problem:
            said = problem if isinstance(problem, UnusableFile) else "A file is not in UTF-8. Save it so."
            raise CommandError(printable(f"{said}"), returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps({"checked": check.counts, "problems": kept}))
        else:
            self._tell(check, met, began, options["show"])
        if met:
            raise CommandError(f"{met.total():,} problems.", returncode=1)

    def _tell(self, check: Check, met: Counter[str], began: float, shown: int) -> None:
        if met.total() > shown:
            self.stdout.write(f"and {met.total() - shown:,} more: see --show and --json")
        for name, count in check.counts.items():
            self.stdout.write(printable(f"{name}: {count:,} checked, {met[name]:,} problems"))
        self.stdout.write(f"Checked in {time.perf_counter() - began:,.1f} s.")
