"""The addresses of imports, below /desk/, and the one that agencies' own systems call."""

from __future__ import annotations

from django.urls import path

from daybreak.intake.views import api

calls = [
    path("api/events", api.events, name="api_events"),
    path("api/events/schema.json", api.schema, name="api_events_schema"),
]
