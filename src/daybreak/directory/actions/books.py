"""The books that every load keeps: who said it, how much of it went where, what was put aside, and by which rules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from daybreak.directory.actions.given import Given
from daybreak.directory.models import Import, Quarantined, Source
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.rows import Refused

# Any number that nothing else locks: loads take turns, since two of them may add the same place.
_LOADING = 5_720_250_401
# Where the day begins first it is 14 hours ahead of UTC.
FARTHEST_EAST = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What became of every row: read = loaded + updated + unchanged + merged + quarantined.

    ``absent`` counts records of the source that are not in this file: they are left as they are. ``applied`` is False
    where nothing was changed because the load was strict and a row would have been put aside. ``unpublished`` counts rows
    that are kept and shown to nobody (solo practitioners). ``retired`` counts records that went over to an earlier edition,
    since the list does not have them any more.
    """

    source: str
    loaded: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    quarantined: int = 0
    absent: int = 0
    unpublished: int = 0
    repairs: dict[str, int] = field(default_factory=dict)
    quarantine: tuple[tuple[int, str], ...] = ()
    applied: bool = True
    retired: int = 0

    @property
    def read(self) -> int:
        """How many rows the file has."""
        return self.loaded + self.updated + self.unchanged + self.merged + self.quarantined


def refuse_tomorrow(given: Given, at: datetime) -> None:
    if given.as_of > (at + FARTHEST_EAST).date():
        raise UnusableFile(
            f"The list {given.slug} says that it speaks for {given.as_of}, and that day has not come yet (today is "
            f"{at.date()}). Correct as_of in the mapping; a yearbook of the running year needs a mapping with its own day."
        )


def take_turns() -> None:
    """Wait until no other load runs. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOADING])


def source_of(given: Given) -> Source:
    """The list's own row; raises UnusableFile where its slug is another list's."""
    source, _ = Source.objects.get_or_create(
        slug=given.slug,
        defaults={
            "title": given.title,
            "family": given.family,
            "as_of": given.as_of,
            "citation": given.citation,
        },
    )
    if source.family != given.family:
        raise UnusableFile(
            f"The slug {given.slug!r} belongs to {source.title!r} of the family {source.family!r}; this list says that its "
            f"family is {given.family!r}. Choose another source.slug in the mapping, or name the same family."
        )
    told = (given.title, given.family, given.as_of, given.citation)
    if (source.title, source.family, source.as_of, source.citation) != told:
        source.title, source.family, source.as_of, source.citation = told
        source.save()
    return source


def file_import(
    books: Reconciliation, source: Source, refused: list[Refused], *, by: str, at: datetime, name: str, sha256: str,
    mapping: str,
) -> None:  # fmt: skip
    """Keep the books and what was put aside; a file that was read before with the same rules leaves no second entry."""
    rules = read_with(mapping)
    if Import.objects.filter(source=source, file_sha256=sha256, read_with=rules).exists() and not (
        books.loaded or books.updated or books.merged
    ):
        return
    done = Import.objects.create(
        source=source, file_name=_as_text(name), file_sha256=sha256, read_with=rules, at=at, by=by, read=books.read,
        loaded=books.loaded, updated=books.updated, unchanged=books.unchanged, merged=books.merged,
        quarantined=books.quarantined,
    )  # fmt: skip
    Quarantined.objects.filter(source=source, during__file_name=done.file_name).delete()
    Quarantined.objects.bulk_create(
        Quarantined(source=source, during=done, line=row.line, raw=row.raw, reason=row.reason[:300])
        for row in refused
    )


def _as_text(name: str) -> str:
    """A file's name as a database keeps it: file systems allow bytes that are no text."""
    return name.encode("utf-8", "replace").decode()[:255]


def counts_of(books: Reconciliation) -> dict[str, int]:
    return {
        "read": books.read, "loaded": books.loaded, "updated": books.updated, "unchanged": books.unchanged,
        "merged": books.merged, "quarantined": books.quarantined, "absent": books.absent,
    }  # fmt: skip


@cache
def _rules_and_lists() -> bytes:
    """SHA-256 of what reads and mends rows: the code of the readers and rules, and the code lists."""
    room = Path(__file__).parents[1]
    files = [
        *room.glob("readers/*.py"),
        *room.glob("rules/*.py"),
        *(settings.DATA / "vocabulary").glob("*.csv"),
    ]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()


def read_with(mapping: str) -> str:
    """SHA-256 of everything but the file that decides what a load makes of it."""
    path = settings.DATA / "mappings" / f"{mapping}.toml"
    text = path.read_bytes() if mapping and path.is_file() else mapping.encode()
    return hashlib.sha256(_rules_and_lists() + text).hexdigest()
