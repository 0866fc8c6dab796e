"""`daybreak load`: reads a file into the directory and shows what became of every row."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from daybreak.directory.actions import READERS, NotWritten, Reconciliation, load_file, load_hsds
from daybreak.directory.actions.loading import content
from daybreak.directory.actions.meetings import load_meetings
from daybreak.directory.management.bars import loading_bar
from daybreak.directory.management.publishing import match_for, publish_for
from daybreak.directory.management.terminal import printable
from daybreak.directory.readers.samhsa import FIRST_YEAR, LAST_YEAR
from daybreak.directory.readers.tables import UnusableFile

FAILED, UNUSABLE, REFUSED = 1, 2, 3


class Command(BaseCommand):
    """Exit codes: 0 = loaded; 1 = the machine failed, the disk is full; 2 = the file or the options cannot be used, nothing
    was changed; 3 = --strict refused it.
    """

    help = "Read a file into the directory. The same file twice changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The reader, the file, and how to answer."""
        parser.add_argument("reader", choices=[*READERS, "hsds", "meetings"], help="what kind of file it is")
        parser.add_argument(
            "path",
            type=Path,
            help="the file; findtreatment: or a folder of saved pages; hsds: or a folder or .zip",
        )
        parser.add_argument(
            "--mapping", default="", help="csv, geojson: a saved mapping's name, or a .toml or .json file"
        )
        parser.add_argument(
            "--as-of",
            type=_day,
            help="findtreatment, hsds, meetings: the day for which the list speaks, as 2026-11-22",
        )
        parser.add_argument(
            "--slug",
            default="",
            help="findtreatment, hsds, meetings: the source's name, where there are several",
        )
        parser.add_argument("--title", default="", help="hsds, meetings: what the source is called")
        parser.add_argument("--citation", default="", help="hsds: how the source wants to be cited")
        parser.add_argument(
            "--edition", type=int, help="samhsa: the directory's year, where its codes do not tell"
        )
        parser.add_argument(
            "--json", action="store_true", help="print the reconciliation as JSON, and nothing else"
        )
        parser.add_argument(
            "--strict", action="store_true", help="load nothing when any row would be quarantined"
        )
        parser.add_argument("--no-publish", action="store_true", help="do not publish the index afterwards")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, publish, report."""
        at = timezone.now()
        try:
            books = self._load(at, options)
        except UnusableFile as problem:
            raise CommandError(printable(f"{options['path']}: {problem}"), returncode=UNUSABLE) from None
        except NotWritten as problem:
            raise CommandError(printable(f"{options['path']}: {problem}"), returncode=FAILED) from None
        if options["json"]:
            self.stdout.write(json.dumps(as_json(books)))
        else:
            show(books, Console(file=cast("IO[str]", self.stdout), soft_wrap=True, markup=False))
        if not books.applied:
            raise CommandError(
                f"--strict: {books.quarantined} of {books.read} rows would be quarantined, so nothing was loaded. Mend them "
                "in the file, or load without --strict.",
                returncode=REFUSED,
            )
        places = options["reader"] != "meetings"
        if places and (books.loaded or books.updated or books.merged):
            match_for("load", at=at, source=books.source, done="The file was loaded. ")
        if places and not options["no_publish"]:
            publish_for("load", at=at, done="The file was loaded, but not published. ")

    def _load(self, at: Any, options: dict[str, Any]) -> Reconciliation:
        year = options["edition"]
        if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            raise UnusableFile(f"--edition must be a year from {FIRST_YEAR} to {LAST_YEAR}; got {year}")
        with loading_bar() as tell:
            if options["reader"] == "hsds":
                return load_hsds(
                    by="command:load", at=at, path=options["path"], slug=options["slug"], title=options["title"],
                    as_of=options["as_of"], citation=options["citation"], strict=options["strict"],
                    progress=lambda done, total: tell(options["path"].name, done, total),
                )  # fmt: skip
            if options["reader"] == "meetings":
                return load_meetings(
                    by="command:load", at=at, data=content(options["path"]), name=options["path"].name, slug=options["slug"],
                    title=options["title"], as_of=options["as_of"], strict=options["strict"],
                )  # fmt: skip
            return load_file(
                by="command:load", at=at, path=options["path"], reader=options["reader"], mapping=options["mapping"],
                edition=year, as_of=options["as_of"], slug=options["slug"], strict=options["strict"],
                progress=lambda done, total: tell(options["path"].name, done, total),
            )  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"must be a day such as 2026-11-22; got {text[:40]!r}") from None


def as_json(books: Reconciliation) -> dict[str, Any]:
    """The reconciliation as a script reads it; never a row's own text."""
    return {
        "source": books.source,
        "applied": books.applied,
        "read": books.read,
        "loaded": books.loaded,
        "updated": books.updated,
        "unchanged": books.unchanged,
        "merged": books.merged,
        "quarantined": books.quarantined,
        "absent": books.absent,
        "unpublished": books.unpublished,
        "repairs": books.repairs,
        "quarantine": [{"line": line, "reason": reason} for line, reason in books.quarantine],
    }


def show(books: Reconciliation, console: Console) -> None:
    """The reconciliation as people read it."""
    table = Table(title=printable(books.source), title_justify="left")
    table.add_column("rows")
    table.add_column("", justify="right")
    for name in ("loaded", "updated", "unchanged", "merged", "quarantined"):
        table.add_row(name, f"{getattr(books, name):,}")
    table.add_section()
    table.add_row("read", f"{books.read:,}")
    console.print(table)
    if books.absent:
        console.print(f"{books.absent:,} records of this source are not in this file; they stay as they are.")
    if books.unpublished:
        console.print(
            f"{books.unpublished:,} rows name solo practitioners; they are kept, and shown to nobody."
        )
    for rule, count in books.repairs.items():
        console.print(f"repaired: {rule} {count:,}")
    for line, reason in books.quarantine[:10]:
        console.print(printable(f"quarantined: line {line} {reason}"))
    if len(books.quarantine) > 10:
        console.print(f"and {len(books.quarantine) - 10:,} more: see `daybreak quarantine`")
