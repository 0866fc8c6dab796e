"""Finds what a command names: a person by e-mail address, an agency by its short name, a day."""

from __future__ import annotations

from datetime import date

from django.core.management.base import CommandError

from daybreak.accounts.models import Agency, User
from daybreak.accounts.queries import agency_by


def person_with(email: str) -> User:
    """The person with this address; raises CommandError."""
    found = User.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise CommandError("Nobody has this e-mail address. See: daybreak people list")
    return found


def agency_named(slug: str) -> Agency:
    """The agency with this short name; raises CommandError."""
    found = agency_by(slug)
    if found is None:
        raise CommandError(f"There is no agency {slug[:60]!r}. See: daybreak agencies list")
    return found


def day(text: str) -> date:
    """A day like 2026-11-23; raises CommandError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"A day must look like 2026-11-23; got {text[:20]!r}.", returncode=2) from None
