"""Opens, ends, cancels and undoes deliveries; each end is one entry in the audit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from daybreak.audit.actions import record
from daybreak.events.actions.engines import engine
from daybreak.events.actions.tallying import tally, touched_days
from daybreak.events.models import Delivery, Event, Feed


class CannotUndo(Exception):
    """Later deliveries corrected rows of this one; ``later`` names them, newest first."""

    def __init__(self, later: tuple[Delivery, ...]) -> None:
        super().__init__(", ".join(delivery.file_name for delivery in later))
        self.later = later


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came: its name, the SHA-256 of its bytes, and the mapping (name and version) that reads it."""

    name: str
    sha256: str
    mapping: str


def open_delivery(*, by: str, feed: Feed, file: File, at: datetime) -> Delivery:
    """The delivery to file into: a new one, or the one of the same file and mapping that was killed half-way."""
    delivery, _ = Delivery.objects.get_or_create(
        feed=feed,
        file_sha256=file.sha256,
        mapping=file.mapping,
        state="running",
        defaults={"file_name": file.name[:255], "received_at": at, "by": by},
    )
    return delivery


def end_delivery(*, by: str, delivery: Delivery, at: datetime, cancelled: bool = False) -> Delivery:
    """Close a delivery: count its days anew, hash its rows, write the audit's one entry."""
    with transaction.atomic(using=router.db_for_write(Delivery)):
        # Locked: of two processes that end one delivery the second finds it ended.
        delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if delivery.state != "running":
            return delivery
        _tally_anew(delivery)
        delivery.state = "cancelled" if cancelled else "done"
        delivery.ended_at = at
        delivery.root = _root(delivery)
        delivery.save(update_fields=["state", "ended_at", "root"])
        record(
            by=by,
            at=at,
            action=f"delivery-{delivery.state}",
            subject=_subject(delivery),
            detail=_books(delivery),
        )
    return delivery


def undo_delivery(*, by: str, delivery: Delivery, at: datetime) -> Delivery:
    """Take a delivery back as a whole: what it added is no longer known, what it corrected stands as before.

    Nothing is erased: the undone versions stay, known until ``at``. Raises CannotUndo where a later delivery corrected
    some of its rows, and ValueError for one that runs or was undone already.
    """
    with transaction.atomic(using=router.db_for_write(Event)):
        delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if delivery.state not in {"done", "cancelled"}:
            raise ValueError(f"Only a delivery that has ended can be undone; this one is {delivery.state}.")
        if later := _later(delivery):
            raise CannotUndo(later)
        days = touched_days(delivery)
        Event.objects.filter(delivery=delivery, known_until=None).update(known_until=at)
        _restate(delivery, at)
        delivery.state = "undone"
        delivery.save(update_fields=["state"])
        if days:
            tally(feed=delivery.feed, first=days[0], last=days[1])
        record(by=by, at=at, action="delivery-undone", subject=_subject(delivery), detail=_books(delivery))
    return delivery


def _tally_anew(delivery: Delivery) -> None:
    if days := touched_days(delivery):
        tally(feed=delivery.feed, first=days[0], last=days[1])


def _subject(delivery: Delivery) -> str:
    return f"delivery:{delivery.public_id}"


def _books(delivery: Delivery) -> dict[str, object]:
    names = ("read", "added", "updated", "unchanged", "refused", "file_sha256", "mapping", "root")
    return {"feed": delivery.feed.slug} | {name: getattr(delivery, name) for name in names}


def _root(delivery: Delivery) -> str:
    """SHA-256 over the record and content digests of the delivery's rows, in the order of their records."""
    digest = hashlib.sha256()
    how = engine()
    with _connection().chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {how.digits.format('record')}, {how.digits.format('content')} FROM events_event "  # noqa: S608
            "WHERE delivery_id = %s ORDER BY record, version",
            [delivery.pk],
        )
        while rows := cursor.fetchmany(10_000):
            digest.update(bytes.fromhex("".join([record + content for record, content in rows])))
    return digest.hexdigest()


def _later(delivery: Delivery) -> tuple[Delivery, ...]:
    """The deliveries, not undone themselves, that wrote a newer version of a record of this one."""
    with _connection().cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT n.delivery_id FROM events_event e
               JOIN events_event n ON n.record = e.record AND n.version > e.version
               WHERE e.delivery_id = %s AND n.delivery_id <> %s""",
            [delivery.pk, delivery.pk],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    return tuple(Delivery.objects.filter(pk__in=numbers).exclude(state="undone").order_by("-received_at"))


_PARTS = {
    "events_mention": "substance, standing",
    "events_cause": "code",
    "events_charge": "statute, offense, counts",
    "events_exhibit": "number, label, substance, quantity, unit, laboratory",
}
# e: what the delivery said last of a record; b: what stands again, the newest that nobody has undone.
_AGAIN = """FROM events_event e
  JOIN events_event b ON b.record = e.record AND b.version = (
    SELECT MAX(v.version) FROM events_event v JOIN events_delivery d ON d.id = v.delivery_id
    WHERE v.record = e.record AND v.version < e.version AND v.delivery_id <> e.delivery_id AND d.state <> 'undone')"""


def _restate(delivery: Delivery, at: datetime) -> None:
    """What stood before the delivery stands again, as a new version with its parts."""
    columns = [
        str(field.column)
        for field in Event._meta.concrete_fields
        if field.name not in {"id", "version", "known_from", "known_until"}
    ]
    moment = Event._meta.get_field("known_from").get_db_prep_value(at, _connection())
    old = ", ".join(f"b.{column}" for column in columns)
    with _connection().cursor() as cursor:
        cursor.execute(
            f"INSERT INTO events_event ({', '.join(columns)}, version, known_from, known_until) "
            f"SELECT {old}, e.version + 1, %s, NULL {_AGAIN} WHERE e.delivery_id = %s AND e.known_until = %s",
            [moment, delivery.pk, moment],
        )
        for table, parts in _PARTS.items():
            old = ", ".join(f"p.{part}" for part in parts.split(", "))
            cursor.execute(
                f"INSERT INTO {table} (event_id, {parts}) SELECT n.id, {old} {_AGAIN} "
                f"JOIN events_event n ON n.record = e.record AND n.version = e.version + 1 AND n.known_from = %s "
                f"JOIN {table} p ON p.event_id = b.id WHERE e.delivery_id = %s AND e.known_until = %s",
                [moment, delivery.pk, moment],
            )


def _connection() -> BaseDatabaseWrapper:
    return connections[router.db_for_write(Event)]
