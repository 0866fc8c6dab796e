"""Feeds (what an agency sends again and again) and deliveries (one file or one call of a feed)."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.accounts.models import Agency

STATES = ("running", "done", "cancelled", "undone")


class Feed(models.Model):
    """What one agency sends, and how often it should come.

    ``health`` says that a health source speaks of the living (EMS, a hospital, a coroner before the case closes): law
    enforcement then sees counts only. ``expected_days`` without a delivery and the feed is late; three times that, silent.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="feeds")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    health = models.BooleanField()
    expected_days = models.PositiveSmallIntegerField(default=7)
    active = models.BooleanField(default=True)

    class Meta:
        """One name an agency."""

        constraints = [
            models.UniqueConstraint(fields=["agency", "slug"], name="events_feed_once"),
            models.CheckConstraint(
                condition=models.Q(expected_days__gte=1), name="events_feed_expected_some_day"
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Delivery(models.Model):
    """One file or call, and how its rows add up: read = added + updated + unchanged + refused, kept by the database.

    ``position`` is the last line that stands in the ledger, written with its rows in one transaction, so that a delivery
    that was killed goes on where it stopped. ``root`` is the hash over the digests of its rows.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="deliveries")
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    mapping = models.CharField(max_length=120)
    received_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default="running")
    ended_at = models.DateTimeField(null=True)
    position = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    root = models.CharField(max_length=64, blank=True)

    class Meta:
        """The books balance at every commit; a file is delivered once a feed and mapping unless it was undone."""

        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["feed", "-received_at"], name="events_delivery_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="events_delivery_state"),
            models.CheckConstraint(
                condition=models.Q(
                    read=models.F("added") + models.F("updated") + models.F("unchanged") + models.F("refused")
                ),
                name="events_delivery_adds_up",
            ),
            models.UniqueConstraint(
                fields=["feed", "file_sha256", "mapping"],
                condition=models.Q(state="running"),
                name="events_delivery_runs_once",
            ),
        ]
