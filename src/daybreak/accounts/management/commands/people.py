"""`daybreak people`: invite, list, give and end roles, suspend; the way in for the first administrator."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.accounts import actions
from daybreak.accounts.management.finding import agency_named, person_with
from daybreak.accounts.queries import PersonSeen, people
from daybreak.accounts.rules.roles import ROLES

BY = "command:people"


class Command(BaseCommand):
    """Whoever can run this has the rights of an administrator."""

    help = "Invite people, list them, give and end roles, suspend."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """One of several words, each with its options."""
        parts = parser.add_subparsers(
            dest="part", required=True, metavar="invite|list|role|suspend|restore|reset|roles"
        )
        part = parts.add_parser("invite", help="make a person with a role and send a link")
        part.add_argument("email")
        part.add_argument("--name", required=True)
        part.add_argument("--agency", required=True, metavar="SLUG")
        part.add_argument("--role", required=True, choices=ROLES)
        part.add_argument(
            "--again", action="store_true", help="a fresh link for somebody who has not come in yet"
        )
        part.add_argument(
            "--site", default="", metavar="URL", help="address of the site (default DAYBREAK_URL)"
        )
        part.add_argument(
            "--show-link", action="store_true", help="print the link too, where there is no mail server"
        )
        part = parts.add_parser("list", help="everybody, with agency, roles and state")
        part.add_argument("--agency", default="", metavar="SLUG")
        part.add_argument("--role", default="", choices=["", *ROLES])
        part.add_argument("--json", action="store_true", help="one JSON object a line")
        part = parts.add_parser("role", help="give or end a role")
        part.add_argument("email")
        which = part.add_mutually_exclusive_group(required=True)
        which.add_argument("--give", choices=ROLES, metavar="ROLE")
        which.add_argument("--end", choices=ROLES, metavar="ROLE")
        part.add_argument("--agency", default="", metavar="SLUG", help="where the role is given")
        for name, words in (
            ("suspend", "shut somebody out from the next request on"),
            ("restore", "let somebody in again who was suspended"),
            ("reset", "remove the second factor of somebody who lost it"),
        ):
            parts.add_parser(name, help=words).add_argument("email")
        parts.add_parser("roles", help="the table of roles")

    def handle(self, *, part: str, **options: Any) -> None:
        """Do one of them."""
        try:
            getattr(self, f"_{part}")(**options)
        except actions.NotPossible as wrong:
            raise CommandError(str(wrong)) from None

    def _invite(
        self, *, email: str, name: str, agency: str, role: str, again: bool, site: str, show_link: bool, **_: Any
    ) -> None:  # fmt: skip
        at, address = timezone.now(), site or settings.DAYBREAK_URL
        if not address.startswith(("http://", "https://")):
            raise CommandError(
                "DAYBREAK_URL must be the address of the site, like https://desk.example.gov, for the link of the "
                "invitation. Set it, or give --site."
            )
        if again:
            link = actions.invite_again(by=BY, at=at, person=person_with(email), site=address)
        else:
            link = actions.invite_person(
                by=BY, at=at, email=email, name=name, agency=agency_named(agency), role=role, site=address
            )[1]
        self.stdout.write(
            "The invitation is written." if settings.DAYBREAK_SMTP_URL else "There is no mail server set."
        )
        if show_link:
            self.stdout.write(link)
        elif not settings.DAYBREAK_SMTP_URL:
            self.stdout.write(
                "Set DAYBREAK_SMTP_URL, or invite with --again --show-link and hand the link over yourself."
            )

    def _list(self, *, agency: str, role: str, json: bool, **_: Any) -> None:
        for seen in people(at=timezone.now(), agency=agency, role=role):
            self.stdout.write(_as_json(seen) if json else _line(seen))

    def _role(self, *, email: str, give: str | None, end: str | None, agency: str, **_: Any) -> None:
        person, at = person_with(email), timezone.now()
        if give:
            if not agency:
                raise CommandError("--give needs --agency, the short name of the agency.", returncode=2)
            actions.give_role(by=BY, at=at, person=person, agency=agency_named(agency), role=give)
        else:
            actions.end_role(by=BY, at=at, person=person, role=end or "")
        self.stdout.write("Done. It holds from the next page that they open.")

    def _suspend(self, *, email: str, **_: Any) -> None:
        actions.suspend_person(by=BY, at=timezone.now(), person=person_with(email))
        self.stdout.write("Suspended.")

    def _restore(self, *, email: str, **_: Any) -> None:
        actions.restore_person(by=BY, at=timezone.now(), person=person_with(email))
        self.stdout.write("Let in again.")

    def _reset(self, *, email: str, **_: Any) -> None:
        removed = actions.remove_second_factor(by=BY, at=timezone.now(), person=person_with(email))
        self.stdout.write(f"{removed} removed. The next sign-in asks for a new one.")

    def _roles(self, **_: Any) -> None:
        for role in ROLES.values():
            self.stdout.write(f"{role.slug:<16} {role.side:<16} {role.description}")


def _line(seen: PersonSeen) -> str:
    roles = ",".join(role.slug for role in seen.roles) or "-"
    agency = seen.agency.slug if seen.agency else "-"
    return f"{seen.person.email:<36} {agency:<20} {roles:<32} {seen.state}"


def _as_json(seen: PersonSeen) -> str:
    return json.dumps(
        {
            "email": seen.person.email, "name": seen.person.name, "id": str(seen.person.public_id),
            "agency": seen.agency.slug if seen.agency else None, "roles": [role.slug for role in seen.roles],
            "second_factor": seen.second_factor, "state": seen.state,
        }
    )  # fmt: skip
