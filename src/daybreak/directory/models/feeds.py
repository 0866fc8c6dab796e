"""Lists that are fetched again and again from where they are published, and how far the last fetch came."""

from __future__ import annotations

from django.db import models


class Feed(models.Model):
    """One list to refresh: what it is, where it lies, how often, and what is known of the last fetch.

    ``kind`` is findtreatment, hsds or meetings. ``asked`` is what the list is asked for (state, county, zip, miles, type).
    ``every_hours`` None = only when somebody says so; ``next_at`` is when it is due otherwise. ``progress`` is where an
    interrupted fetch goes on; ``claimed_until`` keeps a second fetcher away while one works, and ``claim`` names the one.
    ``last_at`` is when the last fetch that succeeded began.
    """

    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=500)
    asked = models.JSONField(default=dict, blank=True)
    every_hours = models.PositiveIntegerField(null=True, blank=True)
    next_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=36, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=60, blank=True)
    progress = models.JSONField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    last_outcome = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        """Of a known kind, at most every hour."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["findtreatment", "hsds", "meetings"]),
                name="directory_feed_kind_known",
            ),
            models.CheckConstraint(condition=models.Q(every_hours__gte=1), name="directory_feed_polite"),
        ]

    def __str__(self) -> str:
        return self.slug
