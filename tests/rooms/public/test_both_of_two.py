"""The words "detox and residential" want both at one program, on the page, on the pages after it and in the reply to programs."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from daybreak.directory.publication import publish_index
from daybreak.public.queries.packet import packet
from daybreak.public.queries.question import Question
from tests.finder.heard import bundled
from tests.rooms.public.conftest import AT, Town

client = Client()


@pytest.fixture
def house(town: Town) -> None:
    both = town.place("Both House", (38.051, -84.491))
    town.service(both, "Ward", {"detox": True, "residential": True, "medicaid": True})
    publish_index(by="command:test", at=AT)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("detox and residential", [("detox", "residential")]),
        ("wants to detox and then stay in residential", [("detox", "residential")]),
        ("33 m detox then residential medicaid", [("detox", "residential")]),
        ("detox or residential", []),
        ("detox, residential", []),
        ("residential. and detox", [("residential", "detox")]),
    ],
)
def test_an_and_between_two_needs_is_heard(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(bundled().understand(text).together) == pairs


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("detox and residential", {"Both House"}),
        ("detox or residential", {"Both House", "Hilltop", "Limestone House", "Riverside"}),
        ("residential and medicaid", {"Both House", "Hilltop"}),
    ],
)
def test_both_are_wanted_only_where_both_were_said(words: str, names: set[str]) -> None:
    reply = client.get("/api/find", {"q": f"{words} near 40507"}).json()
    assert {hit["name"] for hit in reply["results"]} == names
    assert _listed(f"q={words}&near=40507") == names


@pytest.mark.usefixtures("house")
def test_the_addresses_on_the_page_keep_both() -> None:
    page = client.get("/find", {"q": "detox and residential medicaid", "near": "40507"}).content.decode()
    kept = [address for address in re.findall(r'href="(/find\?[^"]*)"', page) if "need=detox" in address]
    assert kept
    assert all("both=detox" in address and "both=residential" in address for address in kept)
    again = client.get(kept[0].replace("&amp;", "&")).content.decode()
    assert "Hilltop" not in again


def test_a_need_that_nobody_knows_is_refused_by_its_name(town: Town) -> None:
    assert client.get("/find", {"both": "zzz"}).status_code == 400


@pytest.mark.usefixtures("house")
def test_the_live_list_of_a_printed_sheet_keeps_both() -> None:
    question = Question(text="detox and residential", near="40507")
    made = packet("jail-release", question, language="en", at=AT)
    assert "both=detox&both=residential" in made.live_query
    assert "Both House" in _listed(made.live_query)


def _listed(query: str) -> set[str]:
    page = client.get(f"/find?{query}").content.decode()
    return {name for name in ("Both House", "Hilltop", "Limestone House", "Riverside") if f">{name}<" in page}
