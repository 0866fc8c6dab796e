"""Every address of the site is on the list of open pages, or asks who is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

_HSDS = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")
# What anybody may open without signing in: route → an address to try it at (None where it needs a listing's id, or
# answers no page). A new line here is a decision: the page must show nothing but released rows (DESIGN, section 2:
# `public` shows rows of `directory` and `releases` only).
_PAGES: dict[str, str | None] = {
    "": "",
    "find": "find?near=40507&need=detox&need=medicaid",
    "find/map.svg": None,
    "guide": "guide",
    "place/<uuid:listing_id>": None,
    "place/<uuid:listing_id>/map.svg": None,
    "meetings": "meetings?near=40507",
    "learn": "learn",
    "learn/<slug:slug>": "learn/detox",
    "about": "about",
    "privacy": "privacy",
    "helpers": "helpers",
    "calls": "calls?q=40507+detox",
    "calls/compare": "calls/compare",
    "packet": "packet?near=40507&for=jail-release",
    "packet/make": "packet/make",
    "text": "text?q=40507+detox",
    "changes.atom": None,
    "find.atom": None,
    "widget": "widget?near=40507&need=detox",
    "widget/make": "widget/make?near=40507&need=detox",
}
OPEN_PAGES: dict[str, str | None] = {
    "health": None,
    "es": "/es",
    "robots.txt": None,
    "api/find": None,
    "api/find.csv": None,
    "api/find.geojson": None,
    "api/find/openapi.json": None,
    "api/hsds": None,
    "api/hsds/": None,
    "api/hsds/openapi.json": None,
    **{f"api/hsds/{kind}": None for kind in _HSDS},
    **{f"api/hsds/{kind}/<str:entity_id>": None for kind in _HSDS},
    **{route: None if example is None else f"/{example}" for route, example in _PAGES.items()},
    **{f"es/{route}": None if example is None else f"/es/{example}" for route, example in _PAGES.items()},
}

GUARD = "daybreak.accounts.middleware.desk"
# It guards desk/: no view below runs without a permission. That, and who has which: tests/house/test_access.py.


def addresses(patterns: Iterable[Any], before: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Route and view of everything that the resolver knows."""
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback


def asks_who_is_there(route: str) -> bool:
    """Whether the guard of the desk, or an agency's key, stands before an address."""
    return route.startswith("api/events") or (
        GUARD in settings.MIDDLEWARE and (route == "desk" or route.startswith("desk/"))
    )


def unguarded(patterns: Iterable[Any]) -> list[str]:
    """Addresses that are open to everybody and not on the list."""
    return [
        route for route, _ in addresses(patterns) if route not in OPEN_PAGES and not asks_who_is_there(route)
    ]


def test_every_page_is_on_the_list_or_needs_sign_in() -> None:
    assert unguarded(get_resolver().url_patterns) == []


def test_the_list_names_no_page_that_is_gone() -> None:
    known = {route for route, _ in addresses(get_resolver().url_patterns)}
    assert sorted(set(OPEN_PAGES) - known) == []


def test_an_unlisted_page_would_be_noticed() -> None:
    def secret(request: HttpRequest) -> HttpResponse:
        return HttpResponse("anybody can read this")

    assert unguarded([path("secret/<int:number>", secret)]) == ["secret/<int:number>"]


def test_no_open_page_hangs_below_a_sign_in() -> None:
    assert [route for route in OPEN_PAGES if asks_who_is_there(route)] == []
