"""`daybreak review`: shows doubtful pairs of places side by side, and takes down what a person decides."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from daybreak.directory.actions.matching import UndecidableMatch, decide_match, undo_decision
from daybreak.directory.management.pairs import pair_table
from daybreak.directory.management.publishing import publish_for
from daybreak.directory.queries.reviews import Review, review, reviews, waiting

_SHOWN = 20
_KEYS = {"s": "same", "d": "different", "l": "later", "q": "quit"}


class Command(BaseCommand):
    """`review` lists, `review ID` shows one, `review ID same --by NAME` decides, `review undo ID --by NAME` takes it back."""

    help = "List doubtful pairs of places side by side, and decide them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to look at, what to decide, and who decides."""
        parser.add_argument(
            "words", nargs="*", metavar="ID same|different, or undo ID", help="what to do; nothing = list"
        )
        parser.add_argument("--by", default="", help="who decides; goes into the audit")
        parser.add_argument(
            "--state", default="doubtful", choices=["doubtful", "same", "different"], help="which to list"
        )
        parser.add_argument("--in", default="", dest="region", metavar="KY", help="only pairs in this state")
        parser.add_argument("--limit", type=int, default=_SHOWN, help=f"how many to list ({_SHOWN}; 0 = all)")
        parser.add_argument(
            "--ask", action="store_true", help="go through the pairs one by one (needs a terminal and --by)"
        )
        parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
        parser.add_argument("--no-publish", action="store_true", help="do not publish the index afterwards")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, show, decide, undo, or go through them."""
        words: list[str] = options["words"]
        at = timezone.now()
        if options["limit"] < 0:
            raise CommandError(f"--limit must be 0 or more; got {options['limit']}", returncode=2)
        if options["ask"]:
            self._ask(at, options)
        elif not words:
            self._list(options)
        elif len(words) == 1:
            self._print([self._known(words[0])], options)
        elif len(words) == 2:
            self._decide(words, at, options)
        else:
            raise CommandError(
                "review takes at most two words: ID same, ID different, or undo ID", returncode=2
            )

    def _list(self, options: dict[str, Any]) -> None:
        found = reviews(state=options["state"], region=options["region"].upper(), limit=options["limit"])
        self._print(found, options)
        if not options["json"]:
            count = waiting()
            self.stdout.write(
                f"{count:,} pairs wait for a person." if count else "No pair waits for a person."
            )

    def _print(self, found: list[Review], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps([asdict(pair) for pair in found]))
            return
        console = Console(file=cast("IO[str]", self.stdout), markup=False, highlight=False)
        for pair in found:
            console.print(pair_table(pair))

    def _known(self, word: str) -> Review:
        found = review(int(word)) if word.isascii() and word.isdigit() and len(word) < 19 else None
        if found is None:
            raise CommandError(
                "There is no such pair. Give the number of one that `daybreak review` lists.", returncode=2
            )
        return found

    def _decide(self, words: list[str], at: datetime, options: dict[str, Any]) -> None:
        undo = words[0] == "undo"
        if not undo and words[1] not in {"same", "different"}:
            raise CommandError("A pair is decided with: review ID same, or review ID different", returncode=2)
        pair = self._known(words[1] if undo else words[0])
        by = options["by"]
        try:
            if undo:
                decided = undo_decision(by=by, at=at, match=pair.id)
            else:
                decided = decide_match(by=by, at=at, match=pair.id, same=words[1] == "same")
        except UndecidableMatch as problem:
            raise CommandError(str(problem), returncode=2) from None
        if options["json"]:
            self.stdout.write(
                json.dumps({"id": decided.pk, "state": decided.state, "decided_by": decided.decided_by})
            )
        else:
            self.stdout.write(f"Match {decided.pk}: {decided.state}" + (" again." if undo else "."))
        self._publish(at, options)

    def _publish(self, at: datetime, options: dict[str, Any]) -> None:
        if not options["no_publish"]:
            publish_for("review", at=at, done="The decision is kept, but not published. ")

    def _ask(self, at: datetime, options: dict[str, Any]) -> None:
        if not options["by"].strip():
            raise CommandError("--ask must know who decides: add --by NAME", returncode=2)
        if not sys.stdin.isatty():
            raise CommandError(
                "--ask needs a terminal. In a script: daybreak review ID same --by NAME", returncode=2
            )
        decided = 0
        for pair in reviews(region=options["region"].upper(), limit=options["limit"]):
            self._print([pair], {**options, "json": False})
            answer = _answer()
            if answer == "quit":
                break
            if answer != "later":
                decide_match(by=options["by"], at=timezone.now(), match=pair.id, same=answer == "same")
                decided += 1
        self.stdout.write(f"Decided: {decided:,}. Waiting: {waiting():,}.")
        if decided:
            self._publish(timezone.now(), options)


def _answer() -> str:
    """What the person says; asked again until it is one of the four."""
    while True:
        try:
            given = input("[s]ame, [d]ifferent, [l]ater, [q]uit: ").strip().casefold()
        except EOFError:
            return "quit"
        if found := _KEYS.get(given[:1]):
            return found
