"""Fills an empty installation with the synthetic ledger of the demonstration, each row known from its own day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connections, router

from daybreak.accounts.actions.agencies import add_agency, write_agreement
from daybreak.accounts.actions.invitations import invite_person
from daybreak.accounts.models import Agency
from daybreak.accounts.rules.roles import ROLES
from daybreak.audit.actions import record
from daybreak.events.actions.catalogue import Published, note_figure, record_operation
from daybreak.events.actions.deliveries import File, end_delivery, open_delivery
from daybreak.events.actions.feeds import open_feed
from daybreak.events.actions.filing import Batch, Identified, file_batch
from daybreak.events.actions.prices import Worth, set_price
from daybreak.events.actions.staffing import Duty, add_post, assign
from daybreak.events.models import Delivery, Event, Exhibit, Feed, Mention, Operation, Tally
from daybreak.publishing import lexington
from daybreak.publishing.rules import demonstration
from daybreak.vocabulary import files

MAPPING = "synthetic@1"
ANALYZED_EVERY = 20


class NotEmpty(Exception):
    """The installation has agencies or events already: a demonstration never goes among real rows."""


@dataclass(frozen=True, slots=True)
class Invited:
    """A person of the demonstration, by role, and the link with which to come in, once."""

    role: str
    agency: str
    email: str
    link: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What the demonstration wrote."""

    agencies: int
    deliveries: int
    events: int
    figures: int
    invited: tuple[Invited, ...]


def fill_with_lexington(*, by: str, at: datetime, site: str, seed: int = 2013) -> Filled:
    """Write agencies, agreements, feeds, events, figures, prices, staffing and people of Lexington 2013.

    ``site`` is the address that the invitations lead to. Raises NotEmpty where an agency or an event is there already.
    """
    if Agency.objects.exists() or Event.objects.exists():
        raise NotEmpty
    agencies = _agencies(by, at)
    _agreements(by, at, agencies)
    operation = record_operation(
        by=by, agency=agencies["police"], name="Operation Pandora", started_on=lexington.PANDORA_SINCE,
        substance="heroin", at=_morning(demonstration.FIRST_MEETING),
    )  # fmt: skip
    filed = _deliver_all(by, agencies, operation, seed)
    figures = _figures(by, agencies, operation)
    _prices(by, agencies)
    _staff(by, agencies["police"], operation)
    invited = _people(by, at, agencies, site)
    record(
        by=by, at=at, action="demonstration-filled", subject=f"demonstration:{demonstration.SCENARIO}",
        detail={"seed": seed, "deliveries": filed, "synthetic": True},
    )  # fmt: skip
    return Filled(
        len(agencies), filed, Event.objects.filter(known_until=None).count(), figures, tuple(invited)
    )


def _agencies(by: str, at: datetime) -> dict[str, Agency]:
    return {
        slug: add_agency(
            by=by, at=at, slug=slug, name=name, kind=kind, jurisdiction=jurisdiction, synthetic=True
        )
        for slug, name, kind, jurisdiction in demonstration.AGENCIES
    }


def _agreements(by: str, at: datetime, agencies: Mapping[str, Agency]) -> None:
    for sharing in demonstration.SHARING:
        for receiver in demonstration.MEMBERS:
            if receiver != sharing.giver:
                write_agreement(
                    by=by, at=at, giver=agencies[sharing.giver], receiver=agencies[receiver], kinds=sharing.kinds,
                    fields=sharing.fields, place=sharing.place, time=sharing.time,
                    starts_on=demonstration.FIRST_MEETING, ends_on=None, document="Synthetic agreement of the demonstration",
                )  # fmt: skip


