"""Roles given and ended, people suspended and let in again."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q, QuerySet

from daybreak.accounts.actions.refusal import NotPossible
from daybreak.accounts.models import Agency, Membership, User
from daybreak.accounts.rules.people import Held, clash, givable
from daybreak.accounts.rules.viewing import Viewer
from daybreak.audit.actions import record


def give_role(
    *, by: str, at: datetime, person: User, agency: Agency, role: str, giver: Viewer | None = None
) -> Membership:
    """Let a person hold one more role at an agency, from now on.

    ``giver`` is who gives it at the desk (None = a command of the operator). Raises NotPossible.
    """
    _may_change(giver, person, role)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)  # two who give roles to one person take turns
        if not agency.active:
            raise NotPossible("The agency must be active; this one is retired.")
        wrong = clash(Held(role, agency.pk, agency.kind), held_by(person, at=at))
        if wrong:
            raise NotPossible(wrong)
        made = Membership.objects.create(user=person, agency=agency, role=role, since=at)
        record(
            by=by,
            at=at,
            action="give-role",
            subject=_subject(person),
            detail={"role": role, "agency": agency.slug},
        )
    return made


def end_role(*, by: str, at: datetime, person: User, role: str, giver: Viewer | None = None) -> None:
    """End a role from now on; it stays written that it was held. Raises NotPossible."""
    _may_change(giver, person, role)
    with transaction.atomic():
        ended = _held(person, at).filter(role=role).update(until=at)
        if not ended:
            raise NotPossible("The person must hold the role that is ended; this one is not held.")
        record(by=by, at=at, action="end-role", subject=_subject(person), detail={"role": role})


def suspend_person(*, by: str, at: datetime, person: User, giver: Viewer | None = None) -> None:
    """Shut somebody out from the next request on; their roles stay as they are. Raises NotPossible."""
    _may_change(giver, person, *(one.role for one in held_by(person, at=at)))
    with transaction.atomic():
        if not User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
            raise NotPossible("The person is suspended already.")
        person.invitations.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=at)
        record(by=by, at=at, action="suspend-person", subject=_subject(person))


def restore_person(*, by: str, at: datetime, person: User, giver: Viewer | None = None) -> None:
    """Let somebody in again who was suspended. Raises NotPossible."""
    _may_change(giver, person, *(one.role for one in held_by(person, at=at)))
    with transaction.atomic():
        if not User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
            raise NotPossible("The person is not suspended.")
        record(by=by, at=at, action="restore-person", subject=_subject(person))


def remove_second_factor(*, by: str, at: datetime, person: User, giver: Viewer | None = None) -> int:
    """Take away passkeys, app and recovery codes of somebody who lost them; returns how many. They enrol anew.

    Make sure first, on the telephone, that it is the person who asks.
    """
    _may_change(giver, person, *(one.role for one in held_by(person, at=at)))
    with transaction.atomic():
        removed, _ = Authenticator.objects.filter(user_id=person.pk).delete()
        if not removed:
            raise NotPossible("The person has no second factor that could be removed.")
        record(
            by=by, at=at, action="remove-second-factor", subject=_subject(person), detail={"removed": removed}
        )
    return int(removed)


def held_by(person: User, *, at: datetime) -> list[Held]:
    """The roles that somebody holds at this moment."""
    return [
        Held(held.role, held.agency_id, held.agency.kind)
        for held in _held(person, at).select_related("agency")
    ]


def _held(person: User, at: datetime) -> QuerySet[Membership]:
    return Membership.objects.filter(Q(until=None) | Q(until__gt=at), user=person, since__lte=at)


def _subject(person: User) -> str:
    return f"person:{person.public_id}"


def _may_change(giver: Viewer | None, person: User, *roles: str) -> None:
    """Whether who sits at the desk may change these roles of this person."""
    if giver is None:
        return
    if giver.person == person.public_id:
        raise NotPossible(
            "Nobody changes their own roles or account. Ask another administrator or coordinator."
        )
    beyond = sorted(set(roles) - set(givable(giver.roles)))
    if beyond:
        raise NotPossible(f"Only an administrator may change who is {', '.join(beyond)}.")
