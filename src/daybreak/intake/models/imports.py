"""Imports: a file from its arrival to its delivery, and the rows that were refused, by reason."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.events.models import Delivery, Feed
from daybreak.intake.models.mappings import StoredMapping

# waiting: no mapping chosen yet; queued: to be run; ended: its delivery says how; failed: ``why`` says what the file must be.
STATES = ("waiting", "queued", "running", "ended", "failed")


class Import(models.Model):
    """One file that an agency brought.

    ``beat_at`` is when the process that runs it last wrote; a running import whose beat is old was killed and is taken up
    again. ``kind`` is what its bringer said it holds ("" = not said). ``rows_expected`` is an estimate by size, None where the
    kind of file allows none. ``dropped`` lists the headings
    of columns that were not kept, ``notices`` what the reader said of the file. ``mends`` is the import whose refused rows
    this one brings again.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    file_bytes = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20, blank=True)
    mapping = models.ForeignKey(StoredMapping, models.PROTECT, null=True, related_name="imports")
    delivery = models.OneToOneField(Delivery, models.PROTECT, null=True, related_name="brought_by")
    mends = models.ForeignKey("self", models.PROTECT, null=True, related_name="mended_by")
    state = models.CharField(max_length=10, default="waiting")
    made_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    beat_at = models.DateTimeField(null=True)
    stop_asked = models.BooleanField(default=False)
    rows_expected = models.PositiveIntegerField(null=True)
    dropped = models.JSONField(default=list)
    notices = models.JSONField(default=list)
    why = models.TextField(blank=True)

    class Meta:
        """Newest first on the page; what runs has a mapping, what ended has a delivery."""

        indexes = [models.Index(fields=["feed", "-made_at"], name="intake_import_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="intake_import_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "failed"]) | models.Q(mapping__isnull=False),
                name="intake_import_has_mapping",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ended") | models.Q(delivery__isnull=False),
                name="intake_import_ended_delivers",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(why=""), name="intake_import_failed_says_why"
            ),
        ]


class Fault(models.Model):
    """Why rows of an import were refused: the heading ("" = the whole row), what must be there, and the cure."""

    brought = models.ForeignKey(Import, models.CASCADE, related_name="faults")
    column = models.CharField(max_length=200, blank=True)
    must = models.TextField()
    cure = models.TextField(blank=True)

    class Meta:
        """It says something."""

        constraints = [models.CheckConstraint(condition=~models.Q(must=""), name="intake_fault_says_must")]


class RefusedRow(models.Model):
    """A refused row by its line in the file; its cells are not kept here. ``mended_by`` brought it again."""

    fault = models.ForeignKey(Fault, models.CASCADE, related_name="rows")
    brought = models.ForeignKey(Import, models.CASCADE, related_name="refused_rows")
    line = models.PositiveIntegerField()
    mended_by = models.ForeignKey(Import, models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        """A line is refused once an import."""

        constraints = [
            models.UniqueConstraint(fields=["brought", "line"], name="intake_refused_row_once"),
        ]
