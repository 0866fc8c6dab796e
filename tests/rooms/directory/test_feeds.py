"""Who may fetch a feed, when it is due, and what a fetch that fails or stops leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from daybreak.directory.actions import add_feed, claim_due_feed, claim_feed, refresh_feed
from daybreak.directory.actions.feeds import LEASE, FeedRefused, release_claim
from daybreak.directory.actions.refreshing import Visit
from daybreak.directory.channels import Manners, Unreachable, Visitor
from daybreak.directory.models import Feed
from tests.rooms.directory.replaying import Answer, Hours, Replay, replaying
from tests.rooms.directory.visits import refresh, without_proxies

pytestmark = pytest.mark.django_db


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def other_side(hours: Hours, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    without_proxies(monkeypatch)
    with replaying(lambda _, __: Answer(status=404)) as replay:
        add_feed(by="person:test", at=hours.now(), slug="va", kind="findtreatment", address=replay.url,
                 asked={"zip": "22902", "miles": 50}, every_hours=24)  # fmt: skip
        yield replay


def test_two_processes_never_fetch_the_same(other_side: Replay, hours: Hours, tmp_path: Path) -> None:
    first = claim_due_feed(at=hours.now(), folder=tmp_path)
    assert first is not None
    assert claim_due_feed(at=hours.now(), folder=tmp_path) is None
    with pytest.raises(FeedRefused, match="another process"):
        claim_feed(at=hours.now(), slug="va", folder=tmp_path)
    elsewhere = tmp_path / "another machine"
    assert claim_due_feed(at=hours.now(), folder=elsewhere) is None
    later = hours.now() + LEASE
    second = claim_due_feed(at=later, folder=elsewhere)
    assert second is not None
    with pytest.raises(FeedRefused, match="taken this feed over"):
        first.keep(at=later, progress=None)
    release_claim(claim=first)
    release_claim(claim=second)


def test_the_claim_of_a_process_that_was_killed_is_free_at_once_on_its_own_machine(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    killed = claim_feed(at=hours.now(), slug="va", folder=tmp_path)
    killed.lock.close()  # what the system does when a process dies
    taken_over = claim_feed(at=hours.now(), slug="va", folder=tmp_path)
    release_claim(claim=taken_over)
    assert taken_over.token != killed.token


def test_feeds_are_due_at_their_time_and_rest_longer_after_each_failure(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    rests = []
    for _ in range(6):
        began = hours.now()
        with pytest.raises(Unreachable):
            refresh("va", hours, tmp_path)
        rests.append((Feed.objects.get(slug="va").next_at - began).total_seconds() / 3600)
    assert rests == [1, 2, 4, 8, 16, 24]
    assert claim_due_feed(at=hours.now() + timedelta(hours=23), folder=tmp_path) is None
    claim = claim_due_feed(at=hours.now() + timedelta(hours=24), folder=tmp_path)
    assert claim is not None
    release_claim(claim=claim)


def test_a_stopped_refresh_gives_its_claim_back(other_side: Replay, hours: Hours, tmp_path: Path) -> None:
    def stop(*_: Any) -> Answer:
        raise AssertionError("never asked")

    other_side.script = stop

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    claim = claim_feed(at=hours.now(), slug="va", folder=tmp_path)
    with (
        Visitor(Manners(tries=2), interrupt, hours.clock, hours.now) as guest,
        pytest.raises(KeyboardInterrupt),
    ):
        refresh_feed(Visit("person:test", claim, guest, hours.now, tmp_path / "va", print))
    feed = Feed.objects.get(slug="va")
    assert (feed.claim, feed.claimed_until, feed.failures) == ("", None, 0)
