"""How to reach a service: phone, hours, language."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.directory.models.places import Location
from daybreak.directory.models.programs import Organization, Service
from daybreak.directory.models.sources import Source


class Phone(models.Model):
    """One number of one service at one place (HSDS phone). ``location`` None = of the service or organization as a whole.

    ``number`` is ten digits ("8592465000"), or the text as it came where it cannot be read as a number (``readable`` False).
    ``confirmed_on`` is the day on which somebody last said that this number is right: the edition's date for a directory,
    the day of the call for a check by phone. A number that nobody confirmed within a year is never shown as one to call.
    """

    class Kind(models.TextChoices):
        """What the number is for, as the sources label it."""

        MAIN = "main"
        INTAKE = "intake"
        HOTLINE = "hotline"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    location = models.ForeignKey(Location, models.CASCADE, null=True, blank=True, related_name="phones")
    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="phones")
    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="phones"
    )
    number = models.CharField(max_length=80)
    extension = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MAIN)
    description = models.CharField(max_length=200, blank=True)
    readable = models.BooleanField(default=True)
    confirmed_on = models.DateField()
    source = models.ForeignKey(Source, models.PROTECT, related_name="phones")
    position = models.PositiveSmallIntegerField(default=0)
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """Each number once a service, place and source."""

        constraints = [
            models.UniqueConstraint(
                fields=["location", "service", "number", "extension", "kind", "source"],
                name="directory_phone_once",
            )
        ]


class Schedule(models.Model):
    """When a service is open (HSDS schedule; iCalendar weekday letters)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="schedules")
    location = models.ForeignKey(Location, models.CASCADE, null=True, blank=True, related_name="schedules")
    byday = models.CharField(max_length=200, blank=True)
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    description = models.TextField(blank=True)
    kept = models.JSONField(null=True, blank=True)


class Language(models.Model):
    """A language, other than English, in which a service is given (HSDS language; ISO 639)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="languages")
    name = models.CharField(max_length=100)
    code = models.CharField(max_length=10, blank=True)
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """Each once a service."""

        constraints = [models.UniqueConstraint(fields=["service", "name"], name="directory_language_once")]
