"""Refreshes a feed: fetch all of its list politely, look whether it can be right, load it at once, or change nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from daybreak.directory.actions.failures import NotWritten
from daybreak.directory.actions.feeds import Claim, FeedRefused, close_claim, fail_claim, release_claim
from daybreak.directory.actions.fetching import Fetch, Fetched, PagedList, Progress, Tell, forget
from daybreak.directory.actions.hsds_feed import HsdsFeed
from daybreak.directory.actions.loading import Reconciliation
from daybreak.directory.actions.locator_feed import LocatorFeed
from daybreak.directory.actions.meetings import load_meetings
from daybreak.directory.channels import Unchanged, Unreachable, Visitor
from daybreak.directory.models import Feed, Meeting, Record
from daybreak.directory.readers.meeting_guide import read_feed
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.areas import NoSuchArea

# A fetch that stopped longer ago than this begins again: its first pages would be too old for its last ones.
GOES_ON_FOR = timedelta(hours=24)
# A list that has lost more than this part of its rows since the last time is not believed without a person.
MAY_LOSE = 0.20
FAULTS = (Unreachable, UnusableFile, NotWritten, FeedRefused, NoSuchArea)


class Shrunk(FeedRefused):
    """The list has suddenly far fewer rows than before; it was fetched and not loaded."""


@dataclass(slots=True)
class Visit:
    """One refresh of one claimed feed. ``clock`` tells the moment; ``folder`` is this feed's own under the home folder.

    ``force`` loads a list that shrank; ``full`` asks for all where the list could be asked for changes only.
    """

    by: str
    claim: Claim
    visitor: Visitor
    clock: Callable[[], datetime]
    folder: Path
    tell: Tell
    page_size: int = 200
    force: bool = False
    full: bool = False
    progress: Progress | None = None

    @property
    def feed(self) -> Feed:
        """The feed that is refreshed."""
        return self.claim.feed

    def keep(self, progress: Progress) -> None:
        """Write the progress down where the next run finds it."""
        self.progress = progress
        self.claim.keep(at=self.clock(), progress=progress.as_json())


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did. ``books`` is None where the list had not changed and nothing was loaded."""

    slug: str
    begun: datetime
    books: Reconciliation | None = None
    notes: list[str] = field(default_factory=list)
    etag: str = ""
    modified: str = ""


def refresh_feed(visit: Visit) -> Refreshed:
    """Refresh a claimed feed and give the claim back, whatever happens; raises one of FAULTS, having loaded nothing."""
    try:
        done = KINDS[visit.feed.kind](visit)
    except FAULTS as problem:
        kept = visit.progress.as_json() if visit.progress else None
        fail_claim(by=visit.by, at=visit.clock(), claim=visit.claim, outcome=str(problem), progress=kept)
        raise
    except BaseException:
        release_claim(claim=visit.claim)
        raise
    told = "unchanged" if done.books is None else f"{done.books.read} rows"
    close_claim(
        by=visit.by, at=visit.clock(), claim=visit.claim, begun=done.begun, etag=done.etag, modified=done.modified,
        outcome=told,
    )  # fmt: skip
    return done


def fetch_pages(visit: Visit, listed: PagedList, asked: dict[str, Any]) -> tuple[Fetch, Fetched]:
    """All pages of a list, going on where an earlier run with the same question stopped."""
    kept = visit.feed.progress
    progress = Progress.from_json(kept) if kept else None
    now = visit.clock()
    stale = progress is not None and (
        progress.asked != asked
        or now - progress.begun > GOES_ON_FOR
        or (progress.refused and not visit.force)
    )
    if progress is None or stale:
        forget(visit.folder)
        progress = Progress(now, asked)
    visit.progress = progress
    fetch = Fetch(visit.folder, visit.visitor, listed, progress, visit.keep, visit.tell)
    return fetch, fetch.run()


