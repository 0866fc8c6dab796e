"""Draws a pair of places side by side on a terminal."""

from __future__ import annotations

from rich.table import Table

from daybreak.directory.management.terminal import printable
from daybreak.directory.queries.reviews import Review, Side


def pair_table(pair: Review) -> Table:
    """Both sides by line, then what was compared."""
    who = f", {pair.decided_by} on {pair.decided_on}" if pair.decided_by else ""
    title = printable(f"Match {pair.id}: {pair.state}, {pair.score:.0%} likely the same{who}")
    table = Table(title=title, title_justify="left", show_header=False, expand=True)
    table.add_column("", width=9)
    table.add_column("", ratio=1)
    table.add_column("", ratio=1)
    first, second = _lines(pair.first), _lines(pair.second)
    for name, text in first.items():
        if text or second[name]:
            table.add_row(name, printable(text), printable(second[name]))
    told = ", ".join(
        f"{entry['compared']}: {entry['level']} ({entry['weight']:+.1f})" for entry in pair.reasons
    )
    table.caption, table.caption_justify = printable(told), "left"
    return table


def _lines(side: Side) -> dict[str, str]:
    """What to compare by eye. Numbers carry the year in which they were listed: none is meant to be called."""
    return {
        "name": side.name,
        "services": "; ".join(side.services[:5]),
        "street": side.street,
        "town": side.town,
        "numbers": "; ".join(f"{number} (listed {year})" for number, year in side.phones[:4]),
        "website": side.website,
        "lists": "; ".join(side.sources),
    }
