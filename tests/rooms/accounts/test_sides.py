"""The database keeps a person on one side, at one agency, in one role once: through the ORM and past it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from daybreak.accounts.models import Agency, Membership, User
from daybreak.accounts.rules.agencies import AGENCY_KINDS, ENFORCEMENT_KINDS
from daybreak.accounts.rules.people import Held, clash
from daybreak.accounts.rules.roles import CARE, LAW_ENFORCEMENT, ROLES
from tests.people import SINCE, Cast, make_cast, person

MIGRATION = import_module("daybreak.accounts.migrations.0003_one_side")
LATER = SINCE + timedelta(days=365)


def through_the_orm(user: User, agency: Agency, role: str, since: datetime, until: datetime | None) -> None:
    Membership.objects.create(user=user, agency=agency, role=role, since=since, until=until)


def by_raw_sql(user: User, agency: Agency, role: str, since: datetime, until: datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_membership (user_id, agency_id, role, since, until) VALUES (%s, %s, %s, %s, %s)",
            [user.pk, agency.pk, role, since, until],
        )


WAYS = pytest.mark.parametrize("way", [through_the_orm, by_raw_sql])


def refused(way, *given) -> str:
    """Why the database refused; "" = it did not."""
    try:
        with transaction.atomic():
            way(*given)
            transaction.set_rollback(True)
    except DatabaseError as problem:
        return str(problem)
    return ""


def test_the_migration_knows_the_sides_of_the_tables() -> None:
    sides = {
        side: {role.slug for role in ROLES.values() if role.side == side} for side in (LAW_ENFORCEMENT, CARE)
    }
    assert set(MIGRATION.ENFORCEMENT_ROLES) == sides[LAW_ENFORCEMENT]
    assert set(MIGRATION.CARE_ROLES) == sides[CARE]
    assert set(MIGRATION.ENFORCEMENT_KINDS) == set(ENFORCEMENT_KINDS)


@WAYS
@pytest.mark.parametrize(("held", "new"), [("officer", "navigator"), ("provider", "analyst")])
def test_nobody_holds_a_law_enforcement_and_a_care_role(cast: Cast, way, held: str, new: str) -> None:
    way(cast.stranger, cast.agencies["mayor"], held, SINCE, None)
    assert "nobody holds a law-enforcement and a care role" in refused(
        way, cast.stranger, cast.agencies["mayor"], new, LATER, None
    )


@WAYS
@pytest.mark.parametrize("role", ["navigator", "provider"])
@pytest.mark.parametrize("kind", ENFORCEMENT_KINDS)
def test_nobody_holds_a_care_role_at_a_law_enforcement_agency(cast: Cast, way, role: str, kind: str) -> None:
    agency = Agency.objects.create(slug=f"an-{kind}", name=kind, kind=kind)
    assert "nobody holds" in refused(way, cast.stranger, agency, role, SINCE, None)


def test_a_role_cannot_be_changed_into_one_of_the_other_side(cast: Cast) -> None:
    officer = Membership.objects.get(user=cast.officer)
    with pytest.raises(DatabaseError, match="nobody holds"), transaction.atomic():
        Membership.objects.filter(pk=officer.pk).update(role="navigator")
    with (
        pytest.raises(DatabaseError, match="nobody holds"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounts_membership SET role = 'provider' WHERE id = %s", [officer.pk])


def test_an_end_cannot_be_taken_back_where_the_other_side_has_begun(cast: Cast) -> None:
    Membership.objects.filter(user=cast.officer).update(until=LATER)
    through_the_orm(cast.officer, cast.agencies["helpline"], "navigator", LATER, None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Membership.objects.filter(user=cast.officer, role="officer").update(until=None)


@WAYS
def test_one_side_may_follow_the_other(cast: Cast, way) -> None:
    Membership.objects.filter(user=cast.officer).update(until=LATER)
    assert refused(way, cast.officer, cast.agencies["helpline"], "navigator", LATER, None) == ""
    assert refused(
        way, cast.officer, cast.agencies["helpline"], "navigator", LATER - timedelta(seconds=1), None
    )


@WAYS
def test_a_person_belongs_to_one_agency_at_a_time(cast: Cast, way) -> None:
    assert "one agency" in refused(way, cast.coordinator, cast.agencies["health"], "agency-lead", LATER, None)
    assert refused(way, cast.coordinator, cast.agencies["mayor"], "agency-lead", LATER, None) == ""


@WAYS
def test_a_role_is_held_once_at_a_time(cast: Cast, way) -> None:
    assert "once" in refused(way, cast.coordinator, cast.agencies["mayor"], "coordinator", LATER, None)


@WAYS
def test_a_role_that_is_not_in_the_table_is_refused(cast: Cast, way) -> None:
    assert refused(way, cast.stranger, cast.agencies["mayor"], "sheriff-of-nottingham", SINCE, None)


def test_the_kind_of_an_agency_never_changes(cast: Cast) -> None:
    """Otherwise a helpline with navigators could become a police agency."""
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Agency.objects.filter(slug="helpline").update(kind="police")
    with (
        pytest.raises(DatabaseError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounts_agency SET kind = 'police' WHERE slug = 'helpline'")
    Agency.objects.filter(slug="helpline").update(name="Another name")


def test_an_agency_cannot_be_replaced_by_one_of_another_kind(cast: Cast) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's own statement")
    helpline = cast.agencies["helpline"]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO accounts_agency (id, public_id, slug, name, kind, jurisdiction, active, synthetic) "
            "VALUES (%s, %s, 'helpline', 'x', 'police', '', 1, 0)",
            [helpline.pk, "f" * 32],
        )
    assert Agency.objects.get(pk=helpline.pk).kind == "helpline"


@pytest.mark.parametrize("kind", AGENCY_KINDS)
def test_the_rule_and_the_database_agree_about_every_pair_of_roles(db: None, kind: str) -> None:
    """Truth table: for each first and second role at an agency of a kind, rule and trigger give one answer."""
    agency, somebody = Agency.objects.create(slug="one", name="One", kind=kind), person("somebody")
    for first, second in product(ROLES, ROLES):
        alone = clash(Held(first, agency.pk, kind), [])
        assert bool(alone) is bool(refused(through_the_orm, somebody, agency, first, SINCE, None)), first
        if not alone:
            membership = Membership.objects.create(user=somebody, agency=agency, role=first, since=SINCE)
            said = clash(Held(second, agency.pk, kind), [Held(first, agency.pk, kind)])
            assert bool(said) is bool(refused(through_the_orm, somebody, agency, second, LATER, None)), (
                first,
                second,
            )
            membership.delete()


@pytest.mark.django_db(transaction=True)
def test_two_who_give_one_person_a_role_of_each_side_at_once_do_not_both_succeed() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's writers take turns: its transactions are IMMEDIATE")
    cast = make_cast()
    together, outcomes = threading.Barrier(2), []

    def give(role: str) -> None:
        try:
            with transaction.atomic():
                together.wait(10)
                through_the_orm(cast.stranger, cast.agencies["mayor"], role, datetime.now(UTC), None)
            outcomes.append(True)
        except DatabaseError:
            outcomes.append(False)
        finally:
            connection.close()

    givers = [threading.Thread(target=give, args=(role,)) for role in ("officer", "navigator")]
    for giver in givers:
        giver.start()
    for giver in givers:
        giver.join()
    assert sorted(outcomes) == [False, True]
