"""Which streams a viewer may read, and whether with numbers: the one place where the room asks who is looking."""

from __future__ import annotations

from collections.abc import Iterable

from daybreak.accounts.viewers import Viewer
from daybreak.alerts.models import Stream
from daybreak.events.queries.visibility import of_the_living
from daybreak.vocabulary.precision import PLACES, TIMES, at_least_as_coarse

NUMBERS = "numbers"
NAMED = "named"


def sight(viewer: Viewer, stream: Stream) -> str:
    """How a viewer sees a stream: "numbers", "named" (that it rose, no count, no chance), or "" (not at all).

    What a health source says of the living is seen by law enforcement, and by another agency's people who may not see
    restricted rows, only as a whole and without any number: counts come to them in the released cells of the ledger alone,
    and a bound or a chance would be a count by another name. Beside that, people see their own agency's streams, and those
    that an agreement in force covers: by day, with substances and ZIP codes only where it says so.
    """
    if not viewer.may("see-alerts") or viewer.agency_id is None:
        return ""
    whole = not stream.zip and not stream.substance
    if stream.feed.agency_id != viewer.agency_id and not _agreed(viewer, stream):
        return ""
    own = stream.feed.agency_id == viewer.agency_id
    trusted = not viewer.law_enforcement and (own or viewer.may("see-restricted"))
    if of_the_living(stream.feed, stream.kind) and not trusted:
        return NAMED if whole else ""
    return NUMBERS


def seen(viewer: Viewer, streams: Iterable[Stream]) -> list[tuple[Stream, str]]:
    """The streams that a viewer sees, each with how."""
    return [(stream, how) for stream in streams if (how := sight(viewer, stream))]


def _agreed(viewer: Viewer, stream: Stream) -> bool:
    return any(
        grant.agency_id == stream.feed.agency_id
        and grant.kind == stream.kind
        and at_least_as_coarse("day", grant.time, TIMES)
        and (not stream.zip or at_least_as_coarse("zip", grant.place, PLACES))
        and (not stream.substance or "substances" in grant.fields)
        for grant in viewer.grants
    )
