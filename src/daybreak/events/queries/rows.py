"""Rows of the ledger as a viewer may see them: coarsened columns are emptied, fields that are not shared are left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from daybreak.accounts.rules.agencies import SHARED_FIELDS
from daybreak.events.models import Event
from daybreak.events.queries.visibility import Source
from daybreak.events.rules import handles
from daybreak.vocabulary.precision import PLACES, TIMES, coarser, start_of

PARTS = ("mentions", "causes", "charges", "exhibits")


@dataclass(frozen=True, slots=True)
class ShownExhibit:
    """One exhibit of a seizure; ``quantity`` None = none was reported."""

    number: int
    label: str
    substance: str
    quantity: Decimal | None
    unit: str
    laboratory: str


@dataclass(frozen=True, slots=True)
class Row:
    """One version of one event, as far as it may be seen. "" and None are "not stated" or "not shared" (``hidden`` says which).

    ``day`` is the first local day of the period that ``precision`` names; ``clock`` the local time "23:40", "" where it is
    not known or not shown. ``known_from`` is a local day, the first of its period where days are not shown.
    """

    handle: UUID
    agency: str
    agency_name: str
    kind: str
    day: date
    clock: str
    precision: str
    place: str
    block: str
    zip: str
    county: str
    state: str
    latitude: float | None
    longitude: float | None
    count: int
    known_from: date
    known_until: date | None
    version: int
    reported_on: date | None
    fatal: bool | None
    certainty: str
    naloxone_given: bool | None
    naloxone_doses: int | None
    naloxone_by: str
    age_band: str
    sex: str
    status: str
    manner: str
    underlying: str
    operation: str
    operation_name: str
    substances: tuple[tuple[str, str], ...]
    causes: tuple[str, ...]
    charges: tuple[tuple[str, str, int], ...]
    exhibits: tuple[ShownExhibit, ...]
    file_name: str
    line: int | None
    restricted: bool
    hidden: tuple[str, ...] = ()


def local_zone() -> ZoneInfo:
    """The time zone of the installation."""
    return ZoneInfo(settings.DAYBREAK_TIME_ZONE)


@cache
def _key() -> bytes:
    return hashlib.sha256(b"daybreak.events.handles:" + settings.SECRET_KEY.encode()).digest()


def handle_of(number: int) -> UUID:
    """What an address calls a row."""
    return handles.handle_of(number, key=_key())


def number_of(handle: UUID) -> int | None:
    """The row that an address means; None = no such."""
    return handles.number_of(handle, key=_key())


def shown_day(event: Event, source: Source) -> date:
    """The day by which an event is known to the viewer: the first of its period where days are not shown."""
    return start_of(event.occurred_on, coarser(event.occurred_precision, source.time, TIMES))


def shown(event: Event, source: Source) -> Row:
    """One event as the viewer may see it; ``event`` with its parts prefetched and feed, operation and delivery selected."""
    precision = coarser(event.occurred_precision, source.time, TIMES)
    place = coarser(event.place, source.place, PLACES)
    finest = PLACES.index(place)
    at = event.occurred_at.astimezone(local_zone())
    shows = source.shows
    own_file = source.fields is None or shows("record")
    naloxone = shows("naloxone")
    operation = event.operation if shows("operation") else None
    return Row(
        handle=handle_of(event.pk),
        agency=source.agency,
        agency_name=source.agency_name,
        kind=event.kind,
        day=start_of(event.occurred_on, precision),
        clock={"minute": f"{at:%H:%M}", "hour": f"{at:%H}:00"}.get(precision, ""),
        precision=precision,
        place=place,
        block=event.block if finest <= PLACES.index("block") else "",
        zip=event.zip if finest <= PLACES.index("zip") else "",
        county=event.county if finest <= PLACES.index("county") else "",
        state=event.state if finest <= PLACES.index("state") else "",
        latitude=event.latitude if place == "block" else None,
        longitude=event.longitude if place == "block" else None,
        count=event.count,
        known_from=_day(event.known_from, source),
        known_until=event.known_until and _day(event.known_until, source),
        version=event.version,
        reported_on=_day(event.reported_at, source) if event.reported_at and shows("reported_at") else None,
        fatal=event.fatal if shows("fatal") else None,
        certainty=event.certainty if shows("certainty") else "",
        naloxone_given=event.naloxone_given if naloxone else None,
        naloxone_doses=event.naloxone_doses if naloxone else None,
        naloxone_by=event.naloxone_by if naloxone else "",
        age_band=event.age_band if shows("age_band") else "",
        sex=event.sex if shows("sex") else "",
        status=event.status if shows("status") else "",
        manner=event.manner if shows("manner") else "",
        underlying=event.underlying if shows("underlying") else "",
        operation=operation.slug if operation else "",
        operation_name=operation.name if operation else "",
        substances=_substances(event) if shows("substances") else (),
        causes=tuple(sorted(cause.code for cause in event.causes.all())) if shows("causes") else (),
        charges=tuple((one.statute, one.offense, one.counts) for one in event.charges.all())
        if shows("charges")
        else (),
        exhibits=_exhibits(event) if shows("exhibits") else (),
        file_name=event.delivery.file_name if own_file else "",
        line=event.line if own_file else None,
        restricted=source.restricted,
        hidden=_hidden(source),
    )


def _day(moment: datetime, source: Source) -> date:
    return start_of(moment.astimezone(local_zone()).date(), source.time)


def _substances(event: Event) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((mention.substance, mention.standing) for mention in event.mentions.all()))


def _exhibits(event: Event) -> tuple[ShownExhibit, ...]:
    found: Iterable[ShownExhibit] = (
        ShownExhibit(one.number, one.label, one.substance, one.quantity, one.unit, one.laboratory)
        for one in event.exhibits.all()
    )
    return tuple(sorted(found, key=lambda one: one.number))


def _hidden(source: Source) -> tuple[str, ...]:
    """What the agreement keeps back: field slugs, and place and time where they are coarsened."""
    if source.fields is None:
        return ()
    kept = [field for field in SHARED_FIELDS if field not in source.fields]
    kept += ["place"] if source.place != PLACES[0] else []
    kept += ["time"] if source.time != TIMES[0] else []
    return tuple(kept)
