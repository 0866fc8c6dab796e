"""Keeps what a list no longer has under an earlier edition of it, so that nobody takes it for listed today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from daybreak.directory.actions.bookkeeping import batches
from daybreak.directory.models import Attribute, Fact, Phone, Record, Source


def retire_records(*, source: Source, records: Sequence[int], listed_on: date) -> None:
    """Move these records, and what the source said of services that it no longer has, to the edition of ``listed_on``.

    Nothing is deleted: the services stand where they stood, with the day on which the list last had them.
    """
    if not records:
        return
    earlier, _ = Source.objects.get_or_create(
        # In front of the list's own slug in the alphabet, so that of two editions of one day the list itself stands.
        slug=f"earlier-{source.slug}"[:51].rstrip("-") + f"-{listed_on:%Y%m%d}",
        defaults={
            "title": f"{source.title} ({listed_on.isoformat()})"[:300],
            "family": source.family,
            "as_of": listed_on,
            "citation": source.citation,
        },
    )
    for some in batches(records):
        moved = Record.objects.filter(id__in=some)
        Record.objects.filter(source=earlier, key__in=list(moved.values_list("key", flat=True))).delete()
        services = set(moved.values_list("service_id", flat=True))
        moved.update(source=earlier)
        still = set(
            Record.objects.filter(source=source, service_id__in=services).values_list("service_id", flat=True)
        )
        for model in (Fact, Attribute, Phone):
            model._default_manager.filter(source=earlier, service_id__in=services - still).delete()
            model._default_manager.filter(source=source, service_id__in=services - still).update(
                source=earlier
            )
