"""Agencies of the task force, how to reach them, and what they agreed to show each other."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from daybreak.accounts.rules.agencies import AGENCY_KINDS
from daybreak.vocabulary.precision import PLACES, TIMES


class Agency(models.Model):
    """A member of the task force, or somebody who sends it data. ``jurisdiction`` is in words ("Fayette County").

    Its kind never changes (a trigger): another kind is another agency. ``synthetic``: all that it holds was invented for
    trying, and every page that its people see says so.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, choices=list(AGENCY_KINDS.items()))
    jurisdiction = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        """A kind that we know, and a name."""

        verbose_name_plural = "agencies"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=list(AGENCY_KINDS)), name="accounts_agency_kind"
            ),
            models.CheckConstraint(condition=~models.Q(slug=""), name="accounts_agency_has_slug"),
            models.CheckConstraint(condition=~models.Q(name=""), name="accounts_agency_has_name"),
        ]

    def __str__(self) -> str:
        return self.slug


class AgencyContact(models.Model):
    """An office that answers for the agency: what it is for, and how to reach it."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="contacts")
    label = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)

    class Meta:
        """A telephone or an e-mail address."""

        ordering = ["label"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(phone="") | ~models.Q(email=""), name="accounts_contact_can_be_reached"
            )
        ]


class Agreement(models.Model):
    """What ``giver`` lets ``receiver`` see of one kind of data, from ``starts_on`` through ``ends_on`` (None = until ended).

    ``fields`` are slugs of rules.agencies.SHARED_FIELDS; places and times finer than the precisions are coarsened. The day
    after ``ends_on`` nothing of it is visible, nor from ``withdrawn_at`` on, where it was ended at once.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    giver = models.ForeignKey(Agency, models.PROTECT, related_name="given")
    receiver = models.ForeignKey(Agency, models.PROTECT, related_name="received")
    kind = models.CharField(max_length=30)
    fields = models.JSONField(default=list)
    place = models.CharField(max_length=20)
    time = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=300)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    written_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        """Two agencies, a document, and precisions that we know."""

        ordering = ["giver__name", "kind", "starts_on", "id"]
        indexes = [models.Index(fields=["receiver", "starts_on"], name="accounts_agreement_received")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(giver=models.F("receiver")), name="accounts_agreement_of_two"
            ),
            models.CheckConstraint(condition=models.Q(place__in=PLACES), name="accounts_agreement_place"),
            models.CheckConstraint(condition=models.Q(time__in=TIMES), name="accounts_agreement_time"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="accounts_agreement_ends_after_start",
            ),
            models.CheckConstraint(condition=~models.Q(kind=""), name="accounts_agreement_has_kind"),
            models.CheckConstraint(condition=~models.Q(document=""), name="accounts_agreement_has_document"),
        ]
