"""Mappings as they are kept: never rewritten, a changed one is the next version."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.accounts.models import Agency


class StoredMapping(models.Model):
    """One version of an agency's mapping; ``body`` is the mapping's file (rules.mapping says what stands in it)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="mappings")
    name = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField()
    body = models.JSONField()
    made_at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        """Each version of a name once an agency."""

        constraints = [
            models.UniqueConstraint(fields=["agency", "name", "version"], name="intake_mapping_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="intake_mapping_version"),
            models.CheckConstraint(condition=~models.Q(name=""), name="intake_mapping_has_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"
