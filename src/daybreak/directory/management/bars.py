"""Progress bars of the directory's commands: on a terminal, on stderr, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from daybreak.directory.management.terminal import printable


@contextmanager
def loading_bar(
    *, shown: bool | None = None, doing: str = "Loading"
) -> Iterator[Callable[[str, int, int], None]]:
    """Yield what a load calls with (file name, rows done, rows in all); ``shown`` None = where stderr is a terminal."""
    if shown is None:
        shown = sys.stderr.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(f"{doing} {escape(printable(name))}")
            bar.update(tasks[name], completed=done, total=total)

        yield tell
