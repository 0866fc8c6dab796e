"""Who offers help and what they offer: organization, program, service, capacity."""

from __future__ import annotations

import uuid

from django.db import models


class Organization(models.Model):
    """The body that runs services (HSDS organization)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=300)
    alternate_name = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    website = models.CharField(max_length=500, blank=True)
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """A name is needed."""

        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="directory_organization_has_name")
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationIdentifier(models.Model):
    """What another body calls this organization (HSDS organization_identifier)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="identifiers")
    identifier_type = models.CharField(max_length=100)
    identifier = models.CharField(max_length=200)
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """Each said once."""

        constraints = [
            models.UniqueConstraint(
                fields=["organization", "identifier_type", "identifier"], name="directory_identifier_once"
            )
        ]


class Program(models.Model):
    """A named group of services of one organization (HSDS program)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="programs")
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    kept = models.JSONField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """One thing that an organization offers, with its own payers, ages and entry rules (HSDS service).

    ``assured_date`` is the day on which somebody last confirmed the service; None = nobody has.
    ``published`` is ours: False keeps a service (a solo practitioner, say) out of every page, feed and export.
    """

    class Status(models.TextChoices):
        """HSDS 3.0's four states."""

        ACTIVE = "active"
        INACTIVE = "inactive"
        DEFUNCT = "defunct"
        TEMPORARILY_CLOSED = "temporarily closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="services")
    program = models.ForeignKey(Program, models.SET_NULL, null=True, blank=True, related_name="services")
    name = models.CharField(max_length=300)
    alternate_name = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE)
    alert = models.TextField(blank=True)
    assured_date = models.DateField(null=True, blank=True)
    last_modified = models.DateTimeField()
    published = models.BooleanField(default=True)
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """A name and a known state are needed."""

        indexes = [models.Index(fields=["last_modified"], name="directory_service_modified")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="directory_service_has_name"),
            models.CheckConstraint(
                condition=models.Q(status__in=["active", "inactive", "defunct", "temporarily closed"]),
                name="directory_service_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceCapacity(models.Model):
    """How many places a service has open (HSDS 3.1 service_capacity), and until when that word may be believed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="capacities")
    unit = models.CharField(max_length=100, default="Bed")
    available = models.PositiveIntegerField()
    maximum = models.PositiveIntegerField(null=True, blank=True)
    description = models.TextField(blank=True)
    updated = models.DateTimeField()
    expires_at = models.DateTimeField()
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """A word about openings ends after it begins."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("updated")),
                name="directory_capacity_expires_later",
            )
        ]
