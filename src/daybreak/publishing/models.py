"""Briefs that were made, and what each said to whom: a brief is kept once for all who may see the same."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.accounts.models import Agency


class MadeBrief(models.Model):
    """That an agency's people made a brief: as known on which day, against which earlier one, when, and who made it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="briefs")
    as_of = models.DateField()
    before = models.DateField()
    made_at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        """Changes are those since an earlier day."""

        indexes = [models.Index(fields=["agency", "-as_of"], name="publishing_brief_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(before__lt=models.F("as_of")), name="publishing_brief_before"
            )
        ]


class Copy(models.Model):
    """What a brief says to everybody with one scope (a digest of queries.briefs.scope_of); made anew whenever it is missing."""

    brief = models.ForeignKey(MadeBrief, models.CASCADE, related_name="copies")
    scope = models.CharField(max_length=64)
    content = models.JSONField()

    class Meta:
        """Once a scope."""

        verbose_name_plural = "copies"
        constraints = [models.UniqueConstraint(fields=["brief", "scope"], name="publishing_copy_once")]
