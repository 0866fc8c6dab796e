"""Tells one state of the directory from another without reading it, so that whoever has an answer need not get it again."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db.models import Count, Max

from daybreak import __version__
from daybreak.audit.models import Entry
from daybreak.directory.models import Import, Match, Service, ServiceCapacity, Source

# What the directory's actions call what may change an answer; a house test holds it to their own words.
CHANGES = (
    "add-feed", "decide-match", "find-matches", "import-taxonomy", "load-directory", "load-meetings", "publish-index",
    "refresh-feed", "remove-feed", "restore", "undo-match",
)  # fmt: skip
NO_CHANGES = ("export-hsds",)


def data_stamp(*, at: datetime) -> str:
    """The same text as long as every answer about the directory is the same: 24 hexadecimal digits.

    Whatever people and commands do to the directory leaves an audit entry in the same transaction, so the entries tell all
    states apart; the counts and days of the tables beside them also notice what was changed below the actions. Openings
    end by themselves, and what is called historic depends on the day.
    """
    seen = (
        __version__,
        at.date(),
        Entry.objects.filter(action__in=CHANGES).aggregate(n=Count("pk"), last=Max("number")),
        Import.objects.aggregate(n=Count("pk"), last=Max("at")),
        Service.objects.aggregate(n=Count("pk"), last=Max("last_modified")),
        Match.objects.aggregate(n=Count("pk"), last=Max("decided_at"), found=Max("found_at")),
        Source.objects.aggregate(n=Count("pk"), last=Max("as_of")),
        ServiceCapacity.objects.filter(expires_at__gt=at).aggregate(n=Count("pk"), last=Max("updated")),
    )
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:24]
