"""Finds out who is looking: a person's agency, roles and permissions at one moment, and what other agencies let them see."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from daybreak.accounts.models import Agency, Agreement, Membership, User
from daybreak.accounts.rules.agencies import ENFORCEMENT_KINDS
from daybreak.accounts.rules.roles import LAW_ENFORCEMENT, ROLES
from daybreak.accounts.rules.viewing import Grant, Viewer

__all__ = ["Grant", "Viewer", "nobody", "shell_viewer", "viewer_of"]


def nobody(*, at: datetime) -> Viewer:
    """Somebody who is not signed in."""
    return Viewer(
        person=None,
        name="",
        agency_id=None,
        agency="",
        roles=frozenset(),
        permissions=frozenset(),
        law_enforcement=False,
        grants=(),
        at=at,
    )


def viewer_of(user: User | AnonymousUser, *, at: datetime) -> Viewer:
    """The viewer that a person is at a moment; read anew for each request, so that a change counts at once."""
    if not isinstance(user, User):
        return nobody(at=at)
    held = (
        list(
            Membership.objects.filter(
                Q(until=None) | Q(until__gt=at), user=user, since__lte=at, agency__active=True
            ).select_related("agency")
        )
        if user.is_active
        else []
    )
    agency = held[0].agency if held else None  # the database keeps a person at one agency at a time
    roles = [ROLES[one.role] for one in held]
    return Viewer(
        person=user.public_id,
        name=user.name,
        agency_id=agency.pk if agency else None,
        agency=agency.slug if agency else "",
        roles=frozenset(role.slug for role in roles),
        permissions=frozenset[str]().union(*(role.permissions for role in roles)),
        law_enforcement=any(role.side == LAW_ENFORCEMENT for role in roles)
        or (agency is not None and agency.kind in ENFORCEMENT_KINDS),
        grants=_grants(agency.pk, at) if agency else (),
        at=at,
        agency_name=agency.name if agency else "",
        synthetic=agency is not None and agency.synthetic,
    )


def shell_viewer(agency: Agency, *, role: str, at: datetime) -> Viewer:
    """Who a command reads for: nobody in person, with the eyes of one role at one agency."""
    return Viewer(
        person=None,
        name="",
        agency_id=agency.pk,
        agency=agency.slug,
        roles=frozenset({role}),
        permissions=ROLES[role].permissions,
        law_enforcement=ROLES[role].side == LAW_ENFORCEMENT or agency.kind in ENFORCEMENT_KINDS,
        grants=_grants(agency.pk, at),
        at=at,
        agency_name=agency.name,
        synthetic=agency.synthetic,
    )


def _grants(agency: int, at: datetime) -> tuple[Grant, ...]:
    today = at.astimezone(ZoneInfo(settings.DAYBREAK_TIME_ZONE)).date()
    rows = Agreement.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        Q(withdrawn_at=None) | Q(withdrawn_at__gt=at),
        receiver=agency,
        starts_on__lte=today,
        giver__active=True,
    ).order_by("giver", "kind", "pk")
    return tuple(Grant(row.giver_id, row.kind, frozenset(row.fields), row.place, row.time) for row in rows)
