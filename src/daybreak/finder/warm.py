"""Compiles (or loads) every kernel before the first person asks."""

from __future__ import annotations

import numpy as np

from daybreak.finder._kernels import mark_names
from daybreak.finder.index import Index
from daybreak.finder.query import InCounty, InState, Near, Place, Query
from daybreak.finder.search import search


def warm(index: Index) -> None:
    """Runs every kernel on the arrays of ``index`` (read-only, as they stay), so that no search waits for a compiler."""
    places: tuple[Place | None, ...] = (None, Near(38.04, -84.5, 25.0), InState("KY"), InCounty("KY/Fayette"))
    for place in places:
        search(index, Query(place=place))
    mark_names(index.shelf.posts, 0, 0, 0, np.zeros(index.n_listings, np.uint8))
