"""What a person must know before they call: yes or no, who said so, and when."""

from __future__ import annotations

from django.db import models

from daybreak.directory.models.programs import Service
from daybreak.directory.models.sources import Source


class Fact(models.Model):
    """A source states yes or no to one need of one service. No row means *not stated*, and not stated is never no.

    ``need`` is a name of data/vocabulary/needs.csv; ``said`` is what the source wrote (codes, or question and answer);
    ``date`` is the day for which the source speaks.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="facts", db_index=False)
    need = models.CharField(max_length=60)
    answer = models.BooleanField()
    source = models.ForeignKey(Source, models.PROTECT, related_name="facts", db_index=False)
    date = models.DateField()
    said = models.CharField(max_length=200, blank=True)

    class Meta:
        """One answer a service, need and source; the constraint's index serves look-ups by service."""

        constraints = [
            models.UniqueConstraint(fields=["service", "need", "source"], name="directory_fact_once")
        ]
        indexes = [models.Index(fields=["need", "answer"], name="directory_fact_need")]
