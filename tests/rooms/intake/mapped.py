"""Mappings and small files that several tests read; every person in them is a canary that must never come out."""

from __future__ import annotations

from typing import Any

from daybreak.intake.readers.opening import read
from daybreak.intake.rules.compiling import Compiled, compile_mapping
from daybreak.intake.rules.mapping import Mapping
from daybreak.intake.rules.mapping_file import mapping_from

CASE = {"column": "Case Number", "use": "key"}
DAY = {"column": "Date", "use": "occurred-date", "formats": ["%m/%d/%Y"]}


def mapping(*columns: dict[str, Any], **changes: Any) -> Mapping:
    """A checked mapping for overdoses in Lexington with these columns."""
    document = {
        "daybreak_mapping": 1,
        "name": "test",
        "kind": "overdose",
        "timezone": "America/New_York",
        "columns": list(columns),
    } | changes
    return mapping_from(document)


def compiled(*columns: dict[str, Any], **changes: Any) -> Compiled:
    """The function for a file that has exactly these columns."""
    return compile_mapping(mapping(*columns, **changes), [column["column"] for column in columns])


def drafts(text: str, made: Mapping, name: str = "file.csv") -> list[Any]:
    """Drafts and problems of a CSV."""
    sheet = read(text.encode(), name)
    function = compile_mapping(made, sheet.header)
    return [function(line, cells) for line, cells in sheet.rows()]
