"""The page of recovery meetings: from today on, in plain words, and honest where no list is loaded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from daybreak.directory.actions.meetings import load_meetings
from daybreak.public.queries.meetings import MeetingPage, MeetingQuestion, meeting_page

# 1:30 in the night of Monday in UTC is Sunday evening in Kentucky.
AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
FEED = Path(__file__).parents[2] / "fixtures" / "meetings" / "synthetic_feed.json"
client = Client()


@pytest.fixture
def loaded(db: None) -> None:
    load_meetings(
        by="test",
        at=AT,
        data=FEED.read_bytes(),
        name="feed.json",
        slug="synthetic",
        title="Synthetic meetings",
    )


def asked(near: str) -> MeetingPage:
    return meeting_page(MeetingQuestion(near=near), language="en", at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/meetings", "/es/meetings"])
def test_without_a_list_the_page_says_so_and_whom_to_ask(path: str) -> None:
    page = client.get(path).content.decode()
    assert ("No list of meetings" in page) or ("ninguna lista" in page)
    assert "988" in page
    assert "<form" not in page


def test_the_week_begins_with_today_of_the_home_time_zone(loaded: None) -> None:
    page = meeting_page(MeetingQuestion(near="40507"), language="en", at=AT)
    assert [(day.name, day.today) for day in page.days] == [
        ("Sunday", True), ("Monday", False), ("Tuesday", False), ("Wednesday", False), ("Friday", False), ("", False),
    ]  # fmt: skip
    first = page.days[0].lines[0]
    assert (first.begins, first.ends, first.place) == (
        "7:30 AM", "8:30 AM", "Synthetic Hall, 100 Test Street, Lexington, KY 40507",
    )  # fmt: skip
    assert first.types == ("Discussion", "Open to everybody", "Wheelchair access")


def test_the_page_shows_ways_kinds_and_who_said_so(loaded: None) -> None:
    page = client.get("/meetings?near=40507").content.decode()
    for words in (
        "In person",
        "Online",
        "Wheelchair access",
        "Synthetic meetings said so on",
        "https://meeting.example/both",
    ):
        assert words in page
    assert "javascript:" not in page
    assert "Synthetic Person" not in page
    assert client.get("/meetings?near=40507")["Cache-Control"] == "no-store"


def test_spanish_has_its_own_days_and_kinds(loaded: None) -> None:
    page = client.get("/es/meetings?near=40507&day=0").content.decode()
    assert "Domingo" in page
    assert "Abierta a todos" in page


@pytest.mark.parametrize("query", ["way=bus", "day=7", "day=01", "type=%00", "type=NOPE", "radius=9999"])
def test_a_wrong_value_is_answered_with_its_cure(loaded: None, query: str) -> None:
    assert client.get(f"/meetings?{query}").status_code == 400


def test_an_unknown_place_is_asked_for_again(loaded: None) -> None:
    page = client.get("/meetings?near=Nowhere+At+All").content.decode()
    assert "We do not know that place" in page


def test_a_distance_to_the_middle_of_a_zip_is_told_as_about(loaded: None) -> None:
    page = client.get("/meetings?near=40324").content.decode()
    assert "Synthetic Both Ways" in page
    lines = {line.name: line for day in asked("40324").days for line in day.lines}
    assert lines["Synthetic Both Ways"].about  # its entry has an address and no point
    assert not lines["Synthetic Morning Group"].about
    assert "About" in client.get("/meetings?near=40507").content.decode()
