"""Reads a large file in a process of its own, so that one core reads rows while another files them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Generator
from contextlib import suppress
from dataclasses import fields
from multiprocessing.connection import Connection
from operator import attrgetter

from daybreak.events.rules.draft import Draft
from daybreak.intake.readers.settling import Settled, Work, opened, said, settled
from daybreak.intake.readers.sheet import Notice, UnusableFile

# A draft as a tuple is pickled and rebuilt in a third of the time that the object takes.
_VALUES = attrgetter(*(field.name for field in fields(Draft)))


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
            kind, told = ours.recv()
            if kind == "unusable":
                raise UnusableFile(told)
            if kind == "end":
                notices.extend(told)
                return
            rows, problems, again, position = told
            yield Settled(
                [(record, content, Draft(*values)) for record, content, values in rows],
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
    with suppress(BrokenPipeError, KeyboardInterrupt):
        try:
            sheet, compiled = opened(work)
            for batch in settled(work, sheet, compiled):
                rows = [(record, content, _VALUES(draft)) for record, content, draft in batch.rows]
                pipe.send(("batch", (rows, batch.problems, batch.again, batch.position)))
            pipe.send(("end", said(sheet, compiled)))
        except UnusableFile as problem:
            pipe.send(("unusable", f"{problem}"))
