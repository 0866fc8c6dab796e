"""`daybreak refresh` and `daybreak feeds`, as an operator and a timer see them."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from daybreak.directory.management.commands.refresh import manners
from daybreak.directory.models import Feed, Record, Source
from tests.rooms.directory.replaying import Answer, Replay, locator, page_of, recorded_rows, replaying
from tests.rooms.directory.visits import without_proxies
from tests.site import COMMAND, environment

ROWS = recorded_rows()


@pytest.fixture
def other_side(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Replay]:
    without_proxies(monkeypatch)
    with replaying(locator(ROWS)) as replay, override_settings(
        DAYBREAK_FINDTREATMENT_URL=replay.url, DAYBREAK_FETCH_PAUSE_MS=0, DAYBREAK_FETCH_ROWS=10, FEEDS=tmp_path / "feeds"
    ):  # fmt: skip
        yield replay


def run(*words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def refused(*words: str) -> tuple[str, int]:
    with pytest.raises(CommandError) as refusal:
        run(*words)
    return str(refusal.value), refusal.value.returncode


AROUND = ("findtreatment", "--near", "22902", "--miles", "50", "--no-publish")


@pytest.mark.django_db
def test_a_refresh_by_hand_makes_a_feed_that_waits_to_be_asked(other_side: Replay) -> None:
    [told] = json.loads(run("refresh", *AROUND, "--json"))
    assert (told["feed"], told["read"], told["quarantined"]) == ("findtreatment-near-22902-50", 30, 0)
    assert (other_side.asked[0]["sAddr"], other_side.asked[0]["limitValue"]) == (
        "37.91028,-78.52212",
        "80468",
    )
    feed = Feed.objects.get()
    assert (feed.every_hours, feed.asked) == (None, {"zip": "22902", "miles": 50})
    assert Source.objects.get().title == "FindTreatment.gov (50 mi / 22902)"
    assert run("refresh", "--due", "--no-publish") == "No feed was refreshed.\n"
    words = run("refresh", "--feed", feed.slug, "--no-publish")
    assert "30 rows: 0 loaded, 0 updated, 30 unchanged" in words


@pytest.mark.django_db
def test_feeds_are_added_listed_refreshed_when_due_and_removed(other_side: Replay) -> None:
    run("feeds", "add", "findtreatment", "--near", "22902", "--miles", "50", "--every", "6")
    assert "every 6 h" in run("feeds", "list")
    assert "30 rows" in run("refresh", "--due", "--no-publish")
    [row] = json.loads(run("feeds", "list", "--json"))
    assert (row["last_outcome"], row["failures"], row["pages_done"]) == ("30 rows", 0, 0)
    assert run("refresh", "--due", "--no-publish") == "No feed was refreshed.\n"
    run("feeds", "remove", row["feed"])
    assert "No list is refreshed" in run("feeds", "list")
    assert Record.objects.count() == 30


@pytest.mark.django_db
def test_of_several_due_feeds_one_that_fails_does_not_stop_the_others(other_side: Replay) -> None:
    run("feeds", "add", "findtreatment", f"{other_side.url}/gone", "--near", "22902", "--slug", "gone")
    run("feeds", "add", "findtreatment", "--near", "22902", "--miles", "50")
    other_side.script = lambda query, number: (
        Answer(status=404) if query[""].endswith("gone") else locator(ROWS)(query, number)
    )
    assert refused("refresh", "--due", "--no-publish") == ("1 of 2 feeds could not be refreshed.", 1)
    assert Record.objects.count() == 30
    assert "failed 1 times" in run("feeds", "list")


@pytest.mark.django_db
def test_a_list_that_shrank_ends_with_3_and_says_force(other_side: Replay) -> None:
    run("refresh", *AROUND)
    other_side.script = locator(ROWS[:5])
    words, code = refused("refresh", *AROUND)
    assert (code, "--force" in words) == (3, True)
    assert "5 rows" in run("refresh", *AROUND, "--force")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("refresh",), "Say which list"),
        (("refresh", "--due", "--feed", "x"), "Say which list"),
        (("refresh", "--feed", "nobody"), "There is no feed"),
        (("refresh", "findtreatment"), "Say where"),
        (("refresh", "findtreatment", "--state", "KY", "--near", "40508"), "Say where"),
        (("refresh", "findtreatment", "--state", "XX"), "--state must be"),
        (("refresh", "findtreatment", "--state", "KY", "--county", "Nowhere"), "--county must be"),
        (("refresh", "findtreatment", "--near", "00000"), "--near must be"),
        (("refresh", "findtreatment", "--near", "40508", "--miles", "9999"), "--miles must be"),
        (("refresh", "hsds"), "Say where the list lies"),
        (("refresh", "hsds", "http://example.org/"), "must begin with https"),
        (("refresh", "hsds", "https://user:secret@example.org/"), "must not hold a user name"),
        (("feeds", "add", "hsds", "https://example.org/", "--every", "0"), "--every must be"),
        (("feeds", "remove", "nobody"), "There is no feed"),
    ],
)
def test_words_that_are_off_end_with_2_and_change_nothing(
    other_side: Replay, words: tuple[str, ...], told: str
) -> None:
    said, code = refused(*words)
    assert (code, told in said, "secret" in said) == (2, True, False)
    assert not Feed.objects.exists()
    assert other_side.asked == []


@override_settings(DAYBREAK_FETCH_PAUSE_MS=0)
def test_other_peoples_machines_always_get_their_pause() -> None:
    assert manners("https://findtreatment.gov/locator").pause == 1.0
    assert manners("http://127.0.0.1:8000/").pause == 0.0
    agent = manners("https://findtreatment.gov/").agent
    assert agent.startswith("Daybreak/")
    assert "@" not in agent


def test_a_refresh_that_is_killed_goes_on_at_the_page_where_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a process of its own, with kill -9: nothing gets the chance to tidy up."""
    home = tmp_path / "home"
    home.mkdir()
    waiting: list[int] = []

    def slow(query: dict[str, str], number: int) -> Answer:
        page = int(query["page"])
        if page not in waiting:
            waiting.append(page)
            if page == 3:  # the first time that it is asked for, its reply takes for ever
                time.sleep(30)
        return Answer(page_of(ROWS, page, 10))

    with replaying(slow) as replay:
        seen = environment(home, {"DAYBREAK_FINDTREATMENT_URL": replay.url, "DAYBREAK_FETCH_PAUSE_MS": "0",
                                  "DAYBREAK_FETCH_ROWS": "10"})  # fmt: skip
        for name in list(seen):
            if name.upper().endswith("_PROXY"):
                del seen[name]
        subprocess.run([str(COMMAND), "migrate", "--verbosity", "0"], env=seen, check=True)
        words = [str(COMMAND), "refresh", *AROUND, "--json"]
        child = subprocess.Popen(words, env=seen, stdout=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while 3 not in waiting and time.monotonic() < deadline and child.poll() is None:
            time.sleep(0.02)
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        done = subprocess.run(words, env=seen, capture_output=True, text=True, check=True)
        asked = [int(query["page"]) for query in replay.asked]
    assert json.loads(done.stdout)[0]["read"] == 30
    assert asked == [1, 2, 3, 3]
