"""The desk's frame: what waits, in which order, and the places that each may open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.template import engines
from django.test import Client

from daybreak.accounts import middleware, waiting
from daybreak.accounts.rules.rail import PLACES, rail
from daybreak.accounts.waiting import Item, register, waiting_for
from tests.people import ROLES as CAST
from tests.people import Cast, sign_in

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the rooms above have registered is left out."""
    monkeypatch.setattr(waiting, "_asked", {})


def item(url: str, **named) -> Item:
    words = engines.all()[0].env.from_string("{{ facts.count }} things at {{ item.url }}")
    return Item(words, url, {"count": 3}, **named)


def test_urgent_things_come_first_and_then_the_longest_waiting(cast: Cast, only_ours: None) -> None:
    day = timedelta(days=1)
    register("b", lambda viewer: [item("now"), item("new", since=AT - day), item("old", since=AT - 9 * day)])
    register("a", lambda viewer: [item("urgent", urgent=True)])
    assert [one.url for one in waiting_for(cast.viewer("officer", at=AT))] == ["urgent", "old", "new", "now"]


def test_a_room_that_registers_again_takes_its_own_place(cast: Cast, only_ours: None) -> None:
    register("a", lambda viewer: [item("first")])
    register("a", lambda viewer: [item("second")])
    assert [one.url for one in waiting_for(cast.viewer("officer", at=AT))] == ["second"]


def test_the_start_page_says_what_waits_for_this_person(cast: Cast, client: Client, only_ours: None) -> None:
    register("a", lambda viewer: [item("/desk/streams", since=AT)] if viewer.law_enforcement else [])
    page = sign_in(client, cast.officer).get("/desk/").content.decode()
    assert "3 things at /desk/streams" in page
    assert "since November 23, 2026" in page
    assert "Nothing waits for you" in sign_in(Client(), cast.clerk).get("/desk/").content.decode()


def test_somebody_without_a_role_is_told_whom_to_ask(cast: Cast, client: Client) -> None:
    assert (
        "Ask your coordinator or administrator"
        in sign_in(client, cast.stranger).get("/desk/").content.decode()
    )


def test_the_rail_has_at_most_seven_places() -> None:
    assert len(PLACES) <= 7


@pytest.mark.parametrize("who", CAST)
def test_every_link_of_the_rail_opens_for_whoever_sees_it(cast: Cast, client: Client, who: str) -> None:
    sign_in(client, getattr(cast, who))
    viewer = cast.viewer(who, at=AT)
    links = rail(
        viewer, "/desk/", lambda path: path in {"/desk/", "/desk/people", "/desk/agencies", "/desk/audit"}
    )
    assert links[0].url == "/desk/"
    for link in links:
        assert client.get(link.url).status_code == 200, link


def test_a_place_is_here_below_its_addresses_and_not_beside_them(cast: Cast) -> None:
    viewer = cast.viewer("administrator", at=AT)

    def here(path: str) -> list[str]:
        return [link.label for link in rail(viewer, path, lambda url: True) if link.here]

    assert here("/desk/") == ["Start"]
    assert here("/desk/people/invite") == ["People"]
    assert here("/desk/audit") == ["People"]
    assert here("/desk/peoples") == []


def test_a_place_that_does_not_exist_yet_is_not_shown(cast: Cast) -> None:
    viewer = cast.viewer("analyst", at=AT)
    assert [link.label for link in rail(viewer, "/desk/", lambda url: url == "/desk/")] == ["Start"]


def test_the_address_without_the_last_slash_leads_to_the_desk(client: Client, db: None) -> None:
    assert client.get("/desk").headers["Location"] == "/desk/"


def test_a_visit_that_cannot_be_noted_is_answered_with_try_again_and_not_with_a_bad_search(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    sign_in(client, cast.analyst)
    assert client.get("/desk/").status_code == 200

    def busy(self: SessionStore, must_create: bool = False) -> None:
        raise UpdateError

    monkeypatch.setattr(SessionStore, "save", busy)
    monkeypatch.setattr(middleware, "_NOTE_SECONDS", 0)
    answer = client.get("/desk/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert b"Please try again" in answer.content
    assert b"search" not in answer.content.partition(b"<main")[2].partition(b"</h1>")[0]
