"""`daybreak refresh`: fetches a list from where it is published, and loads it whole or not at all."""

from __future__ import annotations

import json
import random
import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

import daybreak
from daybreak.directory.actions import FeedRefused, claim_due_feed, claim_feed, refresh_feed
from daybreak.directory.actions.feeds import Claim
from daybreak.directory.actions.refreshing import FAULTS, Refreshed, Shrunk, Visit
from daybreak.directory.channels import Manners, Visitor
from daybreak.directory.management.feed_options import add_list_options, feed_for
from daybreak.directory.management.publishing import match_for, publish_for
from daybreak.directory.management.terminal import printable

FAILED, UNUSABLE, REFUSED = 1, 2, 3
# To other people's machines a pause is never shorter, whatever the setting says.
SHORTEST_PAUSE = 1.0


class Command(BaseCommand):
    """Exit codes: 0 = refreshed, or nothing was due; 1 = it could not be fetched or written; 2 = the options are off; 3 = the
    list shrank and was not loaded.
    """

    help = "Fetch a list from where it is published, politely, and load it. What stops it, it goes on from."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which list, and how."""
        add_list_options(parser, needed=False)
        parser.add_argument("--due", action="store_true", help="refresh every feed whose time has come")
        parser.add_argument("--feed", default="", help="refresh this feed, by its name")
        parser.add_argument("--force", action="store_true", help="load the list though it has shrunk")
        parser.add_argument(
            "--full", action="store_true", help="hsds: ask for everything, not for changes only"
        )
        parser.add_argument(
            "--json", action="store_true", help="print what was done as JSON, and nothing else"
        )
        parser.add_argument("--no-publish", action="store_true", help="do not publish the index afterwards")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refresh one feed, or all that are due; then publish once."""
        if sum(map(bool, (options["kind"], options["due"], options["feed"]))) != 1:
            raise CommandError(
                "Say which list: findtreatment --state KY, hsds URL, --feed NAME, or --due.",
                returncode=UNUSABLE,
            )
        done: list[Refreshed] = []
        failed: list[str] = []
        if options["due"]:
            while claim := claim_due_feed(at=timezone.now(), folder=settings.FEEDS):
                try:
                    done.append(self._refresh(claim, options))
                except FAULTS as problem:
                    failed.append(printable(f"{claim.feed.slug}: {problem}"))
                    self.stderr.write(failed[-1])
        else:
            done.append(self._one(options))
        self._report(done, options)
        for one in done:
            if one.books and (one.books.loaded or one.books.updated or one.books.merged):
                match_for("refresh", at=timezone.now(), source=one.books.source, done="The list was loaded. ")
        if any(one.books for one in done) and not options["no_publish"]:
            publish_for("refresh", at=timezone.now(), done="The list was loaded, but not published. ")
        if failed:
            raise CommandError(
                f"{len(failed)} of {len(failed) + len(done)} feeds could not be refreshed.", returncode=FAILED
            )

    def _one(self, options: dict[str, Any]) -> Refreshed:
        at = timezone.now()
        try:
            slug = options["feed"] or feed_for(by="command:refresh", at=at, options=options).slug
            return self._refresh(claim_feed(at=at, slug=slug, folder=settings.FEEDS), options)
        except Shrunk as problem:
            raise CommandError(printable(problem), returncode=REFUSED) from None
        except FeedRefused as problem:
            raise CommandError(printable(problem), returncode=UNUSABLE) from None
        except FAULTS as problem:
            raise CommandError(printable(problem), returncode=FAILED) from None

    def _refresh(self, claim: Claim, options: dict[str, Any]) -> Refreshed:
        def tell(words: str) -> None:
            if options["verbosity"] and not options["json"]:
                self.stderr.write(printable(f"{claim.feed.slug}: {words}"))

        with Visitor(
            manners(claim.feed.address), time.sleep, time.monotonic, timezone.now, _seed()
        ) as visitor:
            return refresh_feed(
                Visit(
                    by="command:refresh", claim=claim, visitor=visitor, clock=timezone.now,
                    folder=settings.FEEDS / claim.feed.slug, tell=tell, page_size=settings.DAYBREAK_FETCH_ROWS,
                    force=options["force"], full=options["full"],
                )
            )  # fmt: skip

    def _report(self, done: list[Refreshed], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps([as_json(one) for one in done]))
            return
        if not done:
            self.stdout.write("No feed was refreshed.")
        for one in done:
            for line in lines(one):
                self.stdout.write(printable(line))


def manners(address: str) -> Manners:
    """How to behave towards an address: who we are, and how long to wait between two requests."""
    host = urlsplit(address).hostname or ""
    pause = settings.DAYBREAK_FETCH_PAUSE_MS / 1000
    if host not in {"localhost", "127.0.0.1", "::1"}:
        pause = max(pause, SHORTEST_PAUSE)
    return Manners(agent=f"Daybreak/{daybreak.__version__} (open-source treatment finder)", pause=pause)


def _seed() -> int:
    return random.SystemRandom().getrandbits(32)


def as_json(one: Refreshed) -> dict[str, Any]:
    """What a refresh did, as a script reads it."""
    books = one.books
    counts = {} if books is None else {
        "read": books.read, "loaded": books.loaded, "updated": books.updated, "unchanged": books.unchanged,
        "merged": books.merged, "quarantined": books.quarantined, "retired": books.retired, "repairs": books.repairs,
    }  # fmt: skip
    return {
        "feed": one.slug,
        "begun": _iso(one.begun),
        "changed": books is not None,
        **counts,
        "notes": one.notes,
    }


def lines(one: Refreshed) -> list[str]:
    """What a refresh did, as people read it."""
    books = one.books
    if books is None:
        return [f"{one.slug}: nothing has changed since the last time.", *one.notes]
    told = [
        f"{one.slug}: {books.read:,} rows: {books.loaded:,} loaded, {books.updated:,} updated, {books.unchanged:,} unchanged, "
        f"{books.merged:,} merged, {books.quarantined:,} quarantined."
    ]
    if books.retired:
        told.append(
            f"{books.retired:,} rows that the list no longer has keep the day on which it last had them."
        )
    told += [f"repaired: {rule} {count:,}" for rule, count in books.repairs.items()]
    return told + one.notes


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
