"""Refreshing FindTreatment.gov from recorded replies: whole or not at all, and on from where it stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from daybreak.audit.models import Entry
from daybreak.directory.actions import add_feed
from daybreak.directory.actions.fetching import ChangingList
from daybreak.directory.actions.refreshing import Shrunk
from daybreak.directory.channels import Unreachable
from daybreak.directory.models import Feed, Location, Record, Service, Source
from daybreak.directory.queries import published_listings
from daybreak.directory.readers.tables import UnusableFile
from tests.rooms.directory.replaying import (
    Answer,
    Hours,
    Replay,
    locator,
    page_of,
    recorded_rows,
    replaying,
)
from tests.rooms.directory.visits import refresh, without_proxies

pytestmark = pytest.mark.django_db
ROWS = recorded_rows()
STATE = {"state": "VA"}


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def other_side(hours: Hours, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    without_proxies(monkeypatch)
    with replaying(locator(ROWS)) as replay:
        add_feed(by="person:test", at=hours.now(), slug="va", kind="findtreatment", address=replay.url, asked=STATE,
                 every_hours=24)  # fmt: skip
        yield replay


def pages_asked(other_side: Replay) -> list[int]:
    return [int(query["page"]) for query in other_side.asked]


def test_a_list_comes_page_by_page_and_is_loaded_at_once(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    done = refresh("va", hours, tmp_path)
    assert done.books is not None
    assert (done.books.read, done.books.loaded + done.books.merged, done.books.quarantined) == (30, 30, 0)
    assert pages_asked(other_side) == [1, 2, 3]
    assert {name: other_side.asked[0][name] for name in ("sType", "limitType", "pageSize", "sort")} == {
        "sType": "sa", "limitType": "2", "pageSize": "10", "sort": "0",
    }  # fmt: skip
    assert hours.slept == [1.0, 1.0]
    source = Source.objects.get(slug="va")
    assert (source.family, source.as_of) == ("findtreatment", date(2026, 11, 22))
    feed = Feed.objects.get(slug="va")
    assert (feed.progress, feed.claimed_until, feed.failures, feed.last_outcome) == (None, None, 0, "30 rows")
    assert feed.next_at == hours.now() + timedelta(hours=24)
    assert Entry.objects.filter(action="refresh-feed", subject="va").count() == 1


def test_rows_keep_the_codes_that_their_labels_stand_for_and_numbers_of_the_day(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    refresh("va", hours, tmp_path)
    listing = next(
        one for one in published_listings(at=hours.now()) if one.street == "1014 East Market Street"
    )
    facts = listing.services[0].facts
    assert facts["medicaid"].answer
    assert facts["residential"].answer
    assert not facts["smoke-allowed"].answer
    assert "free" not in facts
    assert [(p.number, p.kind, p.confirmed_on) for p in listing.phones] == [
        ("4349798871", "main", date(2026, 11, 22)), ("4349721800", "intake", date(2026, 11, 22)),
    ]  # fmt: skip


def test_a_fetch_that_breaks_off_goes_on_after_its_last_page(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    def breaks(query: dict[str, str], number: int) -> Answer:
        return Answer(status=500) if query["page"] == "3" else locator(ROWS)(query, number)

    other_side.script = breaks
    with pytest.raises(Unreachable, match="answered 500, 3 times"):
        refresh("va", hours, tmp_path)
    assert not Record.objects.exists()
    feed = Feed.objects.get(slug="va")
    assert (len(feed.progress["done"]), feed.failures, feed.claimed_until) == (2, 1, None)
    other_side.script = locator(ROWS)
    other_side.asked.clear()
    told: list[str] = []
    done = refresh("va", hours, tmp_path, told=told)
    assert done.books is not None
    assert (done.books.read, pages_asked(other_side)) == (30, [3])
    assert told[0] == "Going on after page 2."


def test_a_damaged_page_file_is_fetched_again(other_side: Replay, hours: Hours, tmp_path: Path) -> None:
    other_side.script = lambda query, number: (
        Answer(status=404) if query["page"] == "3" else locator(ROWS)(query, number)
    )
    with pytest.raises(Unreachable):
        refresh("va", hours, tmp_path)
    (tmp_path / "va" / "run" / "00002.json").write_bytes(b"half")
    other_side.script = locator(ROWS)
    other_side.asked.clear()
    refresh("va", hours, tmp_path)
    assert pages_asked(other_side) == [2, 3]


def test_a_fetch_that_stopped_yesterday_begins_again(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    other_side.script = lambda query, number: (
        Answer(status=404) if query["page"] == "3" else locator(ROWS)(query, number)
    )
    with pytest.raises(Unreachable):
        refresh("va", hours, tmp_path)
    hours.sleep(25 * 3600)
    other_side.script = locator(ROWS)
    other_side.asked.clear()
    refresh("va", hours, tmp_path)
    assert pages_asked(other_side) == [1, 2, 3]


WRONG: dict[str, tuple[Answer, str]] = {
    "half a JSON document": (Answer(page_of(ROWS, 2, 10)[:900]), "cut off"),
    "a sign-in page": (
        Answer(b"<!DOCTYPE html><title>Sign in</title>", headers={"Content-Type": "text/html"}),
        "web page",
    ),
    "another kind of JSON": (Answer(b'{"error": "down"}'), "must be an object with rows"),
    "rows that are no list": (Answer(b'{"page": 2, "rows": 5}'), "rows must be a list"),
    "nothing": (Answer(b""), "empty"),
    "not UTF-8": (Answer(b'{"rows": ["\xff\xfe"]}'), "not UTF-8"),
    "nested without end": (Answer(b"[" * 100_000), "nested too deeply"),
    "NaN": (Answer(b'{"page": NaN, "rows": []}'), "NaN is no number"),
    "another page": (Answer(page_of(ROWS, 1, 10)), "page 1 came"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_page_that_cannot_be_right_changes_nothing(
    other_side: Replay, hours: Hours, tmp_path: Path, kind: str
) -> None:
    answer, words = WRONG[kind]
    other_side.script = lambda query, number: answer if query["page"] == "2" else locator(ROWS)(query, number)
    with pytest.raises(Unreachable, match=words):
        refresh("va", hours, tmp_path)
    assert not Record.objects.exists()


def test_a_page_that_was_cut_off_once_is_fetched_again(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    other_side.script = lambda query, number: (
        Answer(page_of(ROWS, 2, 10)[:900]) if number == 2 else locator(ROWS)(query, number)
    )
    done = refresh("va", hours, tmp_path)
    assert done.books is not None
    assert (done.books.read, pages_asked(other_side)) == (30, [1, 2, 2, 3])


def test_rows_that_come_twice_count_once(other_side: Replay, hours: Hours, tmp_path: Path) -> None:
    other_side.script = locator([*ROWS[:10], *ROWS[5:]])  # announces 35 rows, five of which it repeats
    with pytest.raises(ChangingList, match=r"35 rows, and 5 of them never came in 3\s+rounds"):
        refresh("va", hours, tmp_path)
    assert not Record.objects.exists()


def test_overlapping_pages_are_read_again_until_all_rows_came(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    shifted = [
        *ROWS[:10],
        *ROWS[9:29],
    ]  # a row came in while it was read, so that page 2 began one row too early
    other_side.script = lambda query, number: locator(shifted if number <= 3 else ROWS)(query, number)
    told: list[str] = []
    done = refresh("va", hours, tmp_path, told=told)
    assert done.books is not None
    assert (done.books.read, len(other_side.asked)) == (30, 6)
    assert any("round 2 of 3" in words for words in told)


def test_a_list_that_changes_while_it_is_read_is_read_from_its_beginning(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    other_side.script = lambda query, number: locator(ROWS[:20] if number == 1 else ROWS)(query, number)
    done = refresh("va", hours, tmp_path)
    assert done.books is not None
    assert (done.books.read, pages_asked(other_side)) == (30, [1, 2, 1, 2, 3])


def test_a_list_that_never_stands_still_changes_nothing(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    other_side.script = lambda query, number: Answer(
        page_of(ROWS, int(query["page"]), 10, count=100 + number)
    )
    with pytest.raises(ChangingList, match="changed 3 times"):
        refresh("va", hours, tmp_path)
    assert not Record.objects.exists()


def test_a_list_without_numbers_of_pages_ends_where_nothing_new_comes(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    def bare(query: dict[str, str], _: int) -> Answer:
        page = int(query["page"])
        return Answer(json.dumps({"rows": ROWS[(page - 1) * 10 : page * 10]}).encode())

    other_side.script = bare
    done = refresh("va", hours, tmp_path)
    assert done.books is not None
    assert (done.books.read, pages_asked(other_side)) == (30, [1, 2, 3, 4])


def test_a_server_that_ignores_the_page_is_not_believed(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    same = json.dumps({"totalPages": 3, "recordCount": 30, "rows": ROWS[:10]}).encode()
    other_side.script = lambda _, __: Answer(same)
    with pytest.raises(ChangingList, match="20 of them never came"):
        refresh("va", hours, tmp_path)


def test_no_rows_at_all_is_no_list(other_side: Replay, hours: Hours, tmp_path: Path) -> None:
    other_side.script = lambda _, __: Answer(b'{"page": 1, "totalPages": 0, "recordCount": 0, "rows": []}')
    with pytest.raises(UnusableFile, match="no rows"):
        refresh("va", hours, tmp_path)


def test_a_list_that_suddenly_shrank_waits_for_a_person(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    refresh("va", hours, tmp_path)
    hours.sleep(24 * 3600)
    other_side.script = locator(ROWS[:20])
    with pytest.raises(Shrunk, match=r"20 rows now; the last time it had 30.*--force"):
        refresh("va", hours, tmp_path)
    assert Record.objects.filter(source__slug="va").count() == 30
    other_side.asked.clear()
    done = refresh("va", hours, tmp_path, force=True)
    assert done.books is not None
    assert (done.books.read, done.books.retired, pages_asked(other_side)) == (20, 10, [])


def test_what_the_list_no_longer_has_keeps_its_last_day_and_comes_back_when_it_does(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    refresh("va", hours, tmp_path)
    before = {one.id: one for one in published_listings(at=hours.now())}
    hours.sleep(24 * 3600)
    other_side.script = locator(ROWS[:28])
    done = refresh("va", hours, tmp_path)
    assert done.books is not None
    assert (done.books.updated, done.books.retired) == (28, 2)
    gone = {ROWS[28]["street1"], ROWS[29]["street1"]}
    listings = list(published_listings(at=hours.now()))
    assert {one.id for one in listings} == set(before)
    for one in listings:
        day = date(2026, 11, 22) if one.street in gone else date(2026, 11, 23)
        assert {service.checked_on for service in one.services} == {day}, one.name
        assert {phone.confirmed_on for phone in one.phones} == {day}
        assert one.services[0].facts.keys() == before[one.id].services[0].facts.keys()
    hours.sleep(24 * 3600)
    other_side.script = locator(ROWS)
    refresh("va", hours, tmp_path)
    days = {s.checked_on for one in published_listings(at=hours.now()) for s in one.services}
    assert days == {date(2026, 11, 24)}
    assert {str(place.id) for place in Location.objects.all()} == set(before)


def test_pages_that_have_not_changed_are_not_sent_again_and_count_as_of_today(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    def tagged(query: dict[str, str], number: int) -> Answer:
        tag = f'"page {query["page"]}"'
        if other_side.headers[-1].get("if-none-match") == tag:
            return Answer(status=304)
        answer = locator(ROWS)(query, number)
        answer.headers["ETag"] = tag
        return answer

    other_side.script = tagged
    refresh("va", hours, tmp_path)
    hours.sleep(24 * 3600)
    done = refresh("va", hours, tmp_path)
    assert done.books is not None
    assert (done.books.read, done.books.retired) == (30, 0)
    assert "3 of 3 pages had not changed since the last time." in done.notes
    assert Source.objects.get(slug="va").as_of == date(2026, 11, 23)


def test_rows_of_other_states_are_left_out_and_counted(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    strangers: list[Any] = [{**ROWS[0], "state": "WV", "zip": "24901", "frid": "other"}]
    other_side.script = locator([*ROWS, *strangers])
    done = refresh("va", hours, tmp_path)
    assert done.books is not None
    assert done.books.read == 30
    assert done.notes[0].startswith("1 rows of other states or counties")


def test_a_smaller_circle_than_asked_for_is_noticed(other_side: Replay, hours: Hours, tmp_path: Path) -> None:
    done = refresh("va", hours, tmp_path)
    assert any("may serve smaller circles only" in note for note in done.notes)
    other_side.script = locator([{**ROWS[0], "miles": 250.0}, *ROWS[1:]])
    hours.sleep(24 * 3600)
    assert not any("smaller circles" in note for note in refresh("va", hours, tmp_path).notes)


def test_a_facility_that_moves_stays_the_same_place(other_side: Replay, hours: Hours, tmp_path: Path) -> None:
    refresh("va", hours, tmp_path)
    row = ROWS[0]
    held = Location.objects.get(addresses__address_1=row["street1"])
    service = Service.objects.get(at_locations__location=held)
    hours.sleep(24 * 3600)
    moved = {**row, "name1": "Region Ten", "street1": "1 New Street", "phone": "434-979-0000"}
    other_side.script = locator([moved, *ROWS[1:]])
    done = refresh("va", hours, tmp_path)
    assert done.books is not None
    assert (done.books.loaded, done.books.retired) == (0, 0)
    now = Location.objects.get(addresses__address_1="1 New Street")
    assert (now.id, now.name) == (held.id, "Region Ten")
    assert Service.objects.get(at_locations__location=now).id == service.id
    new_neighbour = {**row, "frid": "somebody else"}
    hours.sleep(24 * 3600)
    other_side.script = locator([moved, new_neighbour, *ROWS[1:]])
    refresh("va", hours, tmp_path)
    assert Location.objects.get(addresses__address_1=row["street1"]).id != held.id
