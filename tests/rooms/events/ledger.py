"""A small ledger for tests: an agency, its feed, and files of events that the test writes row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from daybreak.accounts.models import Agency
from daybreak.events.actions.deliveries import File, end_delivery, open_delivery
from daybreak.events.actions.filing import Batch, Identified, file_batch
from daybreak.events.models import Delivery, Feed, Operation
from daybreak.events.rules.draft import Draft

AT = datetime(2013, 7, 15, 14, 0, tzinfo=UTC)
BY = "command:test"


def feed(
    slug: str = "arrests", *, agency: str = "police", kind: str = "police", health: bool = False
) -> Feed:
    """A feed of an agency, both made where they are not yet there."""
    owner, _ = Agency.objects.get_or_create(slug=agency, defaults={"name": agency.title(), "kind": kind})
    made, _ = Feed.objects.get_or_create(
        agency=owner, slug=slug, defaults={"name": slug.title(), "health": health}
    )
    return made


def draft(key: str, *, kind: str = "arrest", on: datetime = AT, **values: object) -> Draft:
    """A draft known by its key; what the test does not say is not stated."""
    return replace(Draft(kind=kind, line=1, occurred_at=on, key=key), **values)  # type: ignore[arg-type]


def identified(of: Feed, one: Draft) -> Identified:
    """A draft with digests of its key and of all that it says."""
    record = hashlib.blake2b(f"{of.public_id}{one.key}".encode(), digest_size=16).digest()
    content = hashlib.blake2b(repr(replace(one, line=0)).encode(), digest_size=16).digest()
    return Identified(UUID(bytes=record), UUID(bytes=content), one)


def deliver(
    of: Feed,
    drafts: Sequence[Draft],
    *,
    at: datetime = AT,
    name: str = "file.csv",
    refused: int = 0,
    end: bool = True,
) -> Delivery:
    """File all drafts as one delivery."""
    lines = [replace(one, line=line) for line, one in enumerate(drafts, 1)]
    sha256 = hashlib.sha256(repr(lines).encode()).hexdigest()
    delivery = open_delivery(by=BY, feed=of, file=File(name, sha256, "test@1"), at=at)
    operations = dict(Operation.objects.filter(agency=of.agency).values_list("slug", "id"))
    batch = Batch([identified(of, one) for one in lines], position=len(lines), refused=refused)
    file_batch(delivery=delivery, batch=batch, operations=operations, at=at)
    if not end:
        return delivery
    return end_delivery(by=BY, delivery=delivery, at=at + timedelta(seconds=1))
