"""The addresses of the open pages, in English and again in Spanish."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from daybreak.public.speech import LANGUAGES, PREFIX
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
        path("learn", views.learn, said),
        path("learn/<slug:slug>", views.article, said),
        path("about", views.moved, {**said, "to": "/learn/about"}),
        path("privacy", views.moved, {**said, "to": "/learn/privacy"}),
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("es", views.moved, {"language": "es", "to": "/"}),
    *(
        path(f"{PREFIX[language][1:]}/" if PREFIX[language] else "", include(pages_in(language)))
        for language in LANGUAGES
    ),
]
