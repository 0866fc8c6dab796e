"""Invitations: a person is invited by e-mail, and comes in with the link, once, before it runs out."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string

from daybreak.accounts.actions.people import give_role
from daybreak.accounts.actions.refusal import NotPossible
from daybreak.accounts.models import Agency, Invitation, User
from daybreak.accounts.rules.roles import ROLES
from daybreak.accounts.rules.viewing import Viewer
from daybreak.audit.actions import record
from daybreak.outbox.actions import post_message, recall_messages


def invite_person(
    *,
    by: str,
    at: datetime,
    email: str,
    name: str,
    agency: Agency,
    role: str,
    site: str,
    giver: Viewer | None = None,
) -> tuple[User, str]:
    """Make a person with a first role and send the invitation; returns the person and the link.

    ``site`` is the address of the site, like https://desk.example.gov. Raises NotPossible.
    """
    try:
        validate_email(email.strip())
    except ValidationError:
        raise NotPossible("The e-mail address must look like name@example.gov; this one does not.") from None
    with transaction.atomic():
        person = User.objects.filter(email=email.strip().lower()).first()
        if person is not None:
            raise NotPossible(
                "Somebody with this e-mail address is here already. Give them the role instead."
            )
        person = User.objects.create_user(email, name=name.strip())
        record(
            by=by, at=at, action="invite-person", subject=f"person:{person.public_id}", detail={"role": role}
        )
        give_role(by=by, at=at, person=person, agency=agency, role=role, giver=giver)
        link = _send(at, person, agency.name, ROLES[role].name, site)
    return person, link


def invite_again(*, by: str, at: datetime, person: User, site: str, giver: Viewer | None = None) -> str:
    """Send a fresh link to somebody who has not come in yet; earlier links stop working. Returns the link."""
    if person.has_usable_password() or not person.is_active:
        raise NotPossible("An invitation goes to somebody who has not come in yet, and who is not suspended.")
    with transaction.atomic():
        held = person.memberships.filter(until=None).select_related("agency").order_by("since").first()
        if held is None:
            raise NotPossible("The person must hold a role before an invitation is sent. Give one first.")
        record(by=by, at=at, action="invite-again", subject=f"person:{person.public_id}")
        return _send(at, person, held.agency.name, ROLES[held.role].name, site)


def open_invitation(*, key: str, at: datetime) -> Invitation | None:
    """The invitation of a link, where it may still be used."""
    return (
        Invitation.objects.select_related("user")
        .filter(
            digest=_digest(key), used_at=None, withdrawn_at=None, expires_at__gt=at, user__is_active=True,
        )
        .first()
    )  # fmt: skip


def accept_invitation(*, key: str, at: datetime, name: str, password: str) -> User:
    """Come in with the link: name and password are set and the link is used up. Raises NotPossible."""
    with transaction.atomic():
        invitation = open_invitation(key=key, at=at)
        if invitation is None:
            raise NotPossible("The link has been used or has run out. Ask for another.")
        person = invitation.user
        try:
            validate_password(password, person)
        except ValidationError as wrong:
            raise NotPossible(" ".join(wrong.messages)) from None
        if not Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=at):
            raise NotPossible("The link has been used or has run out. Ask for another.")
        person.set_password(password)
        person.name = name.strip() or person.name
        person.save(update_fields=["password", "name"])
        subject = f"person:{person.public_id}"
        record(by=subject, at=at, action="accept-invitation", subject=subject)
    return person


def _send(at: datetime, person: User, agency: str, role: str, site: str) -> str:
    """A fresh link, which makes earlier ones void, and the message that carries it."""
    person.invitations.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=at)
    key = secrets.token_urlsafe(32)
    expires = at + timedelta(hours=settings.DAYBREAK_INVITATION_HOURS)
    Invitation.objects.create(user=person, digest=_digest(key), made_at=at, expires_at=expires)
    link = f"{site.rstrip('/')}/desk/invitation?key={key}"
    said = {
        "name": person.name,
        "agency": agency,
        "role": role,
        "link": link,
        "hours": settings.DAYBREAK_INVITATION_HOURS,
    }
    recall_messages(to=person.email, kind="invitation", at=at)
    post_message(
        to=person.email,
        subject=render_to_string("accounts/mail/invitation_subject.txt", said).strip(),
        body=render_to_string("accounts/mail/invitation.txt", said),
        kind="invitation",
        at=at,
        secret=True,
    )
    return link


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
