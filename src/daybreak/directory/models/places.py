"""Where help is given: location, address, accessibility, and which service is given where."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.directory.models.programs import Organization, Service


class Location(models.Model):
    """A place where services are given; the finder calls it a listing (HSDS location).

    ``latitude`` and ``longitude`` are degrees, WGS 84; None = no point is known. ``county`` is the key "KY/Fayette",
    "" = unknown.
    ``point_from`` says where the point comes from: the source's own geocode, the centre of its ZIP area, or none.
    ``match_key`` is the folded name, street and ZIP by which the same place is met again in other files.
    """

    class PointFrom(models.TextChoices):
        """Where a location's point comes from."""

        SOURCE = "source"
        ZIP = "zip"
        NONE = "none"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="locations")
    location_type = models.CharField(max_length=10, default="physical")
    name = models.CharField(max_length=300)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    point_from = models.CharField(max_length=10, choices=PointFrom.choices, default=PointFrom.NONE)
    county = models.CharField(max_length=100, blank=True)
    match_key = models.CharField(max_length=600, unique=True)
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """A point is whole and on the globe."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="directory_location_point_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(location_type__in=["physical", "postal", "virtual"]),
                name="directory_location_type_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """A postal address of a location (HSDS address)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    location = models.ForeignKey(Location, models.CASCADE, related_name="addresses")
    address_1 = models.CharField(max_length=300, blank=True)
    address_2 = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=150, blank=True)
    state_province = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="US")
    address_type = models.CharField(max_length=10, default="physical")
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """Found by ZIP."""

        verbose_name_plural = "addresses"
        indexes = [models.Index(fields=["postal_code"], name="directory_address_zip")]


class Accessibility(models.Model):
    """Help for people with a disability at a location (HSDS accessibility)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    location = models.ForeignKey(Location, models.CASCADE, related_name="accessibilities")
    description = models.CharField(max_length=300)
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """Each said once a place."""

        verbose_name_plural = "accessibilities"
        constraints = [
            models.UniqueConstraint(fields=["location", "description"], name="directory_accessibility_once")
        ]


class ServiceAtLocation(models.Model):
    """This service is given at this place (HSDS service_at_location)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="at_locations")
    location = models.ForeignKey(Location, models.CASCADE, related_name="services_here")
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """Each pair once."""

        constraints = [
            models.UniqueConstraint(fields=["service", "location"], name="directory_service_location_once")
        ]
