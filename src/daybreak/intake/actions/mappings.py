"""Keeps mappings: a changed one is the next version, and each is a file that can be taken away and brought back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from django.db import router, transaction
from django.db.models import Max

from daybreak.accounts.models import Agency
from daybreak.audit.actions import record
from daybreak.intake.models import StoredMapping
from daybreak.intake.rules.mapping import Mapping
from daybreak.intake.rules.mapping_file import dump, load, mapping_from


def save_mapping(*, by: str, agency: Agency, mapping: Mapping, at: datetime) -> StoredMapping:
    """Keep a mapping as the next version of its name; the newest one where it says the same."""
    with transaction.atomic(using=router.db_for_write(StoredMapping)):
        Agency.objects.select_for_update().get(pk=agency.pk)  # two savers at once get two versions
        before = StoredMapping.objects.filter(agency=agency, name=mapping.name).order_by("-version").first()
        if before and _body(replace(mapping, version=before.version)) == _body(mapping_from(before.body)):
            return before
        version = before.version + 1 if before else 1
        kept = StoredMapping.objects.create(
            agency=agency,
            name=mapping.name,
            version=version,
            body=_document(replace(mapping, version=version)),
            made_at=at,
            by=by,
        )
        record(
            by=by, at=at, action="mapping-saved", subject=f"mapping:{kept.public_id}",
            detail={"agency": agency.slug, "mapping": str(kept), "kind": mapping.kind},
        )  # fmt: skip
    return kept


def bring_mapping(*, by: str, agency: Agency, text: str | bytes, at: datetime) -> StoredMapping:
    """Keep a mapping that came as a file; raises MappingError."""
    return save_mapping(by=by, agency=agency, mapping=load(text), at=at)


def newest_mapping(agency: Agency, name: str) -> StoredMapping | None:
    """The newest version of an agency's mapping; ``name`` may say which ("arrests@2")."""
    slug, _, version = name.partition("@")
    kept = StoredMapping.objects.filter(agency=agency, name=slug)
    if version:
        kept = kept.filter(version=int(version)) if version.isdecimal() else kept.none()
    elif (newest := kept.aggregate(newest=Max("version"))["newest"]) is not None:
        kept = kept.filter(version=newest)
    return kept.first()


def _body(mapping: Mapping) -> str:
    return dump(mapping)


def _document(mapping: Mapping) -> object:
    return json.loads(dump(mapping))
