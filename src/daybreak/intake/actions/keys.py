"""Hands out keys to agencies' own systems, and ends them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import router, transaction

from daybreak.audit.actions import record
from daybreak.events.models import Feed
from daybreak.intake.models import AgencyKey

PREFIX = "dbk_"


def make_key(*, by: str, feed: Feed, label: str, at: datetime) -> tuple[AgencyKey, str]:
    """A new key for a feed, and its text, which is told once and kept nowhere."""
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic(using=router.db_for_write(AgencyKey)):
        key = AgencyKey.objects.create(
            feed=feed, label=label[:120], digest=digest_of(text), made_at=at, by=by
        )
        record(
            by=by, at=at, action="key-made", subject=f"key:{key.public_id}",
            detail={"agency": feed.agency.slug, "feed": feed.slug},
        )  # fmt: skip
    return key, text


def end_key(*, by: str, key: AgencyKey, at: datetime) -> bool:
    """End a key at once; False where it had ended before."""
    with transaction.atomic(using=router.db_for_write(AgencyKey)):
        if not AgencyKey.objects.filter(pk=key.pk, ended_at=None).update(ended_at=at):
            return False
        record(by=by, at=at, action="key-ended", subject=f"key:{key.public_id}")
    return True


def digest_of(text: str) -> str:
    """SHA-256 of a key: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()
