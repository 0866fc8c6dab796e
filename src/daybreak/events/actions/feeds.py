"""Opens feeds: what an agency will send, and how often it should come."""

from __future__ import annotations

from datetime import datetime

from django.db import router, transaction

from daybreak.accounts.models import Agency
from daybreak.audit.actions import record
from daybreak.events.models import Feed


def open_feed(
    *, by: str, agency: Agency, slug: str, name: str, health: bool, at: datetime, expected_days: int = 7
) -> Feed:
    """The agency's feed of this slug, made where it is not there yet; ``health`` never changes on one that is there."""
    with transaction.atomic(using=router.db_for_write(Feed)):
        feed, made = Feed.objects.get_or_create(
            agency=agency,
            slug=slug,
            defaults={"name": name[:200] or slug, "health": health, "expected_days": expected_days},
        )
        if made:
            record(
                by=by, at=at, action="feed-opened", subject=f"feed:{feed.public_id}",
                detail={"agency": agency.slug, "feed": slug, "health": health, "expected_days": expected_days},
            )  # fmt: skip
    return feed
