"""How an import is told in a shell: as tables for people, as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import IO, Any, cast

from rich.console import Console
from rich.table import Table
from rich.text import Text

from daybreak.directory.management.terminal import printable
from daybreak.events.models import Delivery
from daybreak.intake.models import Import
from daybreak.intake.queries.imports import FaultSeen

_BOOKS = ("read", "added", "updated", "unchanged", "refused")
_MOST_REASONS = 20


def books(delivery: Delivery) -> dict[str, int]:
    """How a delivery adds up: read = added + updated + unchanged + refused."""
    return {name: getattr(delivery, name) for name in _BOOKS}


def answer(brought: Import, delivery: Delivery, found: Sequence[FaultSeen]) -> dict[str, Any]:
    """What --json prints: the books, what was not kept, and why rows were refused."""
    return {
        "import": str(brought.public_id),
        "delivery": str(delivery.public_id),
        "state": delivery.state,
        **books(delivery),
        "file_sha256": delivery.file_sha256,
        "mapping": delivery.mapping,
        "root": delivery.root,
        "dropped": brought.dropped,
        "notices": brought.notices,
        "refusals": [asdict(one) for one in found],
    }


def show_tables(
    out: object,
    counts: Mapping[str, int],
    reasons: Sequence[tuple[int, int, str, str]],
    dropped: Sequence[Mapping[str, str]],
) -> None:
    """The counts, the commonest (rows, first line, column, must) of the refused rows, and the columns that were not kept."""
    console = Console(file=cast(IO[str], out), width=110, highlight=False)
    table = Table(title="Rows", title_justify="left")
    for name in counts:
        table.add_column(name, justify="right")
    table.add_row(*(f"{many:,}" for many in counts.values()))
    console.print(table)
    if reasons:
        refusals = Table(title="Refused, because", title_justify="left")
        for name in ("rows", "first line", "column", "it must"):
            refusals.add_column(name)
        for many, line, column, must in reasons[:_MOST_REASONS]:
            words = (f"{many:,}", f"{line:,}", column or "(row)", must.removeprefix("must "))
            refusals.add_row(*(Text(printable(word)) for word in words))
        console.print(refusals)
        if len(reasons) > _MOST_REASONS:
            console.print(
                f"and {len(reasons) - _MOST_REASONS:,} more reasons; the error file has all of them"
            )
    if dropped:
        named = ", ".join(f"{one['column']} ({one['why']})" for one in dropped)
        console.print(Text(printable(f"Not kept: {named}")))