def _deliver_all(by: str, agencies: Mapping[str, Agency], operation: Operation, seed: int) -> int:
    """File the deliveries in the order in which they came, each known from its day; returns how many."""
    feeds: dict[tuple[str, str], Feed] = {}
    planned = lexington.deliveries(seed)
    for number, one in enumerate(planned):
        if number % ANALYZED_EVERY == 0:
            _count_for_the_planner()
        key = one.feed.agency, one.feed.slug
        if key not in feeds:
            feeds[key] = open_feed(
                by=by, agency=agencies[one.feed.agency], slug=one.feed.slug, name=one.feed.name, health=one.feed.health,
                at=one.known, expected_days=one.feed.expected_days,
            )  # fmt: skip
        rows = list(_identified(one))
        content = hashlib.sha256("".join(str(row.content) for row in rows).encode()).hexdigest()
        delivery = open_delivery(
            by=by, feed=feeds[key], file=File(one.file_name, content, MAPPING), at=one.known
        )
        batch = Batch(rows, position=len(rows))
        file_batch(delivery=delivery, batch=batch, operations={operation.slug: operation.pk}, at=one.known)
        end_delivery(by=by, delivery=delivery, at=one.known)
    _count_for_the_planner()
    return len(planned)


def _count_for_the_planner() -> None:
    """Let the database look at how much there is: all is one transaction, so it takes its tables for empty until told."""
    connection = connections[router.db_for_write(Event)]
    with connection.cursor() as cursor:
        for table in (Event, Mention, Exhibit, Delivery, Tally):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")


def _identified(delivery: lexington.DemoDelivery) -> Iterator[Identified]:
    """The rows with digests of their key within the feed and of what they say."""
    feed = f"{delivery.feed.agency}/{delivery.feed.slug}"
    for draft in delivery.drafts:
        said = tuple(
            getattr(draft, name) for name in draft.__dataclass_fields__ if name not in {"line", "key"}
        )
        yield Identified(_digest(f"{feed}/{draft.key}"), _digest(repr(said)), draft)


def _digest(text: str) -> UUID:
    return UUID(bytes=hashlib.blake2b(text.encode(), digest_size=16).digest())


def _figures(by: str, agencies: Mapping[str, Agency], operation: Operation) -> int:
    rows = files.rows("demo/lexington_2013_figures.csv")
    for row in rows:
        known_on = date.fromisoformat(row["known_on"])
        note_figure(
            by=by,
            agency=agencies[row["agency"]],
            figure=Published(
                kind=row["kind"],
                statistic=row["statistic"],
                substance=row["substance"],
                operation=operation if row["operation"] else None,
                place=row["place"],
                since=date.fromisoformat(row["since"]),
                until=date.fromisoformat(row["until"]),
                value=Decimal(row["value"]),
                definition=row["definition"],
                known_on=known_on,
                source=row["source"],
                note=row["note"],
            ),
            at=_morning(known_on),
        )
    return len(rows)


def _prices(by: str, agencies: Mapping[str, Agency]) -> None:
    for row in files.rows("demo/lexington_2013_prices.csv"):
        worth = Worth(
            substance=row["substance"],
            unit=row["unit"],
            level=row["level"],
            mid_usd=Decimal(row["mid_usd"]),
            low_usd=Decimal(row["low_usd"]) if row["low_usd"] else None,
            high_usd=Decimal(row["high_usd"]) if row["high_usd"] else None,
            effective_from=date.fromisoformat(row["effective_from"]),
            effective_until=date.fromisoformat(row["effective_until"]) if row["effective_until"] else None,
            source=row["source"],
        )
        set_price(
            by=by,
            agency=agencies[row["agency"]],
            worth=worth,
            at=_morning(date.fromisoformat(row["known_on"])),
        )


def _staff(by: str, police: Agency, operation: Operation) -> None:
    for duty in demonstration.STAFF:
        at = _morning(duty.starts_on)
        post = add_post(by=by, agency=police, unit=duty.unit, title=duty.title, at=at)
        assign(
            by=by,
            post=post,
            duty=Duty(
                starts_on=duty.starts_on, hours_per_week=Decimal(duty.hours_per_week), operation=operation,
                from_unit=duty.from_unit,
            ),
            at=at,
        )  # fmt: skip


def _people(by: str, at: datetime, agencies: Mapping[str, Agency], site: str) -> Iterator[Invited]:
    for role, agency in demonstration.PEOPLE:
        email = f"{role}@{agency}.example"
        _, link = invite_person(
            by=by, at=at, email=email, name=ROLES[role].name, agency=agencies[agency], role=role, site=site
        )
        yield Invited(role, agency, email, link)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(6, 30), ZoneInfo(settings.DAYBREAK_TIME_ZONE))
