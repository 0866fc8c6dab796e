"""Fetching one address: manners, limits, and every way in which the other side can go wrong."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from daybreak.directory.channels import Manners, Reply, Unchanged, Unreachable, Visitor
from tests.rooms.directory.replaying import Answer, Hours, Replay, replaying, zipped
from tests.rooms.directory.visits import without_proxies

GOOD = Answer(b'{"rows": []}', headers={"ETag": '"one"', "Last-Modified": "Sun, 22 Nov 2026 10:00:00 GMT"})


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    without_proxies(monkeypatch)


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def other_side() -> Iterator[Replay]:
    with replaying(lambda _, __: GOOD) as replay:
        yield replay


def visitor(hours: Hours, **manners: Any) -> Visitor:
    return Visitor(
        replace(Manners(agent="Daybreak/test"), **manners), hours.sleep, hours.clock, hours.now, seed=7
    )


def in_turn(*answers: Answer) -> Any:
    """Each answer once, the last one for ever."""
    return lambda _, number: answers[min(number, len(answers)) - 1]


def test_a_visitor_says_who_it_is_and_asks_for_packed_replies(other_side: Replay, hours: Hours) -> None:
    with visitor(hours) as guest:
        found = guest.fetch(other_side.url)
    assert found == Reply(GOOD.body, '"one"', "Sun, 22 Nov 2026 10:00:00 GMT", "application/json")
    told = other_side.headers[0]
    assert (told["user-agent"], told["accept-encoding"]) == ("Daybreak/test", "gzip")
    assert not {"cookie", "authorization", "referer", "from"} & told.keys()


def test_what_has_not_changed_is_not_sent_again(other_side: Replay, hours: Hours) -> None:
    other_side.script = lambda _, __: (
        Answer(status=304) if other_side.headers[-1].get("if-none-match") == '"one"' else GOOD
    )
    with visitor(hours) as guest:
        first = guest.fetch(other_side.url)
        assert isinstance(first, Reply)
        assert isinstance(guest.fetch(other_side.url, etag=first.etag, modified=first.modified), Unchanged)
    assert other_side.headers[1]["if-modified-since"] == first.modified


def test_a_304_to_a_question_without_conditions_is_a_fault(other_side: Replay, hours: Hours) -> None:
    other_side.script = in_turn(Answer(status=304))
    with visitor(hours) as guest, pytest.raises(Unreachable, match="answered 304"):
        guest.fetch(other_side.url)


def test_between_two_requests_there_is_always_the_pause(other_side: Replay, hours: Hours) -> None:
    with visitor(hours, pause=1.0) as guest:
        for _ in range(3):
            guest.fetch(other_side.url)
    assert hours.slept == [1.0, 1.0]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_passing_faults_are_waited_out_longer_each_time(
    other_side: Replay, hours: Hours, status: int
) -> None:
    other_side.script = in_turn(Answer(status=status), Answer(status=status), Answer(status=status), GOOD)
    with visitor(hours, pause=0.0) as guest:
        assert isinstance(guest.fetch(other_side.url), Reply)
    assert [2 * 2**n <= wait <= 3 * 2**n for n, wait in enumerate(hours.slept)] == [True, True, True]


def test_waiting_times_come_from_the_seed(other_side: Replay) -> None:
    slept = []
    for _ in range(2):
        hours = Hours()
        other_side.asked.clear()
        other_side.script = in_turn(Answer(status=500), Answer(status=500), GOOD)
        with visitor(hours) as guest:
            guest.fetch(other_side.url)
        slept.append(hours.slept)
    assert slept[0] == slept[1]


@pytest.mark.parametrize("asked", ["120", "Sun, 22 Nov 2026 12:02:00 GMT"])
def test_it_waits_as_long_as_it_is_asked_to(other_side: Replay, hours: Hours, asked: str) -> None:
    other_side.script = in_turn(Answer(status=429, headers={"Retry-After": asked}), GOOD)
    with visitor(hours) as guest:
        assert isinstance(guest.fetch(other_side.url), Reply)
    assert hours.slept == [120.0]


def test_who_is_asked_to_wait_too_long_leaves(other_side: Replay, hours: Hours) -> None:
    other_side.script = in_turn(Answer(status=503, headers={"Retry-After": "86400"}), GOOD)
    with visitor(hours) as guest, pytest.raises(Unreachable, match="asks to wait 86400 seconds"):
        guest.fetch(other_side.url)
    assert (len(other_side.asked), hours.slept) == (1, [])


def test_after_the_last_try_it_says_what_happened_and_what_to_do(other_side: Replay, hours: Hours) -> None:
    other_side.script = in_turn(Answer(status=500))
    with (
        visitor(hours) as guest,
        pytest.raises(Unreachable, match=r"it answered 500, 5 times.*goes on there"),
    ):
        guest.fetch(other_side.url)
    assert len(other_side.asked) == 5


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "does not let us in"), (403, "does not let us in"), (404, "Check the address")],
)
def test_faults_that_stay_are_not_tried_again(
    other_side: Replay, hours: Hours, status: int, words: str
) -> None:
    other_side.script = in_turn(Answer(status=status))
    with visitor(hours) as guest, pytest.raises(Unreachable, match=words):
        guest.fetch(other_side.url)
    assert len(other_side.asked) == 1


def test_a_connection_that_drops_in_the_middle_is_tried_again(other_side: Replay, hours: Hours) -> None:
    other_side.script = in_turn(replace(GOOD, cut=4), GOOD)
    with visitor(hours) as guest:
        found = guest.fetch(other_side.url)
    assert isinstance(found, Reply)
    assert found.body == GOOD.body


def test_packed_replies_are_unpacked_and_half_ones_tried_again(other_side: Replay, hours: Hours) -> None:
    whole = zipped(b"x" * 5000)
    half = Answer(whole.body[:-10], headers=whole.headers)
    damaged = Answer(b"no gzip at all", headers=whole.headers)
    other_side.script = in_turn(half, damaged, whole)
    with visitor(hours) as guest:
        found = guest.fetch(other_side.url)
    assert isinstance(found, Reply)
    assert found.body == b"x" * 5000
    assert len(other_side.asked) == 3


def test_a_reply_that_unpacks_to_more_than_is_wanted_is_refused(other_side: Replay, hours: Hours) -> None:
    bomb = Answer(gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"})
    for answer in (bomb, Answer(b"x" * 2000)):
        other_side.script = in_turn(answer)
        with (
            visitor(hours, largest_reply=1000) as guest,
            pytest.raises(Unreachable, match="more than 1,000 bytes"),
        ):
            guest.fetch(other_side.url)


def test_packing_that_nobody_asked_for_is_refused(other_side: Replay, hours: Hours) -> None:
    other_side.script = in_turn(Answer(b"x", headers={"Content-Encoding": "br"}))
    with visitor(hours) as guest, pytest.raises(Unreachable, match="not asked for"):
        guest.fetch(other_side.url)


def test_a_slow_drip_does_not_hold_us_for_ever(other_side: Replay, hours: Hours) -> None:
    other_side.script = in_turn(Answer(b"x" * 1000, drip=0.02), GOOD)
    guest = Visitor(Manners(longest_reply=0.1), hours.sleep, time.monotonic, hours.now)
    with guest:
        found = guest.fetch(other_side.url)
    assert isinstance(found, Reply)
    assert found.body == GOOD.body


def test_silence_is_a_timeout(other_side: Replay, hours: Hours) -> None:
    def silent(_: dict[str, str], number: int) -> Answer:
        time.sleep(0.2 if number == 1 else 0)
        return GOOD

    other_side.script = silent
    with visitor(hours, timeout=0.05) as guest:
        assert isinstance(guest.fetch(other_side.url), Reply)


def test_a_redirect_on_the_same_host_is_followed_and_no_other(other_side: Replay, hours: Hours) -> None:
    other_side.script = lambda query, _: (
        GOOD if query[""] == "/new" else Answer(status=302, headers={"Location": "/new"})
    )
    with visitor(hours) as guest:
        assert isinstance(guest.fetch(other_side.url), Reply)
        for goal in ("https://elsewhere.example/", "http://localhost:1/", "ftp://127.0.0.1/", "/locator"):
            other_side.script = in_turn(Answer(status=302, headers={"Location": goal}))
            with pytest.raises(Unreachable):
                guest.fetch(other_side.url)


@pytest.mark.parametrize(
    "address",
    ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "https://user:secret@example.org/", "https://",
     "https://[::1", "example.org", "https://example.org:99999/"],
)  # fmt: skip
def test_addresses_that_are_not_safe_are_refused_without_repeating_secrets(
    hours: Hours, address: str
) -> None:
    with visitor(hours) as guest, pytest.raises(Unreachable) as refusal:
        guest.fetch(address)
    assert "secret" not in str(refusal.value)


def test_nobody_there_is_said_in_a_sentence(hours: Hours) -> None:
    with replaying(lambda _, __: GOOD) as gone:
        address = gone.url
    with visitor(hours) as guest, pytest.raises(Unreachable, match="connection failed"):
        guest.fetch(address)
