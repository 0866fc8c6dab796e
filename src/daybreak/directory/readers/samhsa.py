"""Reads SAMHSA's National Directory of treatment facilities, in the shapes of 2010 to 2015, by the names of its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from daybreak.directory.readers.tables import Record, Sheet, UnusableFile, columns_by_alias, open_sheet
from daybreak.directory.rules.rows import Row
from daybreak.directory.rules.spill import codes_in, sort_out_codes

ALIASES = {
    "name": ("Name1", "Facility Name", "Name", "Provider Name", "Organization Name"),
    "program": ("Name2", "Program Name", "Program", "Facility Name 2"),
    "detail": ("Name3", "Facility Name 3"),
    "address_1": ("Address1", "Street1", "Street Address", "Address", "Street", "Address Line 1"),
    "address_2": ("Address2", "Street2", "Address Line 2"),
    "address_3": ("Address3", "Street3", "Address Line 3"),
    "city": ("City", "Town"),
    "state": ("State", "St", "State Code"),
    "zip": ("ZIP_Code", "ZIP", "Zip5", "Postal Code", "Postal"),
    "contact": ("Contact", "Phone", "Telephone", "Phone Number", "Phones"),
    "intake": ("Intake", "Intake Phone", "Intake1"),
    "hotline": ("Hotline", "Hotline Phone"),
    "note": ("Note", "Notes", "Comment"),
    "codes": ("Keys", "Key", "Service Codes", "Codes", "Services"),
    "latitude": ("Latitude", "Lat", "Y"),
    "longitude": ("Longitude", "Long", "Lon", "Lng", "X"),
}
# Codes that only the directories of one time carry; CT and the medication codes stand in both.
ONLY_SINCE_2013 = frozenset(
    {"SAF", "MHSAF", "MHF", "GHF", "ORT", "OIT", "ADLT", "FEM", "MALE", "YAD", "CHLD", "OMB"}
)
ONLY_TO_2012 = frozenset({"TX", "MH-SA", "PH", "AR"})
FIRST_YEAR, LAST_YEAR = 2005, 2030


@dataclass(frozen=True, slots=True)
class Edition:
    """One year's directory."""

    year: int

    @property
    def slug(self) -> str:
        """The source's slug."""
        return f"samhsa-directory-{self.year}"

    @property
    def as_of(self) -> date:
        """The last day of its year: the directory names no closer one."""
        return date(self.year, 12, 31)


class Directory:
    """An opened directory file: its edition, and its rows."""

    def __init__(self, data: bytes, *, file_name: str = "", edition: int | None = None) -> None:
        self.sheet: Sheet = open_sheet(data)
        header = self.sheet.headings[0]
        self.columns = columns_by_alias(header, ALIASES)
        self._check(header)
        self.fields = [""] * len(header)
        for field, column in self.columns.items():
            self.fields[column] = field
        self.edition = Edition(edition if edition is not None else self._year(file_name))

    def _check(self, header: list[str]) -> None:
        missing = [ALIASES[name][0] for name in ("name", "codes") if name not in self.columns]
        if "zip" not in self.columns and not {"city", "state"} <= set(self.columns):
            missing.append("ZIP_Code (or City and State)")
        if missing:
            shown = ", ".join(repr(name[:40]) for name in header[:12])
            raise UnusableFile(
                f"The heading line must name {', '.join(missing)}; got {shown}. For a file with other headings use "
                "`daybreak load csv PATH --mapping NAME`."
            )

    def _year(self, file_name: str) -> int:
        """The year in the file's name where the codes allow it, else the last year of the time that the codes show."""
        seen: set[str] = set()
        column = self.columns["codes"]
        for record in self.sheet.records(self.fields):
            seen.update(codes_in(record.cells[column]))
            if record.row >= 2000:
                break
        if not seen & (ONLY_SINCE_2013 | ONLY_TO_2012):
            raise UnusableFile(
                "The codes in this file do not tell which year's directory it is. Say so: --edition 2012, for example."
            )
        newer = len(seen & ONLY_SINCE_2013) >= len(seen & ONLY_TO_2012)
        years = [int(year) for year in re.findall(r"(?<!\d)20\d\d(?!\d)", file_name)]
        allowed = range(2013, 2016) if newer else range(2010, 2013)
        return next((year for year in years if year in allowed), 2015 if newer else 2012)

    def rows(self) -> Iterator[Row]:
        """Every row, in the order of the file."""
        for record in self.sheet.records(self.fields):
            yield self._row(record)

    def _row(self, record: Record) -> Row:
        def cell(name: str) -> str:
            column = self.columns.get(name)
            return record.cells[column].strip() if column is not None else ""

        contacts = (("main", cell("contact")), ("intake", cell("intake")), ("hotline", cell("hotline")))
        row = Row(
            record.line, record.row, record.raw, cell("name"), cell("program"), cell("detail"), cell("address_1"),
            " ".join(part for part in (cell("address_2"), cell("address_3")) if part), cell("city"), cell("state"),
            cell("zip"), cell("latitude"), cell("longitude"), "latitude" in self.columns,
            tuple(pair for pair in contacts if pair[1]), cell("note"), mends=list(record.mends),
        )  # fmt: skip
        sort_out_codes(row, cell("codes"))
        return row
