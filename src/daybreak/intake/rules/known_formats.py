"""Files that come in one known shape: told by their headings, and what each column of them means.

Headings are compared in lower case with single blanks (personal.folded). A column that stands in no table here is dropped where
it holds persons, and not used otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from daybreak.intake.rules.personal import folded

Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KnownFormat:
    """One shape. ``signature``: folded headings that must all be there. ``columns``: folded heading → (use, options).

    ``refused``: why rows of this shape cannot become events, "" = they can.
    """

    slug: str
    kind: str
    signature: frozenset[str]
    columns: dict[str, tuple[str, Options]] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    timezone: str = ""
    refused: str = ""


def _known(slug: str, kind: str, signature: str, columns: dict[str, Any], **more: Any) -> KnownFormat:
    made = {name: (use, {}) if isinstance(use, str) else use for name, use in columns.items()}
    return KnownFormat(slug, kind, frozenset(signature.split("|")), made, **more)


_NIBRS_COLUMNS: dict[str, Any] = {
    "incident": "key", "ori": "key", "loss": "key",
    "incident date": ("occurred-date", {"formats": ("%Y-%m-%d",)}),
    "hour": ("occurred-time", {"formats": ("%H",)}),
    "date is": "ignore",
}  # fmt: skip
for _number in (1, 2, 3):
    _NIBRS_COLUMNS |= {
        f"drug {_number}": ("exhibit-drug", {"number": _number, "codes": "nibrs"}),
        f"quantity {_number}": ("exhibit-quantity", {"number": _number}),
        f"measure {_number}": ("exhibit-unit", {"number": _number}),
        f"laboratory {_number}": ("exhibit-laboratory", {"number": _number}),
    }

_PA_NOT_RECORDED = "not recorded, this field was blank by the pcr vendor or the ems provider"
_NEMSIS_TIMES = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")
KNOWN_FORMATS: tuple[KnownFormat, ...] = (
    _known(
        "nibrs", "seizure", "incident|ori|loss|drug 1|quantity 1|measure 1", _NIBRS_COLUMNS, key=("ori", "incident", "loss")
    ),
    _known(
        # Element numbers of NEMSIS 3.5. Only runs with an impression of poisoning by narcotics are overdoses: naloxone
        # alone is none.
        "nemsis", "overdose", "e times 03|e situation 11|e medications 03",
        {
            "e record 01": "key", "e response 03": "key",
            "e times 03": ("occurred", {"formats": _NEMSIS_TIMES}),
            "e situation 11": ("cause", {"only_starting": ("t40",)}),
            "e situation 12": "cause",
            "e medications 03": "naloxone-named",
            "e patient 13": "sex", "e patient 15": "age", "e patient 16": "age-unit",
            "e scene 11": "point", "e scene 15": "address", "e scene 18": "state", "e scene 19": "zip", "e scene 21": "county",
        },
        constants={"certainty": "suspected"},
    ),
    _known(
        "essence-time-series", "ed-visit", "date|count|expected|levels",
        {"date": ("occurred-date", {"formats": ("%Y-%m-%d", "%m/%d/%Y", "%d%b%Y")}), "count": "count"},
    ),
    _known(
        "essence-details", "ed-visit", "c bio sense id|date|zip code",
        {
            "c bio sense id": "key", "date": ("occurred-date", {"formats": ("%m/%d/%Y", "%Y-%m-%d")}),
            "zip code": "zip", "sex": "sex", "age": ("age", {"unit": "years"}), "discharge diagnosis": "cause",
        },
        key=("c bio sense id",), constants={"certainty": "suspected"},
    ),
    _known(
        "pa-ems-naloxone", "naloxone", "event date|event time|medication given|record count|incident county fips text|state fips",
        {
            "event date": ("occurred-date", {"formats": ("%m/%d/%Y",)}),
            "event time": ("occurred-time", {"formats": ("%I:%M %p",)}),
            "medication given": "naloxone-named", "record count": "naloxone-doses",
            "incident county fips text": ("county-number", {"blanks": frozenset({_PA_NOT_RECORDED})}), "state fips": "state",
        },
        constants={"naloxone_by": "ems"}, timezone="America/New_York",
    ),
    _known(
        # Its points are the middles of counties, and its arrests another kind: neither is kept with a seizure.
        "pa-police-seizures", "seizure", "year|qtr|drug|incident count|drug quantity|unit used|fips county code",
        {
            "year": "occurred-year", "qtr": "occurred-quarter", "fips state code": "state", "fips county code": "county-number",
            "drug": "exhibit-drug", "incident count": "count", "drug quantity": "exhibit-quantity", "unit used": "exhibit-unit",
        },
        timezone="America/New_York",
    ),
    _known("pa-ed-rates", "ed-visit", "quarterly rate|overdose type|type of rate", {}, refused="rates"),
    _known(
        # Times are whole hours of the wall clock in Tempe, whatever the "+00" behind them says (its own Time_of_Day agrees
        # with that); 00:00 means that only the day is known; places are rounded by the city; NULL is not stated.
        "tempe-opioid-calls", "overdose", "incident date|opioid use|narcan given|latitude random|longitude random",
        {
            "objectid": "key", "incident date": ("occurred", {"formats": ("%Y/%m/%d %H:00:00+00",), "midnight": "day"}),
            "opioid use": (
                "certainty", {"values": {"yes": "suspected", "unknown": ""}, "only": frozenset({"yes", "unknown"})},
            ),
            "narcan given": "naloxone-given", "age": "age-band",
            "patient gender": ("sex", {"values": {"unknown (unable to determine)": ""}}),
            "latitude random": "latitude", "longitude random": "longitude",
        },
        key=("objectid",), constants={"state": "AZ"}, timezone="America/Phoenix",
    ),
    _known(
        # CBP counts by fiscal year, in pounds; several files overlap, so that one of them only may be loaded.
        "cbp-seizures", "seizure", "fy|month abbv|drug type|count of event|sum qty lbs",
        {
            "fy": "occurred-fiscal-year", "month abbv": "occurred-month", "count of event": "count", "drug type": "exhibit-drug",
            "sum qty lbs": ("exhibit-quantity", {"unit": "lb"}),
        },
        timezone="America/New_York",
    ),
)  # fmt: skip


def known_format(header: Sequence[str]) -> KnownFormat | None:
    """The known shape whose headings are all there; the one with the most headings where several fit."""
    there = {folded(heading) for heading in header}
    fitting = [one for one in KNOWN_FORMATS if one.signature <= there]
    return max(fitting, key=lambda one: len(one.signature), default=None)
