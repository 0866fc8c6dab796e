"""The feed under which a mapping's files are kept, opened where it is not there yet."""

from __future__ import annotations

from datetime import datetime

from django.utils.text import slugify

from daybreak.accounts.models import Agency
from daybreak.events.actions.feeds import open_feed
from daybreak.events.models import Feed
from daybreak.intake.models import StoredMapping
from daybreak.intake.rules.mapping_file import mapping_from
from daybreak.vocabulary.kinds import is_health


def feed_for(
    *,
    by: str,
    agency: Agency,
    mapping: StoredMapping,
    slug: str,
    at: datetime,
    expected_days: int = 7,
    name: str = "",
) -> Feed:
    """The agency's feed of that slug ("" = named like the mapping).

    A new one is a health feed where the mapping's kind comes from a health source at this kind of agency.
    """
    wanted = mapping_from(mapping.body)
    return open_feed(
        by=by,
        agency=agency,
        slug=slugify(slug or mapping.name)[:60],
        name=name or slug or wanted.title,
        health=is_health(wanted.kind, agency.kind),
        at=at,
        expected_days=expected_days,
    )
