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
