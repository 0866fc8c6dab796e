"""Agencies and the agreements between them, for those who keep them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from daybreak.accounts.models import Agency, Agreement
from daybreak.accounts.rules.agencies import SHARED_FIELDS
from daybreak.vocabulary.kinds import KINDS


@dataclass(frozen=True, slots=True)
class AgreementSeen:
    """An agreement in words. ``state`` is "in-force", "later" or "over"."""

    agreement: Agreement
    kind: str
    fields: tuple[str, ...]
    state: str


def agency_by(slug: str) -> Agency | None:
    """One agency by its short name; None where there is none."""
    return Agency.objects.filter(slug=slug).first()


def agreements_of(agency: Agency | None = None, *, at: datetime) -> list[AgreementSeen]:
    """Agreements that an agency gives or receives (all, where none is named): those in force first."""
    today = at.astimezone(ZoneInfo(settings.DAYBREAK_TIME_ZONE)).date()
    found = Agreement.objects.select_related("giver", "receiver")
    if agency is not None:
        found = found.filter(Q(giver=agency) | Q(receiver=agency))
    seen = []
    for row in found:
        kind = KINDS[row.kind].name if row.kind in KINDS else row.kind
        over = (row.ends_on is not None and row.ends_on < today) or (
            row.withdrawn_at is not None and row.withdrawn_at <= at
        )
        state = "over" if over else "later" if row.starts_on > today else "in-force"
        seen.append(
            AgreementSeen(row, kind, tuple(SHARED_FIELDS.get(name, name) for name in row.fields), state)
        )
    return sorted(seen, key=lambda one: ("in-force", "later", "over").index(one.state))
