"""What the finder refuses, and the sentences with which it does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from daybreak.finder.building import build
from daybreak.finder.listings import ListingsError
from daybreak.finder.query import Condition, InCounty, InState, Near, Query
from daybreak.finder.search import QuestionError, search
from tests.finder.test_generations import directory

INDEX = build(directory(4))


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        (
            Query((Condition(("nothing",)),)),
            "conditions",
            "must be needs or codes of this index; got 'nothing'",
        ),
        (Query((Condition(()),)), "conditions", "must each name at least one need; got ()"),
        (Query((Condition("detox"),)), "conditions", "must each name at least one need; got 'detox'"),
        (Query((Condition(("detox",)),) * 25), "conditions", "must be at most 24; got 25"),
        (Query(excluded=("nothing",)), "excluded", "must be needs or codes of this index; got 'nothing'"),
        (Query(excluded=("detox",) * 25), "excluded", "must be at most 24; got 25"),
        (Query(place=Near(38, -84, 0)), "place", "must have a radius above 0 and up to 500 miles; got 0"),
        (
            Query(place=Near(38, -84, 500.5)),
            "place",
            "must have a radius above 0 and up to 500 miles; got 500.5",
        ),
        (Query(place=Near(38, -84, float("nan"))), "place", "got nan"),
        (Query(place=Near(-84, 380, 10)), "place", "must be a point in -90..90 degrees latitude"),
        (Query(place=Near(float("nan"), 0, 10)), "place", "must be a point"),
        (Query(origin=(91, 0)), "origin", "must be a point"),
        (Query(place=InCounty("Fayette")), "place", "must be a county like \"KY/Fayette\"; got 'Fayette'"),
        (Query(place=InState("Kentucky")), "place", "must be a state's two capital letters; got 'Kentucky'"),
        (Query(place="KY"), "place", "must be Near, InCounty, InState or None; got str"),
        (Query(name_words=("a b c",) * 9), "name_words", "must be at most 24 words; got 27"),
    ],
)
def test_a_bad_question_is_told_what_must_be_given(query, field, sentence):
    with pytest.raises(QuestionError) as refusal:
        search(INDEX, query)
    assert refusal.value.field == field
    assert sentence in str(refusal.value)


@pytest.mark.parametrize("bad", [{"page": 0}, {"page": -3}, {"page_size": 0}])
def test_a_page_must_be_one_or_more(bad):
    with pytest.raises(QuestionError, match=r"must be 1 or more; got"):
        search(INDEX, Query(), **bad)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ids": ["x"] * 4}, "ids[0] must be a UUID in lower case"),
        ({"ids": ["00000000-0000-4000-8000-000000000001"] * 4}, "ids must be unique; got 00000000-"),
        ({"names": ["one"]}, "names must have one entry per listing (4); got 1"),
        ({"names": [None] * 4}, "names[0] must be text; got NoneType"),
        ({"payloads": ["text"] * 4}, "payloads[0] must be bytes; got str"),
        ({"latitude": np.zeros(3)}, "latitude must have shape (4); got shape (3,)"),
        ({"latitude": np.array([np.nan, 38, 38, 38])}, "must have both a latitude and a longitude"),
        ({"latitude": np.full(4, 91.0)}, "must lie in -90..90 degrees latitude"),
        ({"states": ["Kentucky"] * 4}, "must be two capital letters; got 'Kentucky'"),
        ({"counties": ["Fayette"] * 4}, "must look like \"KY/Fayette\"; got 'Fayette'"),
        ({"counties": ["TN/Clay"] * 4}, "must lie in its state; got 'TN/Clay' in 'KY'"),
        ({"service_listing": np.array([0, 1, 2, 4])}, "service_listing must lie in 0..3; got 0..4"),
        (
            {"service_listing": np.array([0, 1, 2, 2])},
            "every listing must have at least one service; got none",
        ),
        ({"service_listing": np.array([0.0, 1, 2, 3])}, "service_listing must hold int32; got float64"),
        (
            {"service_checked_days": np.array([-2, 0, 0, 0])},
            "service_checked_days must be -1 or more; got -2",
        ),
        ({"service_checked_days": np.full(4, 2**40)}, "service_checked_days must fit into int32"),
        ({"service_open_until": np.array([-1, 0, 0, 0])}, "service_open_until must be 0 or more; got -1"),
        ({"columns": ["detox", "detox"]}, "columns must be unique; got 'detox' more than once"),
        ({"groups": {"kind": ["ride"]}}, "groups['kind'] must name columns only; got 'ride'"),
        ({"groups": {"kind": ["detox", "detox"]}}, "groups['kind'] must name each need once"),
        ({"yes": np.array([[4, 0]])}, "yes must name services 0..3; got 4..4"),
        ({"no": np.array([[0, 2]])}, "no must name columns 0..1; got 2..2"),
        ({"yes": np.array([[0, 1]])}, "a service must not state both yes and no; got both for 'methadone'"),
        ({"yes": np.array([0, 1])}, "yes must have shape (any, 2); got shape (2,)"),
    ],
)
def test_bad_listings_are_told_what_must_be_given(change, sentence):
    good = directory(4)
    with pytest.raises(ListingsError) as refusal:
        replace(good, **change)
    assert sentence in str(refusal.value)


def test_rows_that_do_not_exist_are_refused_not_wrapped_around():
    for call in (INDEX.payload, INDEX.listing_id, INDEX.services_of, INDEX.stated):
        for row in (-1, 4):
            with pytest.raises(IndexError, match=r"must lie in 0\.\.3"):
                call(row)


def test_an_unknown_listing_id_has_no_row():
    assert INDEX.row_of("00000000-0000-4000-8000-000000000001") is None
    assert INDEX.row_of("not a uuid") is None
    assert [INDEX.row_of(INDEX.listing_id(row)) for row in range(4)] == [0, 1, 2, 3]
