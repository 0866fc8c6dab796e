"""Listings keep what they said wherever the layout puts them: in any band, plane and word."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybreak.finder.building import build, planes_for
from daybreak.finder.index import Index
from daybreak.finder.listings import Listings
from daybreak.finder.query import Condition, InState, Near, Query
from daybreak.finder.search import search
from tests.finder.directories import NOW_MINUTES, TODAY_DAYS, directories, questions, seeded_directory
from tests.finder.test_search import assert_same_answer

QUERIES = (
    Query(origin=(38.0, 180.0)),
    Query((Condition(("detox",)), Condition(("methadone", "BU"), True)), place=Near(38.0, 180.0, 100.0)),
    Query((Condition(("hospital",), True), Condition(("OTP",), True)), ("smoking",), place=InState("TN")),
)


def uneven(n: int, most: int) -> Listings:
    """n listings with 1 to ``most`` services each; every number occurs where there is room."""
    return seeded_directory(n, n + most, services=[1 + (at * 7) % most for at in range(n)])


def stated_by(listings: Listings, service: int) -> tuple[frozenset[str], frozenset[str]]:
    yes, no = (
        frozenset(listings.columns[column] for own, column in pairs.tolist() if own == service)
        for pairs in (listings.yes, listings.no)
    )
    return yes, no


def own_services(listings: Listings) -> list[list[int]]:
    own: list[list[int]] = [[] for _ in listings.ids]
    for service, listing in enumerate(listings.service_listing.tolist()):
        own[listing].append(service)
    return own


@pytest.mark.parametrize("most", [1, 2, 5, 13])
@pytest.mark.parametrize("n", [1, 63, 64, 65, 129])
def test_words_that_are_full_begun_or_exceeded_by_one_are_answered_like_any_other(n, most):
    listings = uneven(n, most)
    index = build(listings)
    for query in QUERIES:
        assert_same_answer(listings, index, replace(query, now_minutes=NOW_MINUTES, today_days=TODAY_DAYS))


def test_every_service_is_found_again_in_its_plane():
    listings = uneven(70, 9)
    index = build(listings)
    own = own_services(listings)
    for at, listing_id in enumerate(listings.ids):
        row = index.row_of(listing_id)
        assert row is not None
        for service, given_service in zip(index.services_of(row), own[at], strict=True):
            assert index.stated(service) == stated_by(listings, given_service)
            assert index.checked_days(service) == listings.service_checked_days[given_service]


def test_a_listing_with_hundreds_of_services_is_one_listing():
    listings = seeded_directory(3, 5, services=[700, 1, 2])
    index = build(listings)
    for query in QUERIES:
        assert_same_answer(listings, index, query)


def test_a_band_wastes_at_most_half_of_the_planes_of_any_listing():
    services = np.arange(1, 2_000)
    planes = planes_for(services)
    assert (planes >= services).all()
    assert (planes < 1.5 * services).all()
    assert len(np.unique(planes)) <= 22


def test_the_order_does_not_depend_on_the_order_in_which_listings_came():
    listings = uneven(200, 3)
    order = np.random.default_rng(3).permutation(200)
    new_at = np.argsort(order)
    services = np.argsort(new_at[listings.service_listing], kind="stable")
    new_service = np.argsort(services).astype(np.int32)
    moved = Listings(
        **{
            name: [getattr(listings, name)[at] for at in order]
            for name in ("ids", "counties", "states", "names", "payloads")
        },
        latitude=listings.latitude[order],
        longitude=listings.longitude[order],
        service_listing=new_at[listings.service_listing][services],
        service_checked_days=listings.service_checked_days[services],
        service_open_until=listings.service_open_until[services],
        columns=listings.columns,
        groups=listings.groups,
        yes=np.column_stack([new_service[listings.yes[:, 0]], listings.yes[:, 1]]),
        no=np.column_stack([new_service[listings.no[:, 0]], listings.no[:, 1]]),
    )
    for one, other in zip(build(listings).shelf, build(moved).shelf, strict=True):
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


@settings(max_examples=60, deadline=None)
@given(directories(), questions(), st.integers(1, 5), st.integers(1, 4))
def test_any_page_is_a_stretch_of_everything(listings, query, page, size):
    index = build(listings)
    whole = search(index, query, everything=True)
    part = search(index, query, page=page, page_size=size)
    assert part == replace(whole, hits=whole.hits[(page - 1) * size : page * size])


LARGE = seeded_directory(3_000, 21)


@pytest.fixture(scope="module")
def large() -> Index:
    return build(LARGE)


@pytest.mark.parametrize("size", [1, 20, 333])
@pytest.mark.parametrize(
    "query",
    [
        Query(today_days=TODAY_DAYS),
        Query(origin=(38.3, 179.8), now_minutes=NOW_MINUTES, today_days=TODAY_DAYS),
        Query((Condition(("detox",), True),), origin=(-38.0, 0.0), today_days=TODAY_DAYS),
        # Nothing but the id tells these apart.
        Query(now_minutes=NOW_MINUTES + 1, today_days=0),
    ],
)
def test_a_page_that_looks_at_few_words_equals_one_that_looks_at_all(large, query, size):
    whole = search(large, query, everything=True).hits
    for page in (1, 2, 7):
        assert search(large, query, page=page, page_size=size).hits == whole[(page - 1) * size : page * size]


def test_a_question_where_few_of_many_match_gets_the_facets_of_a_naive_search(large):
    needs = ("detox", "methadone", "residential", "hospital", "smoking", "OTP")
    query = Query(tuple(Condition((need,)) for need in needs), today_days=TODAY_DAYS)
    assert_same_answer(LARGE, large, query)
    assert 0 < search(large, query).total < 30
