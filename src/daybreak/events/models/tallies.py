"""Counts of present events by day, place and substance: what pages read instead of a million rows; made anew from events."""

from __future__ import annotations

from django.db import models

from daybreak.accounts.models import Agency
from daybreak.events.models.deliveries import Feed


class Tally(models.Model):
    """How many events of one feed and kind on one local day in one ZIP code.

    ``substance`` "" counts every event; a slug those that name it or a narrower one, each once (an event with two stands under
    both, and under what is wider than both: never add them).
    ``precision`` "day" holds what is known to the day or better; longer periods stand apart under their own word.
    """

    # Tallies are made of events, whose agency and feed the database has checked: half a million rows need no second look.
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    feed = models.ForeignKey(Feed, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=20)
    precision = models.CharField(max_length=10)
    on = models.DateField()
    zip = models.CharField(max_length=5, blank=True)
    county = models.CharField(max_length=5, blank=True)
    substance = models.SlugField(max_length=60, blank=True, db_index=False)
    events = models.PositiveIntegerField()
    fatal = models.PositiveIntegerField()
    doses = models.PositiveIntegerField()

    class Meta:
        """Once each."""

        verbose_name_plural = "tallies"
        # Sums over years read this index alone, never the rows.
        indexes = [
            models.Index(
                fields=["kind", "substance", "feed", "on", "precision", "events"], name="events_tally_sums"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "substance", "on", "feed", "precision", "zip", "county"],
                name="events_tally_once",
            )
        ]
