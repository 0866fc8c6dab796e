"""`daybreak agencies`: add, list and retire the agencies of the task force."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.accounts import actions
from daybreak.accounts.management.finding import agency_named
from daybreak.accounts.models import Agency
from daybreak.accounts.rules.agencies import AGENCY_KINDS

BY = "command:agencies"


class Command(BaseCommand):
    """The member agencies."""

    help = "Add, list and retire the agencies of the task force."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """One of three words, each with its options."""
        parts = parser.add_subparsers(dest="part", required=True, metavar="add|list|retire")
        part = parts.add_parser("add", help="add an agency")
        part.add_argument("slug", help="short name, like fire-ems; it never changes")
        part.add_argument("--name", required=True)
        part.add_argument("--kind", required=True, choices=AGENCY_KINDS, help="it never changes")
        part.add_argument("--jurisdiction", default="")
        part = parts.add_parser("list", help="every agency")
        part.add_argument("--json", action="store_true", help="one JSON object a line")
        parts.add_parser("retire", help="end an agency's membership; its rows stay").add_argument("slug")

    def handle(self, *, part: str, **options: Any) -> None:
        """Do one of the three."""
        try:
            getattr(self, f"_{part}")(**options)
        except actions.NotPossible as wrong:
            raise CommandError(str(wrong)) from None

    def _add(self, *, slug: str, name: str, kind: str, jurisdiction: str, **_: Any) -> None:
        actions.add_agency(
            by=BY, at=timezone.now(), slug=slug, name=name, kind=kind, jurisdiction=jurisdiction
        )
        self.stdout.write(f"Added {slug}.")

    def _list(self, *, json: bool, **_: Any) -> None:
        for agency in Agency.objects.all():
            self.stdout.write(_as_json(agency) if json else _line(agency))

    def _retire(self, *, slug: str, **_: Any) -> None:
        actions.retire_agency(by=BY, at=timezone.now(), agency=agency_named(slug))
        self.stdout.write(f"Retired {slug}.")


def _line(agency: Agency) -> str:
    state = "member" if agency.active else "retired"
    return f"{agency.slug:<24} {agency.kind:<18} {state:<8} {agency.name}"


def _as_json(agency: Agency) -> str:
    return json.dumps(
        {
            "slug": agency.slug, "name": agency.name, "kind": agency.kind, "jurisdiction": agency.jurisdiction or None,
            "active": agency.active, "synthetic": agency.synthetic,
        }
    )  # fmt: skip
