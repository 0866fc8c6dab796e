"""The hash chain: what is hashed, and how a chain and its anchors are checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

START = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as the chain sees it; ``number`` counts from 1 without gaps."""

    number: int
    public_id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """What was noted outside of the database: entry ``number`` had this ``digest`` at the moment ``at``."""

    number: int
    digest: str
    at: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must not be. ``kind``: "edited", "missing", "rewritten", "cut" or "unreadable-anchor".

    ``first`` and ``last`` are numbers of entries, both included; ``action`` and ``at`` are those of the entry where there
    is one.
    """

    kind: str
    first: int
    last: int
    action: str = ""
    at: datetime | None = None


def digest_of(
    *, number: int, public_id: UUID, at: datetime, actor: str, action: str, subject: str,
    detail: Mapping[str, Any], previous: str,
) -> str:  # fmt: skip
    """SHA-256, in hexadecimal, over every field and the digest before; ``at`` to the microsecond, in UTC."""
    fields = {
        "number": number,
        "public_id": str(public_id),
        "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": plain(detail),
        "previous": previous,
    }
    return hashlib.sha256(canonical(fields).encode("ascii")).hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces and ASCII only: the same value is the same text on every machine."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def plain(value: Any) -> Any:
    """The value as any database gives it back: a whole number is whole, whether it was written 1, 1.0 or 1e0."""
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [plain(held) for held in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def faults(links: Iterable[Link], anchors: Iterable[Anchor]) -> Iterator[Fault]:
    """Everything that is wrong with a chain, read once in the order of its numbers, and with its anchors.

    * An entry whose digest is not that of its fields was *edited*.
    * A number that is left out is *missing*; an entry that does not hold its predecessor's digest shows that the
      predecessor was *rewritten*.
    * An anchor with another digest shows that its entry was *rewritten*; one after the last entry, that the tail is *cut*.
    """
    anchored: dict[int, set[str]] = {}
    for anchor in anchors:
        anchored.setdefault(anchor.number, set()).add(anchor.digest)
    number, previous = 0, START
    for link in links:
        if link.number != number + 1:
            yield Fault("missing", number + 1, link.number - 1)
        elif link.previous != previous:
            yield Fault("rewritten", number, number)
        if _digest(link) != link.digest:
            yield Fault("edited", link.number, link.number, link.action, link.at)
        if anchored.pop(link.number, {link.digest}) != {link.digest}:
            yield Fault("rewritten", link.number, link.number, link.action, link.at)
        number, previous = link.number, link.digest
    if beyond := [held for held in anchored if held > number]:
        yield Fault("cut", number + 1, max(beyond))


def _digest(link: Link) -> str:
    return digest_of(
        number=link.number, public_id=link.public_id, at=link.at, actor=link.actor, action=link.action,
        subject=link.subject, detail=link.detail, previous=link.previous,
    )  # fmt: skip
