"""Where every row came from: the source, each import, each record, what was repaired and what was put aside."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.directory.models.places import Location
from daybreak.directory.models.programs import Service


class Source(models.Model):
    """One edition of one list, and the day for which it speaks.

    ``family`` joins the editions of one list: within a family the newest edition that has a service replaces what older
    editions said of it. ``as_of`` is the edition's day (the last day of its year where only the year is known).
    """

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    family = models.SlugField(max_length=60)
    as_of = models.DateField()
    citation = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.slug


class Import(models.Model):
    """One file, read once: what it was and how its rows add up.

    read = loaded + updated + unchanged + merged + quarantined, kept by the database. ``read_with`` is the SHA-256 of the
    rules, code lists and mapping that read the file: with the same ones the same file need not be read again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    read_with = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    read = models.PositiveIntegerField()
    loaded = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    merged = models.PositiveIntegerField()
    quarantined = models.PositiveIntegerField()

    class Meta:
        """The books balance, or the import does not stand."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    read=models.F("loaded")
                    + models.F("updated")
                    + models.F("unchanged")
                    + models.F("merged")
                    + models.F("quarantined")
                ),
                name="directory_import_adds_up",
            )
        ]


class Record(models.Model):
    """One row of one source, and the service and place that it speaks of.

    ``key`` names the row within its source whatever its position; ``digest`` is the SHA-256 of its content.
    ``row`` counts data rows from 1, the header not counted; ``line`` is the line of the file on which the row begins.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="records")
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    row = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    service = models.ForeignKey(Service, models.CASCADE, related_name="records")
    location = models.ForeignKey(Location, models.CASCADE, related_name="records")
    merged = models.BooleanField(default=False)

    class Meta:
        """A row once a source."""

        constraints = [models.UniqueConstraint(fields=["source", "key"], name="directory_record_once")]


class Repair(models.Model):
    """What was mended in a record so that it could be loaded: which field, what stood there, what stands now, and why."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="repairs")
    field = models.CharField(max_length=60)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    rule = models.CharField(max_length=60)


class Quarantined(models.Model):
    """A row that could not be loaded, kept whole until somebody mends it."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="quarantined")
    during = models.ForeignKey(Import, models.CASCADE, related_name="put_aside")
    line = models.PositiveIntegerField()
    raw = models.TextField()
    reason = models.CharField(max_length=300)
