"""One row for each thing that was done; the database itself refuses to change or delete it."""

from __future__ import annotations

import uuid

from django.db import models


class Entry(models.Model):
    """Who (``actor``) did what (``action``) to what (``subject``) at which moment.

    ``actor`` is "person:<public id>", or "command:<name>" for work done from a shell; ``detail`` holds counts and hashes,
    never a person's data. ``number`` counts from 1 without gaps; ``digest`` is over all fields and ``previous``, the
    digest of the entry before (rules/chain.py).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveBigIntegerField(unique=True, editable=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=100)
    subject = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        """Read newest first."""

        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["at"], name="audit_entry_at"),
            models.Index(fields=["actor", "-number"], name="audit_entry_actor"),
            models.Index(fields=["action", "-number"], name="audit_entry_action"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(actor=""), name="audit_entry_has_actor"),
            models.CheckConstraint(condition=~models.Q(action=""), name="audit_entry_has_action"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="audit_entry_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action}"
