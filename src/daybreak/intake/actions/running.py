"""Runs an import: its file into the ledger, a batch at a time, so that it can be stopped, killed and taken up again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import router, transaction
from django.db.models.functions import Now

from daybreak.audit.actions import record
from daybreak.events.actions.deliveries import File, end_delivery, open_delivery
from daybreak.events.actions.engines import much_to_write, renew_statistics
from daybreak.events.actions.filing import Batch, Identified, file_batch
from daybreak.events.models import Delivery, Event, Mention, Operation, Tally
from daybreak.intake.actions.fitting import REFUSED_BY_DATABASE, without_unfit
from daybreak.intake.actions.refusals import note_refusals
from daybreak.intake.models import Fault, Import, RefusedRow
from daybreak.intake.readers.aside import settled_aside
from daybreak.intake.readers.kept import forget, refused_of
from daybreak.intake.readers.refused_rows import keep_refused
from daybreak.intake.readers.settling import Row, Settled, Work, opened, said, settled
from daybreak.intake.readers.sheet import Cells, Notice, UnusableFile
from daybreak.intake.rules.compiling import Compiled
from daybreak.intake.rules.mapping import Mapping, MappingError
from daybreak.intake.rules.mapping_file import mapping_from
from daybreak.vocabulary.kinds import is_health

ROWS_A_BATCH = 20_000
LARGE_BYTES = 4_000_000  # from here on reading in a process of its own is worth its start
MANY_ROWS = 100_000  # from here on the database's own picture of its tables is out of date
Tell = Callable[[Delivery], None]


class CannotRun(Exception):
    """The import cannot be run; the text says what must be, what was got, and the cure. Nothing was stored."""


def run_import(
    *,
    by: str,
    brought: Import,
    source: Path,
    at: datetime,
    rows_a_batch: int = ROWS_A_BATCH,
    tell: Tell | None = None,
) -> Delivery:
    """File what ``source`` holds, from where an earlier run of this import was killed; returns the delivery, ended.

    ``tell`` is called after every batch. Raises CannotRun where the file or its mapping cannot be used, which the import then
    says too, and DeliveryMoved where another process runs it.
    """
    try:
        work = _work(brought, source, at, rows_a_batch=rows_a_batch)
        sheet, compiled = opened(work)
        _fits_the_feed(brought, work.mapping)
        _not_brought_differently(brought, work.mapping)
    except (UnusableFile, MappingError, CannotRun) as problem:
        raise CannotRun(_failed(by, brought, f"{problem}", at)) from None
    delivery = _opened(by, brought, compiled, at)
    work = replace(work, position=delivery.position)
    notices: list[Notice] = []
    stopped = False
    aside = brought.file_bytes >= LARGE_BYTES
    batches = settled_aside(work, notices) if aside else settled(work, sheet, compiled)
    try:
        with closing(batches), much_to_write():
            for batch in batches:
                _file(brought, delivery, batch, at)
                if tell:
                    tell(Delivery.objects.get(pk=delivery.pk))
                if Import.objects.filter(pk=brought.pk, stop_asked=True).exists():
                    stopped = True
                    break
    except (
        UnusableFile
    ) as problem:  # the file breaks off in the middle: what stands is taken back as a whole, or goes on
        _end(by, brought, delivery, said(sheet, compiled), at, stopped=True)
        raise CannotRun(_failed(by, brought, f"{problem}", at)) from None
    # Before the end is written: killed in between, both are done again.
    lines = brought.refused_rows.order_by("line").values_list("line", flat=True)
    keep_refused(
        refused_of(settings.IMPORTS, brought.public_id),
        sheet,
        set(lines[: settings.DAYBREAK_MENDABLE_ROWS]),
        kept_columns(compiled, sheet.header),
    )
    ended = _end(by, brought, delivery, notices or said(sheet, compiled), at, stopped=stopped)
    forget(settings.IMPORTS, brought.public_id)
    return ended


def kept_columns(compiled: Compiled, header: Cells) -> list[int]:
    """The places of the columns whose cells may be shown again: those that the mapping uses."""
    unused = {column.heading for column in compiled.mapping.columns if column.use in {"drop", "ignore"}}
    return [
        place
        for place, heading in enumerate(header)
        if heading not in unused and heading not in compiled.unmapped
    ]


def dropped_columns(compiled: Compiled) -> list[dict[str, str]]:
    """What of the file is not kept, heading by heading, and why ("not-mapped" where the mapping does not know it)."""
    named = [{"column": heading, "why": why or "chosen"} for heading, why in compiled.dropped.items()]
    return named + [{"column": heading, "why": "not-mapped"} for heading in compiled.unmapped]


def _fits_the_feed(brought: Import, mapping: Mapping) -> None:
    feed = brought.feed
    if is_health(mapping.kind, feed.agency.kind) and not feed.health:
        raise CannotRun(
            f"The feed {feed.slug} must be a health feed for rows of the kind {mapping.kind}; it is none, so law enforcement "
            "would see them one by one. Bring the file in under a feed of its own."
        )


def _not_brought_differently(brought: Import, mapping: Mapping) -> None:
    """Rows without a key are known by their content: the same file read in another way would stand twice."""
    if mapping.key:
        return
    other = (
        Delivery.objects.filter(
            feed=brought.feed, file_sha256=brought.file_sha256, state__in=["done", "cancelled"]
        )
        .exclude(mapping=f"{brought.mapping}")
        .exclude(read=0)
        .first()
    )
    if other:
        raise CannotRun(
            f"This file was brought in before with the mapping {other.mapping}, and its rows have no key by which they would be "
            "known again. Undo that import first, or name key columns in the mapping."
        )


def _failed(by: str, brought: Import, why: str, at: datetime) -> str:
    with transaction.atomic(using=router.db_for_write(Import)):
        brought.state, brought.why = "failed", why
        brought.save(update_fields=["state", "why"])
        record(by=by, at=at, action="import-failed", subject=f"import:{brought.public_id}")
    return why


def _opened(by: str, brought: Import, compiled: Compiled, at: datetime) -> Delivery:
    """The delivery to go on with, and the import saying so, in one transaction."""
    with transaction.atomic(using=router.db_for_write(Import)):
        delivery = brought.delivery
        if delivery is None:
            file = File(brought.file_name, brought.file_sha256, f"{brought.mapping}")
            delivery = open_delivery(by=by, feed=brought.feed, file=file, at=at)
            # The same file was given twice while the first run was killed: the later import takes its delivery over.
            _take_over(delivery, brought)
        brought.delivery, brought.state = delivery, "running"
        brought.dropped = dropped_columns(compiled)
        brought.save(update_fields=["delivery", "state", "dropped"])
        Import.objects.filter(pk=brought.pk).update(beat_at=Now())
    return delivery


def _take_over(delivery: Delivery, brought: Import) -> None:
    """Another import of this file was killed half-way: what it refused so far belongs to the one that goes on."""
    for killed in Import.objects.filter(delivery=delivery).exclude(pk=brought.pk):
        Fault.objects.filter(brought=killed).update(brought=brought)
        RefusedRow.objects.filter(brought=killed).update(brought=brought)
        killed.delivery, killed.state = None, "failed"
        killed.why = "A later import of the same file went on with this one."
        killed.save(update_fields=["delivery", "state", "why"])


def _work(
    brought: Import, source: Path, at: datetime, position: int = 0, rows_a_batch: int = ROWS_A_BATCH
) -> Work:
    if brought.mapping is None:
        raise MappingError("A mapping must be chosen for this file before it is brought in.")
    return Work(
        source=source,
        name=brought.file_name,
        mapping=mapping_from(brought.mapping.body),
        feed=f"{brought.feed.public_id}",
        operations=frozenset(
            Operation.objects.filter(agency=brought.feed.agency_id).values_list("slug", flat=True)
        ),
        position=position,
        rows_a_batch=rows_a_batch,
        token_key=settings.DAYBREAK_LINK_KEY,
        at=at,
    )


def _file(brought: Import, delivery: Delivery, batch: Settled, at: datetime) -> None:
    """One batch with its refusals, all in one transaction: killed at any moment, both stand or neither."""
    operations = (
        dict(Operation.objects.filter(agency=brought.feed.agency_id).values_list("slug", "id"))
        if any(draft.operation for _, _, draft in batch.rows)
        else {}
    )

    def file(rows: Sequence[Row], refused: int = 0, again: int = 0) -> None:
        filed = Batch(
            [Identified(*row) for row in rows],
            position=batch.position,
            refused=refused,
            again=again,
            after=delivery.position,
        )
        file_batch(delivery=delivery, batch=filed, operations=operations, at=at)

    def settle(these: Settled) -> None:
        with transaction.atomic(using=router.db_for_write(Delivery)):
            note_refusals(brought, these.problems)
            file(these.rows, len(these.problems), these.again)
            Import.objects.filter(pk=brought.pk).update(beat_at=Now())

    try:
        settle(batch)
    except REFUSED_BY_DATABASE:
        settle(without_unfit(batch, file))
    delivery.position = batch.position


def _end(
    by: str, brought: Import, delivery: Delivery, notices: Sequence[Notice], at: datetime, *, stopped: bool
) -> Delivery:
    # The tallies are counted in here, which touches as many pages as the rows did.
    with much_to_write(), transaction.atomic(using=router.db_for_write(Import)):
        ended = end_delivery(by=by, delivery=delivery, at=at, cancelled=stopped)
        brought.state, brought.stop_asked = "ended", False
        brought.notices = [asdict(notice) for notice in notices]
        brought.save(update_fields=["state", "stop_asked", "notices"])
    if ended.added + ended.updated >= MANY_ROWS:
        renew_statistics(Event, Mention, Tally)
    return ended
