"""Keeps in the audit who signed in and how they changed their way of signing in; told by django-allauth's signals."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.utils import timezone

from daybreak.accounts.models import User
from daybreak.audit.actions import record

# Set in the session of somebody who has just enrolled a second factor, and so has shown it.
ENROLLED = "daybreak_second_factor"


def note_sign_in(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Somebody has signed in, and by which ways; sessions that are over, anybody's, are erased by the way."""
    request.session.clear_expired()
    ways = [record["method"] for record in get_authentication_records(request, user)]
    _note("sign-in", user, by=sorted(set(ways)))


def note_enrolment(*, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    """Somebody has enrolled a second factor, or new recovery codes."""
    if authenticator.type != "recovery_codes":
        request.session[ENROLLED] = True
    _note("add-second-factor", user, kind=str(authenticator.type))


def note_removal(*, user: User, authenticator: Any, **_: Any) -> None:
    """Somebody has removed a second factor of their own."""
    _note("remove-second-factor", user, kind=str(authenticator.type))


def note_password(*, user: User, **_: Any) -> None:
    """Somebody has a new password."""
    _note("change-password", user)


def _note(action: str, user: User, **detail: Any) -> None:
    # The signal carries no moment: a sign-in is the moment at which it is told.
    person = f"person:{user.public_id}"
    record(by=person, at=timezone.now(), action=action, subject=person, detail=detail)
