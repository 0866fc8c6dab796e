"""Age and sex that are said in words: what a list does not state is *ask* for an adult, and nothing for a child."""

from __future__ import annotations

import pytest
from django.test import Client

from daybreak.directory.publication import publish_index
from tests.rooms.public.conftest import AT, Town

client = Client()
YES, ASK = 1, 2


@pytest.fixture
def two(town: Town) -> None:
    silent = town.place("Silent Clinic", (38.051, -84.491))
    town.service(silent, "Ward", {"detox": True})
    teens = town.place("Youth House", (38.052, -84.492))
    town.service(teens, "Ward", {"detox": True, "teens": True, "adults": False, "men": True})
    publish_index(by="command:test", at=AT)


def found(words: str) -> dict[str, int]:
    """Of the two places here, those that the answer shows, with how it shows them."""
    reply = client.get("/api/find", {"q": words}).json()
    ours = {"Silent Clinic", "Youth House"}
    return {hit["name"]: hit["tier"] for hit in reply["results"] if hit["name"] in ours}


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("words", ["man 45, detox, 40507", "45 yo man needs detox near 40507"])
def test_an_adult_is_told_to_ask_where_the_list_is_silent_and_never_sent_to_a_house_for_teens(
    words: str,
) -> None:
    assert found(words) == {"Silent Clinic": ASK}


@pytest.mark.usefixtures("two")
def test_a_child_is_not_sent_to_ask_at_places_that_name_no_age() -> None:
    assert found("my 15 year old son needs detox near 40507") == {"Youth House": YES}


@pytest.mark.usefixtures("two")
def test_the_page_and_the_reply_to_programs_agree() -> None:
    page = client.get("/find", {"q": "man 45, detox", "near": "40507"}).content.decode()
    assert "Silent Clinic" in page
    assert "Youth House" not in page
