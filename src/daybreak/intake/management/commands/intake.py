"""`daybreak intake`: brings an agency's file into the ledger, and shows how its rows add up."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.accounts.models import Agency
from daybreak.events.actions.filing import DeliveryMoved
from daybreak.events.models import Delivery
from daybreak.intake.actions.feeds import feed_for
from daybreak.intake.actions.folders import take_folder
from daybreak.intake.actions.mappings import bring_mapping, newest_mapping
from daybreak.intake.actions.queue import run_due
from daybreak.intake.actions.receiving import note_file
from daybreak.intake.actions.running import CannotRun, run_import
from daybreak.intake.actions.trials import Trial, try_file
from daybreak.intake.management.answers import answer, books, show_tables
from daybreak.intake.models import Import, StoredMapping
from daybreak.intake.queries.errors import error_lines
from daybreak.intake.queries.imports import faults
from daybreak.intake.rules.mapping import MappingError

FAILED, UNUSABLE, REFUSED = 1, 2, 3
BY = "command:intake"


class Command(BaseCommand):
    """Exit codes: 0 = every row is in the ledger; 1 = another process runs this file; 2 = the file, the mapping or the words
    cannot be used, nothing was stored; 3 = brought in, and some rows were refused (--errors writes them).
    """

    help = "Bring an agency's file into the ledger. The same file twice changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, whose it is, how to read it, and how to answer."""
        parser.add_argument("path", nargs="?", type=Path, metavar="FILE", help="the file that the agency has")
        parser.add_argument("--agency", default="", metavar="SLUG", help="whose file it is")
        parser.add_argument(
            "--mapping", default="", metavar="NAME",
            help="a saved mapping (arrests, or arrests@2), or a mapping's .json file, which is then saved",
        )  # fmt: skip
        parser.add_argument(
            "--feed", default="", metavar="SLUG", help="which of the agency's feeds (the mapping's name)"
        )
        parser.add_argument(
            "--expected-days", type=int, default=7, metavar="N", help="a new feed comes every N days (7)"
        )
        parser.add_argument(
            "--errors", type=Path, metavar="CSV", help="write the refused rows: line, column, must, cure"
        )
        parser.add_argument("--dry-run", action="store_true", help="read the whole file and store nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
        parser.add_argument(
            "--watch", type=Path, metavar="FOLDER", help="bring in what lies in FOLDER/AGENCY/FEED/"
        )
        parser.add_argument("--once", action="store_true", help="--watch: look once, then end")
        parser.add_argument(
            "--due", action="store_true", help="run what was uploaded at the desk, or was killed half-way"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the three: a file, a folder, or what is due."""
        if options["due"]:
            run_due(by=BY, clock=timezone.now)
            return
        if options["watch"]:
            try:
                take_folder(
                    by=BY, folder=options["watch"], clock=timezone.now, once=options["once"], say=self._say
                )
            except CannotRun as problem:
                raise CommandError(f"{problem}", returncode=UNUSABLE) from None
            return
        words = {"FILE": options["path"], "--agency": options["agency"], "--mapping": options["mapping"]}
        missing = [word for word, given in words.items() if not given]
        if missing:
            raise CommandError(f"These words are missing: {', '.join(missing)}.", returncode=UNUSABLE)
        self._file(options, timezone.now())

    def _say(self, line: str) -> None:
        self.stdout.write(line)

    def _file(self, options: dict[str, Any], at: datetime) -> None:
        path: Path = options["path"]
        if not path.is_file():
            raise CommandError(f"{path} must be a file that can be read; there is none.", returncode=UNUSABLE)
        agency = Agency.objects.filter(slug=options["agency"]).first()
        if agency is None:
            there = ", ".join(Agency.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(
                f"--agency must be one of the agencies ({there}); add one with: daybreak agencies add",
                returncode=UNUSABLE,
            )
        try:
            mapping = self._mapping(agency, options["mapping"], at)
            if options["dry_run"]:
                self._show_trial(try_file(mapping=mapping, path=path, at=at), options)
                return
            feed = feed_for(
                by=BY,
                agency=agency,
                mapping=mapping,
                slug=options["feed"],
                expected_days=options["expected_days"],
                at=at,
            )
            brought = note_file(by=BY, feed=feed, path=path, mapping=mapping, at=at)
            run_import(by=BY, brought=brought, source=path, at=at)
        except (MappingError, CannotRun) as problem:
            raise CommandError(f"{path.name}: {problem}", returncode=UNUSABLE) from None
        except DeliveryMoved:
            raise CommandError(
                f"{path.name} is being brought in by another process.", returncode=FAILED
            ) from None
        self._show(brought, options)

    def _mapping(self, agency: Agency, name: str, at: datetime) -> StoredMapping:
        if name.endswith(".json"):
            if not Path(name).is_file():
                raise MappingError(f"--mapping must be a mapping's file or name; there is no file {name}.")
            return bring_mapping(by=BY, agency=agency, text=Path(name).read_bytes(), at=at)
        kept = newest_mapping(agency, name)
        if kept is None:
            names = ", ".join(
                sorted(set(StoredMapping.objects.filter(agency=agency).values_list("name", flat=True)))
            )
            raise MappingError(
                f"--mapping must be one of the agency's mappings ({names or 'none yet'}) or a .json file."
            )
        return kept

    def _show(self, brought: Import, options: dict[str, Any]) -> None:
        delivery = Delivery.objects.get(brought_by=brought)
        if options["errors"]:
            options["errors"].write_text("".join(error_lines(brought)), encoding="utf-8", newline="")
        found = faults(brought)
        if options["json"]:
            self.stdout.write(json.dumps(answer(brought, delivery, found), ensure_ascii=False))
        else:
            reasons = [(one.rows, one.first_line, one.column, one.must) for one in found]
            show_tables(self.stdout, books(delivery), reasons, brought.dropped)
        if delivery.refused:
            raise CommandError(
                f"{delivery.refused:,} of {delivery.read:,} rows were refused; "
                + ("--errors has them." if options["errors"] else "--errors FILE.csv lists them."),
                returncode=REFUSED,
            )

    def _show_trial(self, trial: Trial, options: dict[str, Any]) -> None:
        counts = {"read": trial.read, "right": trial.right, "refused": trial.refused}
        if options["json"]:
            told = {"state": "dry-run", **counts, "dropped": trial.dropped}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            reasons = [(many, line, column, must) for (column, must), (many, line) in trial.reasons.items()]
            show_tables(self.stdout, counts, reasons, trial.dropped)
        if trial.refused:
            told_so = f"{trial.refused:,} of {trial.read:,} rows would be refused."
            raise CommandError(told_so, returncode=REFUSED)
