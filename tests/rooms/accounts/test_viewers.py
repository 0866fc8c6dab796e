"""A viewer is what the tables say at that moment: roles, permissions, sides, and what other agencies let be seen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from daybreak.accounts.actions import end_agreement, end_role, give_role, retire_agency, suspend_person
from daybreak.accounts.models import Agency, Membership, User
from daybreak.accounts.rules.roles import PERMISSIONS, ROLES, lock_minutes, needs_second_factor
from daybreak.accounts.viewers import Grant, nobody, viewer_of
from tests.people import ROLES as CAST
from tests.people import SINCE, Cast

# Midnight of 15 July 2013 in Lexington is 04:00 UTC.
AT = datetime(2013, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", CAST)
def test_each_of_the_cast_is_what_the_table_says(cast: Cast, name: str) -> None:
    role, agency = CAST[name]
    viewer = cast.viewer(name, at=AT)
    assert (viewer.person, viewer.agency, viewer.agency_id) == (
        getattr(cast, name).public_id,
        agency,
        cast.agencies[agency].pk,
    )
    assert viewer.roles == {role}
    assert viewer.permissions == ROLES[role].permissions
    assert viewer.law_enforcement is (agency == "police")


def test_a_law_enforcement_role_counts_at_any_agency(cast: Cast) -> None:
    Membership.objects.create(user=cast.stranger, agency=cast.agencies["mayor"], role="analyst", since=SINCE)
    assert cast.viewer("stranger", at=AT).law_enforcement


def test_a_lead_of_a_police_agency_is_law_enforcement_and_one_of_health_is_not(cast: Cast) -> None:
    Membership.objects.create(
        user=cast.stranger, agency=cast.agencies["health"], role="agency-lead", since=SINCE
    )
    assert cast.viewer("lead", at=AT).law_enforcement
    assert not cast.viewer("stranger", at=AT).law_enforcement


@pytest.mark.parametrize("who", [AnonymousUser(), User(email="nobody@example.gov", is_active=False)])
def test_whoever_is_not_signed_in_or_is_suspended_may_nothing(db: None, who) -> None:
    viewer = viewer_of(who, at=AT)
    assert (viewer.permissions, viewer.roles, viewer.agency_id, viewer.grants) == (
        frozenset(),
        frozenset(),
        None,
        (),
    )


def test_nobody_is_nobody() -> None:
    assert nobody(at=AT).person is None
    assert not any(nobody(at=AT).may(permission) for permission in PERMISSIONS)


def test_somebody_without_a_role_may_nothing(cast: Cast) -> None:
    viewer = cast.viewer("stranger", at=AT)
    assert (viewer.person, viewer.permissions, viewer.agency) == (cast.stranger.public_id, frozenset(), "")


def test_a_role_holds_from_its_first_moment_until_just_before_its_last(cast: Cast) -> None:
    Membership.objects.filter(user=cast.officer).update(until=AT)
    assert cast.viewer("officer", at=AT - timedelta(microseconds=1)).roles == {"officer"}
    assert cast.viewer("officer", at=AT).roles == set()
    assert cast.viewer("clerk", at=SINCE).roles == {"coroner-staff"}
    assert cast.viewer("clerk", at=SINCE - timedelta(microseconds=1)).roles == set()


def test_permissions_of_several_roles_add_up(cast: Cast) -> None:
    give_role(
        by="test", at=AT, person=cast.coordinator, agency=cast.agencies["mayor"], role="privacy-officer"
    )
    viewer = cast.viewer("coordinator", at=AT)
    assert viewer.permissions == ROLES["coordinator"].permissions | ROLES["privacy-officer"].permissions


def test_a_changed_role_counts_at_once(cast: Cast) -> None:
    end_role(by="test", at=AT, person=cast.analyst, role="analyst")
    assert not cast.viewer("analyst", at=AT).may("see-ledger")
    give_role(by="test", at=AT, person=cast.analyst, agency=cast.agencies["health"], role="epidemiologist")
    viewer = cast.viewer("analyst", at=AT)
    assert viewer.may("see-restricted")
    assert not viewer.law_enforcement


def test_a_suspended_person_may_nothing(cast: Cast) -> None:
    suspend_person(by="test", at=AT, person=cast.officer)
    assert viewer_of(User.objects.get(pk=cast.officer.pk), at=AT).permissions == frozenset()


def test_people_of_a_retired_agency_may_nothing_and_it_gives_nothing(cast: Cast) -> None:
    cast.agree("police", "health", "arrest", "charges")
    retire_agency(by="test", at=AT, agency=cast.agencies["police"])
    assert cast.viewer("officer", at=AT).permissions == frozenset()
    assert cast.viewer("epidemiologist", at=AT).grants == ()


def test_a_grant_says_what_the_agreement_says(cast: Cast) -> None:
    cast.agree("fire", "health", "overdose", "fatal", "substances", place="county", time="week")
    assert cast.viewer("epidemiologist", at=AT).grants == (
        Grant(cast.agencies["fire"].pk, "overdose", frozenset({"fatal", "substances"}), "county", "week"),
    )


def test_a_grant_is_for_the_receiver_only(cast: Cast) -> None:
    cast.agree("fire", "health", "overdose")
    for name in set(CAST) - {"epidemiologist"}:
        assert cast.viewer(name, at=AT).grants == (), name


@pytest.mark.parametrize(
    ("at", "seen"),
    [
        (datetime(2013, 7, 1, 3, 59, 59, tzinfo=UTC), False),  # still 30 June in Lexington
        (datetime(2013, 7, 1, 4, tzinfo=UTC), True),
        (datetime(2013, 8, 1, 3, 59, 59, tzinfo=UTC), True),  # still 31 July
        (datetime(2013, 8, 1, 4, tzinfo=UTC), False),
    ],
)
def test_an_agreement_holds_from_its_first_day_through_its_last_and_is_gone_the_day_after(
    cast: Cast, at: datetime, seen: bool
) -> None:
    cast.agree("fire", "police", "overdose", starts_on=date(2013, 7, 1), ends_on=date(2013, 7, 31))
    assert bool(cast.viewer("officer", at=at).grants) is seen


def test_an_agreement_that_is_ended_at_once_is_gone_at_that_moment(cast: Cast) -> None:
    agreement = cast.agree("fire", "police", "overdose")
    end_agreement(by="test", at=AT, agreement=agreement)
    assert cast.viewer("officer", at=AT).grants == ()
    assert len(cast.viewer("officer", at=AT - timedelta(microseconds=1)).grants) == 1


def test_the_own_agency_needs_no_grant(cast: Cast) -> None:
    assert cast.viewer("officer", at=AT).agency_id == Agency.objects.get(slug="police").pk


def test_reading_a_viewer_takes_two_queries(cast: Cast, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        viewer_of(cast.officer, at=AT)


def test_the_lock_of_a_law_enforcement_agency_is_never_longer_than_thirty_minutes() -> None:
    for role in ROLES:
        assert lock_minutes(frozenset({role}), law_enforcement=True) <= 30
    assert lock_minutes(frozenset({"officer"}), law_enforcement=True) == 30


def test_every_role_that_reads_or_writes_asks_for_a_second_factor() -> None:
    assert [role.slug for role in ROLES.values() if role.permissions and not role.second_factor] == []
    assert not needs_second_factor(frozenset())


def test_every_role_has_a_description_and_only_known_permissions() -> None:
    for role in ROLES.values():
        assert role.description.endswith(".")
        assert role.permissions <= set(PERMISSIONS)


def test_no_role_both_keeps_people_and_reads_restricted_rows() -> None:
    """Whoever gives out keys does not use them."""
    assert [r.slug for r in ROLES.values() if {"manage-agencies", "see-ledger"} <= r.permissions] == []