def refuse_shrunk(visit: Visit, rows: int) -> None:
    """Raise Shrunk where the list has far fewer rows than the last time, and nobody said that this is right."""
    before = max(Record.objects.filter(source__slug=visit.feed.slug).count(), _rows_before(visit.folder))
    if visit.force or not before or rows >= before * (1 - MAY_LOSE):
        return
    if visit.progress:
        visit.progress.refused = True
    raise Shrunk(
        f"{visit.feed.slug} has {rows:,} rows now; the last time it had {before:,}. A list that loses more than "
        f"{MAY_LOSE:.0%} at once is not loaded. Look at it in {visit.folder / 'run'}; if it is right, run the command again "
        "with --force."
    )


def _rows_before(folder: Path) -> int:
    """How many rows the last whole fetch had; their records may belong to sources of their own."""
    try:
        return int((folder / "rows").read_text())
    except (OSError, ValueError):
        return 0


def _refresh_locator(visit: Visit) -> Refreshed:
    locator = LocatorFeed.of(visit.feed, page_size=visit.page_size)
    fetch, fetched = fetch_pages(visit, locator.pages(), locator.asks())
    if not fetched.rows:
        raise UnusableFile(
            "The locator has no rows for this question. Check the state, county or ZIP of the feed."
        )
    refuse_shrunk(visit, len(locator.rows(fetched)[0]))
    begun = fetch.progress.begun
    books, notes = locator.apply(
        by=visit.by, at=visit.clock(), as_of=begun.date(), fetched=fetched, folder=visit.folder
    )
    _, etag, modified = fetch.progress.done[0]
    fetch.keep_as_last()
    if fetched.unchanged:
        notes.append(
            f"{fetched.unchanged} of {len(fetched.files)} pages had not changed since the last time."
        )
    return Refreshed(visit.feed.slug, begun, books, notes, etag, modified)


def _refresh_hsds(visit: Visit) -> Refreshed:
    since = None if visit.full else visit.feed.last_at
    server = HsdsFeed(visit.feed, visit.page_size, since)
    fetch, fetched = fetch_pages(visit, server.pages(), server.asks())
    begun = fetch.progress.begun
    if not fetched.rows and not since:
        raise UnusableFile("The server has no services at all. Is this the address of an HSDS 3 server?")
    if not since:
        refuse_shrunk(visit, fetched.rows)
    books, notes = None, list[str]()
    if fetched.rows:
        books, notes = server.apply(by=visit.by, at=visit.clock(), as_of=begun.date(), fetched=fetched)
    _, etag, modified = fetch.progress.done[0]
    fetch.keep_as_last()
    if not since:
        (visit.folder / "rows").write_text(str(fetched.rows))
    if since and books:
        notes.append(
            f"Only what changed after {since:%Y-%m-%d %H:%M} UTC was asked for; --full asks for everything."
        )
    return Refreshed(visit.feed.slug, begun, books, notes, etag, modified)


def _refresh_meetings(visit: Visit) -> Refreshed:
    feed, begun = visit.feed, visit.clock()
    found = visit.visitor.fetch(feed.address, etag=feed.etag, modified=feed.modified)
    if isinstance(found, Unchanged):
        return Refreshed(feed.slug, begun, None, [], feed.etag, feed.modified)
    entries, _ = read_feed(found.body)
    before = Meeting.objects.filter(source__slug=feed.slug).count()
    meetings = sum(len(entry.drafts) for entry in entries)
    if not visit.force and before and meetings < before * (1 - MAY_LOSE):
        raise Shrunk(
            f"{feed.slug} has {meetings:,} meetings now; the last time it had {before:,}. A list that loses more than "
            f"{MAY_LOSE:.0%} at once is not loaded. If it is right, run the command again with --force."
        )
    books = load_meetings(
        by=visit.by, at=visit.clock(), data=found.body, name=f"{feed.slug}.json", slug=feed.slug,
        title=feed.asked.get("title", ""), as_of=begun.date(),
    )  # fmt: skip
    return Refreshed(feed.slug, begun, books, [], found.etag, found.modified)


# What kind of feed is refreshed how; a kind that is no list in pages calls visit.visitor.fetch itself.
KINDS: dict[str, Callable[[Visit], Refreshed]] = {
    "findtreatment": _refresh_locator,
    "hsds": _refresh_hsds,
    "meetings": _refresh_meetings,
}
