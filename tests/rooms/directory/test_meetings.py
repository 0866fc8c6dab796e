"""Meeting Guide feeds become meetings with a time, a kind and a way to come; nobody's name or number is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybreak.audit.models import Entry
from daybreak.directory.actions.meetings import load_meetings
from daybreak.directory.models import Import, Meeting, Quarantined
from daybreak.directory.queries.meetings import meetings_found
from daybreak.directory.readers.meeting_guide import read_feed
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.meetings import NoMeeting, meetings_of
from daybreak.vocabulary import places

AT = datetime(2026, 11, 22, 15, tzinfo=UTC)
FEED = (Path(__file__).parents[2] / "fixtures" / "meetings" / "synthetic_feed.json").read_bytes()


def load(data: bytes = FEED, **options: Any) -> Any:
    return load_meetings(by="test", at=AT, data=data, name="feed.json", slug="synthetic", **options)


def where(text: str) -> places.Found:
    found = places.resolve(text, home_state="KY")
    assert isinstance(found, places.Found)
    return found


@pytest.mark.django_db
def test_the_books_of_a_feed_add_up_and_the_same_feed_again_changes_nothing() -> None:
    first = load()
    assert (first.read, first.loaded, first.merged, first.quarantined) == (10, 6, 1, 3)
    assert Meeting.objects.count() == 7  # one entry meets on two days
    assert {reason.partition(": ")[2] for _, reason in first.quarantine} == {
        "the feed says that it is not held at present (attendance_option inactive)",
        "must say where it meets (address) or how to join it (conference_url, conference_phone)",
        "day must be 0 (Sunday) to 6 (Saturday), or a list of these",
    }
    again = load()
    assert (again.loaded, again.updated, again.unchanged, again.merged, again.retired) == (0, 0, 7, 0, 0)
    assert Import.objects.count() == 1
    assert Entry.objects.filter(action="load-meetings").count() == 2


@pytest.mark.django_db
def test_nothing_of_a_person_is_kept_anywhere() -> None:
    books = load()
    assert books.repairs == {"personal-field-dropped": 3}
    kept = json.dumps(
        [list(row) for row in Meeting.objects.values_list()] + list(Quarantined.objects.values_list("raw")),
        default=str,
    )
    for secret in ("Synthetic Person", "555-0100", "@synthetic"):
        assert secret not in kept


@pytest.mark.django_db
def test_a_meeting_has_its_time_its_place_and_its_ways() -> None:
    load()
    both = Meeting.objects.filter(key__startswith="synthetic-both").order_by("day")
    assert [(m.day, m.opens_at, m.in_person, m.online) for m in both] == [
        (1, time(19), True, True),
        (3, time(19), True, True),
    ]
    assert (both[0].street, both[0].city, both[0].state, both[0].zip) == (
        "200 Test Avenue",
        "Georgetown",
        "KY",
        "40324",
    )
    assert both[0].county == "KY/Scott"
    online = Meeting.objects.get(key="synthetic-online")
    assert (online.in_person, online.online) == (False, True)
    assert Meeting.objects.get(key="synthetic-any-time").day is None
    link = Meeting.objects.get(key="synthetic-bad-link")
    assert (link.url, link.online_url, link.online) == ("", "", True)


@pytest.mark.django_db
def test_a_changed_meeting_is_updated_and_one_that_is_gone_goes() -> None:
    load()
    feed = json.loads(FEED)[:5]
    feed[0]["time"] = "08:00"
    books = load(json.dumps(feed).encode())
    assert (books.updated, books.unchanged, books.retired) == (1, 4, 1)
    assert Meeting.objects.get(key="synthetic-morning").opens_at == time(8)


@pytest.mark.django_db
def test_strict_changes_nothing_when_an_entry_cannot_be_used() -> None:
    assert not load(strict=True).applied
    assert not Meeting.objects.exists()


@pytest.mark.django_db
def test_a_place_finds_what_is_near_and_every_line_in_the_order_of_the_week() -> None:
    load()
    keys = [met.meeting.key for met in meetings_found(place=where("40507"), miles=25, first_day=2).met]
    assert keys == [
        "synthetic-bad-link", "synthetic-both#3", "synthetic-online", "synthetic-morning", "synthetic-both#1",
        "synthetic-any-time",
    ]  # fmt: skip
    in_person = meetings_found(place=where("40507"), miles=5, first_day=0, way="in-person").met
    assert [met.meeting.key for met in in_person] == [
        "synthetic-morning",
        "synthetic-bad-link",
        "synthetic-any-time",
    ]
    assert in_person[0].miles == pytest.approx(0, abs=1)
    spanish = meetings_found(place=where("40202"), miles=5, first_day=0, types=("S",)).met
    assert [met.meeting.key for met in spanish] == ["synthetic-online"]
    assert spanish[0].miles is None
    county = meetings_found(place=where("Scott County, KY"), miles=25, first_day=0, way="in-person").met
    assert {met.meeting.city for met in county} == {"Georgetown"}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"), (b"{}", "JSON list of meetings"), (b"[]", "no meetings at all"), (b"<html>", "not JSON"),
        (b"[1] [2]", "follows after its end"), (b'[{"slug": "a"', "not JSON"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused_in_words(data: bytes, told: str) -> None:
    with pytest.raises(UnusableFile, match=told):
        read_feed(data)


@settings(deadline=None)  # the first example reads the places
@given(
    st.dictionaries(
        st.sampled_from(
            ["slug", "name", "day", "time", "types", "address", "formatted_address", "latitude", "longitude", "timezone",
             "conference_url", "attendance_option", "updated", "postal_code", "contact_1_name"]
        ),
        st.one_of(st.none(), st.text(max_size=12), st.integers(), st.floats(), st.lists(st.text(max_size=4), max_size=3)),
    )
)  # fmt: skip
def test_any_entry_is_a_meeting_or_is_refused_in_words(entry: dict[str, Any]) -> None:
    try:
        drafts = list(meetings_of(entry))
    except NoMeeting:
        return
    for draft in drafts:
        assert draft.columns["in_person"] or draft.columns["online"]
        assert draft.columns["day"] is None or 0 <= draft.columns["day"] <= 6
