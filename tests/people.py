"""The same people in every test: one for each place at the desk, and one to whom nothing may be shown.

def test_something(cast, client):
    sign_in(client, cast.officer)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.test import Client

from daybreak.accounts.actions.signing_in import ENROLLED
from daybreak.accounts.models import Agency, Agreement, Membership, User
from daybreak.accounts.rules.viewing import Viewer
from daybreak.accounts.viewers import viewer_of

SINCE = datetime(2012, 1, 1, 5, tzinfo=UTC)
FIRST_DAY = SINCE.date()
PASSWORD = "four plain words here"
# Who is in the cast → role, agency. The stranger has an account and no role.
ROLES: dict[str, tuple[str, str]] = {
    "officer": ("officer", "police"),
    "analyst": ("analyst", "police"),
    "lead": ("agency-lead", "police"),
    "clerk": ("coroner-staff", "coroner"),
    "epidemiologist": ("epidemiologist", "health"),
    "coordinator": ("coordinator", "mayor"),
    "navigator": ("navigator", "helpline"),
    "provider": ("provider", "clinic"),
    "privacy": ("privacy-officer", "mayor"),
    "administrator": ("administrator", "mayor"),
}
AGENCIES: dict[str, tuple[str, str]] = {
    "police": ("Division of Police", "police"),
    "fire": ("Division of Fire and Emergency Services", "fire-ems"),
    "coroner": ("Coroner", "coroner"),
    "health": ("Health Department", "health-department"),
    "mayor": ("Mayor's Alliance", "mayor"),
    "helpline": ("Helpline", "helpline"),
    "clinic": ("Treatment clinic", "provider"),
}


@dataclass(frozen=True)
class Cast:
    """Everybody, and their agencies by short name."""

    agencies: dict[str, Agency]
    officer: User
    analyst: User
    lead: User
    clerk: User
    epidemiologist: User
    coordinator: User
    navigator: User
    provider: User
    privacy: User
    administrator: User
    stranger: User

    def viewer(self, name: str, *, at: datetime) -> Viewer:
        """What one of them is as a viewer at a moment."""
        return viewer_of(getattr(self, name), at=at)

    def agree(self, giver: str, receiver: str, kind: str, *fields: str, place: str = "zip", time: str = "day",
              starts_on: date = FIRST_DAY, ends_on: date | None = None) -> Agreement:  # fmt: skip
        """An agreement between two of the agencies."""
        return Agreement.objects.create(
            giver=self.agencies[giver], receiver=self.agencies[receiver], kind=kind, fields=list(fields), place=place,
            time=time, starts_on=starts_on, ends_on=ends_on, document="MOU for tests",
        )  # fmt: skip


def make_cast() -> Cast:
    """Write everybody into the database."""
    agencies = {
        slug: Agency.objects.create(slug=slug, name=name, kind=kind)
        for slug, (name, kind) in AGENCIES.items()
    }
    everybody = {name: person(name) for name in (*ROLES, "stranger")}
    for name, (role, slug) in ROLES.items():
        Membership.objects.create(user=everybody[name], agency=agencies[slug], role=role, since=SINCE)
    return Cast(agencies=agencies, **everybody)


def person(name: str) -> User:
    """One person without a role, named for what they do; hashing passwords is slow, so there is none."""
    return User.objects.create_user(f"{name}@example.gov", name=f"The {name}")


def sign_in(client: Client, who: User) -> Client:
    """Let a test's browser be this person's, as after a password and a second factor."""
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[ENROLLED] = True
    session.save()
    return client
