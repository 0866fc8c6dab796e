"""A file that is written whole or not at all: it takes its name only when nothing went wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from daybreak.surge.errors import BadInput


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it becomes `path` at the end, and goes away after an error.

    A pipe or device, which cannot be replaced, is written to as it is. Raises OSError at once if the folder is missing
    or may not be written.
    """
    if path.exists() and not path.is_file():
        if path.is_dir():
            raise BadInput(str(path), "name a file", "a folder", "Add a file name.")
        yield path
        return
    target = path.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.touch()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def keep_apart(inputs: Sequence[Path | None], outputs: Sequence[Path | None]) -> None:
    """Raises BadInput if an output would overwrite an input or another output."""
    seen = {path.resolve() for path in inputs if path is not None}
    for path in outputs:
        if path is None:
            continue
        if path.resolve() in seen:
            raise BadInput("an output", "be a file of its own", f"{path} twice", "Name another file.")
        if path.exists() and not path.is_file():
            continue
        seen.add(path.resolve())
