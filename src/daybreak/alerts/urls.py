"""The addresses of streams and signals, below /desk/."""

from __future__ import annotations

from django.urls import path, re_path

from daybreak.alerts.views import streams

urlpatterns = [
    path("streams", streams.morning, name="streams"),
    path("streams/<uuid:stream_id>", streams.stream, name="stream"),
    re_path(
        r"^streams/(?P<stream_id>[0-9a-f]{8}-[0-9a-f-]{27})/chart\.(?P<form>svg|png|csv)$",
        streams.drawn,
        name="stream_chart",
    ),
    path("signals/<uuid:signal_id>/review", streams.review, name="signal_review"),
]
