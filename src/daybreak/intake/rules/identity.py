"""Which row is which: by the mapping's key columns, else by what the row says and its place among rows that say the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from daybreak.events.rules.draft import Draft

_LOW = (1 << 128) - 1


@dataclass(frozen=True, slots=True)
class Identity:
    """``record`` knows the row again in the next file of its feed; ``content`` is what it says.

    ``again``: the same key stood in this file before, first in line ``first``. ``same``: it then said the same, so that
    nothing changes.
    """

    record: UUID
    content: UUID
    again: bool = False
    same: bool = False
    first: int = 0


class Identities:
    """Gives each row of one file its identity, in the order of the file; about 150 bytes of memory a row.

    Two rows without a key that say the same are two events (the first and the second of their kind): a file read twice gives
    the same identities, and a file with one such row more adds exactly one.
    """

    def __init__(self, feed: str) -> None:
        self._feed = feed.encode()
        self._times: dict[bytes, int] = {}
        self._keyed: dict[bytes, int] = {}

    def of(self, draft: Draft) -> Identity:
        """The identity of the next row."""
        content = content_of(draft)
        if draft.key:
            record = self._digest(b"key", draft.key.encode())
            # The first row of a key stands: a later one that says the same as a refused one is refused like that.
            told = draft.line << 128 | int.from_bytes(content, "big")
            before = self._keyed.setdefault(record, told)
            first = before >> 128
            again = first != draft.line
            same = again and before & _LOW == told & _LOW
            return Identity(UUID(bytes=record), UUID(bytes=content), again, same, first)
        ordinal = self._times.get(content, 0) + 1
        self._times[content] = ordinal
        record = self._digest(b"content", content, str(ordinal).encode())
        return Identity(UUID(bytes=record), UUID(bytes=content))

    def _digest(self, *parts: bytes) -> bytes:
        return hashlib.blake2b(b"\x1f".join((self._feed, *parts)), digest_size=16).digest()


def content_of(draft: Draft) -> bytes:
    """16 bytes over everything that the draft says but its line and key. Numbers count as written: 1.5 and 1.50 differ not."""
    parts = (
        draft.kind, draft.occurred_at.isoformat(), draft.occurred_precision, draft.count,
        draft.reported_at and draft.reported_at.isoformat(), draft.place, draft.block, draft.zip, draft.county, draft.state,
        draft.latitude, draft.longitude, draft.fatal, draft.certainty, draft.naloxone_given, draft.naloxone_doses,
        draft.naloxone_by, draft.age_band, draft.sex, draft.status, draft.manner, draft.underlying, draft.operation,
        draft.token,
        [(seen.substance, seen.standing) for seen in draft.substances] or "",
        draft.causes or "",
        [(charge.statute, charge.offense, charge.counts) for charge in draft.charges] or "",
        [(one.substance, _plain(one.quantity), one.unit, one.laboratory, one.label) for one in draft.exhibits] or "",
    )  # fmt: skip
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).digest()


def _plain(quantity: Decimal | None) -> str:
    return "" if quantity is None else format(quantity.normalize(), "f")


def root_of(contents: Iterable[UUID]) -> str:
    """SHA-256 over the rows' contents in the order of the file: what an audit entry keeps of an import."""
    whole = hashlib.sha256()
    for content in contents:
        whole.update(content.bytes)
    return whole.hexdigest()
