"""The addresses of the open pages, in English and again in Spanish."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from daybreak.public.speech import LANGUAGES, PREFIX
from daybreak.public.views import calls, feed, hsds, meetings, packets, plain, searches, widget
from daybreak.public.views import pages as views


def pages_in(language: str) -> list[URLPattern | URLResolver]:
    """Every page in one language."""
    said = {"language": language}
    return [
        path("", views.home, said),
        path("find", views.find, said),
        path("find/map.svg", views.find_map, said),
        path("guide", views.guide, said),
        path("place/<uuid:listing_id>", views.place, said),
        path("place/<uuid:listing_id>/map.svg", views.place_map, said),
        path("meetings", meetings.meetings, said),
        path("learn", views.learn, said),
        path("learn/<slug:slug>", views.article, said),
        path("about", views.moved, {**said, "to": "/learn/about"}),
        path("privacy", views.moved, {**said, "to": "/learn/privacy"}),
        path("helpers", calls.helpers, said),
        path("calls", calls.calls, said),
        path("calls/compare", calls.compare, said),
        path("packet", packets.sheet, said),
        path("packet/make", packets.make, said),
        path("text", plain.text, said),
        path("changes.atom", feed.changes, said),
        path("find.atom", feed.find_changes, said),
        path("widget", widget.widget, said),
        path("widget/make", widget.make, said),
    ]


def hsds_addresses() -> list[URLPattern]:
    """The directory as HSDS 3.0; data have one language."""
    return [
        path("", hsds.about),
        path("openapi.json", hsds.openapi),
        *(path(kind, hsds.many, {"kind": kind}) for kind in hsds.KINDS),
        *(path(f"{kind}/<str:entity_id>", hsds.single, {"kind": kind}) for kind in hsds.KINDS),
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("robots.txt", views.robots),
    path("api/find", searches.find),
    path("api/find.csv", searches.find_csv),
    path("api/find.geojson", searches.find_geojson),
    path("api/find/openapi.json", searches.openapi),
    path("api/hsds", hsds.about),
    path("api/hsds/", include(hsds_addresses())),
    path("es", views.moved, {"language": "es", "to": "/"}),
    *(
        path(f"{PREFIX[language][1:]}/" if PREFIX[language] else "", include(pages_in(language)))
        for language in LANGUAGES
    ),
]
