"""Adds and removes feeds, and claims those that are due so that no two processes fetch the same."""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.db.models import Q

from daybreak.audit.actions import record
from daybreak.directory.channels.web import allowed
from daybreak.directory.models import Feed

# A claim that nobody renews for so long belongs to a machine that is no more; longer than one page can take with all its
# tries. On this machine a lock tells at once whether the process still lives.
LEASE = timedelta(hours=1)
MOST_HOURS = 24 * 366
# After failures in a row a feed waits twice as long each time, but never longer than this.
_LONGEST_REST = timedelta(days=7)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class FeedRefused(Exception):
    """What was asked cannot be done with this feed; the text says why and what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to fetch one feed, until somebody else has it."""

    feed: Feed
    token: str
    lock: IO[str]

    def keep(self, *, at: datetime, progress: dict[str, Any] | None) -> None:
        """Write the progress down and renew the claim; raises FeedRefused where another process has it by now."""
        kept = Feed.objects.filter(pk=self.feed.pk, claim=self.token).update(
            progress=progress, claimed_until=at + LEASE
        )
        if not kept:
            raise FeedRefused(
                f"{self.feed.slug}: another process has taken this feed over. Nothing was changed here."
            )


def add_feed(
    *,
    by: str,
    at: datetime,
    slug: str,
    kind: str,
    address: str,
    asked: Mapping[str, Any],
    every_hours: int | None,
) -> Feed:
    """Remember a list to refresh; due at once where it has ``every_hours``. Raises FeedRefused or Unreachable."""
    if not _SLUG.fullmatch(slug) or len(slug) > 45:
        raise FeedRefused(
            f"A feed's name must be lower-case letters, digits and hyphens, at most 45; got {slug[:60]!r}."
        )
    if every_hours is not None and not 1 <= every_hours <= MOST_HOURS:
        raise FeedRefused(f"--every must be from 1 to {MOST_HOURS} hours; got {every_hours}.")
    allowed(address)
    if len(address) > 500:
        raise FeedRefused("The address must have at most 500 characters.")
    with transaction.atomic():
        if Feed.objects.filter(slug=slug).exists():
            raise FeedRefused(
                f"There is a feed {slug} already. Remove it first, or give another name: --slug."
            )
        feed = Feed.objects.create(
            slug=slug, kind=kind, address=address, asked=dict(asked), every_hours=every_hours, next_at=at
        )
        record(
            by=by, at=at, action="add-feed", subject=slug, detail={"kind": kind, "every_hours": every_hours}
        )
    return feed


def remove_feed(*, by: str, at: datetime, slug: str, folder: Path) -> None:
    """Forget a feed and its saved pages under ``folder``; what was loaded from it stays. Raises FeedRefused."""
    with transaction.atomic():
        feed = Feed.objects.filter(slug=slug).first()
        if feed is None:
            raise FeedRefused(f"There is no feed {slug[:60]!r}. See: daybreak feeds list.")
        if feed.claimed_until and feed.claimed_until > at:
            raise FeedRefused(f"{slug} is being fetched just now. Try again when that is over.")
        feed.delete()
        record(by=by, at=at, action="remove-feed", subject=slug)
    shutil.rmtree(folder / slug, ignore_errors=True)
    (folder / f"{slug}.lock").unlink(missing_ok=True)


def claim_feed(*, at: datetime, slug: str, folder: Path) -> Claim:
    """Claim one feed, due or not; raises FeedRefused where there is none, or another process has it.

    ``folder`` is the home folder's for feeds: processes that share it know of each other at once.
    """
    feed = Feed.objects.filter(slug=slug).first()
    if feed is None:
        raise FeedRefused(f"There is no feed {slug[:60]!r}. See: daybreak feeds list.")
    claim = _claim(feed, at, folder)
    if claim is None:
        raise FeedRefused(f"{slug} is being fetched by another process just now. Nothing was changed here.")
    return claim


def claim_due_feed(*, at: datetime, folder: Path) -> Claim | None:
    """Claim the feed that has been due for longest; None = none is due that nobody has."""
    for feed in Feed.objects.filter(every_hours__isnull=False, next_at__lte=at).order_by("next_at", "pk"):
        claim = _claim(feed, at, folder)
        if claim is not None:
            return claim
    return None


def _claim(feed: Feed, at: datetime, folder: Path) -> Claim | None:
    """A lock for this machine, and one conditional update for all: of two that try at once the database lets one.

    A claim of this machine without a lock belongs to a process that was killed: it may be taken over.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = (folder / f"{feed.slug}.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    here = hashlib.sha256(f"{socket.gethostname()}|{folder.resolve()}".encode()).hexdigest()[:8]
    token = f"{here}-{uuid.uuid4().hex[:24]}"
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at) | Q(claim__startswith=f"{here}-")
    same = Feed.objects.filter(free, pk=feed.pk, next_at=feed.next_at)
    if not same.update(claim=token, claimed_until=at + LEASE):
        lock.close()
        return None
    return Claim(Feed.objects.get(pk=feed.pk), token, lock)


def close_claim(
    *, by: str, at: datetime, claim: Claim, begun: datetime, etag: str, modified: str, outcome: str
) -> None:
    """The fetch succeeded: nothing is left to go on with, and the feed is due again after its hours."""
    with transaction.atomic():
        feed = claim.feed
        Feed.objects.filter(pk=feed.pk, claim=claim.token).update(
            claim="", claimed_until=None, progress=None, etag=etag, modified=modified, last_at=begun, failures=0,
            last_outcome=outcome[:300], next_at=at + timedelta(hours=feed.every_hours or 0),
        )  # fmt: skip
        record(by=by, at=at, action="refresh-feed", subject=feed.slug, detail={"outcome": "done"})
    claim.lock.close()


def fail_claim(*, by: str, at: datetime, claim: Claim, outcome: str, progress: dict[str, Any] | None) -> None:
    """The fetch failed: the feed rests, longer each time, and then goes on where it was."""
    feed = claim.feed
    hours = min(feed.every_hours or 1, 2 ** min(feed.failures, 10))
    rest = min(timedelta(hours=hours), _LONGEST_REST)
    with transaction.atomic():
        Feed.objects.filter(pk=feed.pk, claim=claim.token).update(
            claim="", claimed_until=None, progress=progress, failures=feed.failures + 1, last_outcome=outcome[:300],
            next_at=at + rest,
        )  # fmt: skip
        record(by=by, at=at, action="refresh-feed", subject=feed.slug, detail={"outcome": "failed"})
    claim.lock.close()


def release_claim(*, claim: Claim) -> None:
    """Give the feed back as it is: the fetch was stopped by hand."""
    Feed.objects.filter(pk=claim.feed.pk, claim=claim.token).update(claim="", claimed_until=None)
    claim.lock.close()
