"""The addresses of briefs, below /desk/."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from daybreak.publishing.views import briefs

urlpatterns: list[URLPattern] = [
    path("briefs", briefs.briefs, name="briefs"),
    path("briefs/make", briefs.make, name="brief_make"),
    path("briefs/<uuid:public_id>", briefs.brief, name="brief"),
    re_path(
        r"^briefs/(?P<public_id>[0-9a-f]{8}-[0-9a-f-]{27})\.(?P<form>html|pdf|md)$",
        briefs.brief_file,
        name="brief_file",
    ),
]
