"""Recovery meetings: when, where or over which line, and of what kind."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.directory.models.sources import Source


class Meeting(models.Model):
    """One weekly meeting of a Meeting Guide feed.

    ``key`` is the feed's slug of the meeting. ``day`` is 0 for Sunday to 6 for Saturday, None = by appointment; ``opens_at``
    and ``ends_at`` are local times of the meeting's place. ``types`` are Meeting Guide codes. A meeting is in person, online,
    or both; ``updated`` is when the feed last changed it, None = not stated. Coordinates are degrees, WGS 84.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="meetings")
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    day = models.PositiveSmallIntegerField(null=True, blank=True)
    opens_at = models.TimeField(null=True, blank=True)
    ends_at = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    types = models.JSONField()
    in_person = models.BooleanField()
    online = models.BooleanField()
    place_name = models.CharField(max_length=300, blank=True)
    street = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=150, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip = models.CharField(max_length=10, blank=True)
    county = models.CharField(max_length=100, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    online_url = models.CharField(max_length=1000, blank=True)
    online_phone = models.CharField(max_length=80, blank=True)
    online_notes = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    updated = models.DateTimeField(null=True, blank=True)
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """A meeting once a feed, on a day of the week, somewhere."""

        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="directory_meeting_once"),
            models.CheckConstraint(
                condition=models.Q(day__isnull=True) | models.Q(day__lte=6),
                name="directory_meeting_day_of_week",
            ),
            models.CheckConstraint(
                condition=models.Q(in_person=True) | models.Q(online=True), name="directory_meeting_somewhere"
            ),
        ]
