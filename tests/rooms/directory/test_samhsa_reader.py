"""SAMHSA's directory by its headings, whichever edition it is."""

from __future__ import annotations

import pytest

from daybreak.directory.readers.samhsa import Directory
from daybreak.directory.readers.tables import UnusableFile
from tests.rooms.directory.sheets import csv_text, place, samhsa


def test_a_row_is_read_by_the_names_of_its_headings() -> None:
    (row,) = Directory(samhsa(place(Note="DWI/DUI Clients Only"))).rows()
    assert (row.name, row.program, row.address_1, row.zip) == (
        "Hope Center", "Recovery Program for Women", "1524 Versailles Road", "40504",
    )  # fmt: skip
    assert (row.line, row.row, row.latitude, row.longitude) == (2, 1, "38.048456", "-84.530654")
    assert row.codes[:3] == ("SAF", "SA", "RES")
    assert row.note == "DWI/DUI Clients Only"


def test_columns_may_stand_in_another_order_under_other_names() -> None:
    header = ("zip5", "Phone", "service_codes", "FACILITY NAME", "Street1", "city", "st")
    cells = {"zip5": "40504", "Phone": "(859)252-2002", "service_codes": "SA;RL;MD", "FACILITY NAME": "Hope Center",
             "Street1": "1524 Versailles Road", "city": "Lexington", "st": "KY"}  # fmt: skip
    (row,) = Directory(csv_text(header, [cells]).encode(), edition=2011).rows()
    assert (row.name, row.address_1, row.state, row.zip) == (
        "Hope Center",
        "1524 Versailles Road",
        "KY",
        "40504",
    )
    assert (row.codes, row.contacts, row.has_point) == (
        ("SA", "RL", "MD"),
        (("main", "(859)252-2002"),),
        False,
    )


@pytest.mark.parametrize(
    ("codes", "name", "given", "year"),
    [
        ("SAF/SA/OP/ORT/ADLT/FEM/", "list.csv", None, 2015),
        ("SA/TX/OP/PH/MD/", "list.csv", None, 2012),
        ("SA/TX/OP/PH/MD/", "directory_2010.csv", None, 2010),
        ("SA/TX/OP/PH/MD/", "directory_2015.csv", None, 2012),
        ("SAF/SA/ORT/", "directory_2013.csv", None, 2013),
        ("SA/TX/OP/", "directory_2012.csv", 2011, 2011),
    ],
)
def test_the_codes_and_then_the_file_name_tell_the_edition(
    codes: str, name: str, given: int | None, year: int
) -> None:
    assert Directory(samhsa(place(Keys=codes)), file_name=name, edition=given).edition.year == year


def test_codes_that_tell_no_edition_must_be_helped_by_the_operator() -> None:
    with pytest.raises(UnusableFile, match="--edition 2012"):
        Directory(samhsa(place(Keys="SA/OP/")))


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        (("Name1", "ZIP_Code"), "Keys"),
        (("Keys", "ZIP_Code"), "Name1"),
        (("Name1", "Keys", "City"), r"ZIP_Code \(or City and State\)"),
    ],
)
def test_a_missing_heading_is_named(header: tuple[str, ...], missing: str) -> None:
    with pytest.raises(UnusableFile, match=f"must name {missing}"):
        Directory(csv_text(header, []).encode())
