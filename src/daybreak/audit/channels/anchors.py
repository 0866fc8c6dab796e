"""Notes the head of the chain in an append-only file beside the database, and reads such files again."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from daybreak.audit.rules.chain import Anchor

LOGGER = logging.getLogger(__name__)


class UnreadableAnchors(Exception):
    """A file of anchors that cannot be read; the text names file and line."""


def anchors_path() -> Path:
    """The file of this installation."""
    return Path(settings.HOME) / "audit" / "anchors"


def note_head(anchor: Anchor) -> None:
    """Append one line. The entry is kept already: a disk that is full is told on stderr and stops nobody."""
    path = anchors_path()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, _line(anchor))  # one write: lines of two processes never mix
        finally:
            os.close(file)
    except OSError as problem:
        LOGGER.error("The head of the audit could not be noted in %s: %s.", path.name, problem.strerror)


def write_anchor(path: Path, anchor: Anchor) -> None:
    """Write the head into a file that somebody takes elsewhere; what stands in it already is kept."""
    with path.open("ab") as file:
        file.write(_line(anchor))


def read_anchors(path: Path) -> Iterator[Anchor]:
    """The anchors of one file, oldest first; none where there is no file. Raises UnreadableAnchors."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                kept = json.loads(line)
                yield Anchor(int(kept["number"]), str(kept["digest"]), str(kept["at"]))
            except (ValueError, KeyError, TypeError):
                raise UnreadableAnchors(
                    f"Line {number} of {path.name} must be an anchor written by Daybreak; it is not."
                ) from None


def _line(anchor: Anchor) -> bytes:
    kept = {"number": anchor.number, "digest": anchor.digest, "at": anchor.at}
    return (json.dumps(kept, sort_keys=True) + "\n").encode()
