"""The text-only page stays below 5 kB on the wire, uncompressed, with its headers, whatever is asked."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.test import Client

from daybreak.directory.publication import publish_index
from tests.rooms.public.conftest import AT, FRESH

client = Client()
MOST_BYTES = 5_000


def wire(path: str) -> int:
    """Bytes of a whole answer as HTTP/1.1 sends it without compression."""
    answer = client.get(path)
    head = f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in answer.items())
    return len(head.encode()) + 2 + len(answer.content)


@pytest.fixture
def crowded(town: Any) -> Any:
    """The small directory with places whose names and streets are as long and as awkward as can be."""
    facts = dict.fromkeys(
        ("detox", "medicaid", "outpatient", "methadone", "spanish", "accepts-buprenorphine"), True
    )
    for number in range(12):
        where = town.place(f"{number} " + '"&<Behavioral>&" ' * 12, (38.05, -84.49 + number / 500))
        where.addresses.update(address_1="&" * 200, city="'" * 60)
        town.service(where, '&"' * 60, facts)
        town.phone(where, "8595550103", FRESH)
    publish_index(by="command:test", at=AT)
    return town


WORST = [
    '"' * 500, "&" * 500, "40507 " + "ñ" * 400, "40507 " + "😀" * 300, "<b>" * 160, "40507 " + "detox " * 80,
    "40507 detox medicaid outpatient methadone spanish suboxone not residential", "Franklin County detox", "xyzzy " * 60,
]  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_every_search_is_below_5_kb(crowded: Any, prefix: str) -> None:
    sizes = {}
    for text in ["", "40507", "40507 detox", "40507 detox medicaid pregnant", "lexington", "Ohio", *WORST]:
        for more in ("", "&page=2", f"&near={quote_plus('&' * 200)}"):
            sizes[text[:30], more] = wire(f"{prefix}/text?q={quote_plus(text)}{more}")
    print(prefix or "/en", len(sizes), "searches, largest:", max(sizes.values()), "bytes")
    assert max(sizes.values()) < MOST_BYTES
    assert min(sizes.values()) > 1_000


def test_it_asks_for_nothing_else(town: Any) -> None:
    answer = client.get("/text?q=40507+detox")
    page = answer.content.decode()
    assert not re.search(r"<(script|img|style|iframe|source)|stylesheet|\sstyle=|@import|url\(", page)
    assert re.findall(r'<link[^>]*href="([^"]*)"', page) == ["data:,"]
    assert answer["Content-Security-Policy"].startswith(
        "default-src 'none'; img-src data:; form-action 'self'"
    )


def test_a_whole_answer_is_there(town: Any) -> None:
    page = client.get("/text?q=40507+detox+medicaid").content.decode()
    assert "Limestone House" in page
    assert "Yes: Detox, Medicaid" in page
    assert "Ask: Medicaid" in page
    assert set(re.findall(r'href="tel:([^"]*)"', page)) == {"911", "988", "18338594357", "+18595550102"}
    assert "555-0101" not in page


def test_the_buttons_walk_through_all_pages(crowded: Any) -> None:
    seen: list[str] = []
    for page in (1, 2, 3):
        answer = client.get(f"/text?q=40507+detox&page={page}").content.decode()
        seen += re.findall(r'/place/([0-9a-f-]{36})"', answer)
    assert len(seen) == len(set(seen)) == 15
    assert "[…] = cut short." in answer or "[…]" not in answer
    assert "The list ends before this page." in client.get("/text?q=40507&page=99").content.decode()


def test_a_long_text_is_cut_and_the_page_says_so(town: Any) -> None:
    page = client.get(f"/text?q={quote_plus('40507 detox ' + 'x' * 300)}").content.decode()
    assert "Only the first 100 letters were read." in page
    assert "Only the first" not in client.get("/text?q=40507+detox").content.decode()


def test_a_name_with_several_places_becomes_buttons(town: Any) -> None:
    page = client.get("/text?q=detox+in+Franklin+County").content.decode()
    assert '<button name="near" value="Franklin County, ' in page
    assert "more: add the state." in page
