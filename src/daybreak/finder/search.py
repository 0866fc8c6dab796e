"""Answers one Query from an Index: results in order, exact facet counts and near misses, in one pass."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.finder._judging import answer
from daybreak.finder._ranking import (
    DAYS_PER_YEAR,
    OLDEST_YEARS,
    RANK_BITS,
    SCORE_BITS,
    describe,
    lowest_keys,
)
from daybreak.finder.asked import Asked, Found
from daybreak.finder.candidates import standing_of, wider_miles
from daybreak.finder.index import Index
from daybreak.finder.query import Answer, Hit, InCounty, InState, Near, NearMiss, Query
from daybreak.finder.question import QuestionError, asked_of, checked
from daybreak.finder.shelf import WORD_BITS

__all__ = ["QuestionError", "search"]

TIERS = 3
UNSTATED = 2


def search(
    index: Index, query: Query, *, page: int = 1, page_size: int = 20, everything: bool = False
) -> Answer:
    """The asked page of the listings that match ``query``, with counts over all of them.

    Order: tier (0 can take you now, 1 yes to all, 2 something not stated); then ``miles + 1.5 * min(age_years, 10)``,
    compared to a thousandth of a mile; then listing id. Without a point in the question the miles are left out; a
    listing whose own point is unknown ranks behind those whose distance is known. Never checked counts as 10 years.

    Parameters
    ----------
    page, page_size : which hits to return; a page behind the last one is empty.
    everything : all hits, whatever the page.

    Raises
    ------
    QuestionError
        For needs that the index does not know, a page below 1, a radius not in 0..500 miles, over 24 conditions.
    """
    if page < 1:
        raise QuestionError("page", "be 1 or more", page, "The first page is 1.")
    if page_size < 1:
        raise QuestionError("page_size", "be 1 or more", page_size, "Twenty is usual.")
    names = checked(query)
    asked = asked_of(index, query)
    found = room_for(index, asked)
    answer(index.shelf, asked, standing_of(index, query.place, names), found)
    total = int(found.totals.sum())
    first, last = (0, total) if everything else ((page - 1) * page_size, min(page * page_size, total))
    keys = _keys(index, asked, found, last if first < last else 0)[first:]
    return Answer(
        total=total,
        hits=tuple(_hits(index, query, asked, found, keys)),
        facets=_facets(index, found.counts),
        near_misses=_near_misses(query, found),
        unstated_total=int(found.totals[UNSTATED]),
    )


def room_for(index: Index, asked: Asked) -> Found:
    """Empty room for the answer to a question."""
    changes, conditions = asked.starts.size - 1, asked.admitted.size
    words, service_words = len(index.shelf.listed), len(index.shelf.there)
    return Found(
        tiers=np.zeros((TIERS, words), np.uint64),
        passes=np.empty(service_words, np.uint64),
        silent=np.empty((conditions if asked.admitted.any() else 0, service_words), np.uint64),
        totals=np.zeros(TIERS, np.int64),
        counts=np.zeros(asked.facet_masks.shape[1] * WORD_BITS, np.int64),
        dropped=np.zeros(changes, np.int64),
        admitted=np.zeros(changes, np.int64),
        outside=np.zeros(2, np.int64),
    )


def _keys(index: Index, asked: Asked, found: Found, last: int) -> NDArray[np.int64]:
    """Order keys of the first ``last`` matches, in order; no tier is opened before it is reached."""
    parts, left = [np.empty(0, np.int64)], last
    for tier, size in enumerate(found.totals.tolist()):
        keys = np.empty(max(min(left, size), 0), np.int64)
        if keys.size:
            lowest_keys(index.shelf, asked, tier, found, keys)
            keys.sort()
            parts.append(keys)
            left -= keys.size
    return np.concatenate(parts)


def _hits(index: Index, query: Query, asked: Asked, found: Found, keys: NDArray[np.int64]) -> list[Hit]:
    """The listings behind the order keys."""
    services, far = np.empty(keys.size, np.int64), np.empty(keys.size, np.float64)
    unstated = np.zeros((keys.size, len(query.conditions)), np.bool_)
    keys = keys.copy()
    describe(index.shelf, asked, found, keys, services, far, unstated)
    entries = zip(
        index.shelf.id_rows[keys & ((1 << RANK_BITS) - 1)].tolist(),
        services.tolist(),
        (keys >> (RANK_BITS + SCORE_BITS)).tolist(),
        far.tolist(),
        index.shelf.checked_days[services].tolist(),
        unstated.tolist(),
        strict=True,
    )
    return [
        Hit(
            row=row,
            listing_id=index.listing_id(row),
            service=service,
            tier=tier,
            miles=None if math.isnan(miles) else miles,
            age_years=max(query.today_days - day, 0) / DAYS_PER_YEAR if day >= 0 else OLDEST_YEARS,
            unstated=tuple(at for at, is_silent in enumerate(silent) if is_silent),
        )
        for row, service, tier, miles, day, silent in entries
    ]


def _facets(index: Index, counts: NDArray[np.int64]) -> dict[str, dict[str, int]]:
    numbers = counts.tolist()
    facets: dict[str, dict[str, int]] = {}
    first = 0
    for group, needs in index.groups.items():
        after = first + len(needs)
        facets[group] = dict(zip(needs, numbers[first:after], strict=True))
        first = after
    return facets


def _near_misses(query: Query, found: Found) -> tuple[NearMiss, ...]:
    dropped, admitted = found.dropped.tolist(), found.admitted.tolist()
    misses = []
    for at, condition in enumerate(query.conditions):
        misses.append(NearMiss("condition", at, "drop", dropped[at]))
        if not condition.admit_unstated:
            misses.append(NearMiss("condition", at, "admit-unstated", admitted[at]))
    bans = dropped[len(query.conditions) :]
    misses += [NearMiss("excluded", at, "drop", more) for at, more in enumerate(bans)]
    elsewhere, unnamed = found.outside.tolist()
    if isinstance(query.place, Near):
        misses.append(NearMiss("place", 0, "radius", elsewhere, wider_miles(query.place.radius_miles)))
    elif isinstance(query.place, InCounty):
        misses.append(NearMiss("place", 0, "state", elsewhere))
    elif isinstance(query.place, InState):
        misses.append(NearMiss("place", 0, "anywhere", elsewhere))
    misses.append(NearMiss("name", 0, "drop", unnamed))
    return tuple(miss for miss in misses if miss.more)
