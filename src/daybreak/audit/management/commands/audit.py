"""`daybreak audit`: verify the chain, show it, or write its head into a file that is kept elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from daybreak.audit.channels.anchors import UnreadableAnchors, write_anchor
from daybreak.audit.queries import Verified, entries, head, verify
from daybreak.audit.rules.chain import Fault

SAID = {
    "edited": "Entry {first} ({action}, {at:%Y-%m-%d %H:%M} UTC) was edited: its digest is not that of its fields.",
    "missing": "Entries {first} to {last} are missing.",
    "rewritten": "Entry {first} was rewritten: it has another digest than was noted when it was written.",
    "cut": "The tail is cut: entries {first} to {last} were written and are gone.",
}


class Command(BaseCommand):
    """Who did what, and whether the record of it is whole."""

    help = (
        "Verify who did what (verify), show it (show), or write the head of the chain into a file (anchor)."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """One of three words, each with its options."""
        parts = parser.add_subparsers(dest="part", required=True, metavar="verify|show|anchor")
        part = parts.add_parser(
            "verify", help="check every entry and every anchor; exit code 1 where one is wrong"
        )
        part.add_argument(
            "--against", type=Path, action="append", default=[], metavar="FILE", help="a kept anchor file"
        )
        part.add_argument("--json", action="store_true", help="the result as JSON")
        part = parts.add_parser("show", help="the newest entries")
        part.add_argument("--last", type=int, default=20, metavar="N", help="how many (default 20)")
        part.add_argument("--actor", default="", help="of one actor, like person:<id> or command:load")
        part.add_argument("--action", default="", help="of one action, like read-restricted")
        part.add_argument("--json", action="store_true", help="one JSON object a line")
        part = parts.add_parser(
            "anchor", help="append the head of the chain to a file; keep that file elsewhere"
        )
        part.add_argument("--to", type=Path, required=True, metavar="FILE")

    def handle(self, *, part: str, **options: Any) -> None:
        """Do one of the three."""
        getattr(self, f"_{part}")(**options)

    def _verify(self, *, against: list[Path], json: bool, **_: Any) -> None:
        gone = [path.name for path in against if not path.is_file()]
        if gone:
            raise CommandError(
                f"--against must name a file of anchors; there is no {', '.join(gone)}.", returncode=2
            )
        try:
            found = verify(against=against)
        except UnreadableAnchors as problem:
            raise CommandError(str(problem)) from None
        if json:
            self.stdout.write(_as_json(found))
        else:
            for fault in found.faults:
                self.stdout.write(said(fault))
        if found.faults:
            raise CommandError(
                f"The audit is not whole: {len(found.faults)} faults in {found.entries:,} entries."
            )
        if not json:
            self.stdout.write(
                f"Whole: {found.entries:,} entries, {found.anchors:,} anchors, head {found.head[:16]}."
            )

    def _show(self, *, last: int, actor: str, action: str, json: bool, **_: Any) -> None:
        if last < 1:
            raise CommandError(f"--last must be 1 or more; got {last}.", returncode=2)
        for entry in reversed(entries(actor=actor, action=action)[:last]):
            if json:
                self.stdout.write(_line(entry))
            else:
                detail = " ".join(f"{name}={held}" for name, held in entry.detail.items())
                self.stdout.write(
                    f"{entry.number:>6} {entry.at:%Y-%m-%d %H:%M:%S} {entry.actor} {entry.action} "
                    f"{entry.subject} {detail}".rstrip()
                )

    def _anchor(self, *, to: Path, **_: Any) -> None:
        anchor = head()
        if anchor is None:
            raise CommandError("There is nothing to anchor yet: no entry has been written.")
        try:
            write_anchor(to, anchor)
        except OSError as problem:
            raise CommandError(f"{to.name} could not be written: {problem.strerror}.") from None
        self.stdout.write(
            f"Entry {anchor.number:,} with digest {anchor.digest} noted in {to}. Keep it elsewhere."
        )


def said(fault: Fault) -> str:
    """A fault in words, which name the entry."""
    if fault.kind == "missing" and fault.first == fault.last:
        return f"Entry {fault.first} is missing."
    return SAID[fault.kind].format(first=fault.first, last=fault.last, action=fault.action, at=fault.at)


def _as_json(found: Verified) -> str:
    faults = [
        {"kind": fault.kind, "first": fault.first, "last": fault.last, "said": said(fault)}
        for fault in found.faults
    ]
    return json.dumps(
        {
            "whole": not faults,
            "entries": found.entries,
            "anchors": found.anchors,
            "head": found.head,
            "faults": faults,
        }
    )


def _line(entry: Any) -> str:
    return json.dumps(
        {
            "number": entry.number, "at": entry.at.isoformat(), "actor": entry.actor, "action": entry.action,
            "subject": entry.subject, "detail": entry.detail, "digest": entry.digest,
        }
    )  # fmt: skip
