"""The addresses of imports, below /desk/, and the one that agencies' own systems call."""

from __future__ import annotations

from django.urls import path

from daybreak.intake.views import api, imports, keys, mappings

urlpatterns = [
    path("imports", imports.import_list, name="imports"),
    path("imports/new", imports.import_new, name="import_new"),
    path("imports/keys", keys.key_list, name="import_keys"),
    path("imports/keys/<uuid:public_id>/end", keys.key_end, name="import_key_end"),
    path("imports/<uuid:public_id>", imports.import_one, name="import"),
    path("imports/<uuid:public_id>/mapping", mappings.import_mapping, name="import_mapping"),
    path("imports/<uuid:public_id>/rows", imports.import_rows, name="import_rows"),
    path("imports/<uuid:public_id>/errors.csv", imports.import_errors, name="import_errors"),
    path("imports/<uuid:public_id>/stop", imports.import_stop, name="import_stop"),
    path("imports/<uuid:public_id>/undo", imports.import_undo, name="import_undo"),
    path("mappings", mappings.mapping_list, name="mappings"),
    path("mappings/new", mappings.mapping_bring, name="mapping_bring"),
    path("mappings/<uuid:public_id>.json", mappings.mapping_file, name="mapping_file"),
]
calls = [
    path("api/events", api.events, name="api_events"),
    path("api/events/schema.json", api.schema, name="api_events_schema"),
]
