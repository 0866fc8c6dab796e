"""Imports, mappings and feeds of the viewer's own agency; other agencies' files are nobody else's business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Feed, Operation
from daybreak.events.queries.rows import local_zone
from daybreak.events.rules.freshness import freshness
from daybreak.intake.models import AgencyKey, Import, StoredMapping


@dataclass(frozen=True, slots=True)
class FeedSeen:
    """A feed and how fresh it is; ``last_at`` is when its newest delivery that stands was received, None = none yet."""

    public_id: UUID
    slug: str
    name: str
    health: bool
    expected_days: int
    last_at: datetime | None
    freshness: str


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A reason for which rows were refused: how many, how many of them are mended, and the first line."""

    column: str
    must: str
    cure: str
    rows: int
    mended: int
    first_line: int


def imports(viewer: Viewer) -> QuerySet[Import]:
    """The imports of the viewer's agency, newest first."""
    if viewer.agency_id is None or not viewer.may("run-imports"):
        return Import.objects.none()
    return (
        Import.objects.filter(feed__agency=viewer.agency_id)
        .select_related("feed", "feed__agency", "mapping", "delivery", "mends")
        .order_by("-made_at", "-pk")
    )


def one_import(viewer: Viewer, public_id: UUID) -> Import | None:
    """One import of the viewer's agency; None for any other."""
    return imports(viewer).filter(public_id=public_id).first()


def feeds(viewer: Viewer) -> list[FeedSeen]:
    """The active feeds of the viewer's agency with their freshness at ``viewer.at``, by name."""
    if viewer.agency_id is None or not viewer.may("run-imports"):
        return []
    rows = (
        Feed.objects.filter(agency=viewer.agency_id, active=True)
        .annotate(last_at=Max("deliveries__received_at", filter=Q(deliveries__state="done")))
        .order_by("name", "pk")
    )
    zone = local_zone()
    today = viewer.at.astimezone(zone).date()
    return [
        FeedSeen(
            feed.public_id, feed.slug, feed.name, feed.health, feed.expected_days, feed.last_at,
            freshness(
                feed.last_at.astimezone(zone).date() if feed.last_at else None,
                expected_days=feed.expected_days, today=today,
            ),
        )
        for feed in rows
    ]  # fmt: skip


def mappings(viewer: Viewer) -> list[StoredMapping]:
    """The newest version of each of the agency's mappings, by name."""
    if viewer.agency_id is None or not viewer.may("run-imports"):
        return []
    newest: dict[str, StoredMapping] = {}
    for kept in StoredMapping.objects.filter(agency=viewer.agency_id).order_by("name", "version"):
        newest[kept.name] = kept
    return list(newest.values())


def one_mapping(viewer: Viewer, public_id: UUID) -> StoredMapping | None:
    """One version of a mapping of the viewer's agency; None for any other."""
    if viewer.agency_id is None or not viewer.may("run-imports"):
        return None
    return StoredMapping.objects.filter(agency=viewer.agency_id, public_id=public_id).first()


def operations_of(brought: Import) -> dict[str, str]:
    """Slug → name of the operations that the import's agency has named; a file can name no others."""
    return dict(
        Operation.objects.filter(agency=brought.feed.agency_id).order_by("name").values_list("slug", "name")
    )


def keys(viewer: Viewer) -> QuerySet[AgencyKey]:
    """The keys of the agency's own systems, newest first."""
    if viewer.agency_id is None or not viewer.may("run-imports"):
        return AgencyKey.objects.none()
    return (
        AgencyKey.objects.filter(feed__agency=viewer.agency_id)
        .select_related("feed")
        .order_by("-made_at", "-pk")
    )


def faults(brought: Import) -> list[FaultSeen]:
    """Why rows of an import were refused, the commonest first."""
    rows = brought.faults.annotate(
        many=Count("rows"),
        mended=Count("rows", filter=Q(rows__mended_by__isnull=False)),
        first=Min("rows__line"),
    ).order_by("-many", "first")
    return [FaultSeen(one.column, one.must, one.cure, one.many, one.mended, one.first) for one in rows]
