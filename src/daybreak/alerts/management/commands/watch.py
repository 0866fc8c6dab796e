"""daybreak watch: test all streams now, and print the morning's list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from daybreak.alerts.models import SignalDay
from daybreak.alerts.queries.due import is_due


class Command(BaseCommand):
    """Tests the last full day of every stream, all of them together."""

    help = "Test all streams of the ledger and print the ranked list of this morning."

    def add_arguments(self, parser: CommandParser) -> None:
        """--day, --due and --json."""
        parser.add_argument(
            "--day", type=date.fromisoformat, help="the day to test (YYYY-MM-DD); else yesterday"
        )
        parser.add_argument(
            "--due", action="store_true", help="only after a delivery or once a day; else say nothing and end"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Watch, then say what is on the list."""
        at = datetime.now(UTC)
        if options["due"] and not is_due(at):
            return
        from daybreak.alerts.actions.watching import watch  # loads the engine, which takes seconds

        made = watch(by="command:watch", at=at, day=options["day"])
        if made is None:
            raise CommandError("The ledger has no stream yet: import a file first (daybreak intake --help).")
        rows = (
            SignalDay.objects.filter(watch=made)
            .select_related("signal__stream__feed__agency")
            .order_by("place")
        )
        listed = [
            {
                "place": row.place, "agency": row.signal.stream.feed.agency.slug, "feed": row.signal.stream.feed.slug,
                "kind": row.signal.stream.kind, "substance": row.signal.stream.substance, "zip": row.signal.stream.zip,
                "day": f"{row.on}", "window_days": row.window_days, "observed": row.observed, "expected": row.expected,
                "p": row.p, "recurrence_days": row.recurrence_days, "since": f"{row.signal.first_on}",
            }
            for row in rows
        ]  # fmt: skip
        if options["json"]:
            said = {
                "day": f"{made.tested_day}",
                "streams": made.streams,
                "tested": made.tested,
                "list": listed,
            }
            self.stdout.write(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())
            return
        self.stdout.write(
            f"{made.tested_day}: {made.tested} of {made.streams} streams tested, {made.listed} on the list."
        )
        for row in listed:
            what = " ".join(f"{row[part]}" for part in ("kind", "substance", "zip") if row[part])
            self.stdout.write(
                f"{row['place']}. {row['agency']}/{row['feed']} {what}: {row['observed']} in {row['window_days']} days, "
                f"expected {row['expected']:.1f}; as much once in {row['recurrence_days']:.0f} days by chance."
            )
