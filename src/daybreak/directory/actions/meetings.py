"""Loads a Meeting Guide feed: the feed is all that its group says, so a meeting that it no longer has goes."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime
from typing import Any

from django.db import transaction

from daybreak.audit.actions import record
from daybreak.directory.actions.books import (
    Reconciliation,
    counts_of,
    file_import,
    refuse_tomorrow,
    source_of,
    take_turns,
)
from daybreak.directory.actions.failures import said_in_full
from daybreak.directory.actions.given import Given
from daybreak.directory.models import Meeting, Source
from daybreak.directory.readers.meeting_guide import Entry, read_feed
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.identity import fold

FAMILY = "meetings"
COLUMNS = (
    "name", "day", "opens_at", "ends_at", "time_zone", "types", "in_person", "online", "place_name", "street", "city", "state",
    "zip", "county", "latitude", "longitude", "online_url", "online_phone", "online_notes", "notes", "url", "updated", "kept",
)  # fmt: skip


def load_meetings(
    *, by: str, at: datetime, data: bytes, name: str, slug: str, title: str = "", as_of: date | None = None,
    strict: bool = False,
) -> Reconciliation:  # fmt: skip
    """Read a feed into the meetings of the source ``slug``; the same feed again changes nothing.

    Each entry is loaded, updated, unchanged, merged (said twice in the same words) or quarantined. Meetings that the feed no
    longer has are removed: ``retired`` counts them. Fields that name persons are never kept; ``repairs`` counts them.
    Raises UnusableFile, having changed nothing, where this is no feed.
    """
    chosen = slug or fold(name.rpartition(".")[0] or name).replace(" ", "-")[:50]
    if not chosen or fold(chosen).replace(" ", "-") != chosen or len(chosen) > 60:
        raise UnusableFile(
            "--slug must be lower-case letters, digits and hyphens, at most 60, such as lexington-aa."
        )
    entries, refused = read_feed(data)
    given = Given(chosen, (title or chosen)[:300], f"{FAMILY}-{chosen}"[:60], as_of or at.date(), "", ())
    refuse_tomorrow(given, at)
    with said_in_full("The load"), transaction.atomic():
        take_turns()
        source = source_of(given)
        known = {meeting.key: meeting for meeting in Meeting.objects.filter(source=source)}
        new, changed, outcomes = _compared(source, known, entries)
        present = {draft.key for entry in entries for draft in entry.drafts}
        gone = [meeting.pk for key, meeting in known.items() if key not in present]
        dropped = sum(len(entry.drafts[0].dropped) for entry in entries if entry.drafts)
        books = Reconciliation(
            chosen, outcomes["loaded"], outcomes["updated"], outcomes["unchanged"], outcomes["merged"], len(refused),
            repairs={"personal-field-dropped": dropped} if dropped else {},
            quarantine=tuple((row.line, row.reason) for row in refused), applied=not (strict and refused), retired=len(gone),
        )  # fmt: skip
        if not books.applied:
            transaction.set_rollback(True)
            return books
        Meeting.objects.filter(pk__in=gone).delete()
        Meeting.objects.bulk_create(new, batch_size=500)
        Meeting.objects.bulk_update(changed, COLUMNS, batch_size=200)
        sha256 = hashlib.sha256(data).hexdigest()
        file_import(books, source, refused, by=by, at=at, name=name, sha256=sha256, mapping="")
        detail = counts_of(books) | {"retired": len(gone), "sha256": sha256}
        record(by=by, at=at, action="load-meetings", subject=chosen, detail=detail)
    return books


def _compared(
    source: Source, known: dict[str, Meeting], entries: list[Entry]
) -> tuple[list[Meeting], list[Meeting], Counter[str]]:
    """New meetings, changed meetings, and what became of each entry."""
    new: list[Meeting] = []
    changed: list[Meeting] = []
    outcomes: Counter[str] = Counter()
    for entry in entries:
        found = {_put(source, known, draft.key, draft.columns, new, changed) for draft in entry.drafts}
        found |= {"unchanged" if key in known else "merged" for key in entry.repeats}
        mixed = "updated" if {"loaded", "unchanged"} <= found else ""
        outcomes[
            mixed or next(each for each in ("updated", "loaded", "merged", "unchanged") if each in found)
        ] += 1
    return new, changed, outcomes


def _put(
    source: Source,
    known: dict[str, Meeting],
    key: str,
    columns: dict[str, Any],
    new: list[Meeting],
    changed: list[Meeting],
) -> str:
    meeting = known.get(key)
    if meeting is None:
        new.append(Meeting(source=source, key=key, **columns))
        return "loaded"
    if all(getattr(meeting, column) == columns[column] for column in COLUMNS):
        return "unchanged"
    for column in COLUMNS:
        setattr(meeting, column, columns[column])
    changed.append(meeting)
    return "updated"
