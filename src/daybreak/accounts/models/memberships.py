"""Which roles a person holds at which agency, and the invitations that have been sent."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from daybreak.accounts.models.agencies import Agency
from daybreak.accounts.rules.roles import ROLES


class Membership(models.Model):
    """One role of a person at an agency, from ``since`` until just before ``until`` (None = still).

    Triggers keep a person at one agency at a time, and off both sides at once: nobody holds a law-enforcement and a care
    role, where everybody at a law-enforcement agency counts as law enforcement.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=[(role.slug, role.name) for role in ROLES.values()])
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A known role, and not over before it begins."""

        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=list(ROLES)), name="accounts_membership_role"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="accounts_membership_ends_after_start",
            ),
        ]


class Invitation(models.Model):
    """A link sent to a person who sets a password with it: once, before ``expires_at``. Only its digest is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest last."""

        ordering = ["made_at", "id"]
