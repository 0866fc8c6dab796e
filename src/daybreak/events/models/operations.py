"""Operations, and staffing: posts (never people), and what each was assigned to, since when and for how many hours."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.accounts.models import Agency

FOCUSES = ("substance", "operation", "area")


class Operation(models.Model):
    """A named effort of one agency ("Operation Pandora"): a focus and dates, no subjects."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="operations")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    substance = models.SlugField(max_length=60, blank=True, db_index=False)
    area = models.CharField(max_length=200, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    known_from = models.DateTimeField()

    class Meta:
        """One name an agency; it ends after it starts."""

        constraints = [
            models.UniqueConstraint(fields=["agency", "slug"], name="events_operation_once"),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("started_on")),
                name="events_operation_span",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Post(models.Model):
    """A position on the roster of an agency's unit ("Narcotics, detective 3"); who holds it is not ours to know."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="posts")
    unit = models.CharField(max_length=120)
    title = models.CharField(max_length=120)

    class Meta:
        """Once an agency."""

        constraints = [models.UniqueConstraint(fields=["agency", "unit", "title"], name="events_post_once")]


class Assignment(models.Model):
    """A post's time on a focus: a substance, an operation or an area, from when to when, hours a week.

    ``from_unit`` is the unit that gave up these hours, "" where the post is new.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="assignments")
    focus = models.CharField(max_length=10)
    substance = models.SlugField(max_length=60, blank=True, db_index=False)
    operation = models.ForeignKey(Operation, models.PROTECT, null=True, related_name="assignments")
    area = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    hours_per_week = models.DecimalField(max_digits=5, decimal_places=2)
    from_unit = models.CharField(max_length=120, blank=True)
    known_from = models.DateTimeField()

    class Meta:
        """A focus names its thing; hours are those of a week."""

        constraints = [
            models.CheckConstraint(
                condition=(models.Q(focus="substance", operation=None) & ~models.Q(substance=""))
                | models.Q(focus="operation", operation__isnull=False)
                | (models.Q(focus="area", operation=None) & ~models.Q(area="")),
                name="events_assignment_focus",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="events_assignment_span",
            ),
            models.CheckConstraint(
                condition=models.Q(hours_per_week__gt=0, hours_per_week__lte=168),
                name="events_assignment_hours",
            ),
        ]
