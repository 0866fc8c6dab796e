"""Watching the ledger's streams: after files, and each morning; what is listed, what is new, what may be said of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from daybreak.alerts.actions import watching
from daybreak.alerts.actions.reviewing import review_signal
from daybreak.alerts.actions.watching import watch
from daybreak.alerts.models import Review, Signal, SignalDay, Stream, Watch
from daybreak.alerts.queries.due import is_due
from daybreak.audit.models import Entry
from daybreak.events.models import Feed
from daybreak.events.rules.draft import Draft, SubstanceSeen
from tests.rooms.events.ledger import BY, deliver, draft, feed

pytestmark = pytest.mark.django_db
LAST = date(2013, 7, 14)
MORNING = datetime(2013, 7, 15, 10, tzinfo=UTC)
HEROIN = (SubstanceSeen("heroin"),)


def _runs(days: int, burst: int, last: date = LAST) -> list[Draft]:
    drawn = np.random.default_rng(7).poisson(0.7, days)
    drawn[-1] = burst
    made = []
    for back, cases in enumerate(reversed(drawn)):
        noon = datetime.combine(last - timedelta(days=back), datetime.min.time(), UTC) + timedelta(hours=17)
        made += [
            draft(f"{back}/{case}", kind="overdose", on=noon, zip="40507", substances=HEROIN)
            for case in range(int(cases))
        ]
    return made


@pytest.fixture
def runs() -> Feed:
    fire = feed("runs", agency="fire", kind="fire-ems", health=True)
    deliver(fire, _runs(200, 12), at=MORNING - timedelta(hours=1))
    return fire


def _listed(made: Watch | None) -> list[tuple[str, str]]:
    rows = SignalDay.objects.filter(watch=made).order_by("place")
    return [(row.signal.stream.substance, row.signal.stream.zip) for row in rows]


def test_streams_are_opened_for_the_feed_its_substances_and_its_places(runs: Feed) -> None:
    made = watch(by=BY, at=MORNING)
    assert made is not None
    assert set(Stream.objects.values_list("kind", "substance", "zip")) == {
        ("overdose", "", ""), ("overdose", "heroin", ""), ("overdose", "", "40507"),
    }  # fmt: skip
    assert (made.streams, made.tested, made.tested_day) == (3, 3, LAST)


def test_a_burst_is_on_the_list_with_what_was_expected(runs: Feed) -> None:
    made = watch(by=BY, at=MORNING)
    assert sorted(_listed(made)) == [("", ""), ("", "40507"), ("heroin", "")]
    row = SignalDay.objects.filter(watch=made, place=1).get()
    assert row.on == LAST
    assert row.observed >= 12
    assert 0 < row.expected < 8
    assert row.p < 1e-4


def test_an_ordinary_day_has_an_empty_list() -> None:
    deliver(feed("runs", agency="fire", kind="fire-ems", health=True), _runs(200, 1), at=MORNING)
    made = watch(by=BY, at=MORNING)
    assert made is not None
    assert (made.tested, made.listed) == (3, 0)
    assert not Signal.objects.exists()


def test_the_same_rise_next_morning_is_the_same_signal(runs: Feed) -> None:
    watch(by=BY, at=MORNING)
    more = [
        draft(
            f"next/{case}", kind="overdose", on=MORNING + timedelta(hours=6), zip="40507", substances=HEROIN
        )
        for case in range(9)
    ]
    deliver(runs, more, at=MORNING + timedelta(hours=20))
    watch(by=BY, at=MORNING + timedelta(days=1))
    assert Signal.objects.count() == 3
    assert set(Signal.objects.values_list("first_on", "last_on")) == {(LAST, LAST + timedelta(days=1))}
    assert SignalDay.objects.count() == 6


def test_days_after_the_last_delivery_are_not_known_and_raise_nothing(runs: Feed) -> None:
    made = watch(by=BY, at=MORNING + timedelta(days=10))
    assert made is not None
    assert (made.streams, made.tested, made.listed) == (3, 0, 0)


def test_a_feed_that_delivered_without_an_event_had_a_zero(runs: Feed) -> None:
    deliver(runs, [draft("0/0", kind="overdose")], at=MORNING + timedelta(days=3), refused=1)
    made = watch(by=BY, at=MORNING + timedelta(days=3))
    assert made is not None
    assert made.tested == 3


def test_an_empty_ledger_has_nothing_to_watch() -> None:
    assert watch(by=BY, at=MORNING) is None
    with pytest.raises(CommandError, match="no stream yet"):
        call_command("watch")


def test_a_watch_is_due_after_a_delivery_and_after_a_day(runs: Feed) -> None:
    assert is_due(MORNING)
    watch(by=BY, at=MORNING)
    assert not is_due(MORNING + timedelta(minutes=5))
    deliver(
        runs,
        [draft("late", kind="overdose", on=MORNING - timedelta(days=3))],
        at=MORNING + timedelta(minutes=6),
    )
    assert is_due(MORNING + timedelta(minutes=7))
    watch(by=BY, at=MORNING + timedelta(minutes=8))
    assert not is_due(MORNING + timedelta(hours=1))
    assert is_due(MORNING + timedelta(days=1))


def test_a_review_is_added_with_its_reason_and_stands_in_the_audit(runs: Feed) -> None:
    watch(by=BY, at=MORNING)
    signal = Signal.objects.first()
    assert signal is not None
    review_signal(by="person:x", signal=signal, verdict="real", why="Three scenes, one batch.", at=MORNING)
    review_signal(by="person:y", signal=signal, verdict="explained", why="Two days filed as one.", at=MORNING)
    signal.refresh_from_db()
    assert signal.state == "explained"
    assert list(Review.objects.order_by("id").values_list("verdict", flat=True)) == ["real", "explained"]
    assert Entry.objects.filter(action="signal-reviewed").count() == 2


@pytest.mark.parametrize(
    ("verdict", "why", "says"), [("real", "  ", "must say why"), ("new", "x", "must be one of")]
)
def test_a_review_without_reason_or_with_an_unknown_verdict_is_refused(
    runs: Feed, verdict: str, why: str, says: str
) -> None:
    watch(by=BY, at=MORNING)
    signal = Signal.objects.earliest("id")
    with pytest.raises(ValueError, match=says):
        review_signal(by="person:x", signal=signal, verdict=verdict, why=why, at=MORNING)
    assert not Review.objects.exists()


def test_the_command_prints_the_ranked_list(runs: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("watch", "--day", "2013-07-14", "--json")
    said = orjson.loads(capsys.readouterr().out)
    assert said["day"] == "2013-07-14"
    assert [row["place"] for row in said["list"]] == [1, 2, 3]
    assert {row["agency"] for row in said["list"]} == {"fire"}
    call_command("watch", "--day", "2013-07-14")
    assert "3 on the list" in capsys.readouterr().out


def test_the_command_says_nothing_when_no_watch_is_due(
    runs: Feed, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("watch", "--due")
    assert Watch.objects.count() == 1
    capsys.readouterr()
    call_command("watch", "--due")
    assert capsys.readouterr().out == ""
    assert Watch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_who_writes_waits_while_streams_are_tested(
    runs: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []
    real = watching.morning

    def tested(*given: Any, **named: Any) -> Any:
        held.append(connection.in_atomic_block)
        return real(*given, **named)

    monkeypatch.setattr(watching, "morning", tested)
    made = watch(by=BY, at=MORNING)
    assert held == [False], "SQLite has one writer: a transaction held for half a minute breaks every page"
    assert _listed(made)
