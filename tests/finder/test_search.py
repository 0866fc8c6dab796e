"""The finder answers exactly what a naive search answers."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings

from daybreak.finder.building import build
from daybreak.finder.index import Index
from daybreak.finder.listings import Listings
from daybreak.finder.query import Condition, InCounty, InState, Near, Query
from daybreak.finder.search import search
from tests.finder.directories import NOW_MINUTES, TODAY_DAYS, directories, questions, seeded_directory
from tests.finder.naive import NaiveDirectory


def assert_same_answer(listings: Listings, index: Index, query: Query) -> None:
    want = NaiveDirectory(listings).search(query)
    got = search(index, query, everything=True)
    assert [hit.listing_id for hit in got.hits] == [hit.listing_id for hit in want.hits]
    own_services: dict[int, list[int]] = {}
    for service, listing in enumerate(listings.service_listing.tolist()):
        own_services.setdefault(listing, []).append(service)
    for mine, theirs in zip(got.hits, want.hits, strict=True):
        assert (mine.tier, mine.unstated) == (theirs.tier, theirs.unstated)
        place_among_own = mine.service - index.services_of(mine.row).start
        assert own_services[theirs.row][place_among_own] == theirs.service
        assert (mine.miles is None) == (theirs.miles is None)
        if mine.miles is not None and theirs.miles is not None:
            assert math.isclose(mine.miles, theirs.miles, rel_tol=1e-9, abs_tol=1e-9)
        assert mine.age_years == pytest.approx(theirs.age_years)
        assert index.payload(mine.row) == listings.payloads[theirs.row]
        assert index.row_of(mine.listing_id) == mine.row
    assert got.total == want.total == len(got.hits)
    assert got.unstated_total == want.unstated_total
    assert got.facets == want.facets
    assert got.near_misses == want.near_misses


@settings(max_examples=200, deadline=None)
@given(directories(), questions())
def test_any_question_to_any_directory_gets_the_answer_of_a_naive_search(listings, query):
    assert_same_answer(listings, build(listings), query)


LARGE = seeded_directory(700, 11)
LARGE_INDEX = build(LARGE)
ACROSS = Near(38.0, 179.9, 50.0)


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(origin=(38.0, -179.9)),
        Query((Condition(("detox", "BU")), Condition(("methadone",), admit_unstated=True)), place=ACROSS),
        Query((Condition(("detox",)), Condition(("residential",))), ("smoking",), place=InState("KY")),
        Query(
            (Condition(("OTP",), True), Condition(("hospital",))),
            place=InCounty("TN/Clark"),
            name_words=("ho",),
        ),
        Query(
            (Condition(("methadone", "buprenorphine")),),
            place=Near(38.0, -180.0, 500.0),
            name_words=("h", "c"),
        ),
    ],
)
def test_a_directory_of_hundreds_gets_the_answer_of_a_naive_search(query):
    asked = replace(query, now_minutes=NOW_MINUTES, today_days=TODAY_DAYS)
    assert search(LARGE_INDEX, asked).total > 0
    assert_same_answer(LARGE, LARGE_INDEX, asked)


def test_a_circle_reaches_across_180_degrees():
    answer = search(LARGE_INDEX, Query(place=ACROSS), everything=True)
    longitudes = {listing_id: float(at) for listing_id, at in zip(LARGE.ids, LARGE.longitude, strict=True)}
    sides = {longitudes[hit.listing_id] > 0 for hit in answer.hits}
    assert sides == {True, False}
    assert all(hit.miles is not None and hit.miles <= 50.0 for hit in answer.hits)


def test_pages_put_together_are_everything():
    query = Query((Condition(("detox",)),), origin=(38.0, 179.0), today_days=TODAY_DAYS)
    whole = search(LARGE_INDEX, query, everything=True).hits
    pages = [search(LARGE_INDEX, query, page=page, page_size=17).hits for page in range(1, 60)]
    assert tuple(hit for hits in pages for hit in hits) == whole
    assert pages[-1] == ()


def test_a_listing_without_a_point_is_never_near_and_ranks_behind_in_its_state():
    unknown = {uid for uid, at in zip(LARGE.ids, LARGE.latitude, strict=True) if math.isnan(at)}
    near = search(LARGE_INDEX, Query(place=Near(38.0, 180.0, 500.0)), everything=True)
    assert not unknown & {hit.listing_id for hit in near.hits}
    asked = Query(place=InState("KY"), origin=(38.0, 180.0), now_minutes=NOW_MINUTES + 1)
    by_state = search(LARGE_INDEX, asked, everything=True)
    tier = [hit for hit in by_state.hits if hit.tier == 1]
    told = [hit.miles is not None for hit in tier]
    assert {True, False} == set(told)
    assert told == sorted(told, reverse=True)
    assert {hit.listing_id for hit in tier if hit.miles is None} <= unknown


def test_ties_are_broken_by_listing_id():
    answer = search(LARGE_INDEX, Query(today_days=0, now_minutes=NOW_MINUTES + 1), everything=True)
    ids = [hit.listing_id for hit in answer.hits]
    assert ids == sorted(ids)
    assert {hit.tier for hit in answer.hits} == {1}


def test_a_stated_no_never_passes_as_not_stated():
    query = Query((Condition(("detox", "methadone"), admit_unstated=True),))
    for hit in search(LARGE_INDEX, query, everything=True).hits:
        yes, no = LARGE_INDEX.stated(hit.service)
        assert {"detox", "methadone"} & yes or not {"detox", "methadone"} & no
        assert (hit.tier == 2) == (hit.unstated == (0,)) == (not {"detox", "methadone"} & yes)
