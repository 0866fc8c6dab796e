"""Loads one file into the directory: open, mend, place, write, keep the books – all of it or nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from daybreak.audit.actions import record
from daybreak.directory.actions.bookkeeping import Bookkeeper
from daybreak.directory.actions.catalogue import Catalogue, Outcome
from daybreak.directory.actions.failures import said_in_full
from daybreak.directory.actions.given import Given, opened
from daybreak.directory.actions.retiring import retire_records
from daybreak.directory.models import Import, Quarantined, Source
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.repairs import mended
from daybreak.directory.rules.rows import Listing, Refused, Row

Progress = Callable[[int, int], None]
# The whole file is held in memory, some ten times over; the largest national list has four megabytes.
LARGEST_FILE = 1_000_000_000
# Any number that nothing else locks: loads take turns, since two of them may add the same place.
_LOADING = 5_720_250_401
# Where the day begins first it is 14 hours ahead of UTC.
_FARTHEST_EAST = timedelta(hours=14)
__all__ = ["Given", "Reconciliation", "content", "load_file", "load_given", "read_with"]


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


def load_file(
    *, by: str, at: datetime, path: Path, reader: str, mapping: str = "", edition: int | None = None,
    as_of: date | None = None, slug: str = "", strict: bool = False, progress: Progress | None = None,
) -> Reconciliation:  # fmt: skip
    """Read a file into the directory; the same file again changes nothing.

    ``reader`` is one of given.READERS; csv and geojson need a ``mapping``, findtreatment the day of its fetch (``as_of``).
    Raises UnusableFile, having changed nothing, where the file cannot be read, and NotWritten where the disk is full.
    ``strict``: all rows or none. Counts, never contents, go into the audit.
    """
    data = content(path, pages=reader == "findtreatment")
    given = opened(data, path.name, reader, mapping=mapping, edition=edition, as_of=as_of, slug=slug)
    return load_given(
        by=by, at=at, given=given, name=path.name, sha256=hashlib.sha256(data).hexdigest(), mapping=mapping, strict=strict,
        progress=progress,
    )  # fmt: skip


def load_given(
    *, by: str, at: datetime, given: Given, name: str, sha256: str, mapping: str = "", strict: bool = False,
    whole: bool = False, progress: Progress | None = None,
) -> Reconciliation:  # fmt: skip
    """Load what is open already. ``name`` and ``sha256`` are the file's.

    ``whole``: the rows are all that the list has today, so records that it no longer has go over to an earlier edition and
    do not count as listed on the new day.
    """
    _not_of_tomorrow(given, at)
    listings, refused = _sorted_out(given.rows)
    if not listings and not refused:
        raise UnusableFile("The file has headings but no rows. Give the file that holds the list itself.")
    repairs = Counter(mend.rule for listing in listings for mend in listing.mends)
    with said_in_full("The load"), transaction.atomic():
        _take_turns()
        listed_on = Source.objects.filter(slug=given.slug).values_list("as_of", flat=True).first()
        source = _source(given)
        catalogue = Catalogue(source, given.as_of)
        shares = catalogue.place(listings)
        outcomes = Counter(row.outcome for share in shares for row in share.rows)
        books = Reconciliation(
            source.slug, outcomes[Outcome.LOADED], outcomes[Outcome.UPDATED], outcomes[Outcome.UNCHANGED],
            outcomes[Outcome.MERGED], len(refused), catalogue.absent, sum(not listing.published for listing in listings),
            dict(sorted(repairs.items())), tuple((row.line, row.reason) for row in refused), not (strict and refused),
            catalogue.absent if whole else 0,
        )  # fmt: skip
        if not books.applied:
            transaction.set_rollback(True)
            return books
        for done in Bookkeeper(catalogue, at=at, edition=given.codes_edition).write(shares):
            if progress:
                progress(done, len(listings))
        if whole and listed_on:
            gone = [known.id for key, known in catalogue.records.items() if key not in catalogue.present]
            retire_records(source=source, records=gone, listed_on=listed_on)
        _file_import(books, source, refused, by=by, at=at, name=name, sha256=sha256, mapping=mapping)
        record(
            by=by,
            at=at,
            action="load-directory",
            subject=source.slug,
            detail=_counts(books) | {"sha256": sha256},
        )
    return books


def content(path: Path, *, pages: bool = False) -> bytes:
    """The file's bytes; raises UnusableFile where there is none to read.

    ``pages``: a folder of JSON files is read as well, one after the other by name, as if they were one file.
    """
    if pages and path.is_dir():
        parts = sorted(part for part in path.iterdir() if part.suffix in {".json", ".ndjson", ".jsonl"})
        if not parts:
            raise UnusableFile(f"The folder {path} has no .json file. Give the folder that holds the saved pages.")
        return b"\n".join(content(part) for part in parts)
    if path.exists() and not path.is_file() and not path.is_dir():
        raise UnusableFile(
            f"{path} must be a file; got a device or a pipe, which may never end. Save it first."
        )
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise UnusableFile(
                f"{path} has {size:,} bytes; a file may have {LARGEST_FILE:,}, since it is read whole into memory. "
                "Is this the list itself? If it is, load it in parts, each with the heading line."
            )
        return path.read_bytes()
    except OSError as problem:
        raise UnusableFile(f"{path} cannot be read: {problem.strerror}. Give the path of a file.") from None


def _not_of_tomorrow(given: Given, at: datetime) -> None:
    if given.as_of > (at + _FARTHEST_EAST).date():
        raise UnusableFile(
            f"The list {given.slug} says that it speaks for {given.as_of}, and that day has not come yet (today is "
            f"{at.date()}). Correct as_of in the mapping; a yearbook of the running year needs a mapping with its own day."
        )


def _take_turns() -> None:
    """Wait until no other load runs. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOADING])


def _sorted_out(rows: Iterable[Row]) -> tuple[list[Listing], list[Refused]]:
    listings: list[Listing] = []
    refused: list[Refused] = []
    for row in rows:
        found = mended(row)
        if isinstance(found, Refused):
            refused.append(found)
        else:
            listings.append(found)
    return listings, refused


def _source(given: Given) -> Source:
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


def _file_import(
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


def _counts(books: Reconciliation) -> dict[str, int]:
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
