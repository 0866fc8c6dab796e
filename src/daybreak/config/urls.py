"""Every address of the site: one line a room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from daybreak.config.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    path("", include("daybreak.public.urls")),
]

handler400 = "daybreak.public.middleware.refused"
handler404 = "daybreak.public.middleware.missing"
handler500 = "daybreak.public.middleware.broken"
