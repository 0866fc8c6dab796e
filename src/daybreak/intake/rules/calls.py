"""What an agency's own system may send: the JSON schema of a call, and its events as the rows of one fixed mapping."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from daybreak.intake.rules.mapping import Column, Mapping
from daybreak.intake.rules.mapping_check import check
from daybreak.vocabulary.kinds import KINDS

MOST_EVENTS = 1_000
MOST_BYTES = 2_000_000
VERSION = 1
_MOST_PARTS = 10  # exhibits, charges
_TEXT = 200


def _text(must: str, most: int = _TEXT, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": most, "description": must, **more}


def _number(must: str, least: float, most: float, kind: str = "number") -> dict[str, Any]:
    return {"type": kind, "minimum": least, "maximum": most, "description": must}


def _choice(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words), "description": f"one of {', '.join(words)}"}


def _several(items: dict[str, Any], must: str) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": _MOST_PARTS, "description": must}


def _table(must: str, properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": must,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


# ODMAP's four: when, where, outcome, naloxone. The rest may be left out; what is left out is not stated, and never "no".
_FIELDS: dict[str, dict[str, Any]] = {
    "id": _text(
        "your own number of the event, by which a later call corrects it; no name and no birth date in it", 60
    ),
    "occurred_at": _text("a moment with its offset (2026-11-20T21:30:00-05:00), or a day (2026-11-20)", 40),
    "reported_at": _text("a moment with its offset, or a day", 40),
    "latitude": _number("degrees north; kept to about a block", -90, 90),
    "longitude": _number("degrees east; kept to about a block", -180, 180),
    "zip": _text("five digits", pattern="^[0-9]{5}$"),
    "county": _text("five digits (FIPS), or the county's name in Kentucky", 60),
    "state": _text("two letters", pattern="^[A-Za-z]{2}$"),
    "address": _text("a street address, of which the block is kept"),
    "outcome": _choice("fatal", "non-fatal", "unknown"),
    "naloxone": _choice("none", "single dose", "multiple doses", "unknown"),
    "naloxone_doses": _number("a whole number of doses, 0 to 200", 0, 200, "integer"),
    "naloxone_by": _text("who gave it: police, ems, fire, bystander, …", 40),
    "certainty": _choice("suspected", "confirmed"),
    "count": _number("how many like events this one stands for", 1, 1_000_000, "integer"),
    "substances": _several(_text("a drug's name", 60), "a list of drugs' names"),
    "causes": _several(_text("an ICD-10 code", 8), "a list of ICD-10 codes"),
    "underlying": _text("the ICD-10 code of the underlying cause", 8),
    "manner": _text("the manner of death", 20),
    "age": _number("years", 0, 130),
    "sex": _text("F, M, X or unknown", 20),
    "status": _text("open, closed, pending, cleared or unfounded", 20),
    "exhibits": _several(
        _table(
            "one seized thing",
            {
                "substance": _text("a drug's name", 60),
                "quantity": _text(
                    'a number in quotation marks, such as "1179.501", so that no digit is lost', 30
                ),
                "unit": _text("a unit such as g, lb or tablet", 20),
                "laboratory": _choice("pending", "confirmed", "ruled-out"),
                "label": _text("the number on the bag", 60),
            },
            "substance",
        ),
        "a list of seized things",
    ),
    "charges": _several(
        _table(
            "one charge",
            {
                "statute": _text("the statute as cited, such as KRS 218A.1412", 60),
                "offense": _text("the offense in words"),
                "counts": _number("how many counts", 1, 999, "integer"),
            },
            "statute",
        ),
        "a list of charges",
    ),
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Events of one kind",
    **_table(
        "an object with the events",
        {
            "kind": {**_choice(*KINDS), "default": "overdose"},
            "events": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_EVENTS,
                "description": f"a list of 1 to {MOST_EVENTS:,} events",
                "items": _table("an event", _FIELDS, "occurred_at"),
            },
        },
        "events",
    ),
}
_USES: dict[str, tuple[str, dict[str, Any]]] = {
    "id": ("key", {}),
    "occurred_at": ("occurred", {"formats": ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d")}),
    "reported_at": ("reported", {"formats": ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d")}),
    "latitude": ("latitude", {}), "longitude": ("longitude", {}), "zip": ("zip", {}), "county": ("county", {}),
    "state": ("state", {}), "address": ("address", {}), "outcome": ("fatal", {}), "naloxone": ("naloxone-extent", {}),
    "naloxone_doses": ("naloxone-doses", {}), "naloxone_by": ("naloxone-by", {}), "certainty": ("certainty", {}),
    "count": ("count", {}), "substances": ("substance", {}), "causes": ("cause", {}), "underlying": ("underlying", {}),
    "manner": ("manner", {}), "age": ("age", {"unit": "years"}), "sex": ("sex", {}), "status": ("status", {}),
}  # fmt: skip
_EXHIBIT = {
    "substance": "exhibit-drug", "quantity": "exhibit-quantity", "unit": "exhibit-unit",
    "laboratory": "exhibit-laboratory", "label": "exhibit-label",
}  # fmt: skip
_CHARGE = {"statute": "charge-statute", "offense": "charge-offense", "counts": "charge-counts"}
_PARTS = (("exhibits", _EXHIBIT), ("charges", _CHARGE))


def mapping_for(kind: str, timezone: str) -> Mapping:
    """The mapping by which calls are read; ``timezone`` is where a day begins. Days of changing clocks have offsets anyway."""
    columns = [Column(field, use, **options) for field, (use, options) in _USES.items()]
    for parts, uses in _PARTS:
        columns += [
            Column(f"{parts}/{number - 1}/{field}", use, number=number)
            for number in range(1, _MOST_PARTS + 1)
            for field, use in uses.items()
        ]
    made = Mapping(
        name="call", kind=kind, timezone=timezone, columns=tuple(columns), version=VERSION, key=("id",),
        twice="first", skipped="later",
    )  # fmt: skip
    check(made)
    return made


def header_of(mapping: Mapping) -> tuple[str, ...]:
    """The headings under which ``cells_of`` gives an event's cells."""
    return tuple(column.heading for column in mapping.columns)


def cells_of(event: dict[str, Any], header: tuple[str, ...]) -> tuple[str, ...]:
    """An event that fits the schema as the cells of one row; "" where it states nothing."""
    flat = {name: _cell(name, value) for name, value in event.items() if name in _USES}
    for parts, uses in _PARTS:
        for place, part in enumerate(event.get(parts, ())):
            flat |= {f"{parts}/{place}/{field}": str(part[field]) for field in uses if field in part}
    return tuple(flat.get(heading, "") for heading in header)


def _cell(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    if name.endswith("_at"):
        return _moment(value)
    return str(value)


def _moment(text: str) -> str:
    """A moment as the mapping's format has it (no fractions, Z as +0000); any other text as it is, to be refused."""
    if len(text) <= 10:
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")
