"""What agencies said in public (figures) and what they hold a drug to be worth (prices): dated, sourced, never averaged."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.accounts.models import Agency
from daybreak.events.models.operations import Operation
from daybreak.vocabulary.kinds import KINDS

STATISTICS = ("events", "doses", "mass_g", "value_usd")
LEVELS = ("retail", "transaction", "wholesale")


class Figure(models.Model):
    """A total that an agency published: what it counts, over which days and place, and the day it became known.

    A later figure for the same scope does not replace an earlier one: both stand, each known from its day. ``until`` is
    the last day counted.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="figures")
    kind = models.CharField(max_length=20)
    statistic = models.CharField(max_length=10, default="events")
    substance = models.SlugField(max_length=60, blank=True, db_index=False)
    operation = models.ForeignKey(Operation, models.PROTECT, null=True, related_name="figures")
    place = models.CharField(max_length=120)
    since = models.DateField()
    until = models.DateField()
    value = models.DecimalField(max_digits=15, decimal_places=3)
    definition = models.TextField()
    known_on = models.DateField()
    source = models.CharField(max_length=400)
    note = models.TextField(blank=True)

    class Meta:
        """One figure a scope and day of knowing."""

        indexes = [models.Index(fields=["kind", "since"], name="events_figure_kind")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=sorted(KINDS)), name="events_figure_kind"),
            models.CheckConstraint(
                condition=models.Q(statistic__in=STATISTICS), name="events_figure_statistic"
            ),
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="events_figure_span"
            ),
            models.CheckConstraint(
                condition=models.Q(known_on__gte=models.F("since")), name="events_figure_known_after"
            ),
        ]


class Price(models.Model):
    """One agency's price of one substance: unit, level, low-middle-high in US dollars, the days it holds, and its source.

    Prices are never rewritten: a new one has the next ``version``; the one in force on a day is the newest known then.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="prices")
    substance = models.SlugField(max_length=60, db_index=False)
    unit = models.CharField(max_length=20)
    level = models.CharField(max_length=12)
    low_usd = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    mid_usd = models.DecimalField(max_digits=14, decimal_places=4)
    high_usd = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    purity = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    place = models.CharField(max_length=120, blank=True)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True)
    version = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(max_length=400)
    known_from = models.DateTimeField()

    class Meta:
        """One version each; low ≤ middle ≤ high; a source is said."""

        constraints = [
            models.UniqueConstraint(
                fields=["agency", "substance", "unit", "level", "place", "effective_from", "version"],
                name="events_price_version_once",
            ),
            models.CheckConstraint(condition=models.Q(level__in=LEVELS), name="events_price_level"),
            models.CheckConstraint(condition=~models.Q(source=""), name="events_price_has_source"),
            models.CheckConstraint(
                condition=models.Q(mid_usd__gt=0)
                & (models.Q(low_usd=None) | models.Q(low_usd__lte=models.F("mid_usd")))
                & (models.Q(high_usd=None) | models.Q(high_usd__gte=models.F("mid_usd"))),
                name="events_price_order",
            ),
        ]
