"""A signal is one rise of one stream, from the first morning it was listed; its days and its reviews are only ever added."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.alerts.models.streams import Stream, Watch
from daybreak.alerts.rules.lifecycle import NEXT, VERDICTS


class Signal(models.Model):
    """A rise: first and last day on which it alarmed. ``state`` is the newest review's verdict, "new" before the first."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stream = models.ForeignKey(Stream, models.PROTECT, related_name="signals")
    first_on = models.DateField()
    last_on = models.DateField()
    state = models.CharField(max_length=10, default="new")

    class Meta:
        """A state that we know; it ends after it begins."""

        indexes = [models.Index(fields=["-last_on"], name="alerts_signal_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=sorted(NEXT)), name="alerts_signal_state"),
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="alerts_signal_span"
            ),
            models.UniqueConstraint(fields=["stream", "first_on"], name="alerts_signal_once"),
        ]


class SignalDay(models.Model):
    """The signal on one morning's list: counts of the least probable window, its p over all windows, its place."""

    signal = models.ForeignKey(Signal, models.CASCADE, related_name="days")
    watch = models.ForeignKey(Watch, models.PROTECT, related_name="days")
    on = models.DateField()
    window_days = models.PositiveSmallIntegerField()
    observed = models.PositiveIntegerField()
    expected = models.FloatField()
    upper = models.FloatField(null=True)
    p = models.FloatField()
    recurrence_days = models.FloatField()
    place = models.PositiveSmallIntegerField()

    class Meta:
        """Once a watch."""

        constraints = [
            models.UniqueConstraint(fields=["signal", "watch"], name="alerts_signalday_once"),
            models.CheckConstraint(condition=models.Q(p__gt=0, p__lte=1), name="alerts_signalday_p"),
        ]


class Review(models.Model):
    """What a person made of a signal, and why."""

    signal = models.ForeignKey(Signal, models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10)
    why = models.TextField(max_length=1000)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        """A verdict that we know."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=sorted(VERDICTS)), name="alerts_review_verdict"
            )
        ]
