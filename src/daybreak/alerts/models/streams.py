"""A stream is one feed's kind of event, of a substance or of all, in one place; a watch is one testing of all streams."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.events.models import Feed
from daybreak.vocabulary.kinds import KINDS


class Stream(models.Model):
    """Counts by day of one feed. ``substance`` "" counts every event; ``zip`` "" the whole of the feed's area."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="streams")
    kind = models.CharField(max_length=20)
    substance = models.SlugField(max_length=60, blank=True, db_index=False)
    zip = models.CharField(max_length=5, blank=True)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        """One row each."""

        constraints = [
            models.UniqueConstraint(fields=["feed", "kind", "substance", "zip"], name="alerts_stream_once"),
            models.CheckConstraint(condition=models.Q(kind__in=sorted(KINDS)), name="alerts_stream_kind"),
        ]


class Watch(models.Model):
    """One testing of all streams: the day that was tested, how many streams could be, and how many were on the list."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField()
    tested_day = models.DateField()
    streams = models.PositiveIntegerField()
    tested = models.PositiveIntegerField()
    listed = models.PositiveIntegerField()
    share = models.FloatField()
    seen_delivery = models.PositiveBigIntegerField(default=0)

    class Meta:
        """No more are listed than were tested, nor tested than there are."""

        verbose_name_plural = "watches"
        indexes = [models.Index(fields=["-at"], name="alerts_watch_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(listed__lte=models.F("tested"), tested__lte=models.F("streams")),
                name="alerts_watch_adds_up",
            )
        ]
