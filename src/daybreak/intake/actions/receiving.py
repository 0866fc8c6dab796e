"""Takes files in, chooses their mapping, stops and undoes their imports."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import router, transaction

from daybreak.audit.actions import record
from daybreak.events.actions.deliveries import CannotUndo, undo_delivery
from daybreak.events.models import Delivery, Feed
from daybreak.intake.models import Import, StoredMapping
from daybreak.intake.readers.kept import forget, keep, sha256_of

__all__ = [
    "CannotUndo",
    "choose_mapping",
    "note_file",
    "receive_file",
    "set_aside",
    "stop_import",
    "undo_import",
]
_NAME = 255


def receive_file(
    *,
    by: str,
    feed: Feed,
    name: str,
    chunks: Iterable[bytes],
    at: datetime,
    kind: str = "",
    mends: Import | None = None,
) -> Import:
    """Keep an uploaded file and open its import, which then waits for a mapping."""
    public_id = uuid.uuid4()
    _, sha256, size = keep(settings.IMPORTS, public_id, chunks)
    return _import(by, feed, name, sha256, size, at, public_id=public_id, kind=kind, mends=mends)


def note_file(*, by: str, feed: Feed, path: Path, mapping: StoredMapping, at: datetime) -> Import:
    """The import of a file that lies on this machine; the one that was killed half-way, where there is one."""
    sha256, size = sha256_of(path)
    killed = Import.objects.filter(
        feed=feed, file_sha256=sha256, mapping=mapping, state__in=["queued", "running"]
    ).order_by("made_at", "pk")
    if brought := killed.first():
        return brought
    return _import(by, feed, path.name, sha256, size, at, public_id=uuid.uuid4(), mapping=mapping)


def _import(
    by: str,
    feed: Feed,
    name: str,
    sha256: str,
    size: int,
    at: datetime,
    *,
    public_id: uuid.UUID,
    kind: str = "",
    mapping: StoredMapping | None = None,
    mends: Import | None = None,
) -> Import:
    with transaction.atomic(using=router.db_for_write(Import)):
        brought = Import.objects.create(
            public_id=public_id,
            feed=feed,
            file_name=name[-_NAME:],
            file_sha256=sha256,
            file_bytes=size,
            kind=kind,
            mapping=mapping,
            mends=mends,
            state="queued" if mapping else "waiting",
            made_at=at,
            by=by,
        )
        record(
            by=by, at=at, action="file-received", subject=f"import:{brought.public_id}",
            detail={"feed": feed.slug, "agency": feed.agency.slug, "file_sha256": sha256, "bytes": size},
        )  # fmt: skip
    return brought


def choose_mapping(*, by: str, brought: Import, mapping: StoredMapping, at: datetime) -> Import:
    """Queue a waiting or failed import with a mapping of its agency; raises ValueError for any other."""
    if mapping.agency_id != brought.feed.agency_id:
        raise ValueError("The mapping must be one of the import's own agency.")
    with transaction.atomic(using=router.db_for_write(Import)):
        changed = Import.objects.filter(pk=brought.pk, state__in=["waiting", "failed"], delivery=None).update(
            mapping=mapping, state="queued", why=""
        )
        if not changed:
            raise ValueError("Only an import that waits or failed can be given a mapping.")
        record(
            by=by, at=at, action="import-queued", subject=f"import:{brought.public_id}",
            detail={"mapping": f"{mapping}"},
        )  # fmt: skip
    brought.refresh_from_db()
    return brought


def stop_import(*, by: str, brought: Import, at: datetime) -> bool:
    """Ask a running import to stop after its batch; one that only waits is set aside. False where nothing runs or waits."""
    with transaction.atomic(using=router.db_for_write(Import)):
        asked = Import.objects.filter(pk=brought.pk, state__in=["running", "queued"], delivery__isnull=False)
        if asked.update(stop_asked=True):
            record(by=by, at=at, action="import-stop-asked", subject=f"import:{brought.public_id}")
            return True
        return set_aside(by=by, brought=brought, at=at)


def set_aside(*, by: str, brought: Import, at: datetime) -> bool:
    """Give up an import of which nothing was stored; its file is deleted."""
    with transaction.atomic(using=router.db_for_write(Import)):
        waiting = Import.objects.filter(
            pk=brought.pk, state__in=["waiting", "queued", "failed"], delivery=None
        )
        if not waiting.update(state="failed", why="It was set aside; nothing of it was stored."):
            return False
        record(by=by, at=at, action="import-set-aside", subject=f"import:{brought.public_id}")
    forget(settings.IMPORTS, brought.public_id, refused=True)
    return True


def undo_import(*, by: str, brought: Import, at: datetime) -> Delivery:
    """Take back all that an import brought; raises CannotUndo, with the later deliveries that corrected its rows.

    Raises ValueError for an import that has not ended or was undone already.
    """
    if brought.delivery is None:
        raise ValueError("Only an import that brought something can be undone; this one brought nothing.")
    undone = undo_delivery(by=by, delivery=brought.delivery, at=at)
    forget(settings.IMPORTS, brought.public_id, refused=True)
    return undone
