"""Briefs for a viewer: made of what is known, or as they were kept for everybody with the same eyes."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from uuid import UUID

from daybreak.accounts.viewers import Viewer
from daybreak.publishing.models import MadeBrief
from daybreak.publishing.queries.gathering import facts_for
from daybreak.publishing.rules.brief import Brief
from daybreak.publishing.rules.composing import compose
from daybreak.publishing.rules.kept import from_plain
from daybreak.vocabulary.sentences import sentences

WEEK = timedelta(days=7)
# What a brief says depends on these permissions and on no other.
_EYES = ("see-ledger", "see-staffing", "see-restricted")


def brief_for(viewer: Viewer, *, as_of: date, made_at: datetime, before: date | None = None) -> Brief:
    """The brief as known at the end of ``as_of``; ``before`` None = a week earlier. Raises NoBrief and ValueError."""
    facts = facts_for(viewer, as_of=as_of, before=before or as_of - WEEK, made_at=made_at)
    return compose(facts, sentences("brief"), sentences("comparisons"))


def made_briefs(viewer: Viewer) -> list[MadeBrief]:
    """The briefs of the viewer's agency, the newest day first."""
    if viewer.agency_id is None or not viewer.may("see-brief"):
        return []
    return list(MadeBrief.objects.filter(agency=viewer.agency_id).order_by("-as_of", "-made_at")[:200])


def one_brief(viewer: Viewer, public_id: UUID) -> MadeBrief | None:
    """A brief of the viewer's agency; None where there is none, or it is another agency's, which are not told apart."""
    if viewer.agency_id is None or not viewer.may("see-brief"):
        return None
    return MadeBrief.objects.filter(agency=viewer.agency_id, public_id=public_id).first()


def kept_copy(viewer: Viewer, made: MadeBrief) -> Brief | None:
    """What was kept of a brief for everybody who may see exactly what this viewer may; None where nothing was."""
    copy = made.copies.filter(scope=scope_of(viewer)).first()
    return from_plain(copy.content) if copy else None


def scope_of(viewer: Viewer) -> str:
    """A digest of all that decides what a brief may say to a viewer: with an agreement that ends, it is another."""
    grants = sorted(
        (grant.agency_id, grant.kind, sorted(grant.fields), grant.place, grant.time)
        for grant in viewer.grants
    )
    eyes = [name for name in _EYES if viewer.may(name)]
    return hashlib.sha256(repr((viewer.agency_id, viewer.law_enforcement, eyes, grants)).encode()).hexdigest()
