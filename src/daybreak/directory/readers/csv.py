"""Reads any CSV by a saved mapping from its columns to the directory's fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from daybreak.directory.readers.mapping import ListMapping
from daybreak.directory.readers.tables import Record, UnusableFile, open_sheet
from daybreak.directory.rules.rows import Row, Statement
from daybreak.directory.rules.solo import is_solo_practitioner
from daybreak.directory.rules.spill import sort_out_codes

_WHOLE_ADDRESS = re.compile(
    r"^(?P<street>.*?)[,\s]*,\s*(?P<city>[^,\d]+),\s*(?P<state>[A-Za-z.]{2,14}),?\s*(?P<zip>\d{3,5}(?:-\d{4})?)?\s*$"
)


class Table(Protocol):
    """Anything with headings and rows of cells under them: a CSV, the features of a map."""

    @property
    def headings(self) -> list[list[str]]:
        """The heading rows; the first one names the columns."""

    def records(self, fields: Sequence[str]) -> Iterator[Record]:
        """Every row; ``fields`` names each column ("" = no meaning to us)."""


class MappedList:
    """An opened CSV, or another table, with the mapping that explains it."""

    def __init__(self, data: bytes | Table, mapping: ListMapping) -> None:
        self.mapping = mapping
        self.sheet: Table = (
            open_sheet(data, encoding=mapping.encoding, delimiter=mapping.delimiter)
            if isinstance(data, bytes)
            else data
        )
        header = self.sheet.headings[0]
        wanted = {*mapping.columns.values(), *(column for _, column in mapping.phones)}
        wanted |= {rule.column for rule in mapping.facts if rule.column}
        missing = sorted(wanted - set(header))
        if missing:
            shown = ", ".join(repr(name[:40]) for name in header[:12])
            raise UnusableFile(
                f"The mapping {mapping.slug} expects the columns {', '.join(map(repr, missing))}, which the heading line "
                f"does not have; it has {shown}. Correct the mapping, or choose the one made for this file."
            )
        self.at = {name: column for column, name in reversed(list(enumerate(header)))}
        self.fields = [""] * len(header)
        for field, column in mapping.columns.items():
            self.fields[self.at[column]] = field
        for _, column in mapping.phones:
            self.fields[self.at[column]] = "contact"

    def rows(self) -> Iterator[Row]:
        """Every row, in the order of the file."""
        records = list(self.sheet.records(self.fields))
        names = {self._cell(record, self.mapping.columns.get("name", "")) for record in records}
        for record in records:
            yield self._row(record, names)

    def _cell(self, record: Record, column: str) -> str:
        text = record.cells[self.at[column]].strip() if column else ""
        return "" if text.casefold() in self.mapping.blanks else text

    def _field(self, record: Record, field: str) -> str:
        text = self._cell(record, self.mapping.columns.get(field, ""))
        return text or self.mapping.constants.get(field, "")

    def _row(self, record: Record, names: set[str]) -> Row:
        text = {
            field: self._field(record, field)
            for field in ("name", "program", "detail", "address_1", "address_2", "city", "state", "zip", "latitude",
                          "longitude", "note", "website", "county")
        }  # fmt: skip
        if whole := self._field(record, "whole_address"):
            parts = _WHOLE_ADDRESS.match(whole)
            found = parts.groupdict() if parts else {"street": whole}
            for field, name in (
                ("address_1", "street"),
                ("city", "city"),
                ("state", "state"),
                ("zip", "zip"),
            ):
                text[field] = text[field] or (found.get(name) or "").strip()
        contacts = tuple(
            (kind, number) for kind, column in self.mapping.phones if (number := self._cell(record, column))
        )
        solo = self.mapping.solo_unpublished and is_solo_practitioner(text["name"], names)
        row = Row(
            record.line, record.row, record.raw, text["name"], text["program"], text["detail"], text["address_1"],
            text["address_2"], text["city"], text["state"], text["zip"], text["latitude"], text["longitude"],
            "latitude" in self.mapping.columns, contacts, text["note"], text["website"],
            published=not solo, mends=list(record.mends), county=text["county"],
        )  # fmt: skip
        sort_out_codes(row, self._field(record, "codes"))
        row.statements = tuple(self._statements(record))
        return row

    def _statements(self, record: Record) -> Iterator[Statement]:
        said: set[str] = set()
        for rule in self.mapping.facts:
            value = self._cell(record, rule.column)
            applies = not rule.column or (value and ("*" in rule.values or value.casefold() in rule.values))
            if applies and rule.need not in said:
                said.add(rule.need)
                told = rule.said or (f"{rule.column}={value}" if rule.column else "on this list")
                yield Statement(rule.need, rule.answer, told[:200])
