"""One converter for each use of a column: from the text of a cell to the value that an event keeps, each text once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from daybreak.intake.rules import choices, places, things, times
from daybreak.intake.rules.mapping import Column
from daybreak.intake.rules.problems import Refused

Converter = Callable[[str], Any]
_MOST_KEPT = 20_000
# What the columns of the database hold (events.models): a telephone number is more.
_MOST_EVENTS, _MOST_DOSES, _MOST_COUNTS = 1_000_000, 200, 999


class Memo(dict[str, Any]):
    """A column's cells and what they became: dates, drugs and places repeat, so most rows cost one look-up a cell.

    None stands for what states nothing. A refused text is not kept, and is converted again.
    """

    def __init__(self, column: Column, convert: Converter) -> None:
        super().__init__()
        self._column = column
        self._convert = convert

    def __missing__(self, text: str) -> Any:
        if len(self) >= _MOST_KEPT:
            self.clear()
        value = self._value(text)
        self[text] = value
        return value

    def _value(self, text: str) -> Any:
        column = self._column
        plain = " ".join(text.split())
        folded = plain.casefold()
        if (column.only and folded not in column.only) or (
            column.only_starting and not folded.startswith(column.only_starting)
        ):
            raise Refused(
                "must be one of the values for which the mapping takes rows",
                "Nothing is wrong if this row is not meant; else correct the cell or the mapping.",
            )
        if folded in column.values:
            plain = column.values[folded]
            folded = plain.casefold()
        if folded in choices.BLANKS or folded in column.blanks:
            return None
        return self._convert(plain)


def converter(column: Column) -> Memo:
    """The converter of a column, by its use."""
    return Memo(column, _MAKERS.get(column.use, _plain(things.record_number))(column))


def _plain(convert: Converter) -> Callable[[Column], Converter]:
    return lambda _: convert


def _wall(column: Column) -> Converter:
    return lambda text: times.wall(text, column.formats, column.pivot, column.midnight)


def _clock(column: Column) -> Converter:
    return lambda text: times.clock(text, column.formats)


def _substance(column: Column) -> Converter:
    if column.codes == "nibrs":
        return things.nibrs_drug
    return things.known_drugs_or_none if column.unknown == "leave-out" else things.drugs


def _flag(column: Column) -> Converter:
    """(slug, standing) where the cell says yes; (slug, ruled-out) for no where the mapping says that no means that."""

    def seen(text: str) -> tuple[str, str] | None:
        answer = choices.yes_no(text)
        if answer:
            return column.substance, column.standing
        return (column.substance, "ruled-out") if answer is False and column.no_means == "ruled-out" else None

    return seen


def _offense(column: Column) -> Converter:
    def words(text: str) -> str:
        try:
            return things.offense(text)
        except Refused:
            if column.unknown != "leave-out":
                raise
            return ""

    return words


_whole = choices.whole_number
_MAKERS: dict[str, Callable[[Column], Converter]] = {
    "occurred": _wall, "occurred-date": _wall, "reported": _wall, "reported-date": _wall,
    "occurred-time": _clock, "reported-time": _clock,
    "occurred-year": _plain(times.year_number), "occurred-fiscal-year": _plain(times.year_number),
    "occurred-quarter": _plain(times.quarter_number), "occurred-month": _plain(times.month_number),
    "occurred-period": _plain(times.period),
    "zip": _plain(places.zip_code), "county": _plain(places.county_code), "county-number": _plain(places.county_number),
    "state": _plain(places.state_code), "address": _plain(places.block_of), "point": _plain(places.point),
    "latitude": _plain(places.latitude), "longitude": _plain(places.longitude),
    "count": _plain(_whole(_MOST_EVENTS)), "fatal": _plain(choices.fatal), "survived": _plain(choices.survived),
    "certainty": _plain(choices.certainty), "naloxone-given": _plain(choices.yes_no),
    "naloxone-doses": _plain(_whole(_MOST_DOSES)), "naloxone-extent": _plain(choices.naloxone_extent),
    "naloxone-named": _plain(choices.naloxone_named), "naloxone-by": _plain(choices.naloxone_giver),
    "age": _plain(choices.age), "age-unit": _plain(choices.age_unit), "age-band": _plain(choices.age_band),
    "sex": _plain(choices.sex), "status": _plain(choices.status), "manner": _plain(choices.manner),
    "underlying": _plain(things.icd_code), "cause": _plain(things.icd_codes),
    "operation": lambda column: things.listed({slug: slug for slug in column.values.values()}),
    "substance": _substance, "substance-flag": _flag,
    "exhibit-drug": _substance, "exhibit-quantity": _plain(things.quantity), "exhibit-unit": _plain(things.unit),
    "exhibit-laboratory": _plain(choices.laboratory), "exhibit-label": _plain(things.label),
    "charge-statute": _plain(things.statute), "charge-offense": _offense, "charge-counts": _plain(_whole(_MOST_COUNTS)),
    "only": _plain(lambda _: None),
}  # fmt: skip
