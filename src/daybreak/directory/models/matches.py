"""Which places of different lists are one and the same, who says so, and why: nothing is merged away, so all can be undone."""

from __future__ import annotations

from django.db import models

from daybreak.directory.models.places import Location


class Match(models.Model):
    """Two locations that may be the same place. Publishing and exporting fold those that are ``same`` into one listing.

    ``score`` lies in 0..1; ``reasons`` says how it came about, one entry a comparison. ``decided_by`` is "" where the rules
    decided alone; ``before`` is the state before the last decision, to which an undo returns.
    """

    class State(models.TextChoices):
        """Doubtful pairs wait for a person; the others are decided."""

        DOUBTFUL = "doubtful"
        SAME = "same"
        DIFFERENT = "different"

    first = models.ForeignKey(Location, models.CASCADE, related_name="+")
    second = models.ForeignKey(Location, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DOUBTFUL)
    before = models.CharField(max_length=10, blank=True)
    score = models.FloatField()
    reasons = models.JSONField()
    found_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A pair once, its members in the order of their ids."""

        verbose_name_plural = "matches"
        indexes = [models.Index(fields=["state"], name="directory_match_state")]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="directory_match_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="directory_match_ordered"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["doubtful", "same", "different"]),
                name="directory_match_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=1), name="directory_match_score_range"
            ),
        ]
