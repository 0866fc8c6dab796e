"""What every answer of the site carries: strict headers, no cookie, compressed text; and the pages that say what is wrong."""

from __future__ import annotations

import logging
import sys
import traceback
import zlib
from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType
from typing import Any

import orjson
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from daybreak.public import speech
from daybreak.public.jinja import draw
from daybreak.public.rules import problems

LOGGER = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
PERMISSIONS = (
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), payment=(), usb=()"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# The one page that other sites may show inside of theirs: it holds nothing of anybody's and does nothing but search.
FRAMED = "daybreak_framed"
FRAMED_POLICY = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *").replace(
    "script-src 'self'; ", ""
)
# Open data may be read by any site's pages; it carries no cookie, so nobody's rights go with it.
OPEN_DATA = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Content-Location",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
LONGEST_QUERY = 4096
LEAST_BYTES = 500
# A page of results: level 1 takes 0.13 ms for 3.7 kB, level 5 takes 0.35 ms for 3.3 kB.
LEVEL = 1
_GZIP = 31
_TEXT = ("text/", "image/svg+xml", "application/json", "application/atom+xml", "application/problem+json")


def guarded(get_response: Answer) -> Answer:
    """Refuse addresses that are too long or of another host, and put the headers on every answer, errors included."""

    def answer(request: HttpRequest) -> HttpResponse:
        wrong = _refusal(request)
        response = (
            problem(request, speech.of_path(request.path_info), wrong) if wrong else get_response(request)
        )
        framed = getattr(response, FRAMED, False)
        for name, value in HEADERS.items():
            if not (framed and name == "X-Frame-Options"):
                response.headers.setdefault(name, value)
        return response

    return answer


def _refusal(request: HttpRequest) -> str:
    """Why this request is not even looked at; "" = it is."""
    if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
        return "long-address"
    try:
        request.get_host()
    except DisallowedHost:
        return "request"
    return ""


def compressed(get_response: Answer) -> Answer:
    """Gzip for text that is worth it. Pages hold no secret beside what the reader typed, so BREACH has nothing to find."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.streaming or not response.get("Content-Type", "").startswith(_TEXT):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if (
            len(response.content) > LEAST_BYTES
            and takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", ""))
            and not response.has_header("Content-Encoding")
        ):
            response.content = zlib.compress(response.content, LEVEL, _GZIP)
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Length"] = str(len(response.content))
        return response

    return answer


def takes_gzip(accepted: str) -> bool:
    """Whether a reader with this Accept-Encoding takes gzip; "gzip;q=0" says that it does not."""
    for choice in accepted.lower().replace(" ", "").split(","):
        name, _, weight = choice.partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


# What is wrong → the status of the answer; problem.html has a sentence for each.
STATUS = {
    "plain-text": 400,
    "shorter": 400,
    "known-need": 400,
    "known-place": 400,
    "known-choice": 400,
    "height": 400,
    "fewer": 400,
    "number": 400,
    "step": 400,
    "known-answer": 400,
    "listing-id": 400,
    "fewer-places": 400,
    "request": 400,
    "long-address": 414,
    "method": 405,
    "no-page": 404,
    "no-place": 404,
    "no-article": 404,
    "preparing": 503,
    "busy": 503,
    "broken": 500,
}


def problem(request: HttpRequest, language: str, kind: str, *, field: str = "") -> HttpResponse:
    """The page about one problem. It never repeats what was sent, since that may be about a person."""
    status = STATUS[kind]
    if request.path_info.startswith(problems.BELOW):
        return data_problem(status, problems.DETAILS.get(kind, problems.DETAILS["request"]))
    path = request.path_info if status not in {404, 414} else "/"
    body = draw(
        "problem.html",
        language,
        kind=kind,
        field=field,
        alternate=speech.in_language(path, speech.other(language)),
    )
    headers = {"Cache-Control": "no-store"}
    if status == 405:
        headers["Allow"] = "GET, HEAD"
    if status == 503:
        headers["Retry-After"] = "30"
    return HttpResponse(body, status=status, headers=headers)


def data_problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """The same for a program, which any site's page may have sent."""
    headers = {"Cache-Control": "no-store", **OPEN_DATA}
    if status == 405:
        headers["Allow"] = problems.METHODS
    if status == 503:
        headers["Retry-After"] = "30"
    body = orjson.dumps(problems.problem_document(status, HTTPStatus(status).phrase, detail, **more))
    return HttpResponse(body, status=status, content_type=problems.TYPE, headers=headers)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page."""
    return problem(request, speech.of_path(request.path_info), "no-page")


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request that cannot be read, such as one with too many values or for another host.

    503 where nothing is wrong with it: the visit could not be noted, since the database was being written for too long.
    """
    kind = "busy" if isinstance(exception, SessionInterrupted) else "request"
    return problem(request, speech.of_path(request.path_info), kind)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; still a page with somebody to call, and a line for whoever mends it.

    The line names code only. The address and the error's own text may hold what a person searched for.
    """
    kind, _, trace = sys.exc_info()
    match = request.resolver_match
    LOGGER.error(
        "a page broke: %s at %s, route %s",
        kind.__qualname__ if kind else "unknown error",
        _where(trace),
        repr(match.route) if match else "none",
    )
    return problem(request, speech.of_path(request.path_info), "broken")


def _where(trace: TracebackType | None) -> str:
    """The line of our own code that was running, and the line that failed where that is another's."""
    frames = [
        f"{frame.f_globals.get('__name__', 'unknown')}:{line}" for frame, line in traceback.walk_tb(trace)
    ]
    ours = [frame for frame in frames if frame.startswith("daybreak.")]
    return " in ".join(dict.fromkeys((*frames[-1:], *ours[-1:]))) or "unknown line"
