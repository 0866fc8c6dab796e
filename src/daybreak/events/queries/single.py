"""One event with all its versions: what it says, since when that is known, and what it said before."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise
from uuid import UUID

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Event
from daybreak.events.queries.listing import with_parts
from daybreak.events.queries.rows import Row, number_of, shown
from daybreak.events.queries.visibility import Source, sources

_NOT_COMPARED = frozenset(
    {"handle", "known_from", "known_until", "version", "file_name", "line", "restricted", "hidden"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a version says differently from the version before it."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an event, and what it changed."""

    row: Row
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class EventHistory:
    """An event's versions, newest first. ``present`` is False where an import that said it was taken back."""

    versions: tuple[Version, ...]
    present: bool
    source: Source


def event_history(viewer: Viewer, handle: UUID) -> EventHistory | None:
    """The event that the handle means; None where there is none or the viewer may not see it, which are not told apart."""
    pk = number_of(handle)
    event = Event.objects.filter(pk=pk).only("feed_id", "kind", "record").first() if pk else None
    if event is None:
        return None
    seen = {source.kind: source for source in sources(viewer) if source.feed_id == event.feed_id}
    held = with_parts(Event.objects.filter(record=event.record)).order_by("version")
    # A correction may have changed the kind: each version is seen by what is agreed for its own kind.
    rows = [(shown(one, seen[one.kind]), one) for one in held if one.kind in seen]
    if event.kind not in seen or not rows:
        return None
    versions = [Version(rows[0][0], ())]
    versions += [Version(row, changes(earlier, row)) for (earlier, _), (row, _) in pairwise(rows)]
    return EventHistory(tuple(reversed(versions)), rows[-1][1].known_until is None, seen[rows[-1][1].kind])


def changes(before: Row, after: Row) -> tuple[Change, ...]:
    """The fields in which two versions differ, as the viewer sees them."""
    return tuple(
        Change(field.name, getattr(before, field.name), getattr(after, field.name))
        for field in fields(Row)
        if field.name not in _NOT_COMPARED and getattr(before, field.name) != getattr(after, field.name)
    )
