"""`daybreak taxonomy`: lists the taxonomies and imports one, open or licensed."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from daybreak.directory.actions.failures import NotWritten
from daybreak.directory.actions.loading import content
from daybreak.directory.actions.taxonomies import ImportedTerms, import_taxonomy
from daybreak.directory.management.terminal import printable
from daybreak.directory.models import Taxonomy
from daybreak.directory.readers.tables import UnusableFile

FAILED, UNUSABLE = 1, 2
OPEN_ELIGIBILITY = {
    "name": "Open Eligibility",
    "version": "2.0",
    "description": "Human services and human situations in plain words, by Aunt Bertha, Inc.",
    "licence": "CC BY-SA 3.0 Unported",
}


class Command(BaseCommand):
    """Exit codes: 0 = done; 1 = the machine failed; 2 = the file or the options cannot be used, nothing was changed."""

    help = (
        "List the taxonomies, or import one: `taxonomy import open-eligibility`, or `taxonomy import FILE --name NAME` with "
        "Open Eligibility's XML or a CSV with the headings code, name, description, parent."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, with which file, under which name and licence."""
        parser.add_argument("what", choices=["list", "import"])
        parser.add_argument(
            "file", nargs="?", default="", help="open-eligibility, or the path of an XML or CSV file"
        )
        parser.add_argument("--name", default="", help="what the taxonomy is called")
        parser.add_argument("--edition", default="", help="its version, as its publisher writes it")
        parser.add_argument("--description", default="")
        parser.add_argument("--licence", default="", help="under which licence you have it")
        parser.add_argument(
            "--licensed",
            action="store_true",
            help="the licence is yours alone: its terms never leave this installation by an export, an API or a page",
        )
        parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """List or import."""
        console = Console(file=cast("IO[str]", self.stdout), soft_wrap=True, markup=False)
        if options["what"] == "list":
            self._list(console, json_wanted=options["json"])
            return
        try:
            done = _import(options)
        except UnusableFile as problem:
            raise CommandError(printable(str(problem)), returncode=UNUSABLE) from None
        except NotWritten as problem:
            raise CommandError(printable(str(problem)), returncode=FAILED) from None
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(done)))
            return
        console.print(
            f"{printable(done.taxonomy)}: read {done.read:,} = loaded {done.loaded:,} + updated {done.updated:,} + "
            f"unchanged {done.unchanged:,} + refused {len(done.refused):,}; {done.absent:,} not in the file stay."
        )
        for term in done.refused:
            console.print(printable(f"refused: line {term.line} {term.reason}"))

    def _list(self, console: Console, *, json_wanted: bool) -> None:
        rows = [
            {"name": t.name, "version": t.version, "terms": t.n, "licence": t.licence, "shared": t.shared}
            for t in Taxonomy.objects.annotate(n=Count("terms")).order_by("name")
        ]
        if json_wanted:
            self.stdout.write(json.dumps(rows))
            return
        table = Table("taxonomy", "edition", "terms", "licence", "leaves this installation")
        for row in rows:
            table.add_row(
                printable(row["name"]), printable(row["version"]), f"{row['terms']:,}", printable(row["licence"]),
                "yes" if row["shared"] else "no",
            )  # fmt: skip
        console.print(table)


def _import(options: dict[str, Any]) -> ImportedTerms:
    at = timezone.now()
    if options["file"] == "open-eligibility":
        data = content(settings.DATA / "taxonomy" / "open_eligibility" / "taxonomy.xml")
        return import_taxonomy(by="command:taxonomy", at=at, data=data, shared=True, **OPEN_ELIGIBILITY)
    if not options["file"] or not options["name"]:
        raise UnusableFile(
            "Say what to import: `taxonomy import FILE --name NAME`, or `taxonomy import open-eligibility`."
        )
    return import_taxonomy(
        by="command:taxonomy", at=at, data=content(Path(options["file"])), name=options["name"],
        version=options["edition"], description=options["description"], licence=options["licence"],
        shared=not options["licensed"],
    )  # fmt: skip


def _as_json(done: ImportedTerms) -> dict[str, Any]:
    return {
        "taxonomy": done.taxonomy, "read": done.read, "loaded": done.loaded, "updated": done.updated,
        "unchanged": done.unchanged, "absent": done.absent,
        "refused": [{"line": term.line, "reason": term.reason} for term in done.refused],
    }  # fmt: skip
