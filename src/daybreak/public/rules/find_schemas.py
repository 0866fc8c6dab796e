"""What the reply of /api/find is made of, as JSON Schema: every property with its meaning."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]


def text(description: str, **more: Any) -> Node:
    """A string."""
    return {"type": "string", "description": description, **more}


def whole(description: str, **more: Any) -> Node:
    """A count."""
    return {"type": "integer", "minimum": 0, "description": description, **more}


def number(description: str, *, unknown: bool = False, **more: Any) -> Node:
    """A number; ``unknown``: or null."""
    return {"type": ["number", "null"] if unknown else "number", "description": description, **more}


def many(description: str, items: Node) -> Node:
    """An array."""
    return {"type": "array", "description": description, "items": items}


def thing(description: str, properties: Node, *, optional: tuple[str, ...] = ()) -> Node:
    """An object with exactly these properties."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def called(name: str) -> Node:
    """A reference to one of SCHEMAS."""
    return {"$ref": f"#/components/schemas/{name}"}


_DAY = {"format": "date"}
_NEED = thing(
    "One thing that was asked for or ruled out.",
    {
        "need": text("Our name of the need, or a SAMHSA code."),
        "codes": many("The SAMHSA codes that state it.", text("One code.")),
        "from": text("The words of the search that it came from."),
    },
)
_PLACE = thing(
    "What the place of the search was understood as.",
    {
        "kind": text(
            "What kind of place it is; county, state and anywhere have no point, so there are no miles.",
            enum=["zip", "point", "town", "county", "state", "anywhere"],
        ),
        "label": text("The place in words."),
        "others": many(
            "Other places of the same name; give one of these as `near` to search there.", text("One place.")
        ),
    },
)
_PHONE = thing(
    "One phone number with the day on which somebody last confirmed it.",
    {
        "number": text("Ten digits; in historic_phones it may be text that is no number."),
        "extension": text("The extension, or empty."),
        "kind": text("What answers there: voice, intake, hotline, fax, tty …"),
        "confirmed_on": text("The day on which it was last confirmed or listed.", **_DAY),
    },
)
_HISTORIC = {
    **_PHONE,
    "description": "A number that nobody confirmed within a year. It may belong to somebody else now: never show it as current.",
}
_RESULT = thing(
    "One listing: a place, with the service there that matched.",
    {
        "id": text("Random id of the listing; stable.", format="uuid"),
        "name": text("Name of the place."),
        "program": text("Name of the matched service there."),
        "street": text("Street address, or empty."),
        "city": text("Town."),
        "state": text("Two-letter postal code."),
        "zip": text("ZIP code."),
        "county": text("County, or empty where not known."),
        "miles": number(
            "Straight-line miles from the place of the search; null where either has no point.", unknown=True
        ),
        "tier": whole("0 can take you now, 1 says yes to all, 2 does not say everything: ask.", maximum=2),
        "latitude": number("Degrees, WGS 84; null = not known.", unknown=True),
        "longitude": number("Degrees, WGS 84; null = not known.", unknown=True),
        "point_from": text(
            "Where the point is from: source, or zip (the middle of its ZIP area, so miles are about right)."
        ),
        "why": many("Why it stands where it stands, in English.", text("One reason.")),
        "codes": many("SAMHSA codes that the matched service states.", text("One code.")),
        "yes": many("Needs to which the matched service says yes.", text("One need.")),
        "no": many(
            "Needs to which it says no. A need in neither list is not stated, which is never a no.",
            text("One need."),
        ),
        "phones": many(
            "Numbers that somebody confirmed within a year: these may be called.", called("Phone")
        ),
        "historic_phones": many(
            "Numbers that nobody confirmed within a year: never to be shown as current.",
            called("HistoricPhone"),
        ),
        "helpline": thing(
            "The line that answers for this state: the action where phones is empty.",
            {"name": text("Its name."), "number": text("Its number, to be dialled.")},
        ),
        "listed_on": {
            "type": ["string", "null"],
            "format": "date",
            "description": "The day on which the matched service was last listed or checked; null = not known.",
        },
        "sources": many(
            "Who says so.",
            thing(
                "One row of one source.",
                {
                    "source": text("Slug of the source."),
                    "row": whole("Data row in it, from 1, headers not counted."),
                },
            ),
        ),
        "path": text("The listing's page on this site."),
    },
)
_NEAR_MISS = thing(
    "How many more listings match if exactly one thing gives way.",
    {
        "condition": text("What gives way: needs, `not` a need, place or name."),
        "change": text("How: drop, admit-unstated, radius and the wider miles, state, or anywhere."),
        "more": whole("Listings that this adds."),
    },
)
_REPLY = thing(
    "One page of results with counts over all of them.",
    {
        "needs": many("What was asked for.", called("Need")),
        "excluded": many("What must not be.", called("Need")),
        "place": called("Place"),
        "total": whole("Listings that match."),
        "ask_total": whole("Those among them that do not say everything."),
        "results": many("The page, in order.", called("Result")),
        "facets": {
            "type": "object",
            "description": "Group → need → listings.",
            "additionalProperties": {
                "type": "object",
                "description": "Need → listings that would match with it, the group's own condition lifted; exact.",
                "additionalProperties": whole("Listings."),
            },
        },
        "near_misses": many("What would give more.", called("NearMiss")),
    },
)
_FEATURE = thing(
    "One listing as a feature.",
    {
        "type": text("Always Feature.", const="Feature"),
        "id": text("Id of the listing.", format="uuid"),
        "geometry": {
            "description": "Its point, or null where none is known.",
            "oneOf": [
                {"type": "null", "description": "No point is known."},
                thing(
                    "A point.",
                    {
                        "type": text("Always Point.", const="Point"),
                        "coordinates": {
                            **many("Longitude, latitude; WGS 84.", number("Degrees.")),
                            "minItems": 2,
                            "maxItems": 2,
                        },
                    },
                ),
            ],
        },
        "properties": {
            "type": "object",
            "description": "The properties of Result without latitude, longitude, historic_phones and path, and two more.",
            "properties": {
                "answer": text("now, yes or ask, as tier says it.", enum=["now", "yes", "ask"]),
                "url": text("The listing's page.", format="uri"),
            },
            "required": ["answer", "url", "name", "phones", "helpline"],
        },
    },
)
_PROBLEM = thing(
    "What is wrong (RFC 9457). It never repeats a value that was sent.",
    {
        "type": text("Always about:blank.", format="uri-reference"),
        "title": text("The status in words."),
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": text("What is wrong and what to do."),
        "parameter": {
            "type": ["string", "null"],
            "description": "The parameter that is wrong; null = the name of one.",
        },
        "must": text("What it must be."),
        "cure": text("What to do."),
        "choices": many("Names of places that would do.", text("One place, to be given as near.")),
    },
    optional=("parameter", "must", "cure", "choices"),
)
SCHEMAS: Node = {
    "Reply": _REPLY,
    "Need": _NEED,
    "Place": _PLACE,
    "Result": _RESULT,
    "Phone": _PHONE,
    "HistoricPhone": _HISTORIC,
    "NearMiss": _NEAR_MISS,
    "FeatureCollection": thing(
        "Every result (RFC 7946).",
        {
            "type": text("Always FeatureCollection.", const="FeatureCollection"),
            "total": whole("Listings that match; as many as there are features."),
            "features": many("The listings, in order.", called("Feature")),
        },
    ),
    "Feature": _FEATURE,
    "Problem": _PROBLEM,
}
