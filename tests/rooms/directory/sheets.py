"""Small files in the shapes of the real ones, for tests of readers and loads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from daybreak.directory.actions import Reconciliation, load_file
from daybreak.directory.models import Address, Attribute, Fact, Location, Phone, Record, Service

AT = datetime(2024, 5, 1, 12, tzinfo=UTC)
LATER = datetime(2024, 6, 1, 12, tzinfo=UTC)
SAMHSA = (
    "Name1", "Name2", "Name3", "Address1", "Address2", "Address3", "City", "State", "ZIP_Code", "Contact", "Note", "Keys",
    "ID", "Longitude", "Latitude", "Match Score",
)  # fmt: skip
# The real row of a place in Lexington, 2015.
HOPE = {
    "Name1": "Hope Center",
    "Name2": "Recovery Program for Women",
    "Address1": "1524 Versailles Road",
    "City": "Lexington",
    "State": "KY",
    "ZIP_Code": "40504",
    "Contact": "(859)252-2002",
    "Keys": "SAF/SA/RES/RL/CT/SF/MD/SS/CJ/PW/WN/ADLT/FEM/",
    "ID": "6600KY40504",
    "Longitude": "-84.530654",
    "Latitude": "38.048456",
    "Match Score": "100.0",
}


def csv_text(header: Sequence[str], rows: Iterable[Mapping[str, str]], *, end: str = "\n") -> str:
    """A CSV with a heading line; columns that a row does not name are empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def samhsa(*rows: Mapping[str, str]) -> bytes:
    """A directory file of 2015's shape."""
    return csv_text(SAMHSA, rows).encode()


def place(**changes: str) -> dict[str, str]:
    """The row of the Hope Center, with changes."""
    return {**HOPE, **changes}


def load(folder: Path, data: bytes, reader: str = "samhsa", *, name: str = "file.csv", at: datetime = AT,
         **options: Any) -> Reconciliation:  # fmt: skip
    """Load ``data`` as a file of that name."""
    path = folder / name
    path.write_bytes(data)
    return load_file(by="person:test", at=at, path=path, reader=reader, **options)


def five(books: Reconciliation) -> tuple[int, int, int, int, int]:
    """loaded, updated, unchanged, merged, quarantined."""
    return books.loaded, books.updated, books.unchanged, books.merged, books.quarantined


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that a load writes."""
    return {
        model.__name__: sorted(model.objects.values_list(), key=str)
        for model in (Location, Address, Service, Phone, Attribute, Fact, Record)
    }
