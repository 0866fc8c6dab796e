"""Price rows as agencies set them, with every version, and as the rule of valuation reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Feed, Price, Tally
from daybreak.events.queries.rows import local_zone
from daybreak.events.rules.price_rows import PriceRow, published_rows
from daybreak.events.rules.valuation import NAMELESS
from daybreak.vocabulary.substances import narrower

RECENT_DAYS = 90


def prices(viewer: Viewer, *, as_of: datetime | None = None) -> list[Price]:
    """The price rows that the viewer may read: the own agency's, and those of agencies whose exhibits are shared.

    A value that is shown has to be traced to its price, so whoever sees the exhibits sees the price. Newest version first.
    """
    if viewer.agency_id is None or not viewer.may("see-ledger"):
        return []
    sharing = {
        grant.agency_id for grant in viewer.grants if grant.kind == "seizure" and "exhibits" in grant.fields
    }
    rows = Price.objects.filter(agency__in={viewer.agency_id} | sharing).select_related("agency")
    if as_of is not None:
        rows = rows.filter(known_from__lte=as_of)
    return list(
        rows.order_by("agency__name", "substance", "level", "unit", "place", "-effective_from", "-version")
    )


def unpriced(viewer: Viewer) -> list[str]:
    """Substances that the own agency seized in the newest 90 days of its seizures and has set no price for."""
    feeds = (
        list(Feed.objects.filter(agency=viewer.agency_id).values_list("pk", flat=True))
        if viewer.agency_id
        else []
    )
    held = Tally.objects.filter(kind="seizure", feed__in=feeds)
    newest = held.filter(substance="").order_by("-on").values_list("on", flat=True).first()
    if newest is None:
        return []
    seized = held.filter(on__gt=newest - timedelta(days=RECENT_DAYS)).exclude(substance="")
    held_slugs = set(seized.order_by().values_list("substance", flat=True).distinct())
    priced = Price.objects.filter(agency=viewer.agency_id).values("substance")
    found = (
        seized.exclude(substance__in=priced)
        .order_by("substance")
        .values_list("substance", flat=True)
        .distinct()
    )
    # What is wider was not seized beside what it holds: its tallies count the same events.
    return [slug for slug in found if slug not in NAMELESS and not narrower(slug) & held_slugs]


def one_price(viewer: Viewer, public_id: object) -> Price | None:
    """A price row by its public id; None where there is none or the viewer may not read it."""
    return next((row for row in prices(viewer) if row.public_id == public_id), None)


def rows_for_valuing(agencies: Iterable[str], *, as_of: datetime | None = None) -> list[PriceRow]:
    """The price rows of these agencies as the rule reads them, and the published curves, which are nobody's."""
    held = Price.objects.filter(agency__slug__in=set(agencies)).select_related("agency")
    if as_of is not None:
        held = held.filter(known_from__lte=as_of)
    return [as_row(row) for row in held.order_by("pk")] + published_rows()


def as_row(price: Price) -> PriceRow:
    """One stored price as the rule reads it; its reference is the public id."""
    return PriceRow(
        reference=str(price.public_id),
        agency=price.agency.slug,
        substance=price.substance,
        unit=price.unit,
        level=price.level,
        mid_usd=price.mid_usd,
        effective_from=price.effective_from,
        low_usd=price.low_usd,
        high_usd=price.high_usd,
        effective_until=price.effective_until,
        known_on=price.known_from.astimezone(local_zone()).date(),
        version=price.version,
        place=price.place,
        source=price.source,
    )
