"""The directory as data: HSDS 3.0 below /api/hsds/, for everybody, to be read only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from itertools import chain
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from daybreak import __version__
from daybreak.directory.queries.hsds_selection import UnknownPostcode
from daybreak.directory.queries.stamp import data_stamp
from daybreak.public.middleware import OPEN_DATA, data_problem
from daybreak.public.queries.hsds import Page, one, page
from daybreak.public.readers.hsds_openapi import upstream
from daybreak.public.rules import problems
from daybreak.public.rules.hsds_openapi import LINES, described
from daybreak.public.rules.hsds_parameters import PERSONAL, BadParameter, read_asked, read_id
from daybreak.public.views.answering import KEEP, answer_for, tag_of, unchanged
from daybreak.public.views.few import TooMany
from daybreak.public.views.opening import site_address

PROFILE = "https://docs.openreferral.org/en/3.0/"
JSON = "application/json"
KINDS = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")
# Below this many entities a page is sent whole, with its length; above, as it is read.
WHOLE_PAGE = 100
_NOTHING = "Nothing published has this id. Ids are UUIDs; take one from a list of this interface."
View = Callable[..., HttpResponseBase]


def data(view: View) -> View:
    """An address for programs: read only, open to every site, what is wrong said as a problem document."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=_PREFLIGHT)
        if request.method not in {"GET", "HEAD"}:
            return data_problem(405, problems.DETAILS["method"])
        try:
            response = view(request, *args, **named)
        except BadParameter as wrong:
            return data_problem(
                400, str(wrong), parameter=wrong.parameter, must=wrong.must, got=wrong.got, cure=wrong.cure
            )
        except TooMany:
            return data_problem(503, problems.DETAILS["busy"])
        for name, value in OPEN_DATA.items():
            response.headers.setdefault(name, value)
        return response

    return answer


_PREFLIGHT = {
    "Allow": problems.METHODS,
    "Access-Control-Allow-Methods": problems.METHODS,
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "public, max-age=86400",
    **OPEN_DATA,
}


@data
def about(request: HttpRequest) -> HttpResponseBase:
    """Which version of HSDS this is, and where its description lies."""
    read_asked(dict(request.GET.lists()), path="/")
    found = {"version": "3.0", "profile": PROFILE, "openapi_url": f"{_server(request)}/openapi.json"}
    return answer_for(request, orjson.dumps(found), tag=tag_of(request, __version__), kind=JSON)


@data
def openapi(request: HttpRequest) -> HttpResponseBase:
    """The OpenAPI document of this interface, at this address."""
    read_asked(dict(request.GET.lists()), path="/openapi.json")
    document = described(upstream(), server=_server(request), version=__version__)
    return answer_for(request, orjson.dumps(document), tag=tag_of(request, __version__), kind=JSON)


@data
def many(request: HttpRequest, kind: str) -> HttpResponseBase:
    """A page of entities of one kind, or all of them as lines."""
    given = dict(request.GET.lists())
    asked = read_asked(given, path=f"/{kind}", accept=request.headers.get("Accept", ""))
    at = timezone.now()
    # Where people look for help is nobody else's business: the next person at this machine must not find it.
    keep = "no-store" if PERSONAL & set(given) else KEEP
    tag = tag_of(request, data_stamp(at=at), "lines" if asked.ndjson else "document")
    if (same := unchanged(request, tag, keep)) is not None:
        return same
    try:
        found = page(kind, asked, at=at)
    except UnknownPostcode:
        raise BadParameter(
            "postcode", "a ZIP that is in use", "five digits that are none", "Take the ZIP of a town near by."
        ) from None
    body = _lines(found) if asked.ndjson else _document(found)
    whole = b"".join(body) if found.size <= WHOLE_PAGE else body
    return answer_for(request, whole, tag=tag, kind=LINES if asked.ndjson else JSON, keep=keep)


@data
def single(request: HttpRequest, kind: str, entity_id: str) -> HttpResponseBase:
    """One entity whole; where it went into another one, that one, with its own address in Content-Location."""
    asked = read_asked(dict(request.GET.lists()), path=f"/{kind}/{{id}}")
    known, at = read_id(entity_id), timezone.now()
    if known is None:
        return data_problem(404, _NOTHING)
    tag = tag_of(request, data_stamp(at=at))
    if (same := unchanged(request, tag, KEEP)) is not None:
        return same
    found = one(kind, known, asked, at=at)
    if found is None:
        return data_problem(404, _NOTHING)
    response = answer_for(request, orjson.dumps(found), tag=tag, kind=JSON)
    response.headers["Content-Location"] = f"{_BELOW}/{kind}/{found['id']}"
    return response


_BELOW = "/api/hsds"


def _server(request: HttpRequest) -> str:
    return f"{site_address(request)}{_BELOW}"


def _document(found: Page) -> Iterator[bytes]:
    """The envelope, then each entity as it is read."""
    yield orjson.dumps(found.envelope())[:-1] + b',"contents":['
    first = next(found.contents, None)
    if first is not None:
        yield orjson.dumps(first)
        yield from chain.from_iterable((b",", orjson.dumps(shape)) for shape in found.contents)
    yield b"]}"


def _lines(found: Page) -> Iterator[bytes]:
    yield from (orjson.dumps(shape, option=orjson.OPT_APPEND_NEWLINE) for shape in found.contents)
