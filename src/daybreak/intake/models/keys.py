"""Keys with which an agency's own system calls us, and the calls it made."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.events.models import Delivery, Feed


class AgencyKey(models.Model):
    """A key for one feed, from ``made_at`` until ``ended_at`` (None = still). Only its SHA-256 is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="keys")
    label = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """It says whose it is."""

        constraints = [models.CheckConstraint(condition=~models.Q(label=""), name="intake_key_has_label")]


class Call(models.Model):
    """One call with a key: what its idempotency key and its body were (SHA-256 of each) and what we answered."""

    key = models.ForeignKey(AgencyKey, models.PROTECT, related_name="calls")
    idempotency = models.CharField(max_length=64)
    body_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, related_name="+")

    class Meta:
        """One answer an idempotency key."""

        indexes = [models.Index(fields=["key", "at"], name="intake_call_newest")]
        constraints = [
            models.UniqueConstraint(fields=["key", "idempotency"], name="intake_call_once"),
        ]
