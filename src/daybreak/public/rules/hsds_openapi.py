"""The OpenAPI document of HSDS 3.0 as this server keeps it: upstream's, its slips mended, our errors and limits said."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from daybreak.public.rules import hsds_parameters as limits

Node = dict[str, Any]
LINES = "application/x-ndjson"
PROBLEM = "application/problem+json"
_REASONS = {
    "304": "Nothing has changed since the ETag that If-None-Match names.",
    "400": "A parameter cannot be used; the answer says which, what it must be, and what to do.",
    "404": "Nothing published has this id.",
    "414": "The address is longer than this server reads.",
    "503": "Others are taking whole lists along just now; Retry-After says when to ask again.",
}
PROBLEM_SCHEMA: Node = {
    "type": "object",
    "description": "What is wrong (RFC 9457). It never repeats a value that was sent.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Always about:blank."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What is wrong and what to do, in one or two sentences."},
        "parameter": {"type": "string", "description": "The parameter that is wrong."},
        "must": {"type": "string", "description": "What the parameter must be."},
        "got": {"type": "string", "description": "What kind of thing came instead."},
        "cure": {"type": "string", "description": "What to do."},
    },
}
_UUID = {"type": "string", "format": "uuid", "pattern": f"^{limits.UUID}$"}
# Parameter → its schema as this server reads it; upstream's says hardly more than "string".
_SCHEMAS: dict[str, Node] = {
    "search": {"type": "string", "maxLength": limits.MOST_TEXT},
    "page": {"type": "integer", "minimum": 1, "maximum": limits.MOST_PAGE, "default": 1},
    "per_page": {
        "type": "integer",
        "minimum": 1,
        "maximum": limits.MOST_PER_PAGE,
        "default": limits.PER_PAGE,
    },
    "format": {"type": "string", "enum": ["json", "ndjson"], "default": "json"},
    "modified_after": {"type": "string", "format": "date-time"},
    "taxonomy_term_id": _UUID,
    "taxonomy_id": _UUID,
    "organization_id": _UUID,
    "parent_id": _UUID,
    "postcode": {"type": "string", "pattern": f"^{limits.ZIP}$"},
    "proximity": {"type": "string", "pattern": f"^{limits.METRES}$"},
}


def mended(upstream: Node) -> Node:
    """Upstream's document without its slips, each of which a server cannot both meet and be right.

    1. ``modified_after`` has the format "datetime", which JSON Schema does not know: date-time.
    2. GET /service_at_locations/{id} promises a service: a service_at_location.
    3. The operationIds of /taxonomy_terms and /taxonomy_terms/{id} are swapped.
    4. Examples of numbers are written as text.
    5. It knows no answer but 200, so no server could say that an id is unknown: 304, 400, 404, 414 as problem documents.
    6. ``format=ndjson`` has no media type: application/x-ndjson.
    """
    document = deepcopy(upstream)
    document["components"]["parameters"]["modified_after"]["schema"]["format"] = "date-time"
    one = document["paths"]["/service_at_locations/{id}"]["get"]["responses"]["200"]["content"]
    one["application/json"]["schema"] = {"$ref": "#/components/schemas/service_at_location"}
    terms, term = (
        document["paths"]["/taxonomy_terms"]["get"],
        document["paths"]["/taxonomy_terms/{id}"]["get"],
    )
    if terms["operationId"] == "getTaxonomyTermById":
        terms["operationId"], term["operationId"] = term["operationId"], terms["operationId"]
    for schema in _schemas(document["components"]["schemas"]):
        if schema.get("type") in ("number", "integer") and isinstance(schema.get("example"), str):
            schema["example"] = float(schema["example"])
    document["components"]["schemas"]["problem"] = deepcopy(PROBLEM_SCHEMA)
    for path, entry in document["paths"].items():
        operation = entry["get"]
        operation["responses"].update(_other_answers(path))
        if any(
            parameter.get("$ref", "").endswith("/format") for parameter in operation.get("parameters", ())
        ):
            operation["responses"]["200"]["content"][LINES] = {}
    return document


def _schemas(node: Any) -> Iterator[Node]:
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from _schemas(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _schemas(inner)


def _other_answers(path: str) -> Node:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
    statuses = [status for status in _REASONS if status != "404" or "{id}" in path]
    return {
        status: {
            "description": _REASONS[status],
            **({} if status == "304" else {"content": deepcopy(problem)}),
        }
        for status in statuses
    }


def described(upstream: Node, *, server: str, version: str) -> Node:
    """What this server promises at the address ``server``: the mended document, with its limits and its own terms."""
    document = mended(upstream)
    document["servers"] = [{"url": server}]
    document["info"] |= {
        "title": "Daybreak directory: HSDS 3.0 API",
        "version": version,
        "description": (
            "Derived from openreferral/specification, version 3.0, an Open Referral resource "
            "(https://openreferral.org/), and changed: docs/reference/hsds-api.md says how and why. "
            "All $refs are local. What HSDS has no term for stands under x_daybreak."
        ),
    }
    own = document["components"]["parameters"]
    inline = [
        parameter
        for entry in document["paths"].values()
        for parameter in entry["get"].get("parameters", ())
        if "name" in parameter
    ]
    for parameter in [*own.values(), *inline]:
        parameter["schema"] = deepcopy(_SCHEMAS.get(parameter["name"], parameter["schema"]))
        parameter["description"] = _WORDS.get(parameter["name"], parameter["description"])
    page = document["components"]["schemas"]["Page"]
    page["properties"]["contents"] = {"type": "array", "description": "The entities of this page."}
    page["required"] = list(page["properties"])
    return document


_WORDS = {
    "search": "Every word must begin a word of a name, a description or a term; capitals and accents do not count.",
    "minimal": "Only id, name, status and last_modified of each service; all on one page unless per_page is given.",
    "top_only": "Only terms that have no parent.",
    "postcode": (
        "A ZIP of five digits. Alone: places with this ZIP in their address, since the lists state no service areas. "
        "With proximity: places within so many metres of the middle of its area."
    ),
    "proximity": "Metres from the middle of the ZIP area that postcode names; needs postcode.",
    "format": "json (a page), or ndjson: one entity a line, all of them unless page or per_page is given.",
}
