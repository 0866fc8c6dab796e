"""Checks a Query at the door and turns its conditions into the bits that the kernels read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from daybreak.finder.asked import Asked
from daybreak.finder.index import Index
from daybreak.finder.names import folded_words
from daybreak.finder.query import MAX_CONDITIONS, MAX_RADIUS_MILES, InCounty, InState, Near, Place, Query
from daybreak.finder.shelf import WORD_BITS, unit_vector

_COUNTY = re.compile(r"[A-Z]{2}/\S.*")
_STATE = re.compile(r"[A-Z]{2}")
_ALL_ONES = (1 << WORD_BITS) - 1


class QuestionError(ValueError):
    """A question that cannot be answered; ``field`` is the part of Query at fault."""

    def __init__(self, field: str, must: str, got: object, cure: str) -> None:
        self.field = field
        super().__init__(f"{field} must {must}; got {got}. {cure}")


def checked(query: Query) -> tuple[str, ...]:
    """Checks everything that does not depend on an index; returns the folded name words. Raises QuestionError."""
    for field, given in (("conditions", query.conditions), ("excluded", query.excluded)):
        if len(given) > MAX_CONDITIONS:
            raise QuestionError(field, f"be at most {MAX_CONDITIONS}", len(given), "Leave some out.")
    for condition in query.conditions:
        needs: object = condition.needs
        if not needs or isinstance(needs, str):
            raise QuestionError(
                "conditions", "each name at least one need", repr(needs), "Give a tuple, or drop it."
            )
    _check_place(query.place)
    if query.origin is not None:
        _check_point("origin", *query.origin)
    names = tuple(word for words in query.name_words for word in folded_words(words))
    if len(names) > MAX_CONDITIONS:
        raise QuestionError("name_words", f"be at most {MAX_CONDITIONS} words", len(names), "Leave some out.")
    return names


def asked_of(index: Index, query: Query) -> Asked:
    """The checked question as the kernels read it. Raises QuestionError for needs that the index does not know."""
    slots = [_slots(index, "conditions", condition.needs) for condition in query.conditions]
    slots += [_slots(index, "excluded", (need,)) for need in query.excluded]
    admitted = [_ALL_ONES if condition.admit_unstated else 0 for condition in query.conditions]
    lifts, facet_masks, facet_lifts = _lifts(index, query)
    near, origin = query.place, query.origin
    if origin is None and isinstance(near, Near):
        origin = (near.latitude, near.longitude)
    return Asked(
        starts=np.array([0, *accumulate(map(len, slots))], np.int64),
        slots=np.array([slot for some in slots for slot in some], np.int64),
        admitted=np.array(admitted, np.uint64),
        lifts=lifts,
        facet_masks=facet_masks,
        facet_lifts=facet_lifts,
        has_origin=origin is not None,
        origin=unit_vector(*origin) if origin is not None else (0.0, 0.0, 0.0),
        now_minutes=int(query.now_minutes),
        today_days=int(query.today_days),
    )


def _slots(index: Index, field: str, needs: Sequence[str]) -> list[int]:
    try:
        return [index.slot_of[need] for need in needs]
    except KeyError as unknown:
        raise QuestionError(
            field, "be needs or codes of this index", str(unknown), "Take one of Index.columns."
        ) from None


def _lifts(index: Index, query: Query) -> tuple[NDArray[np.bool_], NDArray[np.uint64], NDArray[np.int64]]:
    """Which conditions are lifted for which facets: a condition belongs to a group when all its needs do."""
    changes = len(query.conditions) + len(query.excluded)
    lifts, masks = [[False] * changes], [(1 << index.facet_slots) - 1]
    asked = [frozenset(condition.needs) for condition in query.conditions]
    lift_of = np.zeros(index.facet_slots, np.int64)
    first = 0
    for members, size in index.members:
        own = [needs <= members for needs in asked]
        if any(own):
            lifts.append(own + [False] * len(query.excluded))
            masks.append(((1 << size) - 1) << first)
            masks[0] &= ~masks[-1]
            lift_of[first : first + size] = len(lifts) - 1
        first += size
    words = range(-(-index.facet_slots // WORD_BITS))
    table = [[(mask >> (WORD_BITS * word)) & _ALL_ONES for word in words] for mask in masks]
    return (
        np.array(lifts, np.bool_).reshape(len(lifts), changes),
        np.array(table, np.uint64).reshape(len(masks), len(words)),
        lift_of,
    )


def _check_place(place: Place | None) -> None:
    got: object = place
    match got:
        case None:
            return
        case Near(latitude, longitude, radius):
            _check_point("place", latitude, longitude)
            if not 0.0 < radius <= MAX_RADIUS_MILES:
                must = f"have a radius above 0 and up to {MAX_RADIUS_MILES:g} miles"
                raise QuestionError("place", must, radius, "Give another radius, or search a state.")
        case InCounty(county):
            if not _COUNTY.fullmatch(county):
                must = 'be a county like "KY/Fayette"'
                raise QuestionError("place", must, repr(county), "Put the state's code before it.")
        case InState(state):
            if not _STATE.fullmatch(state):
                raise QuestionError("place", "be a state's two capital letters", repr(state), 'Give "KY".')
        case _:
            must = "be Near, InCounty, InState or None"
            raise QuestionError("place", must, type(got).__name__, "Give one of them.")


def _check_point(field: str, latitude: float, longitude: float) -> None:
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0):
        must = "be a point in -90..90 degrees latitude and -180..180 degrees longitude"
        raise QuestionError(field, must, f"{latitude}, {longitude}", "Give the latitude first.")
