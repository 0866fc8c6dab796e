"""Files a delivery's rows, thousands at a time and below the ORM: new records, corrections as new versions, nothing twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connections, router, transaction
from django.db.models import F

from daybreak.directory.actions.inserts import update_rows
from daybreak.events.actions.engines import Engine, digits, engine, room_to_work, write_rows
from daybreak.events.models import Cause, Charge, Delivery, Event, Exhibit, Mention
from daybreak.events.rules.draft import Draft

_FIELDS = (
    "id", "record", "version", "content", "known_from", "known_until", "feed", "agency", "delivery", "line", "kind",
    "occurred_at", "occurred_on", "occurred_precision", "reported_at", "count", "place", "block", "zip", "county", "state",
    "latitude", "longitude", "fatal", "certainty", "naloxone_given", "naloxone_doses", "naloxone_by", "age_band", "sex",
    "status", "manner", "underlying", "operation", "token",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identified:
    """A draft, the digest of its identity in the feed, and the digest of what it says (each a UUID or its 32 digits)."""

    record: UUID | str
    content: UUID | str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to file together: the lines up to ``position`` are then settled, ``refused`` of them refused, ``again`` said twice.

    ``after`` is the position that the delivery must still have (None = whatever it has): where two processes run one
    delivery, the slower one is told.
    """

    rows: Sequence[Identified]
    position: int
    refused: int = 0
    again: int = 0
    after: int | None = None


class DeliveryMoved(Exception):
    """The delivery ended, was cancelled, or is being filed by another process; nothing of the batch was filed."""


@dataclass(frozen=True, slots=True)
class Filed:
    """How one batch added up."""

    added: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class _Kept:
    row: int
    version: int
    content: str
    present: bool


def file_batch(*, delivery: Delivery, batch: Batch, operations: Mapping[str, int], at: datetime) -> Filed:
    """File one batch of a running delivery and count it, all in one transaction.

    ``operations`` maps the slugs that drafts may name to rows. A record stands at most once in a batch. The caller writes
    the audit entry when the delivery ends: a delivery is one entry, not one a batch. Raises DeliveryMoved.
    """
    how = engine()
    with transaction.atomic(using=router.db_for_write(Event)):
        _one_writer(delivery.feed_id)
        room_to_work()
        kept = _kept([digits(row.record) for row in batch.rows], how)
        fresh = sorted(
            (row for row in batch.rows if not _says_the_same(kept.get(digits(row.record)), row)),
            key=_by_record,
        )
        before = [kept.get(digits(row.record)) for row in fresh]
        corrected = [one.row for one in before if one is not None and one.present]
        update_rows(Event, ("known_until",), [(at, row) for row in corrected])
        _insert(delivery, fresh, kept, operations, at, how)
        filed = Filed(
            added=len(fresh) - len(corrected),
            updated=len(corrected),
            unchanged=len(batch.rows) - len(fresh) + batch.again,
        )
        standing = Delivery.objects.filter(pk=delivery.pk, state="running")
        if batch.after is not None:
            standing = standing.filter(position=batch.after)
        moved = standing.update(
            position=batch.position,
            read=F("read") + len(batch.rows) + batch.refused + batch.again,
            added=F("added") + filed.added,
            updated=F("updated") + filed.updated,
            unchanged=F("unchanged") + filed.unchanged,
            refused=F("refused") + batch.refused,
        )
        if not moved:
            raise DeliveryMoved
    return filed


def _by_record(row: Identified) -> str:
    """In the order of the index of records, whose pages are then written once a batch: a third less time on SQLite."""
    return digits(row.record)


def _says_the_same(kept: _Kept | None, row: Identified) -> bool:
    return kept is not None and kept.present and kept.content == digits(row.content)


def _one_writer(feed: int) -> None:
    """On PostgreSQL two deliveries of one feed wait for each other; SQLite has one writer anyway."""
    connection = connections[router.db_for_write(Event)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x1ED6E4, feed])


def _kept(records: Sequence[str], how: Engine) -> dict[str, _Kept]:
    """The newest version of each record that the ledger has, by the digits of its digest."""
    if not records:
        return {}
    with connections[router.db_for_write(Event)].cursor() as cursor:
        cursor.execute(
            f"SELECT {how.digits.format('record')}, id, version, {how.digits.format('content')}, known_until IS NULL "  # noqa: S608
            f"FROM events_event WHERE record {how.among} ORDER BY version",
            [how.list(records)],
        )
        return {
            record: _Kept(row, version, content, bool(present))
            for record, row, version, content, present in cursor.fetchall()
        }


def _insert(
    delivery: Delivery,
    rows: Sequence[Identified],
    kept: Mapping[str, _Kept],
    operations: Mapping[str, int],
    at: datetime,
    how: Engine,
) -> None:
    zone = ZoneInfo(settings.DAYBREAK_TIME_ZONE)
    agency, feed, source = delivery.feed.agency_id, delivery.feed_id, delivery.pk
    moment, day, known_from = how.moment, how.day, how.moment(at)
    events, mentions, causes, charges, exhibits = [], [], [], [], []
    for number, one in zip(_numbers(len(rows)), rows, strict=True):
        draft, record = one.draft, digits(one.record)
        before = kept.get(record)
        events.append((
            number, record, before.version + 1 if before else 1, digits(one.content), known_from, None, feed, agency,
            source, draft.line, draft.kind, moment(draft.occurred_at), day(draft.occurred_at.astimezone(zone).date()),
            draft.occurred_precision, draft.reported_at and moment(draft.reported_at), draft.count, draft.place, draft.block,
            draft.zip, draft.county, draft.state, draft.latitude, draft.longitude, draft.fatal, draft.certainty,
            draft.naloxone_given, draft.naloxone_doses, draft.naloxone_by, draft.age_band, draft.sex, draft.status,
            draft.manner, draft.underlying, operations[draft.operation] if draft.operation else None, draft.token,
        ))  # fmt: skip
        mentions += [(number, seen.substance, seen.standing) for seen in draft.substances]
        causes += [(number, code) for code in draft.causes]
        charges += [(number, charge.statute, charge.offense, charge.counts) for charge in draft.charges]
        for place, thing in enumerate(draft.exhibits, 1):
            exhibits.append((
                number, place, thing.label, thing.substance, thing.quantity, thing.unit, thing.laboratory,
            ))  # fmt: skip
    write_rows(Event, _FIELDS, events)
    write_rows(Mention, ("event", "substance", "standing"), mentions)
    write_rows(Cause, ("event", "code"), causes)
    write_rows(Charge, ("event", "statute", "offense", "counts"), charges)
    write_rows(Exhibit, ("event", "number", "label", "substance", "quantity", "unit", "laboratory"), exhibits)


def _numbers(many: int) -> Sequence[int]:
    """Row numbers for ``many`` new events, so that their parts can be written beside them."""
    if not many:
        return ()
    connection = connections[router.db_for_write(Event)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('events_event', 'id')) FROM generate_series(1, %s)",
                [many],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM events_event")
        last = cursor.fetchone()[0]
        return range(last + 1, last + many + 1)
