"""The OpenAPI 3.1 document of /api/find, with the names of all needs and codes that this server knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from daybreak.public.rules import problems
from daybreak.public.rules.find_schemas import SCHEMAS, Node, called
from daybreak.vocabulary.needs import alternatives, needs
from daybreak.vocabulary.samhsa import codes

MOST_TEXT = 500
MOST_CONDITIONS = 24
MOST_MILES = 500
MOST_PAGE = 10_000


@cache
def document() -> Node:
    """The whole document; not to be changed."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Daybreak: find treatment",
            "version": "1",
            "description": (
                "The same search as the pages and `daybreak find`. Only to be read, from any site, without a key. "
                "What is asked is neither stored nor logged. Missing is *not stated*, never no. "
                "Show a number from `phones` only; those in `historic_phones` may belong to somebody else now."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This site."}],
        "paths": {
            "/api/find": _path("find", "One page of results", ("application/json", "Reply"), paged=True),
            "/api/find.csv": _path(
                "findAsTable",
                "Every result as a table: UTF-8 with a byte order mark, RFC 4180, one header row",
                ("text/csv", ""),
                paged=False,
            ),
            "/api/find.geojson": _path(
                "findAsMap",
                "Every result as GeoJSON",
                ("application/geo+json", "FeatureCollection"),
                paged=False,
            ),
        },
        "components": {"schemas": SCHEMAS},
    }


def _path(operation: str, summary: str, answer: tuple[str, str], *, paged: bool) -> Node:
    media, schema = answer
    good = {
        "description": f"{summary}. It stays out of every cache.",
        "content": {
            media: {
                "schema": called(schema)
                if schema
                else {"type": "string", "description": "Lines that end in CR LF."}
            }
        },
    }
    wrong = {
        "400": "A value cannot be used; the answer says which, what it must be, and what to do.",
        "404": "Nothing has this place's name, or several have it: `choices` are names that would do.",
        "414": "The address has more than 4,096 characters after its question mark.",
        "503": "The directory is being made ready, or others are taking whole lists along; Retry-After says when to ask again.",
    }
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": [one for one in _parameters() if paged or one["name"] != "page"],
            "responses": {"200": good, **{status: _problem(said) for status, said in wrong.items()}},
        }
    }


def _problem(description: str) -> Node:
    return {"description": description, "content": {problems.TYPE: {"schema": called("Problem")}}}


def _parameters() -> list[Node]:
    names = [*needs(), *codes()]
    need = {"type": "string", "maxLength": MOST_TEXT, "pattern": _listed(names)}
    ask = {"type": "string", "enum": list(dict.fromkeys(["all", "1", *alternatives(), *names]))}
    return [
        _parameter("q", "Plain words, English or Spanish: `suboxone, no insurance`.", _words()),
        _parameter(
            "near",
            "A ZIP, town, county, state or `latitude,longitude`. Not together with county or state. "
            "No place at all is the whole country.",
            _words(),
        ),
        _parameter("name", "Words that begin words of the listing's names; all of them.", _words()),
        _parameter("county", "A county; with `state` where several states have one.", _words()),
        _parameter("state", "A state, as two letters or by its name.", _words()),
        _parameter(
            "radius",
            "Miles around a place that has a point; without it as far as the pages look (25, or as this site is set).",
            {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_MILES},
        ),
        _often(
            "need",
            "`A,B` is A or B; repeated: all of them, by one service. `bu` is BU, `Detox` is detox.",
            need,
        ),
        _often("not", "Leave out listings whose matched service says yes to it.", need),
        _often(
            "ask",
            "Also listings that do not say: `all`, or a set of alternatives, a need or a code for which that is welcome.",
            ask,
        ),
        _parameter(
            "page",
            "Which page; behind the last one it is empty.",
            {"type": "integer", "minimum": 1, "maximum": MOST_PAGE, "default": 1},
        ),
    ]


def _words() -> Node:
    return {"type": "string", "maxLength": MOST_TEXT, "pattern": "^[^\\u0000]*$"}


def _listed(names: Iterable[str]) -> str:
    one = "|".join(re.escape(name).replace("\\-", "-") for name in names)
    return f"^({one})(,({one}))*$"


def _parameter(name: str, description: str, schema: Node, **more: Any) -> Node:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def _often(name: str, description: str, item: Node) -> Node:
    schema = {"type": "array", "maxItems": MOST_CONDITIONS, "items": item}
    return _parameter(name, description, schema, style="form", explode=True)
