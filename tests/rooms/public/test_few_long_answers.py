"""Whoever takes whole lists along leaves room for those who look for help."""

from __future__ import annotations

import gc
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client

from daybreak.public.views import hsds
from daybreak.public.views.few import MOST_LONG, OneOfFew, TooMany

client = Client()
LONG = ("/api/hsds/services?per_page=100&full=true", "/api/find.csv", "/api/find.geojson")


def taken() -> int:
    """How many places are taken now."""
    free: list[OneOfFew[bytes]] = []
    for _ in range(MOST_LONG):
        with suppress(TooMany):
            free.append(OneOfFew([]))
    count = MOST_LONG - len(free)
    for one in free:
        one.close()
    return count


@pytest.mark.parametrize("address", LONG)
def test_too_many_long_answers_at_once_are_put_off_and_short_ones_are_not(
    town: Any, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hsds, "WHOLE_PAGE", 0)
    held = [OneOfFew([b"a"]) for _ in range(MOST_LONG)]
    answer = client.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    for short in ("/find?q=detox", "/api/find?q=detox", "/api/hsds/", "/calls?q=detox"):
        assert client.get(short).status_code == 200
    for one in held:
        one.close()
    whole = client.get(address)
    assert (whole.status_code, taken()) == (200, 1)
    assert b"".join(whole.streaming_content)  # type: ignore[attr-defined]
    assert taken() == 0


def test_a_place_is_free_again_however_an_answer_ends() -> None:
    assert list(OneOfFew([b"a", b"b"])) == [b"a", b"b"]
    assert taken() == 0
    broken = OneOfFew(map(int, ["1", "x"]))
    assert next(broken) == 1
    with pytest.raises(ValueError, match="invalid literal"):
        next(broken)
    assert taken() == 0
    left = OneOfFew(iter([b"a", b"b"]))
    next(left)
    left.close()
    left.close()
    assert taken() == 0
    OneOfFew([b"never read"])
    gc.collect()
    assert taken() == 0
