"""Small imports for tests: an agency's mapping, and files of events that the test writes row by row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from daybreak.accounts.models import Agency
from daybreak.events.models import Delivery
from daybreak.intake.actions.feeds import feed_for
from daybreak.intake.actions.mappings import bring_mapping
from daybreak.intake.actions.receiving import note_file
from daybreak.intake.actions.running import run_import
from daybreak.intake.models import Import, StoredMapping

AT = datetime(2015, 3, 2, 14, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BY = "command:test"
HEADINGS = ("Run", "Date", "ZIP", "Drug", "Doses", "Outcome", "Patient Name")
MAPPING: dict[str, Any] = {
    "daybreak_mapping": 1,
    "name": "runs",
    "title": "Ambulance runs",
    "kind": "overdose",
    "timezone": "America/New_York",
    "columns": [
        {"column": "Run", "use": "key"},
        {"column": "Date", "use": "occurred", "formats": ["%m/%d/%Y %H:%M", "%m/%d/%Y"]},
        {"column": "ZIP", "use": "zip"},
        {"column": "Drug", "use": "substance"},
        {"column": "Doses", "use": "naloxone-doses"},
        {"column": "Outcome", "use": "fatal"},
        {"column": "Patient Name", "use": "drop", "why": "name"},
    ],
    "key": ["Run"],
}
WITHOUT_KEY = MAPPING | {
    "name": "counts",
    "key": [],
    "columns": [{"column": "Run", "use": "ignore"}, *MAPPING["columns"][1:]],
}
Row = Sequence[object]


def row(run: object, **cells: object) -> tuple[object, ...]:
    """A row that is right, but for the cells that the test gives by the heading in lower case."""
    plain = {
        "date": "03/01/2015 21:30", "zip": "40507", "drug": "Heroin", "doses": "2", "outcome": "Non-fatal",
        "name": "Canary Personname",
    }  # fmt: skip
    return (run, *(plain | cells).values())


def agency(slug: str = "fire", kind: str = "fire-ems") -> Agency:
    """An agency, made where it is not yet there."""
    made, _ = Agency.objects.get_or_create(slug=slug, defaults={"name": slug.title(), "kind": kind})
    return made


def mapping(of: Agency, body: dict[str, Any] | None = None) -> StoredMapping:
    """The agency's mapping."""
    return bring_mapping(by=BY, agency=of, text=json.dumps(body or MAPPING), at=AT)


def as_csv(rows: Sequence[Row], headings: Sequence[str] = HEADINGS) -> bytes:
    """The rows as a CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode()


def write(
    folder: Path, rows: Sequence[Row], *, name: str = "runs.csv", headings: Sequence[str] = HEADINGS
) -> Path:
    """A CSV file with these rows."""
    path = folder / name
    path.write_bytes(as_csv(rows, headings))
    return path


def note(
    path: Path, *, body: dict[str, Any] | None = None, of: Agency | None = None, at: datetime = AT
) -> Import:
    """The import of a file that is about to run."""
    owner = of or agency()
    kept = mapping(owner, body)
    feed = feed_for(by=BY, agency=owner, mapping=kept, slug="runs", at=at)
    return note_file(by=BY, feed=feed, path=path, mapping=kept, at=at)


def bring(
    path: Path,
    *,
    body: dict[str, Any] | None = None,
    of: Agency | None = None,
    at: datetime = AT,
    rows_a_batch: int = 3,
) -> Delivery:
    """Run a file's import to its end, in small batches."""
    brought = note(path, body=body, of=of, at=at)
    return run_import(by=BY, brought=brought, source=path, at=at, rows_a_batch=rows_a_batch)


def books(delivery: Delivery) -> tuple[int, int, int, int, int]:
    """(read, added, updated, unchanged, refused)."""
    delivery.refresh_from_db()
    return delivery.read, delivery.added, delivery.updated, delivery.unchanged, delivery.refused
