"""`daybreak feeds`: which lists are fetched again and again, how often, and how the last fetch ended."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import IO, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from daybreak.directory.actions import FeedRefused, remove_feed
from daybreak.directory.management.feed_options import UNUSABLE, add_list_options, feed_for
from daybreak.directory.management.terminal import printable
from daybreak.directory.queries.feeds import feed_rows


class Command(BaseCommand):
    """Exit codes: 0 = done; 2 = the words are off, nothing was changed."""

    help = "List, add or remove the lists that are refreshed over the network."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """list, add KIND …, remove NAME."""
        words = parser.add_subparsers(dest="what", required=True)
        listed = words.add_parser("list", help="show every feed and how its last fetch ended")
        listed.add_argument("--json", action="store_true", help="print JSON, and nothing else")
        add = words.add_parser("add", help="refresh a list every so many hours from now on")
        add_list_options(add, needed=True)
        add.add_argument("--every", type=int, default=24, metavar="HOURS", help="how often (24)")
        remove = words.add_parser("remove", help="stop refreshing a list; what was loaded stays")
        remove.add_argument("slug", help="the feed's name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked."""
        at = timezone.now()
        try:
            if options["what"] == "add":
                feed = feed_for(
                    by="command:feeds", at=at, options=options, every_hours=options["every"], fresh=True
                )
                self.stdout.write(
                    f"{feed.slug} will be refreshed every {feed.every_hours} hours by a running `daybreak serve` or by "
                    f"`daybreak refresh --due`. It is due now; at once: daybreak refresh --feed {feed.slug}"
                )
            elif options["what"] == "remove":
                remove_feed(by="command:feeds", at=at, slug=options["slug"], folder=settings.FEEDS)
                self.stdout.write(
                    f"{options['slug']} is not refreshed any more. What was loaded from it stays."
                )
            else:
                self._list(as_json=options["json"])
        except FeedRefused as problem:
            raise CommandError(printable(problem), returncode=UNUSABLE) from None

    def _list(self, *, as_json: bool) -> None:
        rows = feed_rows()
        if as_json:
            self.stdout.write(json.dumps(rows))
            return
        console = Console(file=cast("IO[str]", self.stdout), soft_wrap=True, markup=False)
        if not rows:
            console.print("No list is refreshed. Add one: daybreak feeds add findtreatment --state KY")
        for row in rows:
            often = (
                f"every {row['every_hours']} h, next {row['next_at']}"
                if row["every_hours"]
                else "only when asked"
            )
            console.print(printable(f"{row['feed']} ({row['kind']}, {often})"))
            console.print(printable(f"    {row['address']}"))
            if row["last_outcome"]:
                failed = f", failed {row['failures']} times since" if row["failures"] else ""
                console.print(
                    printable(f"    last done {row['last_at'] or 'never'}{failed}: {row['last_outcome']}")
                )
            if row["pages_done"]:
                console.print(f"    stopped after page {row['pages_done']}; the next fetch goes on there")
