"""Who may see which rows of the ledger, how precisely, and in which fields: the one place where the ledger asks who looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connections, router

from daybreak.accounts.models import Agency
from daybreak.accounts.viewers import Grant, Viewer
from daybreak.events.models import Event, Feed
from daybreak.events.rules.released_cells import bound
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.precision import PLACES, TIMES

ROWS, COUNTS, CELLS = "rows", "counts", "cells"


@dataclass(frozen=True, slots=True)
class Source:
    """One feed's events of one kind, and how the viewer sees them.

    ``access``: "rows" one by one, "counts" as exact counts, "cells" as the released cells of withholding only.
    ``place`` and ``time`` are the finest precisions shown; ``fields`` the shared fields, None = all. ``restricted``: a
    health source speaks of the living, and each reading of rows is written down.
    """

    feed_id: int
    agency_id: int
    agency: str
    agency_name: str
    kind: str
    access: str
    place: str
    time: str
    fields: frozenset[str] | None
    restricted: bool

    def shows(self, field: str) -> bool:
        """Whether a field of accounts.rules.agencies.SHARED_FIELDS is shown."""
        return self.fields is None or field in self.fields

    @property
    def is_coarse(self) -> bool:
        """Whether days are not shown: then no filter and no order may depend on them."""
        return self.time not in {"minute", "hour", "day"}


def of_the_living(feed: Feed, kind: str) -> bool:
    """Whether events of this kind are a health source's reports about the living."""
    return feed.health or bound(kind, feed.agency.kind, audience="law-enforcement")


def sources(viewer: Viewer, *, kinds: Iterable[str] = (), access: Iterable[str] = (ROWS,)) -> list[Source]:
    """What the viewer may see, by feed and kind, for kinds that the feed has; ``kinds`` () = all. Ordered by feed and kind.

    Nobody without "see-ledger" or without an agency sees anything.
    """
    if viewer.agency_id is None or not viewer.may("see-ledger"):
        return []
    asked = [kind for kind in KINDS if kind in set(kinds) or not kinds]
    wanted = set(access)
    found = []
    for feed, held in _feeds_with_kinds(viewer, asked):
        for kind in held:
            one = _source(viewer, feed, kind)
            if one is not None and one.access in wanted:
                found.append(one)
    return found


def _feeds_with_kinds(viewer: Viewer, kinds: list[str]) -> list[tuple[Feed, list[str]]]:
    """The feeds within reach, each with those of the kinds that it has events of: one look at an index a feed and kind."""
    reachable = {viewer.agency_id} | {grant.agency_id for grant in viewer.grants}
    feeds = list(Feed.objects.filter(agency__in=reachable).select_related("agency").order_by("pk"))
    if not feeds or not kinds:
        return []
    every = " UNION ALL ".join(["SELECT %s AS kind"] * len(kinds))
    marks = ", ".join(["%s"] * len(feeds))
    # Ordered by the day, so that PostgreSQL looks into the index of feed, kind and day once a pair and joins nothing.
    one = "SELECT e.id FROM events_event e WHERE e.feed_id = f.id AND e.kind = k.kind ORDER BY e.occurred_on LIMIT 1"
    with connections[router.db_for_read(Event)].cursor() as cursor:
        cursor.execute(
            f"SELECT f.id, k.kind FROM events_feed f CROSS JOIN ({every}) k WHERE f.id IN ({marks}) "  # noqa: S608 - our own words
            f"AND ({one}) IS NOT NULL",
            [*kinds, *(feed.pk for feed in feeds)],
        )
        there = set(cursor.fetchall())
    return [(feed, [kind for kind in kinds if (feed.pk, kind) in there]) for feed in feeds]


def _source(viewer: Viewer, feed: Feed, kind: str) -> Source | None:
    own = feed.agency_id == viewer.agency_id
    grant = None if own else best_grant(viewer, feed.agency_id, kind)
    if not own and grant is None:
        return None
    living = of_the_living(feed, kind)
    return Source(
        feed_id=feed.pk,
        agency_id=feed.agency_id,
        agency=feed.agency.slug,
        agency_name=feed.agency.name,
        kind=kind,
        access=_access(viewer, living=living, own=own),
        place=PLACES[0] if grant is None else grant.place,
        time=TIMES[0] if grant is None else grant.time,
        fields=None if grant is None else grant.fields,
        restricted=living,
    )


def _access(viewer: Viewer, *, living: bool, own: bool) -> str:
    if not living:
        return ROWS
    if viewer.law_enforcement:
        return CELLS
    if viewer.may("see-restricted"):
        return ROWS
    return COUNTS if own else CELLS


def best_grant(viewer: Viewer, agency: int, kind: str) -> Grant | None:
    """The agreement that shows most of one agency's kind: the finest place, then time, then the most fields.

    Agreements are never mixed: the fields of one beside the places of another would show more than either gives.
    """
    held = [grant for grant in viewer.grants if grant.agency_id == agency and grant.kind == kind]
    if not held:
        return None
    return min(
        held,
        key=lambda grant: (
            PLACES.index(grant.place),
            TIMES.index(grant.time),
            -len(grant.fields),
            sorted(grant.fields),
        ),
    )


def agencies_seen(viewer: Viewer) -> list[Agency]:
    """The viewer's agency and those that share something with it today, by name."""
    reachable = {grant.agency_id for grant in viewer.grants}
    if viewer.agency_id is not None:
        reachable.add(viewer.agency_id)
    return list(Agency.objects.filter(pk__in=reachable).order_by("name"))
