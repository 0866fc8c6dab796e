"""Makes briefs, and keeps what each says to people with the same eyes."""

from __future__ import annotations

from datetime import date

from django.db import router, transaction

from daybreak.accounts.viewers import Viewer
from daybreak.audit.actions import record
from daybreak.publishing.models import Copy, MadeBrief
from daybreak.publishing.queries.briefs import brief_for, scope_of
from daybreak.publishing.queries.gathering import NoBrief
from daybreak.publishing.rules.brief import Brief
from daybreak.publishing.rules.kept import to_plain


def make_brief(*, by: str, viewer: Viewer, as_of: date, before: date) -> MadeBrief:
    """Make a brief as known on a day and keep it for the agency. Raises ValueError on days that make no sense."""
    brief = brief_for(viewer, as_of=as_of, before=before, made_at=viewer.at)
    if viewer.agency_id is None:
        raise NoBrief
    with transaction.atomic(using=router.db_for_write(MadeBrief)):
        made = MadeBrief.objects.create(
            agency_id=viewer.agency_id, as_of=as_of, before=before, made_at=viewer.at, by=by
        )
        Copy.objects.create(brief=made, scope=scope_of(viewer), content=to_plain(brief))
        record(
            by=by, at=viewer.at, action="brief-made", subject=f"brief:{made.public_id}",
            detail={"as_of": as_of.isoformat(), "before": before.isoformat(), "numbers": len(brief.numbers)},
        )  # fmt: skip
    return made


def keep_copy(*, viewer: Viewer, made: MadeBrief) -> Brief:
    """What a brief says to somebody with eyes for whom nothing was kept yet: made of what was known when it was made."""
    brief = brief_for(viewer, as_of=made.as_of, before=made.before, made_at=made.made_at)
    Copy.objects.get_or_create(brief=made, scope=scope_of(viewer), defaults={"content": to_plain(brief)})
    return brief
