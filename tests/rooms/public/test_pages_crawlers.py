"""What search engines may keep: places and plain lists; never somebody's own words, never an old record's snippet."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

client = Client()


def robots(path: str) -> str:
    page = client.get(path).content.decode()
    found = re.search(r'<meta name="robots" content="([^"]*)">', page)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", ""), ("/find?near=40507&need=detox", ""), ("/es/find?near=40507", ""), ("/find?q=my+son+uses", "noindex"),
        ("/find?near=40507&name=hope", "noindex"), ("/find?near=40507&page=2", "noindex"), ("/nothing", "noindex"),
    ],
)  # fmt: skip
def test_words_that_somebody_typed_stay_out_of_search_engines(town: Any, path: str, kept: str) -> None:
    assert robots(path) == kept


def test_an_old_record_is_found_without_a_snippet(town: Any) -> None:
    seen = set()
    for listing_id in town.ids.values():
        answer = client.get(f"/place/{listing_id}")
        if answer.status_code == 404:  # kept, and shown to nobody
            continue
        page = answer.content.decode()
        callable_now = "Nobody has checked this place’s phone number within a year" not in page
        assert robots(f"/place/{listing_id}") == ("" if callable_now else "nosnippet")
        seen.add(callable_now)
    assert seen == {True, False}


@pytest.mark.parametrize("path", ["/", "/find?near=40507", "/es/find?near=40507", "/learn"])
def test_a_page_says_in_a_sentence_what_it_is(town: Any, path: str) -> None:
    assert re.search(r'<meta name="description" content="[^"]{40,}">', client.get(path).content.decode())


def test_crawlers_find_the_rules(town: Any) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain"
    lines = answer.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert all(line.startswith("Disallow: /") for line in lines[1:])
    assert "Disallow: /" not in lines
