"""Compiles (or loads) every kernel before the first person asks."""

from __future__ import annotations

import numpy as np

from daybreak.finder._ranking import lowest_keys
from daybreak.finder.index import Index
from daybreak.finder.query import InCounty, InState, Near, Place, Query
from daybreak.finder.question import asked_of
from daybreak.finder.search import room_for, search


def warm(index: Index) -> None:
    """Runs every kernel on the arrays of ``index`` (read-only, as they stay), so that no search waits for a compiler."""
    places: tuple[Place | None, ...] = (None, Near(38.04, -84.5, 25.0), InState("KY"), InCounty("KY/Fayette"))
    for place in places:
        search(index, Query(place=place, name_words=("a",)))
    # Where nothing is found, nothing is put in order.
    asked = asked_of(index, Query())
    lowest_keys(index.shelf, asked, 0, room_for(index, asked), np.empty(0, np.int64))
