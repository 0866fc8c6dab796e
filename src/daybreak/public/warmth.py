"""Warms a worker before it serves: places, words, templates."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from daybreak.vocabulary import gazetteer

_SEARCHES = (
    "/",
    "/es/",
    "/find?near=40507&q=detox&need=medicaid",
    "/es/find?near=Lexington&need=detox",
    "/guide",
)


def warm_pages(application: Callable[..., Any]) -> None:
    """Draw a few pages and throw them away, so that nobody's first request pays for reading word lists and templates."""
    gazetteer.atlas()
    gazetteer.counties_by_label()
    for path in _SEARCHES:
        where, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": where, "QUERY_STRING": query, "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "HTTP_HOST": "localhost", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(),
        }  # fmt: skip
        response = application(environ, lambda *_: None)
        b"".join(response)
