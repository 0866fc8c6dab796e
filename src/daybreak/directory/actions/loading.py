"""Loads one file into the directory: open, mend, place, write, keep the books – all of it or nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from daybreak.audit.actions import record
from daybreak.directory.actions.bookkeeping import Bookkeeper
from daybreak.directory.actions.books import (
    Reconciliation,
    counts_of,
    file_import,
    read_with,
    refuse_tomorrow,
    source_of,
    take_turns,
)
from daybreak.directory.actions.catalogue import Catalogue, Outcome
from daybreak.directory.actions.failures import said_in_full
from daybreak.directory.actions.given import Given, opened
from daybreak.directory.actions.retiring import retire_records
from daybreak.directory.models import Source
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.repairs import mended
from daybreak.directory.rules.rows import Listing, Refused, Row

Progress = Callable[[int, int], None]
# The whole file is held in memory, some ten times over; the largest national list has four megabytes.
LARGEST_FILE = 1_000_000_000
__all__ = ["Given", "Reconciliation", "content", "load_file", "load_given", "read_with"]


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
    refuse_tomorrow(given, at)
    listings, refused = _sorted_out(given.rows)
    if not listings and not refused:
        raise UnusableFile("The file has headings but no rows. Give the file that holds the list itself.")
    repairs = Counter(mend.rule for listing in listings for mend in listing.mends)
    with said_in_full("The load"), transaction.atomic():
        take_turns()
        listed_on = Source.objects.filter(slug=given.slug).values_list("as_of", flat=True).first()
        source = source_of(given)
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
        file_import(books, source, refused, by=by, at=at, name=name, sha256=sha256, mapping=mapping)
        record(
            by=by,
            at=at,
            action="load-directory",
            subject=source.slug,
            detail=counts_of(books) | {"sha256": sha256},
        )
    return books


def content(path: Path, *, pages: bool = False) -> bytes:
    """The file's bytes; raises UnusableFile where there is none to read.

    ``pages``: a folder of JSON files is read as well, one after the other by name, as if they were one file.
    """
    if pages and path.is_dir():
        parts = sorted(part for part in path.iterdir() if part.suffix in {".json", ".ndjson", ".jsonl"})
        if not parts:
            raise UnusableFile(
                f"The folder {path} has no .json file. Give the folder that holds the saved pages."
            )
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
