"""Who may see which streams: the own agency's, those that an agreement covers, and for law enforcement no number of health."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from daybreak.accounts.rules.roles import ROLES
from daybreak.accounts.viewers import Grant, Viewer
from daybreak.alerts.actions.watching import watch
from daybreak.alerts.models import Stream
from daybreak.alerts.queries.morning import morning_of
from daybreak.alerts.queries.visibility import sight
from daybreak.events.models import Feed
from tests.rooms.alerts.test_watching import MORNING, _runs
from tests.rooms.events.ledger import BY, deliver, feed

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs() -> Feed:
    fire = feed("runs", agency="fire", kind="fire-ems", health=True)
    deliver(fire, _runs(200, 12), at=MORNING - timedelta(hours=1))
    watch(by=BY, at=MORNING)
    return fire


def _viewer(agency: Feed, role: str, *, police: bool = False, grants: tuple[Grant, ...] = ()) -> Viewer:
    return Viewer(
        person=None, name="", agency_id=agency.agency_id, agency=agency.agency.slug, roles=frozenset({role}),
        permissions=ROLES[role].permissions, law_enforcement=police, grants=grants, at=MORNING,
    )  # fmt: skip


def _grant(of: Feed, **values: object) -> Grant:
    return replace(
        Grant(of.agency_id, "overdose", frozenset({"substances"}), "zip", "day"),
        **values,  # type: ignore[arg-type]
    )


def _seen(viewer: Viewer) -> dict[tuple[str, str], str]:
    streams = Stream.objects.select_related("feed")
    return {(one.substance, one.zip): how for one in streams if (how := sight(viewer, one))}


def test_the_own_agency_sees_all_of_its_streams(runs: Feed) -> None:
    own = _viewer(runs, "epidemiologist")
    assert _seen(own) == {("", ""): "numbers", ("heroin", ""): "numbers", ("", "40507"): "numbers"}
    shown = morning_of(own)
    assert len(shown.listed) == 3
    assert {row.observed is None for row in shown.listed} == {False}


def test_another_agency_sees_nothing_without_an_agreement(runs: Feed) -> None:
    stranger = _viewer(feed("visits", agency="health", kind="health-department"), "epidemiologist")
    assert _seen(stranger) == {}
    assert morning_of(stranger).streams == ()


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({}, {("", ""), ("heroin", ""), ("", "40507")}),
        ({"fields": frozenset()}, {("", ""), ("", "40507")}),
        ({"place": "county"}, {("", ""), ("heroin", "")}),
        ({"time": "week"}, set()),
        ({"kind": "arrest"}, set()),
        ({"agency_id": 0}, set()),
    ],
)
def test_an_agreement_shows_what_it_covers_and_no_more(
    runs: Feed, change: dict[str, object], left: set[tuple[str, str]]
) -> None:
    other = feed("visits", agency="health", kind="health-department")
    assert set(_seen(_viewer(other, "epidemiologist", grants=(_grant(runs, **change),)))) == left


@pytest.mark.parametrize("role", [slug for slug, role in ROLES.items() if "see-alerts" in role.permissions])
def test_law_enforcement_sees_that_a_health_stream_rises_and_no_number_of_it(runs: Feed, role: str) -> None:
    police = feed("arrests")
    viewer = _viewer(police, role, police=True, grants=(_grant(runs, place="block", time="minute"),))
    assert _seen(viewer) == {("", ""): "named"}
    shown = morning_of(viewer)
    assert [row.recent for row in shown.streams] == [None]
    (row,) = shown.listed
    assert (row.observed, row.expected, row.recurrence_days, row.window_days) == (None, None, None, 0)


@pytest.mark.parametrize(
    "role", [slug for slug, role in ROLES.items() if "see-alerts" not in role.permissions]
)
def test_a_role_without_the_permission_sees_no_stream_even_of_its_own_agency(runs: Feed, role: str) -> None:
    assert _seen(_viewer(runs, role)) == {}


def test_a_feed_that_fell_silent_has_no_count_and_never_a_zero(runs: Feed) -> None:
    own = _viewer(runs, "epidemiologist")
    assert {row.heard for row in morning_of(own).streams} == {True}
    assert {row.recent is None for row in morning_of(own).streams} == {False}
    assert watch(by=BY, at=MORNING + timedelta(days=60)) is not None
    silent = morning_of(own).streams
    assert {(row.recent, row.heard) for row in silent} == {(None, False)}
