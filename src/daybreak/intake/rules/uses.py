"""What a column of a file may be used for: the table that mapping files, their checks and the screen are made from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """One thing a column may mean. ``options`` are the settings that its conversion takes.

    ``many``: several columns may have it. ``numbered``: it needs a number (exhibit 1, exhibit 2), since several belong together.
    """

    name: str
    group: str
    meaning: str
    options: frozenset[str] = frozenset()
    many: bool = False
    numbered: bool = False


_TIME = frozenset({"formats", "pivot", "midnight"})
_ROWS: tuple[tuple[str, str, str, frozenset[str], bool, bool], ...] = (
    ("occurred", "time", "day and time of the event", _TIME, False, False),
    ("occurred-date", "time", "day of the event; a time may stand in another column", _TIME, False, False),
    ("occurred-time", "time", "time of day of the event", frozenset({"formats"}), False, False),
    ("occurred-year", "time", "year of the event", frozenset(), False, False),
    ("occurred-fiscal-year", "time", "federal fiscal year (from October), with a month", frozenset(), False, False),
    ("occurred-quarter", "time", "quarter of the event, with a year", frozenset(), False, False),
    ("occurred-month", "time", "month of the event, with a year", frozenset(), False, False),
    ("occurred-period", "time", "quarter, month, week or year in one cell", frozenset(), False, False),
    ("reported", "time", "day and time of the report", _TIME, False, False),
    ("reported-date", "time", "day of the report", _TIME, False, False),
    ("reported-time", "time", "time of day of the report", frozenset({"formats"}), False, False),
    ("zip", "place", "ZIP code", frozenset(), False, False),
    ("county", "place", "county: name in Kentucky, or five FIPS digits", frozenset(), False, False),
    ("county-number", "place", "three FIPS digits of the county within its state", frozenset(), False, False),
    ("state", "place", "state: letters, name or FIPS number", frozenset(), False, False),
    ("address", "place", "street address, of which the block is kept", frozenset(), False, False),
    ("latitude", "place", "degrees north, rounded to about a block", frozenset(), False, False),
    ("longitude", "place", "degrees east, rounded to about a block", frozenset(), False, False),
    ("point", "place", "latitude and longitude in one cell, rounded to about a block", frozenset(), False, False),
    ("count", "event", "how many like events the row stands for", frozenset(), False, False),
    ("fatal", "event", "fatal, non-fatal or unknown", frozenset(), False, False),
    ("survived", "event", "whether the person lived", frozenset(), False, False),
    ("certainty", "event", "suspected or confirmed", frozenset(), False, False),
    ("naloxone-given", "event", "whether naloxone was given", frozenset(), False, False),
    ("naloxone-doses", "event", "how many doses of naloxone", frozenset(), False, False),
    ("naloxone-extent", "event", "none, single dose, multiple doses or unknown (ODMAP)", frozenset(), False, False),
    ("naloxone-named", "event", "a medication that may be naloxone", frozenset(), True, False),
    ("naloxone-by", "event", "who gave naloxone", frozenset(), False, False),
    ("age", "event", "age, kept as a ten-year band; its unit here or in another column", frozenset({"unit"}), False, False),
    ("age-unit", "event", "unit of the age", frozenset(), False, False),
    ("age-band", "event", "age band", frozenset(), False, False),
    ("sex", "event", "sex", frozenset(), False, False),
    ("status", "event", "whether the case is open, closed, pending, cleared or unfounded", frozenset(), False, False),
    ("manner", "event", "manner of death", frozenset(), False, False),
    ("underlying", "event", "ICD-10 code of the underlying cause", frozenset(), False, False),
    ("cause", "event", "ICD-10 codes, one or several", frozenset(), True, False),
    ("operation", "event", "operation, by the names that the values list", frozenset(), False, False),
    ("substance", "drugs", "substances that the event involves", frozenset({"standing", "unknown", "codes"}), True, False),
    ("substance-flag", "drugs", "yes or no for one substance", frozenset({"standing", "substance", "no_means"}), True, False),
    ("exhibit-drug", "exhibit", "substance of a seized thing", frozenset({"codes"}), True, True),
    ("exhibit-quantity", "exhibit", "how much of it; its unit may stand in the cell", frozenset({"unit"}), True, True),
    ("exhibit-unit", "exhibit", "unit of the quantity", frozenset(), True, True),
    ("exhibit-laboratory", "exhibit", "what the laboratory said", frozenset(), True, True),
    ("exhibit-label", "exhibit", "number on the exhibit's bag", frozenset(), True, True),
    ("charge-statute", "charge", "statute of a charge", frozenset(), True, True),
    ("charge-offense", "charge", "offense of a charge in words", frozenset({"unknown"}), True, True),
    ("charge-counts", "charge", "counts of a charge", frozenset(), True, True),
    ("key", "row", "only part of the row's key", frozenset(), True, False),
    ("only", "row", "only there to say which rows are meant", frozenset(), True, False),
    ("ignore", "row", "not used", frozenset(), True, False),
    ("drop", "row", "holds persons: never kept", frozenset(), True, False),
)  # fmt: skip
USES: dict[str, Use] = {row[0]: Use(*row) for row in _ROWS}
# What every column may have besides: texts that mean something else, texts that mean nothing, and which rows are meant.
COMMON_OPTIONS = frozenset({"values", "blanks", "only", "only_starting"})
CONSTANTS = ("state", "county", "zip", "certainty", "operation", "naloxone_by", "status", "count", "fatal")
EXHIBIT_USES = ("exhibit-drug", "exhibit-quantity", "exhibit-unit", "exhibit-laboratory", "exhibit-label")
CHARGE_USES = ("charge-statute", "charge-offense", "charge-counts")
WHEN = frozenset({"occurred", "occurred-date", "occurred-year", "occurred-fiscal-year", "occurred-period"})
