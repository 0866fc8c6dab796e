"""Reads the files of a scan: cases, controls, population and places, with spaces, tabs or commas between."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from daybreak.surge.counts import DateArray, FloatArray, IntArray
from daybreak.surge.errors import BadInput
from daybreak.surge.scan.dates import Unit, near_year, read_date

_WORD = re.compile(r'"([^"]*)"|(\S+)')
_YEARLIKE = re.compile(r"\d{4}([/-]\d{1,2}([/-]\d{1,2})?)?(?:[T ].*)?|\d{1,2}/\d{1,2}/\d{4}")
LATITUDE_MOST = 90.0
LONGITUDE_MOST = 180.0


@dataclass(frozen=True)
class Row:
    """The words of one line and where it stands, for messages."""

    where: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Events:
    """Cases or controls, one entry a line of their file.

    place: (lines,) place in `Places.names`; number: (lines,) how many; date: (lines,) first day, NaT where none is
    given; unit: how exactly the least exact date is known; strata: one tuple of covariates a line.
    """

    place: IntArray
    number: IntArray
    date: DateArray
    unit: Unit
    strata: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class People:
    """A population file: place, year, people (≥ 0) and covariates of each line."""

    place: IntArray
    year: IntArray
    number: FloatArray
    strata: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Places:
    """Names and positions: (places, 2) latitude and longitude in degrees, or x and y."""

    names: tuple[str, ...]
    position: FloatArray

    def of(self, row: Row) -> int:
        """The place that a line's first word names."""
        try:
            return self._index[row.words[0]]
        except KeyError:
            raise BadInput(
                row.where, "begin with a place of the --geo file", "a place that is not there",
                "Add its coordinates, or leave the line out.",
            ) from None  # fmt: skip

    @property
    def _index(self) -> dict[str, int]:
        found: dict[str, int] | None = self.__dict__.get("_names_index")
        if found is None:
            found = {name: number for number, name in enumerate(self.names)}
            self.__dict__["_names_index"] = found
        return found


def read_places(path: Path, degrees: bool) -> Places:
    """Lines of id, latitude, longitude; or id, x, y."""
    names: dict[str, None] = {}
    position = []
    for row in rows(path, 3, 1):
        if row.words[0] in names:
            raise BadInput(
                row.where, "name a new place", "one that stood before", "Leave one of the lines out."
            )
        names[row.words[0]] = None
        first, second = (_number(row, column) for column in (1, 2))
        if degrees and (abs(first) > LATITUDE_MOST or abs(second) > LONGITUDE_MOST):
            raise BadInput(
                row.where, "be a place, latitude (-90 … 90) and longitude (-180 … 180)", f"{first:g}, {second:g}",
                "Exchange the two columns, or say --coordinates xy.",
            )  # fmt: skip
        position.append((first, second))
    return Places(tuple(names), np.array(position, np.float64))


def read_events(path: Path, places: Places, what: str = "cases") -> Events:
    """Lines of id, number, date, covariates; without dates if no line's third word looks like one.

    Lines of 0 are left out.
    """
    lines = list(rows(path, 2, 1))
    dated = bool(lines) and all(len(row.words) > 2 and _YEARLIKE.fullmatch(row.words[2]) for row in lines[:1])
    place, number, date, units, strata = [], [], [], {Unit.DAY} if not dated else set(), []
    for row in lines:
        count = _whole(row, 1, what)
        if dated and len(row.words) < 3:
            raise BadInput(
                row.where, f"hold a place, {what} and a date", f"{len(row.words)} words", "Add the date."
            )
        day, unit = read_date(row.words[2], row.where) if dated else (np.datetime64("NaT", "D"), Unit.DAY)
        if count == 0:
            continue
        place.append(places.of(row))
        number.append(count)
        date.append(day)
        units.add(unit)
        strata.append(row.words[3:] if dated else row.words[2:])
    least = max(units, key=lambda unit: unit.days) if units else Unit.DAY
    _check_strata(path, lines, {len(each) for each in strata})
    return Events(
        np.array(place, np.int64),
        np.array(number, np.int64),
        np.array(date, "datetime64[D]"),
        least,
        tuple(strata),
    )


def read_people(path: Path, places: Places, near: int) -> People:
    """Lines of id, year, people, covariates; years of two digits are those nearest to the year `near`."""
    place, year, number, strata = [], [], [], []
    for row in rows(path, 3, 2):
        place.append(places.of(row))
        year.append(near_year(row.words[1].split("/")[0].split("-")[0], near, row.where))
        people = _number(row, 2)
        if people < 0:
            raise BadInput(row.where, "hold 0 people or more", f"{people:g}", "Correct the line.")
        number.append(people)
        strata.append(row.words[3:])
    return People(
        np.array(place, np.int64), np.array(year, np.int64), np.array(number, np.float64), tuple(strata)
    )


def rows(path: Path, words: int, numeric: int) -> Iterator[Row]:
    """The lines of a file as words; empty lines, and a first line whose word `numeric` is no number, are passed over."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(str(path), "be text in UTF-8", "other bytes", "Save it as UTF-8.") from None
    lines = text.splitlines()
    comma = "," in next((line for line in lines if line.strip()), "")
    any_row = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = next(csv.reader([line])) if comma else [a or b for a, b in _WORD.findall(line)]
        row = Row(f"{path.name}, line {number},", tuple(word.strip() for word in found))
        if len(row.words) < words:
            raise BadInput(
                row.where, f"hold {words} words or more", str(len(row.words)),
                "Put spaces, tabs or (from the first line on) commas between, and names with spaces into quotes.",
            )  # fmt: skip
        if not any_row and not _is_number(row.words[numeric]) and not any_digit_first(row.words[numeric]):
            any_row = True
            continue
        any_row = True
        yield row


def any_digit_first(word: str) -> bool:
    """Whether a word that is no number begins like one, so that it is an error and no heading."""
    return word[:1].isdigit() or word[:1] in "+-."


def _is_number(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False


def _number(row: Row, column: int) -> float:
    if not _is_number(row.words[column]):
        raise BadInput(
            row.where, f"have a number as word {column + 1}", repr(row.words[column]), "Correct the line."
        )
    return float(row.words[column])


def _whole(row: Row, column: int, what: str) -> int:
    number = _number(row, column)
    if number < 0 or number != int(number):
        raise BadInput(
            row.where, f"have a whole number of {what}, 0 or more", f"{number:g}", "Correct the line."
        )
    return int(number)


def _check_strata(path: Path, lines: list[Row], lengths: set[int]) -> None:
    if not lines:
        raise BadInput(path.name, "hold lines", "none", "See the reference for its columns.")
    if len(lengths) > 1:
        raise BadInput(
            path.name, "have the same number of words in each line", f"{sorted(lengths)} covariates",
            "Add the missing ones.",
        )  # fmt: skip
