"""A listing is found by its id and by every alias; both stay with it when the rows are put into another order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daybreak.finder.building import build
from daybreak.finder.listings import ListingsError
from tests.finder.test_search import LARGE

ALIASES = [("ffffffff-0000-4000-8000-000000000001", 7), ("00000000-0000-4000-8000-000000000002", 0)]


def test_an_alias_leads_to_its_listing() -> None:
    index = build(replace(LARGE, aliases=ALIASES))
    for alias, given in ALIASES:
        row = index.row_of(alias)
        assert row is not None
        assert index.listing_id(row) == LARGE.ids[given]
        assert index.row_of(LARGE.ids[given]) == row
    assert index.row_of("12345678-0000-4000-8000-000000000003") is None


@pytest.mark.parametrize(
    ("aliases", "problem"),
    [
        ([("not an id", 0)], "UUID"),
        ([(LARGE.ids[0], 1)], "unique"),
        ([(ALIASES[0][0], len(LARGE.ids))], "lie in"),
    ],
)
def test_an_alias_must_be_an_id_of_its_own_for_a_listing_that_is_there(
    aliases: list[tuple[str, int]], problem: str
) -> None:
    with pytest.raises(ListingsError, match=problem):
        replace(LARGE, aliases=aliases)
