"""Answers one Query from an Index: results in order, exact facet counts and near misses, in one pass."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daybreak.finder._kernels import (
    DAYS_PER_YEAR,
    OLDEST_YEARS,
    RANK_BITS,
    SCORE_BITS,
    answer,
)
from daybreak.finder.asked import Asked, Found
from daybreak.finder.candidates import candidates_of, wider_miles
from daybreak.finder.index import WORD_BITS, Index
from daybreak.finder.query import Answer, Hit, InCounty, InState, Near, NearMiss, Query
from daybreak.finder.question import QuestionError, asked_of, checked

__all__ = ["QuestionError", "search"]

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
    candidates = candidates_of(index, query.place, names)
    found = _room(asked, len(candidates.rows))
    verdicts = _verdicts(index, asked)
    rows = candidates.rows
    first, after = _span(index, rows)
    total = answer(index.shelf, asked, rows, candidates.standing, first, after, verdicts, found)
    chosen = _chosen(found.keys[:total], page, page_size, everything)
    silent = verdicts[asked.lifts.shape[0] + asked.starts.size - 1 :]
    return Answer(
        total=total,
        hits=tuple(_hits(index, query, found, chosen, silent)),
        facets=_facets(index, found.counts),
        near_misses=_near_misses(query, found),
        unstated_total=int(np.count_nonzero(found.keys[:total] >= UNSTATED << (RANK_BITS + SCORE_BITS))),
    )


def _room(asked: Asked, most: int) -> Found:
    changes = asked.starts.size - 1
    return Found(
        rows=np.empty(most, np.int64),
        tiers=np.empty(most, np.int64),
        services=np.empty(most, np.int64),
        keys=np.empty(most, np.int64),
        miles=np.empty(most, np.float64),
        counts=np.zeros(asked.facet_masks.shape[1] * WORD_BITS, np.int64),
        dropped=np.zeros(changes, np.int64),
        admitted=np.zeros(changes, np.int64),
        outside=np.zeros(2, np.int64),
    )


def _verdicts(index: Index, asked: Asked) -> NDArray[np.uint64]:
    parts = asked.lifts.shape[0] + asked.starts.size - 1 + asked.admitted.size + 2
    return np.empty((parts, index.shelf.yes.shape[1]), np.uint64)


def _span(index: Index, rows: NDArray[np.int32]) -> tuple[int, int]:
    """The words of the columns in which all services of ``rows`` lie."""
    if not len(rows):
        return 0, 0
    start = index.shelf.service_start
    return int(start[rows.min()]) // WORD_BITS, int(start[rows.max() + 1] - 1) // WORD_BITS + 1


def _chosen(keys: NDArray[np.int64], page: int, page_size: int, everything: bool) -> NDArray[np.intp]:
    """Positions of the asked page in order; only as much is sorted as the page needs."""
    if everything:
        return np.argsort(keys)
    last = min(page * page_size, len(keys))
    first = (page - 1) * page_size
    if first >= last:
        return np.empty(0, np.intp)
    if last == len(keys):
        return np.argsort(keys)[first:]
    head = np.argpartition(keys, last - 1)[:last]
    return head[np.argsort(keys[head])][first:]


def _hits(
    index: Index, query: Query, found: Found, chosen: NDArray[np.intp], silent: NDArray[np.uint64]
) -> list[Hit]:
    """The chosen hits; ``silent`` has a row per condition and a bit per service that does not state it."""
    services = found.services[chosen]
    bits = (silent[: len(query.conditions), services >> 6] >> (services & 63).astype(np.uint64)) & np.uint64(
        1
    )
    entries = zip(
        found.rows[chosen].tolist(),
        services.tolist(),
        (found.keys[chosen] >> (RANK_BITS + SCORE_BITS)).tolist(),
        found.miles[chosen].tolist(),
        index.shelf.checked_days[services].tolist(),
        bits.T.tolist(),
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
            unstated=tuple(at for at, is_silent in enumerate(unstated) if is_silent)
            if tier == UNSTATED
            else (),
        )
        for row, service, tier, miles, day, unstated in entries
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
