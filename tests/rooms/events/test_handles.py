"""Handles of rows: they come back, and nobody can make one."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.events.rules.handles import handle_of, number_of

KEY = b"a key of this test"


@given(st.integers(1, 2**63 - 1))
def test_a_handle_leads_back_to_its_row(number: int) -> None:
    assert number_of(handle_of(number, key=KEY), key=KEY) == number


@given(st.integers(1, 2**40))
def test_another_key_knows_nothing_of_it(number: int) -> None:
    assert number_of(handle_of(number, key=KEY), key=b"another key") is None


def test_a_made_up_handle_is_nobodys() -> None:
    assert [number_of(uuid4(), key=KEY) for _ in range(1000)] == [None] * 1000
    assert number_of(UUID(int=0), key=KEY) is None


def test_rows_in_a_row_have_handles_in_no_order() -> None:
    handles = [handle_of(number, key=KEY).int for number in range(1, 200)]
    assert len(set(handles)) == len(handles)
    rises = sum(one < other for one, other in pairwise(handles))
    assert 70 < rises < 130


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_a_number_that_no_row_has_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="must be from 1"):
        handle_of(number, key=KEY)
