"""A program that keeps to some people is no plain yes to anybody, on whatever page it is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from daybreak.directory.publication import publish_index
from tests.rooms.public.conftest import AT, Town

client = Client()


@pytest.fixture
def hospital(town: Town) -> str:
    where = town.place("Veterans Hospital", (38.051, -84.491))
    town.service(where, "Ward", {"detox": True, "veterans-only": True})
    publish_index(by="command:test", at=AT)
    return town.ids["Veterans Hospital"]


@pytest.mark.parametrize(
    "address",
    ["/place/{id}", "/find?near=40507&need=detox", "/calls?q=40507+detox", "/widget?near=40507&need=detox"],
)
@pytest.mark.parametrize(
    ("prefix", "yes", "label"), [("", "Yes", "Veterans only"), ("/es", "Sí", "Solo veteranos")]
)
def test_it_is_said_as_it_is_and_never_as_a_yes(
    hospital: Any, address: str, prefix: str, yes: str, label: str
) -> None:
    page = client.get(prefix + address.format(id=hospital)).content.decode()
    facts = [
        re.sub(r"\s+", " ", fact) for fact in re.findall(r"<li class=\"[yna]\">(.*?)</li>", page, re.DOTALL)
    ]
    assert any(re.fullmatch(rf"<b>{label}</b>(?: <small>.*)?", fact.strip()) for fact in facts), facts
    assert not any(f"<b>{yes}</b> {label}" in fact for fact in facts)


@pytest.mark.parametrize(("prefix", "label"), [("", "Veterans only"), ("/es", "Solo veteranos")])
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/text?q=40507+detox", "<br>{label}."),
        ("/packet?near=40507&for=jail-release&need=detox", "<br><b>{label}</b>"),
        ("/packet?near=40507&for=door-hanger&need=detox", "<br><b>{label}</b>"),
    ],
)  # fmt: skip
def test_where_only_what_was_asked_is_told_it_is_told_as_well(
    hospital: Any, prefix: str, label: str, address: str, told: str
) -> None:
    page = client.get(prefix + address).content.decode()
    after = page.partition("Veterans Hospital")[2]
    assert told.format(label=label) in after.partition("</li>" if "packet" in address else "</p>")[0]


def test_a_program_that_reads_the_reply_is_told_first(hospital: str) -> None:
    found = {one["id"]: one for one in client.get("/api/find?near=40507&need=detox").json()["results"]}
    assert found[hospital]["why"][0].startswith("only: veterans-only (")
    assert not any(
        line.startswith("only") for key, one in found.items() if key != hospital for line in one["why"]
    )
