"""Reads the chain: checked as a whole, or a page of it for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db.models import QuerySet

from daybreak.audit.channels.anchors import anchors_path, read_anchors
from daybreak.audit.models import Entry
from daybreak.audit.rules.chain import Anchor, Fault, Link, faults

FIELDS = ("number", "public_id", "at", "actor", "action", "subject", "detail", "previous", "digest")


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the whole chain found: no ``faults`` = sound. ``anchors`` = how many were compared."""

    entries: int
    anchors: int
    head: str
    faults: tuple[Fault, ...]


def verify(*, against: Iterable[Path] = ()) -> Verified:
    """Check every entry, and every anchor of this installation and of the files ``against``.

    Raises audit.channels.anchors.UnreadableAnchors where a file holds a line that is no anchor.
    """
    anchors = [anchor for path in (anchors_path(), *against) for anchor in read_anchors(path)]
    seen = _Seen(_links())
    found = tuple(faults(seen, anchors))
    return Verified(seen.count, len(anchors), seen.digest, found)


def head() -> Anchor | None:
    """The last entry as an anchor; None where nothing has been written yet."""
    entry = Entry.objects.order_by("-number").first()
    return Anchor(entry.number, entry.digest, entry.at.isoformat()) if entry else None


def entries(*, actor: str = "", action: str = "", subject: str = "") -> QuerySet[Entry]:
    """Entries, newest first, of one actor, action or subject where these are given."""
    found = Entry.objects.order_by("-number")
    if actor:
        found = found.filter(actor=actor)
    if action:
        found = found.filter(action=action)
    return found.filter(subject=subject) if subject else found


def actions_seen() -> list[str]:
    """Every action that has been recorded, in the order of the alphabet."""
    return list(Entry.objects.order_by("action").values_list("action", flat=True).distinct())


def _links() -> Iterator[Link]:
    for row in Entry.objects.order_by("number").values_list(*FIELDS).iterator(chunk_size=2000):
        yield Link(*row)


class _Seen:
    """Passes links on, and keeps how many there were and the last digest."""

    def __init__(self, links: Iterator[Link]) -> None:
        self._links = links
        self.count = 0
        self.digest = ""

    def __iter__(self) -> Iterator[Link]:
        for link in self._links:
            self.count += 1
            self.digest = link.digest
            yield link
