"""Runs what is queued: files uploaded at the desk, and imports that were killed half-way; no queue server."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from daybreak.events.actions.filing import DeliveryMoved
from daybreak.intake.actions.running import CannotRun, run_import
from daybreak.intake.models import Import
from daybreak.intake.readers.kept import file_of, forget, kept_ids, tidy

# A running import writes after every batch of seconds; counting a million rows at its end takes minutes at most.
KILLED_AFTER = timedelta(minutes=10)
log = logging.getLogger(__name__)


def run_due(*, by: str, clock: Callable[[], datetime]) -> int:
    """Run every import that is queued or was killed, one after the other; returns how many. Old leftovers are deleted."""
    ran = 0
    while brought := _claim(clock()):
        try:
            run_import(
                by=brought.by,
                brought=brought,
                source=file_of(settings.IMPORTS, brought.public_id),
                at=clock(),
            )
        except CannotRun:
            pass  # the import says why
        except DeliveryMoved:
            log.warning("The import %s is run by another process.", brought.public_id)
        ran += 1
    oldest = clock() - timedelta(days=settings.DAYBREAK_REFUSED_DAYS)
    for old in Import.objects.filter(state="waiting", made_at__lt=oldest):
        Import.objects.filter(pk=old.pk, state="waiting").update(
            state="failed", why="Nobody chose a mapping in time; the file was deleted. Give it again."
        )
        forget(settings.IMPORTS, old.public_id, refused=True)
    for over in Import.objects.filter(
        public_id__in=kept_ids(settings.IMPORTS), state__in=["ended", "failed"]
    ):
        forget(settings.IMPORTS, over.public_id)
    tidy(settings.IMPORTS, oldest)
    return ran


def _claim(at: datetime) -> Import | None:
    """The oldest import that is due and whose file lies here, claimed by a conditional update."""
    due = Q(state="queued") | Q(state="running", beat_at__lt=at - KILLED_AFTER)
    for brought in (
        Import.objects.filter(due)
        .select_related("feed__agency", "mapping", "delivery")
        .order_by("made_at", "pk")
    ):
        if not file_of(settings.IMPORTS, brought.public_id).is_file():
            continue
        if Import.objects.filter(due, pk=brought.pk).update(state="running", beat_at=Now()):
            return brought
    return None
