"""Takes in a call of an agency's own system: its events in one delivery and one transaction, answered once a key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, router, transaction

from daybreak.events.actions.deliveries import File, end_delivery, open_delivery
from daybreak.events.actions.filing import Batch, Identified, file_batch
from daybreak.events.models import Delivery
from daybreak.intake.actions.keys import digest_of
from daybreak.intake.models import AgencyKey, Call
from daybreak.intake.rules.calls import VERSION, cells_of, header_of, mapping_for
from daybreak.intake.rules.compiling import compile_mapping
from daybreak.intake.rules.identity import Identities
from daybreak.intake.rules.problems import Problem
from daybreak.vocabulary.kinds import is_health

_MINUTE = timedelta(minutes=1)
_TWICE = Problem(
    0, "id", "each id must stand once in a call, or say the same each time", "Send the event that is right."
)


class OtherBody(Exception):
    """The idempotency key was used before, for another body."""


class WrongFeed(Exception):
    """The key's feed is open to row-by-row reading by law enforcement, and the events come from a health source."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What to answer; ``replayed``: it was answered before."""

    status: int
    answer: Mapping[str, Any]
    replayed: bool = False


def key_of(text: str) -> AgencyKey | None:
    """The key in force with this text; None where there is none."""
    return (
        AgencyKey.objects.filter(
            digest=digest_of(text), ended_at=None, feed__active=True, feed__agency__active=True
        )
        .select_related("feed", "feed__agency")
        .first()
    )


def calls_left(key: AgencyKey, *, at: datetime) -> int:
    """How many more calls the key may make within this minute."""
    return int(settings.DAYBREAK_CALLS_A_MINUTE) - Call.objects.filter(key=key, at__gt=at - _MINUTE).count()


def receive_call(
    *, key: AgencyKey, idempotency: str, body: bytes, document: Mapping[str, Any], at: datetime
) -> Answered:
    """File the events of a document that fits the schema; the same key and body again get the same answer.

    Raises OtherBody and WrongFeed. Killed at any moment, all of a call stands or nothing.
    """
    words = hashlib.sha256(idempotency.encode()).hexdigest()
    sha256 = hashlib.sha256(body).hexdigest()
    if before := _before(key, words, sha256):
        return before
    kind = document.get("kind", "overdose")
    if is_health(kind, key.feed.agency.kind) and not key.feed.health:
        raise WrongFeed
    try:
        with transaction.atomic(using=router.db_for_write(Call)):
            call = Call.objects.create(
                key=key, idempotency=words, body_sha256=sha256, at=at, status=200, answer={}
            )
            delivery, problems = _file(key, sha256, kind, document["events"], at)
            call.delivery = delivery
            call.answer = _told(delivery, problems)
            call.status = 422 if delivery.refused == delivery.read else 200
            call.save(update_fields=["delivery", "answer", "status"])
    except IntegrityError:  # the same call at the same time: the other one was first
        if before := _before(key, words, sha256):
            return before
        raise
    return Answered(call.status, call.answer)


def _before(key: AgencyKey, words: str, sha256: str) -> Answered | None:
    call = Call.objects.filter(key=key, idempotency=words).first()
    if call is None:
        return None
    if call.body_sha256 != sha256:
        raise OtherBody
    return Answered(call.status, call.answer, replayed=True)


def _file(
    key: AgencyKey, sha256: str, kind: str, events: list[dict[str, Any]], at: datetime
) -> tuple[Delivery, list[Problem]]:
    by = f"key:{key.public_id}"
    mapping = mapping_for(kind, settings.DAYBREAK_TIME_ZONE)
    header = header_of(mapping)
    compiled = compile_mapping(mapping, header, at=at)
    identities = Identities(f"{key.feed.public_id}")
    rows: list[Identified] = []
    problems: list[Problem] = []
    again = 0
    for number, event in enumerate(events, 1):
        draft = compiled(number, cells_of(event, header))
        if isinstance(draft, Problem):
            problems.append(draft)
            continue
        identity = identities.of(draft)
        if identity.again and identity.same:
            again += 1
        elif identity.again:
            problems.append(Problem(number, _TWICE.column, _TWICE.must, _TWICE.cure))
        else:
            rows.append(Identified(identity.record, identity.content, draft))
    delivery = open_delivery(by=by, feed=key.feed, file=File("call", sha256, f"call@{VERSION}"), at=at)
    batch = Batch(rows, position=len(events), refused=len(problems), again=again)
    file_batch(delivery=delivery, batch=batch, operations={}, at=at)
    return end_delivery(by=by, delivery=delivery, at=at), problems


def _told(delivery: Delivery, problems: list[Problem]) -> dict[str, Any]:
    refusals = []
    for problem in problems:
        told = asdict(problem)
        line = told.pop("line")
        column = told.pop("column")
        refusals.append({"at": f"/events/{line - 1}" + (f"/{column}" if column else ""), **told})
    names = ("read", "added", "updated", "unchanged", "refused")
    return (
        {"delivery": f"{delivery.public_id}"}
        | {name: getattr(delivery, name) for name in names}
        | {"refusals": refusals}
    )
