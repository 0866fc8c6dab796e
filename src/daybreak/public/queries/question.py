"""A search as a person put it, and the address that asks it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote_plus


@dataclass(frozen=True, slots=True)
class Question:
    """A search as a person put it. ``near`` is what they wrote for a place; ``ask`` names the sets of alternatives
    (or "all") for which a listing that does not say is welcome too; ``both`` are needs that must be there beside their
    alternatives: detox and a bed afterwards."""

    near: str = ""
    text: str = ""
    name: str = ""
    needs: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    radius: int | None = None
    ask: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    page: int = 1

    def pairs(self) -> list[tuple[str, str]]:
        """The search as name and value, in a fixed order, the page left out."""
        found = [("near", self.near), ("q", self.text), ("name", self.name)]
        found += [("need", need) for need in self.needs]
        found += [("not", need) for need in self.excluded]
        found += [("radius", str(self.radius) if self.radius else "")]
        found += [("ask", name) for name in self.ask]
        found += [("both", need) for need in self.both]
        return [(key, value) for key, value in found if value]

    def query(self, **changes: object) -> str:
        """The address after the "?" of this search with some fields changed, on its first page unless ``page`` is given."""
        page = changes.pop("page", 1)
        changed = replace(self, **changes) if changes else self  # type: ignore[arg-type]
        pairs = changed.pairs() + ([("page", str(page))] if page != 1 else [])
        return "&".join(f"{name}={_quoted(value)}" for name, value in pairs)


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    """A page repeats the same few values in all of its addresses."""
    return quote_plus(value)
