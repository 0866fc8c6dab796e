"""`daybreak agreements`: write, list and end what one agency lets another see."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.accounts import actions
from daybreak.accounts.management.finding import agency_named, day
from daybreak.accounts.models import Agreement
from daybreak.accounts.queries import AgreementSeen, agreements_of
from daybreak.accounts.rules.agencies import SHARED_FIELDS
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.precision import PLACES, TIMES

BY = "command:agreements"


class Command(BaseCommand):
    """What agencies let each other see."""

    help = "Write, list and end what one agency lets another see."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """One of three words, each with its options."""
        parts = parser.add_subparsers(dest="part", required=True, metavar="add|list|end")
        part = parts.add_parser("add", help="write an agreement")
        part.add_argument("--giver", required=True, metavar="SLUG")
        part.add_argument("--receiver", required=True, metavar="SLUG")
        part.add_argument(
            "--kind", required=True, action="append", choices=KINDS, help="may be given several times"
        )
        part.add_argument(
            "--fields", default="", help=f"separated by commas, of: {', '.join(SHARED_FIELDS)}; or all"
        )
        part.add_argument("--place", required=True, choices=PLACES, help="finest precision of place")
        part.add_argument("--time", required=True, choices=TIMES, help="finest precision of time")
        part.add_argument("--from", dest="starts_on", required=True, metavar="DAY")
        part.add_argument("--to", dest="ends_on", metavar="DAY", help="last day (default: until ended)")
        part.add_argument("--document", required=True, help="name of the signed document and where it lies")
        part = parts.add_parser("list", help="every agreement, with its id")
        part.add_argument("--agency", default="", metavar="SLUG")
        part.add_argument("--json", action="store_true", help="one JSON object a line")
        part = parts.add_parser("end", help="end an agreement")
        part.add_argument("id", help="as list shows it")
        part.add_argument("--on", metavar="DAY", help="last day (default: ended at once)")

    def handle(self, *, part: str, **options: Any) -> None:
        """Do one of the three."""
        try:
            getattr(self, f"_{part}")(**options)
        except actions.NotPossible as wrong:
            raise CommandError(str(wrong)) from None

    def _add(
        self, *, giver: str, receiver: str, kind: list[str], fields: str, place: str, time: str, starts_on: str,
        ends_on: str | None, document: str, **_: Any,
    ) -> None:  # fmt: skip
        shared = (
            list(SHARED_FIELDS)
            if fields == "all"
            else [word.strip() for word in fields.split(",") if word.strip()]
        )
        made = actions.write_agreement(
            by=BY, at=timezone.now(), giver=agency_named(giver), receiver=agency_named(receiver), kinds=kind,
            fields=shared, place=place, time=time, starts_on=day(starts_on), ends_on=day(ends_on) if ends_on else None,
            document=document,
        )  # fmt: skip
        for agreement in made:
            self.stdout.write(f"{agreement.public_id} {agreement.kind}")

    def _list(self, *, agency: str, json: bool, **_: Any) -> None:
        for seen in agreements_of(agency_named(agency) if agency else None, at=timezone.now()):
            self.stdout.write(_as_json(seen) if json else _line(seen))

    def _end(self, *, id: str, on: str | None, **_: Any) -> None:
        try:
            found = Agreement.objects.filter(public_id=UUID(id)).first()
        except ValueError:
            found = None
        if found is None:
            raise CommandError("There is no agreement with this id. See: daybreak agreements list")
        actions.end_agreement(by=BY, at=timezone.now(), agreement=found, on=day(on) if on else None)
        self.stdout.write("Ended.")


def _line(seen: AgreementSeen) -> str:
    row = seen.agreement
    last = row.ends_on.isoformat() if row.ends_on else "until ended"
    return (
        f"{row.public_id} {row.giver.slug} → {row.receiver.slug}: {row.kind}, {row.place}, {row.time}, "
        f"{row.starts_on} to {last}, {seen.state}"
    )


def _as_json(seen: AgreementSeen) -> str:
    row = seen.agreement
    return json.dumps(
        {
            "id": str(row.public_id), "giver": row.giver.slug, "receiver": row.receiver.slug, "kind": row.kind,
            "fields": row.fields, "place": row.place, "time": row.time, "from": row.starts_on.isoformat(),
            "to": row.ends_on.isoformat() if row.ends_on else None, "document": row.document, "state": seen.state,
        }
    )  # fmt: skip
