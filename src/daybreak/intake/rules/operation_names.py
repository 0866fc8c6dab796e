"""Which cells of a file name which of an agency's operations: a proposal for a person to confirm, never taken by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def proposed(cells: Iterable[str], operations: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """(cell → slug where a cell says an operation's slug or name, with or without "operation"; the other cells).

    ``operations`` is slug → name. Each cell counts once, in the order of the file; a cell that fits two operations fits none.
    """
    named: dict[str, set[str]] = {}
    for slug, name in operations.items():
        for words in (slug, name):
            named.setdefault(_folded(words), set()).add(slug)
    found: dict[str, str] = {}
    other: list[str] = []
    for cell in dict.fromkeys(filter(None, cells)):
        slugs = named.get(_folded(cell), set())
        if len(slugs) == 1:
            found[cell] = next(iter(slugs))
        else:
            other.append(cell)
    return found, tuple(other)


def _folded(words: str) -> str:
    parts = words.casefold().replace("-", " ").replace("_", " ").split()
    return " ".join(part for part in parts if part != "operation") or " ".join(parts)
