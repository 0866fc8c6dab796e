"""Sets an agency's prices: never rewritten, each change is the next version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import router, transaction
from django.db.models import Max

from daybreak.accounts.models import Agency
from daybreak.audit.actions import record
from daybreak.events.models import Price
from daybreak.vocabulary.substances import substance as known_substance
from daybreak.vocabulary.units import unit as known_unit


@dataclass(frozen=True, slots=True)
class Worth:
    """What one ``unit`` of a substance is held to be worth at a level, in US dollars, from a day on, and who says so.

    ``place`` is a county's five FIPS digits, "" = everywhere.
    """

    substance: str
    unit: str
    level: str
    mid_usd: Decimal
    effective_from: date
    source: str
    low_usd: Decimal | None = None
    high_usd: Decimal | None = None
    purity: Decimal | None = None
    place: str = ""
    effective_until: date | None = None


def set_price(*, by: str, agency: Agency, worth: Worth, at: datetime) -> Price:
    """Write a price as the next version of its row; the first has version 1. Raises ValueError on an unknown word."""
    known_substance(worth.substance)
    known_unit(worth.unit)
    if worth.effective_until is not None and worth.effective_until < worth.effective_from:
        raise ValueError("The last day of a price must not be before its first.")
    same = {
        "agency": agency,
        "substance": worth.substance,
        "unit": worth.unit,
        "level": worth.level,
        "place": worth.place,
        "effective_from": worth.effective_from,
    }
    with transaction.atomic(using=router.db_for_write(Price)):
        # The agency's row is the lock: two people who set one price wait for each other instead of meeting at a constraint.
        Agency.objects.select_for_update().get(pk=agency.pk)
        newest = Price.objects.filter(**same).aggregate(last=Max("version"))["last"] or 0
        made = Price.objects.create(
            **same,
            low_usd=worth.low_usd,
            mid_usd=worth.mid_usd,
            high_usd=worth.high_usd,
            purity=worth.purity,
            effective_until=worth.effective_until,
            version=newest + 1,
            source=worth.source,
            known_from=at,
        )
        record(
            by=by,
            at=at,
            action="price-set",
            subject=f"price:{made.public_id}",
            detail={
                "agency": agency.slug,
                "substance": worth.substance,
                "unit": worth.unit,
                "level": worth.level,
                "mid_usd": str(worth.mid_usd),
                "effective_from": worth.effective_from.isoformat(),
                "version": made.version,
            },
        )
    return made
