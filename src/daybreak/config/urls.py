"""Every address of the site: one line a room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from daybreak.accounts.views import start
from daybreak.config.health import health
from daybreak.intake import urls as intake

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    path("desk", start.door, name="desk_door"),
    path("desk/", include("daybreak.accounts.urls")),
    path("desk/", include("daybreak.events.urls")),
    path("desk/", include("daybreak.alerts.urls")),
    path("desk/", include("daybreak.intake.urls")),
    *intake.calls,
    path("desk/", include("daybreak.publishing.urls")),
    path("", include("daybreak.public.urls")),
]

handler400 = "daybreak.public.middleware.refused"
handler404 = "daybreak.public.middleware.missing"
handler500 = "daybreak.public.middleware.broken"
