"""People with their roles, for those who keep them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch, Q, QuerySet

from daybreak.accounts.models import Agency, Membership, User
from daybreak.accounts.rules.roles import ROLES, Role

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """One line of the list. ``state`` is "suspended", "invited" (has not come in yet), "run-out" (and the link no longer
    works) or "in". ``agency`` is None for somebody without a role."""

    person: User
    agency: Agency | None
    roles: tuple[Role, ...]
    past: tuple[Membership, ...]
    second_factor: bool
    state: str


def has_second_factor(user_id: int | None) -> bool:
    """Whether this person has enrolled an authenticator app or a passkey; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=SECOND_FACTORS).exists())


def people(*, at: datetime, text: str = "", agency: str = "", role: str = "") -> list[PersonSeen]:
    """People in the order of their names: whose name or address holds ``text``, of an agency, with a role held now."""
    found = User.objects.order_by("name", "email")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
    if agency or role:
        held = Membership.objects.filter(Q(until=None) | Q(until__gt=at), since__lte=at)
        held = held.filter(agency__slug=agency) if agency else held
        held = held.filter(role=role) if role else held
        found = found.filter(pk__in=held.values("user"))
    return _seen(found, at)


def person_by(public_id: UUID, *, at: datetime) -> PersonSeen | None:
    """One person; None where there is none."""
    return next(iter(_seen(User.objects.filter(public_id=public_id), at)), None)


def _seen(found: QuerySet[User], at: datetime) -> list[PersonSeen]:
    memberships = Membership.objects.select_related("agency").order_by("since", "id")
    rows = list(found.prefetch_related(Prefetch("memberships", memberships), "invitations"))
    enrolled = set(
        Authenticator.objects.filter(user__in=rows, type__in=SECOND_FACTORS).values_list("user_id", flat=True)
    )
    return [_line(row, row.pk in enrolled, at) for row in rows]


def _line(person: User, second_factor: bool, at: datetime) -> PersonSeen:
    held = list(person.memberships.all())
    now = [one for one in held if one.since <= at and (one.until is None or one.until > at)]
    return PersonSeen(
        person=person,
        agency=now[0].agency if now else None,
        roles=tuple(ROLES[one.role] for one in now),
        past=tuple(one for one in held if one not in now),
        second_factor=second_factor,
        state=_state(person, at),
    )


def _state(person: User, at: datetime) -> str:
    if not person.is_active:
        return "suspended"
    invitations = list(person.invitations.all())
    if person.last_login or any(one.used_at for one in invitations) or not invitations:
        return "in"
    waiting = any(one.withdrawn_at is None and one.expires_at > at for one in invitations)
    return "invited" if waiting else "run-out"
