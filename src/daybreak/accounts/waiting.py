"""What waits for a person: a list that the rooms above fill, each with a function from viewer to items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from daybreak.accounts.rules.viewing import Viewer


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits. ``template`` says it in words and is given ``item`` and all of ``facts`` as ``facts``.

    ``url`` is where it is done, ``since`` how long it has waited (None = not stated), ``urgent`` puts it first.
    """

    template: str
    url: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    urgent: bool = False


Ask = Callable[[Viewer], Iterable[Item]]
_asked: dict[str, Ask] = {}


def register(name: str, ask: Ask) -> None:
    """Let a room say what waits for a viewer; called once, in the ready() of the room's AppConfig.

    ``name`` is the room's; the same name again replaces its function.
    """
    _asked[name] = ask


def waiting_for(viewer: Viewer) -> list[Item]:
    """All that waits for this viewer: urgent things first, then the longest waiting, then by room."""
    found = [item for name in sorted(_asked) for item in _asked[name](viewer)]
    return sorted(found, key=lambda item: (not item.urgent, (item.since or viewer.at).timestamp()))
