"""Reads a large file in a process of its own, so that one core reads rows while another files them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from operator import attrgetter
from typing import Any

from daybreak.events.rules.draft import ChargeSeen, Draft, ExhibitSeen, SubstanceSeen
from daybreak.intake.readers.settling import Settled, Work, opened, said, settled
from daybreak.intake.readers.sheet import Notice, UnusableFile

# Drafts and their parts as tuples are pickled and rebuilt in a third of the time that the objects take.
_NAMES = [field.name for field in fields(Draft)]
_VALUES = attrgetter(*_NAMES)
_PARTS = [
    (_NAMES.index(name), part, attrgetter(*(field.name for field in fields(part))))
    for name, part in (("substances", SubstanceSeen), ("charges", ChargeSeen), ("exhibits", ExhibitSeen))
]


def told(draft: Draft) -> list[Any]:
    """A draft as plain values and tuples of them, in the order of its fields."""
    values = list(_VALUES(draft))
    for place, _, taken_apart in _PARTS:
        if values[place]:
            values[place] = tuple([taken_apart(part) for part in values[place]])
    return values


def untold(values: list[Any]) -> Draft:
    """The draft that ``told`` took apart."""
    for place, part, _ in _PARTS:
        if values[place]:
            values[place] = tuple([part(*one) for one in values[place]])
    return Draft(*values)


def settled_aside(work: Work, notices: list[Notice]) -> Generator[Settled, None, None]:
    """As settling.settled, read in another process; what there is to say of the file is added to ``notices`` at the end.

    Raises UnusableFile as the reader does, and RuntimeError where the other process died.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    reader = context.Process(target=_read, args=(work, theirs), name="reader", daemon=True)
    reader.start()
    theirs.close()
    try:
        while True:
            kind, message = ours.recv()
            if kind == "unusable":
                raise UnusableFile(message)
            if kind == "end":
                notices.extend(message)
                return
            rows, problems, again, position = message
            yield Settled(
                [(record, content, untold(values)) for record, content, values in rows],
                problems,
                again,
                position,
            )
    except EOFError:
        raise RuntimeError("The process that reads the file died; bring the file in again.") from None
    finally:
        ours.close()
        reader.terminate()
        reader.join()


def _read(work: Work, pipe: Connection) -> None:
    """The other process: read, and send. It ends quietly when nobody listens any more."""
    with suppress(BrokenPipeError, KeyboardInterrupt), ThreadPoolExecutor(max_workers=1) as sender:
        sent: Future[None] | None = None

        def send(kind: str, message: object) -> None:
            """Send while the next batch is read: a pipe holds 64 kB, and a batch waits in it until the last one is filed."""
            nonlocal sent
            pickled = ForkingPickler.dumps((kind, message))
            if sent:
                sent.result()
            sent = sender.submit(pipe.send_bytes, pickled)

        try:
            sheet, compiled = opened(work)
            for batch in settled(work, sheet, compiled):
                rows = [(record, content, told(draft)) for record, content, draft in batch.rows]
                send("batch", (rows, batch.problems, batch.again, batch.position))
            send("end", said(sheet, compiled))
        except UnusableFile as problem:
            send("unusable", f"{problem}")
